"""Which word a misspelt one was meant to be."""

from __future__ import annotations

import pytest

from index.vocabulary import Vocabulary

LIBRARY = [
    "Weakness of the thighs and fingers is what people notice, and there is more to say about this and all of it.",
    "Here are the words that they use when asked what it is like to get up, to walk, or to do what others do in a day at home.",
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(LIBRARY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("thigs", "thighs"), ("fingures", "fingers"), ("ther", "there"), ("wich", "which"), ("thier", "their"), ("evry", "every")],
)
def test_a_word_of_the_subject_is_likelier_but_only_where_it_is_as_near(vocabulary: Vocabulary, written: str, meant: str) -> None:
    assert vocabulary.nearest(written) == meant


def test_what_is_not_of_the_subject_is_not_likelier() -> None:
    assert Vocabulary(["this is the place and this the time"]).nearest("thigs") == "this"
