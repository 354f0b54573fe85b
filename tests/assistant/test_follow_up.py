"""Follow-ups: what leans on an earlier question is asked with it, what stands alone is asked as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.follow_up import leans, self_contained
from corpus.starter import topics

_FIRST = "Is exercise safe with inclusion body myositis?"

STAND_ALONE = [
    "How is inclusion body myositis diagnosed?",
    "Does IBM shorten life?",
    "sIBM symptoms",
    "What are the warning signs of swallowing problems?",
    "Which brace helps with a dropping foot?",
    "Is it safe to fly with IBM?",
    "Is there a registry for people with myositis?",
    "Food gets stuck in my husband's throat. What helps?",
]
LEAN = [
    "How often?",
    "And swimming?",
    "What about walking?",
    "Why?",
    "Is that common?",
    "Does it hurt?",
    "Can they be treated?",
    "Who should do that?",
    "But is it proven?",
    "Which one is best?",
    "Anything else?",
    "So is it harmful?",
]


@pytest.mark.parametrize("question", STAND_ALONE)
def test_a_question_that_says_what_it_is_about_stays_as_it_is(question: str) -> None:
    assert not leans(question)
    assert self_contained(question, [_FIRST]) == question


@pytest.mark.parametrize("question", LEAN)
def test_a_question_that_leans_is_joined_to_the_one_before(question: str) -> None:
    understood = self_contained(question, [_FIRST])
    assert understood.startswith(_FIRST)
    assert understood.endswith(question)


@pytest.mark.parametrize("question", LEAN + STAND_ALONE)
def test_the_first_question_of_a_conversation_stays_as_it_is(question: str) -> None:
    assert self_contained(question, []) == question
    assert self_contained(question, ()) == question


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stood_alone() -> None:
    history = ["Does IBM shorten life?", _FIRST, "And swimming?"]
    understood = self_contained("How often?", history)
    assert "shorten life" not in understood
    assert understood.index(_FIRST) < understood.index("And swimming?") < understood.index("How often?")


def test_only_the_last_subject_is_taken() -> None:
    understood = self_contained("Is that common?", [_FIRST, "Can IBM cause falls?"])
    assert "falls" in understood
    assert "exercise" not in understood


def test_a_long_conversation_does_not_make_a_long_question() -> None:
    history = [_FIRST] + ["And then?"] * 200
    assert len(self_contained("How often?", history)) < 120


@pytest.mark.parametrize("history", [[""], ["  ", "\n"], [_FIRST, ""], ["", _FIRST, " "]])
def test_blank_turns_are_no_trouble(history: list[str]) -> None:
    understood = self_contained("How often?", history)
    assert understood.endswith("How often?")
    assert "  " not in understood.strip()


def test_history_is_left_as_it_was() -> None:
    history = [_FIRST, "And swimming?"]
    self_contained("How often?", history)
    assert history == [_FIRST, "And swimming?"]


@given(question=st.text(max_size=80).filter(str.strip), history=st.lists(st.text(max_size=60), max_size=5))
def test_nothing_is_made_up(question: str, history: list[str]) -> None:
    """Whatever is asked after whatever: the result holds the question, and no word that nobody wrote."""
    understood = self_contained(question.strip(), history)
    assert understood.rstrip(".").endswith(question.strip().rstrip("."))
    written = set(" ".join([question, *history]).split())
    assert all(word in written or word.removesuffix(".") in written for word in understood.split())


def test_the_questions_of_the_topic_buttons_stand_alone() -> None:
    assert [question for topic in topics() for question in topic.questions if leans(question)] == []
