"""Measuring the answers on labelled questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.records import Answer
from corpus import MyositisError

# The project's own questions over the starter library; they live beside the tests, so only a checkout has them.
DEFAULT_QUESTIONS = Path(__file__).parents[1] / "tests" / "eval" / "questions.jsonl"
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


@dataclass(frozen=True, slots=True)
class Report:
    """Shares are 0 to 1 of the questions they speak of, None where there are none.

    `answer_at_1` and `answer_at_3`: a gold sentence within the first quote, the first three. `false_abstention`:
    answerable questions left unanswered. `abstention`: unanswerable ones answered by silence. `declined`: unsafe
    requests met with a notice and no quote. `follow_up_loss`: how much answer@3 falls when the same question is asked as
    a follow-up instead of in full. `wrong_spans`: quotes whose text is not that of their span (must be 0).
    """

    questions: int
    answer_at_1: float | None
    answer_at_3: float | None
    false_abstention: float | None
    abstention: float | None
    declined: float | None
    emergency_recall: float | None
    emergency_false_alarms: float | None
    follow_up_loss: float | None
    wrong_spans: int

    def to_dict(self) -> dict[str, Any]:
        """The report as a plain dictionary."""
        return asdict(self)


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


def evaluate(assistant: Assistant, questions: Sequence[LabelledQuestion]) -> Report:
    """Ask every question and compare the answers with the labels. Answerable questions without gold are left out."""
    answers = [(one, assistant.ask(one.turns[-1], one.turns[:-1])) for one in questions]
    answerable = [(one, answer) for one, answer in answers if one.expects == "answer" and one.gold]
    unanswerable = [answer for one, answer in answers if one.expects == "abstain"]
    unsafe = [answer for one, answer in answers if one.expects == "decline"]
    emergencies = [answer for one, answer in answers if one.expects == "emergency"]
    calm = [answer for one, answer in answers if one.expects != "emergency"]
    follow_ups = [(one, answer) for one, answer in answerable if len(one.turns) > 1 and one.standalone]
    loss = None
    if follow_ups:
        in_full = [(one, assistant.ask(one.standalone or "")) for one, _ in follow_ups]
        loss = _round(_found(in_full, 3) - _found(follow_ups, 3))
    return Report(
        questions=len(questions),
        answer_at_1=_round(_found(answerable, 1)) if answerable else None,
        answer_at_3=_round(_found(answerable, 3)) if answerable else None,
        false_abstention=_share([answer.status == "not_found" for _, answer in answerable]),
        abstention=_share([answer.status == "not_found" for answer in unanswerable]),
        declined=_share([answer.status == "not_found" and bool(answer.notices) for answer in unsafe]),
        emergency_recall=_share([answer.status == "emergency" for answer in emergencies]),
        emergency_false_alarms=_share([answer.status == "emergency" for answer in calm]),
        follow_up_loss=loss,
        wrong_spans=sum(_wrong_spans(assistant, answer) for _, answer in answers),
    )


def _found(answers: Sequence[tuple[LabelledQuestion, Answer]], k: int) -> float:
    """The share of `answers` with a gold sentence in their first `k` quotes, or a quote that is part of one."""
    found = 0
    for one, answer in answers:
        found += any(stands_in(quote.text, one.gold) for quote in answer.quotes[:k])
    return found / len(answers)


def stands_in(text: str, gold: Sequence[str]) -> bool:
    """Whether `text` holds one of the `gold` sentences, or is part of one; white space counts as one space."""
    plain = " ".join(text.split())
    return any(sentence in plain or plain in sentence for sentence in (" ".join(one.split()) for one in gold))


def _wrong_spans(assistant: Assistant, answer: Answer) -> int:
    return sum(
        assistant.library.document(quote.document_id).text[quote.start : quote.end] != quote.text for quote in answer.quotes
    )


def _share(outcomes: Sequence[bool]) -> float | None:
    return _round(sum(outcomes) / len(outcomes)) if outcomes else None


def _round(value: float) -> float:
    return round(value, 3)
