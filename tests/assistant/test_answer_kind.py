"""The kind of answer that a question asks for, and whether a sentence gives it."""

from __future__ import annotations

import pytest

from assistant.answer_kind import asked_for

KINDS = [
    (
        "What is inclusion body myositis?",
        "definition",
        "Inclusion body myositis is a disease of the muscles.",
        "Inclusion body myositis affects men more often.",
    ),
    (
        "what are inclusion bodies",
        "definition",
        "Inclusion bodies are abnormal particles that cells hold.",
        "They are the most common sign.",
    ),
    (
        "What causes Cowden syndrome?",
        "cause",
        "Mutations in one gene lead to it.",
        "Cowden syndrome is treated by several doctors.",
    ),
    ("Will it get worse?", "outlook", "It progresses over the years.", "It begins in the thighs."),
    ("How long does it take?", "duration", "It takes some years.", "It begins in the thighs."),
]


@pytest.mark.parametrize(("question", "name", "answer", "beside"), KINDS)
def test_a_sentence_of_the_kind_asked_for_is_told_from_one_beside_it(question: str, name: str, answer: str, beside: str) -> None:
    kind = asked_for(question)
    assert kind is not None
    assert kind.name == name
    assert kind.is_given_by(answer)
    assert not kind.is_given_by(beside)


@pytest.mark.parametrize(
    "question",
    ["What is the best exercise?", "What is wrong with me?", "What are stairs like after a year?", "What are braces for?"],
)
def test_a_question_that_begins_like_one_for_a_definition_may_ask_for_more(question: str) -> None:
    assert asked_for(question) is None
