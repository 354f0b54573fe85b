"""Short names, written in full for whatever reads or counts words: elsewhere "IBM" is a company.

The embedding model knows "IBM" as that company, and would find what is near to it; and a text that says "IBM" is found by a
question that says "inclusion body myositis", and the other way round. So it is with a few things that texts and those who ask
name by letters ("CK", "IVIG"). The names are data: corpus/starter/names.toml.
"""

from __future__ import annotations

import re
import tomllib

from corpus.starter import FOLDER

_NAMES = tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))
FULL_NAME: str = _NAMES["full"]
_KINDS: dict[str, str] = _NAMES["kinds"]
_SHORT, _BOTH = re.compile(_NAMES["short"]), re.compile(_NAMES["both"])


def _any_name(full: str, others: str) -> re.Pattern[str]:
    """Any name of a thing, with others of its names that explain it; `others` is a regular expression."""
    name = rf"(?i:{full}s?|{others})"
    return re.compile(rf"(?<![\w.@/*-]){name}(?:\s*\({name}\))*(?!\w|\.\w|@)")


_LETTERS = [(full, _any_name(full, others)) for full, others in _NAMES["letters"].items()]


def in_full(text: str) -> str:
    """`text` with the full name in place of each short one: of the disease, and of what is named by letters."""
    text = _SHORT.sub(_full, _BOTH.sub(FULL_NAME, text))
    for full, named in _LETTERS:
        text = named.sub(full, text)
    return text


def _full(short: re.Match[str]) -> str:
    name = _KINDS.get((short["kind"] or "").lower(), FULL_NAME)
    return f"{name} " if short[0].endswith("-") else name
