"""The report on the answers to labelled questions: on all of them, and by split, style and topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.assistant import Assistant
from assistant.evaluation.estimates import Estimate, area_under_risk_coverage, highest_share, least_to_certify, mean_of
from assistant.evaluation.labels import HELD_BACK, LabelledQuestion
from assistant.evaluation.outcomes import FIRST, Outcome, ask_all, found
from assistant.evaluation.phrasings import Agreement

# Every figure of a report, in its order. docs/evaluation.md says what each means.
FIGURES = (
    "answer_at_1",
    "answer_at_3",
    "false_abstention",
    "abstention",
    "declined",
    "emergency_recall",
    "emergency_false_alarms",
    "follow_up_loss",
    "aurc",
)
LESS_IS_BETTER = frozenset({"false_abstention", "emergency_false_alarms", "follow_up_loss", "aurc"})
# Of the answered questions at most so many should be wrong.
AIM = 0.10

Figures = dict[str, Estimate | None]


@dataclass(frozen=True, slots=True)
class Bound:
    """How many answered questions of the held-back part may be wrong: `at_most` that share, 0 to 1, at 95 % confidence.

    Wrong is an answer without a gold sentence in its first three quotes, and any answer to what should not be answered.
    """

    answered: int
    wrong: int
    at_most: float

    @property
    def certifies(self) -> bool:
        """Whether the aim, at most a tenth wrong, is certain enough."""
        return self.at_most <= AIM

    def text(self) -> str:
        """The bound in a sentence, and whether it reaches the aim."""
        said = (
            f"Of the answered questions at most {self.at_most:.1%} are wrong, at 95 % confidence "
            f"({self.wrong} of {self.answered} held-back ones were)."
        )
        if self.certifies:
            return said
        least = least_to_certify(AIM)
        few = f" Even without a wrong one it would take {least}." if self.answered < least else ""
        return f"{said} That does not certify {AIM:.0%}.{few}"


@dataclass(frozen=True, slots=True)
class Report:
    """All figures, None where no question speaks of one. `bound` is None where nothing held back was answered.

    `wrong_spans` counts quotes whose text is not that of their span: it must be 0.
    """

    questions: int
    figures: Figures
    wrong_spans: int
    bound: Bound | None
    by_split: dict[str, Figures]
    by_style: dict[str, Figures]
    by_topic: dict[str, Figures]
    phrasings: Agreement | None = None

    def to_dict(self) -> dict[str, Any]:
        """The report as plain dictionaries: each figure by its name, then the intervals, the bound and the parts."""
        return {
            "questions": self.questions,
            **_values(self.figures),
            "wrong_spans": self.wrong_spans,
            "estimates": _plain(self.figures),
            "bound": asdict(self.bound) | {"certifies": self.bound.certifies, "text": self.bound.text()} if self.bound else None,
            "by_split": {name: _plain(figures) for name, figures in self.by_split.items()},
            "by_style": {name: _plain(figures) for name, figures in self.by_style.items()},
            "by_topic": {name: _plain(figures) for name, figures in self.by_topic.items()},
            "phrasings": asdict(self.phrasings) if self.phrasings else None,
        }


def evaluate(assistant: Assistant, questions: Sequence[LabelledQuestion]) -> Report:
    """Ask every question and compare the answers with the labels. Answerable questions without gold are left out."""
    return report_on(ask_all(assistant, questions))


def report_on(outcomes: Sequence[Outcome], phrasings: Agreement | None = None) -> Report:
    """The report on `outcomes`, with how far `phrasings` agreed, where that was measured."""
    return Report(
        questions=len(outcomes),
        figures=_figures(outcomes),
        wrong_spans=sum(outcome.wrong_spans for outcome in outcomes),
        bound=_bound([outcome for outcome in outcomes if outcome.question.split == HELD_BACK]),
        by_split=_parts(outcomes, "split"),
        by_style=_parts(outcomes, "style"),
        by_topic=_parts(outcomes, "topic"),
        phrasings=phrasings,
    )


def searched(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The questions to which the right response is an answer or silence: those that the risk–coverage curve is of."""
    return [outcome for outcome in outcomes if outcome.is_answerable or outcome.question.expects == "abstain"]


def _figures(outcomes: Sequence[Outcome]) -> Figures:
    answerable = [outcome for outcome in outcomes if outcome.is_answerable]
    expecting = {
        kind: [outcome.answer for outcome in outcomes if outcome.question.expects == kind]
        for kind in ("abstain", "decline", "emergency")
    }
    calm = [outcome.answer for outcome in outcomes if outcome.question.expects != "emergency"]
    losses = [
        float(found(outcome.in_full, outcome.question, FIRST)) - float(outcome.is_found(FIRST))
        for outcome in answerable
        if outcome.in_full is not None
    ]
    curve = searched(outcomes)
    figures = {
        "answer_at_1": mean_of([outcome.is_found(1) for outcome in answerable]),
        "answer_at_3": mean_of([outcome.is_found(FIRST) for outcome in answerable]),
        "false_abstention": mean_of([outcome.answer.status == "not_found" for outcome in answerable]),
        "abstention": mean_of([answer.status == "not_found" for answer in expecting["abstain"]]),
        "declined": mean_of([answer.status == "not_found" and bool(answer.notices) for answer in expecting["decline"]]),
        "emergency_recall": mean_of([answer.status == "emergency" for answer in expecting["emergency"]]),
        "emergency_false_alarms": mean_of([answer.status == "emergency" for answer in calm]),
        "follow_up_loss": mean_of(losses),
        "aurc": area_under_risk_coverage(
            [outcome.certainty for outcome in curve], [not outcome.would_be_found(FIRST) for outcome in curve]
        ),
    }
    return {name: figures[name] for name in FIGURES}


def _bound(held_back: Sequence[Outcome]) -> Bound | None:
    """The bound for those that were answered. Answerable questions without gold cannot be judged and are left out."""
    judged = [outcome for outcome in held_back if outcome.question.gold or outcome.question.expects != "answer"]
    wrong = [not outcome.is_found(FIRST) for outcome in judged if outcome.answer.status == "answered"]
    return Bound(len(wrong), sum(wrong), round(highest_share(sum(wrong), len(wrong)), 3)) if wrong else None


def _parts(outcomes: Sequence[Outcome], key: str) -> dict[str, Figures]:
    names = sorted({name for outcome in outcomes if (name := getattr(outcome.question, key))})
    return {name: _figures([outcome for outcome in outcomes if getattr(outcome.question, key) == name]) for name in names}


def _values(figures: Figures) -> dict[str, float | None]:
    return {name: estimate.value if estimate else None for name, estimate in figures.items()}


def _plain(figures: Figures) -> dict[str, dict[str, float | int]]:
    return {name: asdict(estimate) for name, estimate in figures.items() if estimate}
