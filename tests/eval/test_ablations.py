"""Each ablation takes its part out and leaves an assistant that answers, and puts it back."""

from __future__ import annotations

import pytest

from assistant import Assistant
from index import Library
from tests.eval.ablations import PARTS, without

OF_OTHERS = {"nothing named", "nothing read together"}
QUESTIONS = ("What helps when food gets stuck?", "Who won the cup final in 1987?")


@pytest.mark.parametrize("part", PARTS)
def test_without_a_part_questions_are_still_answered(starter_library: Library, part: str) -> None:
    asked = Assistant(starter_library)
    before = [asked.explain(question).explanation() for question in QUESTIONS]
    with without(part):
        answers = [asked.ask(question) for question in QUESTIONS]
        within = [asked.explain(question).explanation() for question in QUESTIONS]
    assert answers[0].quotes
    assert (answers[1].status == "answered") == (part == "no confidence")
    if part not in {"everything", *OF_OTHERS, "no kind of answer"}:  # which these questions need not
        assert within != before
    assert [asked.explain(question).explanation() for question in QUESTIONS] == before


@pytest.mark.parametrize("part", sorted(OF_OTHERS))
def test_what_is_done_where_no_questions_are_expected_can_be_taken_out(unexpected_library: Library, part: str) -> None:
    asked = Assistant(unexpected_library)
    before = asked.explain(QUESTIONS[0]).explanation()
    with without(part):
        assert asked.explain(QUESTIONS[0]).explanation() != before
    assert asked.explain(QUESTIONS[0]).explanation() == before
