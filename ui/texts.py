"""The texts of the page in each of its languages: languages/en.toml and its siblings, read once, hold every word of it.

Which language is spoken is a context variable: the guard sets it for each request, the page for each language it is built in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

DEFAULT = "en"
_texts: dict[str, dict[str, dict[str, str]]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "languages").glob("*.toml"))
}
# The languages of the page as ISO 639-1 codes, the default one first.
LANGUAGES: tuple[str, ...] = tuple(sorted(_texts, key=lambda code: (code != DEFAULT, code)))
_spoken: ContextVar[str] = ContextVar("language", default=DEFAULT)


def text(name: str, /, **values: object) -> str:
    """The text called `name`, as "table.key", with `values` put in its braces. Raises `KeyError` where there is none."""
    table, key = name.split(".")
    words = _texts[_spoken.get()][table][key]
    return words.format(**values) if values else words


def language() -> str:
    """The language spoken here and now."""
    return _spoken.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak this one of `LANGUAGES` while the block runs."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def chosen_language(asked: str | None, accepted: str) -> str:
    """The language that an address asks for, else the one a browser's Accept-Language header likes best, else the default."""
    if asked in LANGUAGES:
        return asked
    liked: list[tuple[float, str]] = []
    for part in accepted.split(","):
        code, _, quality = part.strip().partition(";q=")
        try:
            liked.append((float(quality or 1), code.split("-")[0].lower()))
        except ValueError:
            continue  # no number, so no wish that could be weighed
    known = [(weight, code) for weight, code in liked if code in LANGUAGES and weight > 0]
    return max(known, key=lambda one: one[0])[1] if known else DEFAULT
