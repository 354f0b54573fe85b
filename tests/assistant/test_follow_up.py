"""Follow-ups: what leans on an earlier question is asked with its subject, what stands alone is asked as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.follow_up import leans, self_contained
from corpus.starter import topics
from index import Library
from index.embedding import Embedder

Asked = Callable[..., str]

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
    "My mother fell three times this month, what should we change in the house?",
    "My husband can't get up the stairs any more, what helps?",
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


@pytest.fixture(scope="module")
def asked_after(embedder: Embedder) -> Callable[..., str]:
    """What the last of some turns is understood as: `asked_after("What is sIBM?", "And hIBM?")`."""
    return lambda *turns: self_contained(turns[-1], turns[:-1], embedder)


@pytest.mark.parametrize("question", STAND_ALONE)
def test_a_question_that_says_what_it_is_about_stays_as_it_is(asked_after: Asked, question: str) -> None:
    assert not leans(question)
    assert asked_after(_FIRST, question) == question


@pytest.mark.parametrize("question", LEAN)
def test_a_question_that_leans_is_asked_about_the_subject_of_the_one_before(asked_after: Asked, question: str) -> None:
    understood = asked_after(_FIRST, question)
    assert "inclusion body myositis" in understood
    assert "exercise" in understood or "swimming" in understood or "walking" in understood
    assert question.lower().removeprefix("what about ").removeprefix("and ").rstrip("?.") in understood.lower()


@pytest.mark.parametrize("question", LEAN + STAND_ALONE)
def test_the_first_question_of_a_conversation_stays_as_it_is(asked_after: Asked, question: str) -> None:
    assert asked_after(question) == question
    assert asked_after("", "  ", question) == question


@pytest.mark.parametrize(
    ("turns", "understood"),
    [
        # The new words take the place of those they are like.
        (["Does prednisone work for IBM?", "What about methotrexate?"], "Does methotrexate work for IBM?"),
        (["What is sIBM?", "And hIBM?"], "What is hIBM?"),
        (["Which exercises are good for the legs?", "And for the arms?"], "Which exercises are good for the arms?"),
        # Where they take none, they are asked about the subject.
        (["Can IBM affect breathing?", "And at night?"], "IBM, affect breathing: And at night?"),
        (["Is IBM inherited?", "What about children?"], "IBM, inherited: What about children?"),
        # An old question without a word that could be replaced is asked again whole.
        (["What age does it come on?", "And the hereditary sort?"], "What age does it come on? And the hereditary sort?"),
        # What somebody told stays in their words.
        (
            ["My wife keeps catching her toes.", "Is there a brace for that?"],
            "My wife keeps catching her toes. Is there a brace for that?",
        ),
        (
            ["My mum has osteoporosis.", "Which rugs are trouble for her?"],
            "My mum has osteoporosis. Which rugs are trouble for her?",
        ),
        # Two that were compared are both there.
        (["What is sIBM?", "And hIBM?", "So are they the same disease?"], "sIBM, hIBM: So are they the same disease?"),
    ],
)
def test_only_what_the_question_lacks_is_carried_over(asked_after: Asked, turns: list[str], understood: str) -> None:
    assert asked_after(*turns) == understood


@pytest.mark.parametrize(
    ("question", "correction", "understood"),
    [
        ("Why are his legs weak?", "no, I meant his hands", "Why are his hands weak?"),
        ("Why are his legs weak?", "Not his legs, I meant the hands.", "Why are the hands weak?"),
        ("What helps with falls?", "Sorry, I meant swallowing.", "What helps with swallowing?"),
        ("How do I get up from the floor?", "No, from a chair", "How do I get up from a chair?"),
    ],
)
def test_a_correction_takes_the_place_of_what_was_wrong(
    asked_after: Asked, question: str, correction: str, understood: str
) -> None:
    assert asked_after(question, correction) == understood
    assert "hands" not in asked_after(question, correction, "Does IBM shorten life?")


@pytest.mark.parametrize(
    "question",
    [
        "Which brace helps with a dropping foot?",
        "Thanks, that helps. How high should a toilet be?",
        "A different question: is it common to fall?",
        "Can he still drive a car?",
        "Ok great. Is there a registry for people with myositis?",
    ],
)
def test_a_change_of_topic_leaves_the_old_subject_behind(asked_after: Asked, question: str) -> None:
    for earlier in ("Can IBM affect breathing?", "Food gets stuck in my husband's throat.", "Does Botox help swallowing?"):
        assert asked_after(earlier, question) == question


def test_a_subject_left_behind_does_not_come_back(asked_after: Asked) -> None:
    understood = asked_after("Does IBM shorten life?", _FIRST, "And swimming?", "How often?")
    assert "swimming" in understood
    assert "shorten" not in understood
    assert "exercise" not in understood
    understood = asked_after(_FIRST, "Can IBM cause falls?", "Is that common?")
    assert "falls" in understood
    assert "exercise" not in understood


def test_a_long_conversation_or_story_does_not_make_a_long_question(asked_after: Asked) -> None:
    assert len(asked_after(_FIRST, *["And then?"] * 200, "How often?")) < 120
    story = " ".join(f"In year {number} we bought another kettle for the kitchen downstairs." for number in range(40))
    assert len(asked_after(f"{story} Now he coughs when he drinks.", "What can we do about that?")) < 300


def test_a_question_for_one_thing_is_searched_with_little_else(starter_library: Library) -> None:
    """The old question's words do not drown the new one's: "ABC008" is what is asked about, two turns later as well."""
    assistant = Assistant(starter_library)
    history = ["Can IBM cause falls?", "What is ABC008?", "Did it work?"]
    answer = assistant.ask("Was it any better in people who were not so bad?", history)
    assert "ABC008" in answer.understood_as
    assert "ulviprubart" in answer.quotes[0].text


@given(question=st.text(max_size=80).filter(str.strip), history=st.lists(st.text(max_size=60), max_size=5))
def test_nothing_is_made_up(embedder: Embedder, question: str, history: list[str]) -> None:
    """Whatever is asked after whatever: no word that nobody wrote, and the history is left as it was."""
    before = list(history)
    understood = self_contained(question.strip(), history, embedder)
    assert history == before
    assert understood.strip()
    written = " ".join([question, *history])
    for word in re.findall(r"\w+", understood):
        assert word in written


def test_the_questions_of_the_topic_buttons_stand_alone() -> None:
    assert [question for topic in topics() for question in topic.questions if leans(question)] == []
