"""What became of each labelled question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.assistant import Assistant
from assistant.evaluation.labels import LabelledQuestion, stands_in
from assistant.records import Answer
from assistant.repeats import Copies
from assistant.selection import selected
from assistant.trace import Trace

FIRST = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled question and how it was answered.

    `probability` (that the library answers) and `certainty` (that the first quote does) are the confidence model's, 0 to 1; 0
    where the question was not searched for. `would_quote` holds the texts that are quoted, or would be if no answer were held
    back. `in_full` is the answer to the stand-alone wording of a follow-up. `wrong_spans` counts quotes whose text is not that of
    their span.
    """

    question: LabelledQuestion
    answer: Answer
    probability: float
    certainty: float
    would_quote: tuple[str, ...]
    in_full: Answer | None
    wrong_spans: int

    @property
    def is_answerable(self) -> bool:
        """Whether the library is known to answer the question. An answerable question without gold is in no figure of answers."""
        return self.question.expects == "answer" and bool(self.question.gold)

    def is_found(self, first: int) -> bool:
        """Whether a gold sentence stands in the `first` quotes of the answer."""
        return found(self.answer, self.question, first)

    def would_be_found(self, first: int) -> bool:
        """The same, if no answer were held back; never for a question that has no answer."""
        return self.is_answerable and any(stands_in(text, self.question.gold) for text in self.would_quote[:first])


def found(answer: Answer, question: LabelledQuestion, first: int) -> bool:
    """Whether a gold sentence of `question`, or a part of one, stands in the `first` quotes of `answer`."""
    return any(stands_in(quote.text, question.gold) for quote in answer.quotes[:first])


def ask_all(
    assistant: Assistant, questions: Sequence[LabelledQuestion], tell: Callable[[int, int, str], None] = lambda *_: None
) -> list[Outcome]:
    """Ask every question, follow-ups in full as well. `tell` hears how many of how many are done, and the next one's id."""
    outcomes = []
    for done, question in enumerate(questions):
        tell(done, len(questions), question.id)
        trace = assistant.explain(question.turns[-1], question.turns[:-1])
        follows = question.expects == "answer" and question.gold and question.standalone and len(question.turns) > 1
        in_full = assistant.ask(question.standalone or "") if follows else None
        outcomes.append(
            Outcome(
                question=question,
                answer=trace.answer,
                probability=trace.probability or 0.0,
                certainty=trace.certainty or 0.0,
                would_quote=_would_quote(trace),
                in_full=in_full,
                wrong_spans=_wrong_spans(assistant, trace.answer),
            )
        )
    return outcomes


def _would_quote(trace: Trace) -> tuple[str, ...]:
    if trace.answer.quotes:
        return tuple(quote.text for quote in trace.answer.quotes)
    if trace.found is None or not trace.verdicts:
        return ()
    verdicts = selected(trace.found.ranked, Copies(hit.passage for hit in trace.found.hits), FIRST)
    return tuple(verdict.candidate.text for verdict in verdicts if verdict.fate == "quoted")


def _wrong_spans(assistant: Assistant, answer: Answer) -> int:
    return sum(
        assistant.library.document(quote.document_id).text[quote.start : quote.end] != quote.text for quote in answer.quotes
    )
