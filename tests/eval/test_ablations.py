"""Each ablation takes its part out and leaves an assistant that answers, and puts it back."""

from __future__ import annotations

import pytest

from assistant import Assistant
from index import Library
from tests.eval.ablations import PARTS, without

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
    if part not in {"everything", "nothing read together", "no kind of answer"}:  # which these questions need not
        assert within != before
    assert [asked.explain(question).explanation() for question in QUESTIONS] == before
