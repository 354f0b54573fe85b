"""Reading together: the first are read once more, each with the question as one text, and nothing else changes its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.cross_encoder import CrossEncoder, cross_encoder
from assistant.evaluation import load_questions, stands_in
from assistant.reading import any_of
from assistant.reading_together import READ_TOGETHER, read_together
from assistant.retrieval import Found, asked_of, retrieved
from index import Library
from index.records import Vectors

EVAL = Path(__file__).parent.parent / "eval"
QUESTIONS = [one for one in load_questions(EVAL / "plain_questions_2.jsonl") if one.expects in ("answer", "abstain")]


class Counting(CrossEncoder):
    """The trained one, which notes what it was asked."""

    def __init__(self, trained: CrossEncoder) -> None:
        super().__init__(trained.tokenizer, trained.network, trained.head, trained.of_ranking)
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def logits(self, question: str, sentences: Sequence[str], ranked: Sequence[float]) -> Vectors:
        self.asked.append((question, tuple(sentences)))
        return super().logits(question, sentences, ranked)


@pytest.fixture(scope="module")
def encoder(starter_library: Library) -> Counting:
    trained = cross_encoder(starter_library.embedder)
    assert trained is not None
    return Counting(trained)


@pytest.fixture(scope="module")
def all_found(starter_library: Library) -> list[Found]:
    """As a library finds it of which no questions are expected."""
    found = [retrieved(starter_library, asked_of(starter_library, one.turns[-1]))[0] for one in QUESTIONS]
    return [replace(one, ranked=tuple(replace(candidate, expected=0.0) for candidate in one.ranked)) for one in found]


def test_those_that_are_read_stand_first_by_their_sums_and_the_others_follow_in_their_order(
    all_found: list[Found], encoder: Counting
) -> None:
    moved = 0
    for found in all_found[::10]:
        again = read_together(found.query, found.ranked, found.titles, lambda: encoder)
        places = {(id(one.hit), one.first, one.last): place for place, one in enumerate(found.ranked)}
        before = [places[id(one.hit), one.first, one.last] for one in again]
        assert set(before[:READ_TOGETHER]) == set(range(min(READ_TOGETHER, len(found.ranked))))
        assert before[READ_TOGETHER:] == list(range(READ_TOGETHER, len(found.ranked)))
        assert all(one.score >= other.score - 1e-9 for one, other in pairwise(again))
        for one, place in zip(again, before, strict=True):
            old = found.ranked[place]
            assert (one.ranked, one.read) == (old.ranked, old.read)
            if place < READ_TOGETHER:
                assert one.score == pytest.approx(old.score + one.together)
            else:
                assert one.together == 0.0
                assert again[READ_TOGETHER].score - one.score == pytest.approx(found.ranked[READ_TOGETHER].score - old.score)
        moved += before[0] != 0
    assert moved


def test_each_is_read_after_the_title_of_its_document(all_found: list[Found], encoder: Counting) -> None:
    found = all_found[0]
    encoder.asked.clear()
    again = read_together(found.query, found.ranked, found.titles, lambda: encoder)
    ((question, sentences),) = encoder.asked
    assert question == found.query.text
    first = found.ranked[:READ_TOGETHER]
    assert list(sentences) == [f"{found.titles[one.hit.passage.document_id]}: {one.text}" for one in first]
    logits = encoder.logits(question, sentences, [one.ranked for one in first])
    assert sorted(one.together for one in again[:READ_TOGETHER]) == pytest.approx(sorted(logits.tolist()), abs=1e-5)


def test_where_questions_are_expected_of_the_first_nothing_is_read(starter_library: Library, encoder: Counting) -> None:
    encoder.asked.clear()
    expected = 0
    for one in QUESTIONS[::5]:
        found = retrieved(starter_library, asked_of(starter_library, one.turns[-1]))[0]
        if found.ranked[0].expected:
            expected += 1
            assert read_together(found.query, found.ranked, found.titles, lambda: encoder) == list(found.ranked)
            assert all(candidate.together == 0.0 for candidate in found.ranked)
    assert expected > 40
    assert not encoder.asked


def test_without_an_encoder_or_candidates_all_stays_as_it_is(all_found: list[Found], encoder: Counting) -> None:
    found = all_found[0]
    assert read_together(found.query, found.ranked, found.titles, lambda: None) == list(found.ranked)
    assert read_together(found.query, [], found.titles, lambda: encoder) == []


def test_questions_that_a_page_answers_are_told_from_others_and_the_right_sentence_from_wrong_ones(
    all_found: list[Found], encoder: Counting
) -> None:
    """Of plain questions that no fit has seen, without what is expected."""
    values: dict[str, list[float]] = {"answer": [], "abstain": []}
    choices = right = guessed = 0.0
    for one, found in zip(QUESTIONS, all_found, strict=True):
        first = read_together(found.query, found.ranked, found.titles, lambda: encoder)[:READ_TOGETHER]
        values[one.expects].append(any_of([candidate.together for candidate in first]))
        is_right = [stands_in(candidate.text, one.gold) for candidate in first]
        if any(is_right) and not all(is_right):
            choices += 1
            right += is_right[int(np.argmax([candidate.together for candidate in first]))]
            guessed += float(np.mean(is_right))
    assert min(map(len, values.values())) > 50
    assert np.greater.outer(values["answer"], values["abstain"]).mean() > 0.8  # the area under the ROC curve
    assert choices > 100
    assert right > 1.3 * guessed
