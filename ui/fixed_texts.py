"""The assistant's fixed texts on a page in another language: a rendering first, then the English words that hold.

The texts of answers are part of their contract and are English everywhere (assistant/texts.toml). renderings/CODE.toml says
the same in the language CODE, for those who would not understand the notice of an emergency.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from assistant import texts
from ui.markup import escaped
from ui.texts import DEFAULT, language

_renderings: dict[str, dict[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in (Path(__file__).parent / "renderings").glob("*.toml")
}
_SINGLE = {
    texts.DISCLAIMER: "disclaimer",
    texts.NOT_FOUND: "not_found",
    texts.NOT_FOUND_HELP: "not_found_help",
    texts.DECLINED: "declined",
}
# Each notice as a pattern: the operator's emergency number stands in some of them.
_NOTICES = {
    name: re.compile(re.escape(words).replace(re.escape("{number}"), "(?P<number>.*)")) for name, words in texts.NOTICES.items()
}


def rendering(words: str) -> str | None:
    """What `words`, one of the assistant's fixed texts, say in the language of the page; None where that is English."""
    known = _renderings.get(language())
    if known is None:
        return None
    if words in _SINGLE:
        return str(known[_SINGLE[words]])
    for name, pattern in _NOTICES.items():
        if match := pattern.fullmatch(words):
            return str(known["notices"][name]).format(**match.groupdict())
    return None


def fixed_html(words: str) -> str:
    """`words`, one of the assistant's fixed texts, as HTML, after their rendering where the page has one."""
    rendered = rendering(words)
    if rendered is None:
        return escaped(words)
    return f'<span lang="{language()}">{escaped(rendered)}</span> <span class="original" lang="{DEFAULT}">{escaped(words)}</span>'


def unreviewed_html() -> str:
    """That no clinician has reviewed the renderings; "" where there are none."""
    known = _renderings.get(language())
    return f'<p class="small">{escaped(known["unreviewed"])}</p>' if known else ""
