"""The few pieces of HTML that cards, snapshots and error pages share. Nothing reaches a page without `escaped`."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from ui.files import APPEARANCE
from ui.texts import language, text

# Characters that browsers drop inside an address, so that "java\tscript:" would run, and spaces at its ends.
_DROPPED = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_SCHEMES = ("http", "https", "file")


def escaped(value: object) -> str:
    """`value` as text that is safe between tags and inside a quoted attribute."""
    return html.escape(str(value), quote=True)


def safe_address(address: str) -> str | None:
    """`address` if it is relative or its scheme is http, https or file; None for every other (javascript:, data:, …)."""
    plain = _DROPPED.sub("", address)
    if plain.startswith(("//", "\\", "/\\")):
        return None  # another host in disguise
    try:
        scheme = urlsplit(plain).scheme
    except ValueError:
        return None
    before_path = re.split(r"[/?#]", plain, maxsplit=1)[0]
    if not scheme and ":" in before_path:
        return None  # what Python takes for a path a browser may still take for a scheme
    return plain if scheme == "" or scheme in _SCHEMES else None


def link(address: str | None, label: str, about: str = "") -> str:
    """A link in a new tab, "" where `address` is missing or not allowed. `about` is for those who cannot see the context."""
    allowed = safe_address(address) if address else None
    if allowed is None:
        return ""
    unseen = " ".join(filter(None, [about, text("answer.new_tab")]))
    return (
        f'<a class="button-link" href="{escaped(allowed)}" target="_blank" rel="noopener">{escaped(label)}'
        f'<span class="unseen"> {escaped(unseen)}</span></a>'
    )


def whole_page(title: str, body: str, root: str) -> str:
    """A complete HTML page in the look of the chat page. `root` leads from it to the first page ("../", say)."""
    return (
        "<!doctype html>\n"
        f'<html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f"<title>{escaped(title)} – {escaped(text('page.title'))}</title>"
        f'<script src="{root}{APPEARANCE}"></script>'
        f'<link rel="icon" href="{root}icon.svg" type="image/svg+xml"><link rel="stylesheet" href="{root}style.css">'
        f'</head><body id="own" class="own-page"><main>{body}</main></body></html>\n'
    )
