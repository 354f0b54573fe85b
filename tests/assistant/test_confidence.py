"""Confidence: what reading together is worth, and where it is worth nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.confidence import Confidence, model_for
from assistant.cross_encoder import cross_encoder
from assistant.evaluation import load_questions
from assistant.named import Names
from assistant.reading import any_of
from assistant.reading_together import READ_TOGETHER, read_together
from assistant.retrieval import Found, asked_of, retrieved
from index import Library

EVAL = Path(__file__).parent.parent / "eval"
TEXTS = [one.turns[-1] for one in load_questions(EVAL / "plain_questions_2.jsonl")][::4]


@pytest.fixture(scope="module")
def unread(starter_library: Library) -> list[Found]:
    """As a library finds it of which no questions are expected, before anything is read together."""
    found = [retrieved(starter_library, asked_of(starter_library, text))[0] for text in TEXTS]
    return [replace(one, ranked=tuple(replace(candidate, expected=0.0) for candidate in one.ranked)) for one in found]


@pytest.fixture(scope="module")
def read(starter_library: Library, unread: list[Found]) -> list[Found]:
    encoder = cross_encoder(starter_library.embedder)
    assert encoder is not None
    return [replace(one, ranked=tuple(read_together(one.query, one.ranked, one.titles, lambda: encoder))) for one in unread]


def odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_reading_together_changes_the_odds_by_a_sum_and_some_decisions(
    starter_library: Library, unread: list[Found], read: list[Found]
) -> None:
    model = model_for(starter_library.embedder.identity.sha256)
    assert model.alone is not None
    assert model.alone.weights["together"] > 0
    changed = 0
    for before, after in zip(unread, read, strict=True):
        first = after.ranked[0]
        same = next(one for one in before.ranked if (one.hit, one.first, one.last) == (first.hit, first.first, first.last))
        value = any_of([one.together for one in after.ranked if one.together])
        confidence = Confidence(after, model)
        question = model.logit_of(after.query.text, after.query.vector)
        known = {"together": value, "question": question, "unknown": 0.0}
        assert confidence.of_alone(first) == pytest.approx(known)
        line = model.alone.logit(known)
        without = Confidence(replace(after, ranked=tuple(replace(one, together=0.0) for one in after.ranked)), model)
        assert confidence.alone(first) == pytest.approx(line)
        assert without.alone(first) == Confidence(before, model).alone(same) == 0.0
        changed += (confidence.match(first) is None) != (without.match(replace(first, together=0.0)) is None)
    assert changed


def test_the_features_are_those_of_what_was_read_apart(starter_library: Library, read: list[Found]) -> None:
    for found in read[:10]:
        apart = replace(found, ranked=tuple(replace(one, score=one.ranked + one.read, together=0.0) for one in found.ranked))
        for one, other in zip(found.ranked[:3], apart.ranked[:3], strict=True):
            assert Confidence(found).features(one) == pytest.approx(Confidence(apart).features(other))


def test_beside_the_subject_it_speaks_against_an_answer_or_not_at_all(starter_library: Library, read: list[Found]) -> None:
    model = model_for(starter_library.embedder.identity.sha256)
    own, beside = (
        [Confidence(replace(found, times=times), model).alone(found.ranked[0]) for found in read] for times in (1.0, 100.0)
    )
    assert beside == [min(0.0, one) for one in own]
    assert {one > 0 for one in own} == {True, False}


def test_of_a_sentence_of_which_questions_are_expected_it_says_nothing(starter_library: Library, read: list[Found]) -> None:
    model = model_for(starter_library.embedder.identity.sha256)
    for found in read[:10]:
        expected = replace(found.ranked[0], expected=0.7)
        assert Confidence(found, model).alone(found.ranked[0]) != 0.0
        assert Confidence(found, model).alone(expected) == 0.0
        kinds = [Confidence(found, model).thresholds(one) for one in (found.ranked[0], expected)]
        assert [kind["strong"] for kind in kinds] == [model.strong["alone"], model.strong["expected"]]
        assert [kind["possible"] for kind in kinds] == pytest.approx([model.possible["alone"], model.possible["expected"]])


def test_one_that_was_not_read_together_does_not_count_as_read_where_it_is_put_first(read: list[Found]) -> None:
    moved = 0
    for found in read[:10]:
        *first, further = found.ranked[: READ_TOGETHER + 1]
        settled = replace(found, ranked=(further, *first, *found.ranked[READ_TOGETHER + 1 :]))
        moved += further.together == 0.0
        assert Confidence(settled).read_together == pytest.approx(Confidence(found).read_together)
    assert moved


def test_a_name_that_no_page_has_speaks_against_an_answer(starter_library: Library, read: list[Found]) -> None:
    model = model_for(starter_library.embedder.identity.sha256)
    for found in read[:10]:
        first = found.ranked[0]
        unknown = replace(found, query=replace(found.query, names=Names({}, frozenset({"spg4"}))))
        assert Confidence(unknown, model).judged(first)[0] < Confidence(found, model).judged(first)[0]
