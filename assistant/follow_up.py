"""Follow-ups: a question that leans on the ones before it is made to stand alone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from index.words import content_words


def self_contained(question: str, history: Sequence[str]) -> str:
    """`question` as it is if it stands alone, else with the earlier questions it leans on before it, oldest first.

    `history` holds the earlier questions, oldest first. Earlier turns are taken back to the last one that stood alone.
    """
    if not history or not leans(question):
        return question
    earlier: list[str] = []
    for turn in reversed(history[-int(_patterns()["reach"]) :]):
        earlier.insert(0, turn.strip())
        if not leans(turn):
            break
    return " ".join(turn if turn[-1:] in ".?!" else f"{turn}." for turn in [*filter(None, earlier), question.strip()])


def leans(question: str) -> bool:
    """Whether `question` points at something that only an earlier question names."""
    patterns = _patterns()
    plain = re.sub(r"\s+", " ", question.lower()).strip()
    if patterns["opens"].search(plain):
        return True
    named = patterns["subject"].search(plain) is not None
    pointing = patterns["points"].search(patterns["empty"].sub(" ", _opening(plain))) is not None
    words = content_words(question)
    if pointing:
        # A long question that names its subject may say "it" of something inside itself.
        return len(words) < (4 if named else 9)
    return not named and len(words) < int(patterns["few_words"])


def _opening(plain: str) -> str:
    """The first sentence of a message where it says enough for the others to point at it, else the whole message."""
    first, *others = re.split(r"(?<=[.!?])\s+", plain)
    return first if others and len(content_words(first)) > 1 else plain


@cache
def _patterns() -> dict[str, Any]:
    with (Path(__file__).parent / "follow_up.toml").open("rb") as file:
        loaded = tomllib.load(file)
    return {key: re.compile(value) if isinstance(value, str) else value for key, value in loaded.items()}
