"""The kind of answer that a question asks for: a cost, a duration, something that helps … The patterns are data.

They stand in answer_kinds.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """A kind of answer: what asks for it, what shows that a text gives it, and whether no text answers without it (`needed`)."""

    name: str
    needed: bool
    asks: re.Pattern[str]
    gives: re.Pattern[str]

    def is_given_by(self, text: str) -> bool:
        """Whether `text` has what an answer of this kind must have."""
        return self.gives.search(text.lower()) is not None


def asked_for(question: str) -> AnswerKind | None:
    """The kind of answer that `question` asks for; None where any statement may answer."""
    plain = question.lower()
    return next((kind for kind in _kinds()[1] if kind.asks.search(plain)), None)


def is_about_now(question: str) -> bool:
    """Whether `question` asks for what is true today."""
    return _kinds()[0].search(question.lower()) is not None


@cache
def _kinds() -> tuple[re.Pattern[str], tuple[AnswerKind, ...]]:
    with (Path(__file__).parent / "answer_kinds.toml").open("rb") as file:
        loaded = tomllib.load(file)
    kinds = (AnswerKind(row["name"], row["needed"], re.compile(row["asks"]), re.compile(row["gives"])) for row in loaded["kind"])
    return re.compile(loaded["recent"]), tuple(kinds)
