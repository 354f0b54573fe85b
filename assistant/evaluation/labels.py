"""Labelled questions: what was asked, and what a right answer is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import MyositisError

# The project's own questions over the starter library; they live beside the tests, so only a checkout has them.
DEFAULT_QUESTIONS = Path(__file__).parents[2] / "tests" / "eval" / "questions.jsonl"
HELD_BACK = "held_back"
_EXPECTATIONS = ("answer", "abstain", "decline", "emergency")


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with what a right answer is: the gold sentences, any of which answers it, or what else is expected.

    `turns` are the questions of a conversation, of which the last is judged; `standalone` says the same in one question.
    """

    id: str
    turns: tuple[str, ...]
    expects: str
    gold: tuple[str, ...]
    standalone: str | None = None
    split: str | None = None
    style: str | None = None
    topic: str | None = None


def load_questions(path: Path) -> list[LabelledQuestion]:
    """The labelled questions of a JSON-lines file. Raises `MyositisError` naming the line that is not as it should be."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MyositisError("the questions cannot be read", str(path), f"Name a JSON-lines file ({error.strerror})") from error
    loaded = []
    for number, line in enumerate(lines, start=1):
        try:
            loaded.append(_labelled(json.loads(line)))
        except (KeyError, TypeError, ValueError) as error:
            raise MyositisError(
                "this line is no labelled question", f"{path}:{number}", f"See docs/evaluation.md ({error})"
            ) from error
    return loaded


def _labelled(row: dict[str, Any]) -> LabelledQuestion:
    turns = row["turns"] if "turns" in row else [row["question"]]
    if row["expects"] not in _EXPECTATIONS or not turns:
        raise ValueError(f"expects is {row['expects']!r}, {len(turns)} turns")
    gold = tuple(entry["sentence"] for entry in row["gold"])
    return LabelledQuestion(
        row["id"], tuple(turns), row["expects"], gold, row.get("standalone"), row.get("split"), row.get("style"), row.get("topic")
    )


def stands_in(text: str, gold: Sequence[str]) -> bool:
    """Whether `text` holds one of the `gold` sentences, or is part of one; white space counts as one space."""
    plain = " ".join(text.split())
    return any(sentence in plain or plain in sentence for sentence in (" ".join(one.split()) for one in gold))
