"""The sentences that may answer: in order, whole, and several of a passage that holds several."""

from __future__ import annotations

import math
from itertools import combinations, groupby, pairwise

import numpy as np
import pytest

from assistant import ranking
from assistant.quoting import quotable
from assistant.retrieval import DEPTH, asked_of
from index import Library

QUESTIONS = ["What helps when food gets stuck?", "hands", "Is there a drug that slows it down?", "I keep falling in the bathroom"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_candidates_are_whole_sentences_best_first_and_none_lies_in_a_better_one(starter_library: Library, question: str) -> None:
    query = asked_of(starter_library, question)
    hits = starter_library.search(query.expanded, DEPTH, query.vector)
    found = ranking.candidates(starter_library, query, hits)
    assert all(one.score >= other.score for one, other in pairwise(found))
    for candidate in found:
        starts, ends = zip(*candidate.hit.passage.sentences, strict=True)
        assert candidate.start in starts
        assert candidate.end in ends
    of_passages = [
        list(group)
        for _, group in groupby(sorted(found, key=lambda one: hits.index(one.hit)), key=lambda one: hits.index(one.hit))
    ]
    assert any(len(group) > 1 for group in of_passages)
    for group in of_passages:
        assert not [1 for one, other in combinations(group, 2) if one.first <= other.first and other.last <= one.last]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_best_sentence_of_each_passage_is_in_its_best_candidate(starter_library: Library, question: str) -> None:
    query = asked_of(starter_library, question)
    hits = starter_library.search(query.expanded, DEPTH, query.vector)
    found = ranking.candidates(starter_library, query, hits)
    assert ranking.best_score(starter_library, query, hits) == pytest.approx(found[0].score)
    for hit, _, features, _ in ranking.sentence_features(starter_library, query, hits):
        scores = ranking.scored(features)
        positions = quotable(hit.passage.sentence_texts)
        own = [candidate for candidate in found if candidate.hit is hit]
        assert bool(own) is bool(positions)
        if own:
            best = max(positions, key=scores.__getitem__)
            assert own[0].score == pytest.approx(float(scores[best]))
            start, end = hit.passage.sentences[best]
            assert own[0].start <= start < end <= own[0].end


@pytest.mark.parametrize(
    ("scores", "runs"),
    [
        ((3.0, 2.0, 1.0), [(0, 0), (0, 1), (0, 2)]),
        ((1.0, 2.0, 3.0), [(0, 2)]),
        ((3.0, 1.0, 2.0), [(0, 0), (0, 2)]),
    ],
)
def test_each_sentence_stands_in_a_run_and_runs_that_lean_on_one_sentence_overlap(
    scores: tuple[float, ...], runs: list[tuple[int, int]]
) -> None:
    texts = ["The thigh muscles grow weak in this disease.", "They give way on the stairs.", "This leads to falls at home."]
    assert [(first, last) for _, first, last in ranking._runs(texts, scores)] == runs


def test_nothing_found_has_no_best_score(starter_library: Library) -> None:
    assert ranking.best_score(starter_library, asked_of(starter_library, "hands"), []) == -math.inf


def test_how_near_a_question_comes_to_those_expected_is_how_near_the_nearest_is(starter_library: Library) -> None:
    query = asked_of(starter_library, "bit late for the gym now isn't it")
    hits = starter_library.search(query.expanded, DEPTH, query.vector)
    column = ranking.FEATURES.index("expected")
    counted = 0
    for _, read, features, _ in ranking.sentence_features(starter_library, query, hits):
        for position in range(len(read.vectors)):
            cosines = read.expected[read.answered_by == position] @ query.vector
            if len(cosines):
                counted += 1
                assert features[position, column] == pytest.approx(cosines.max(), abs=1e-5)
            else:
                assert features[position, column] == 0.0
    assert counted > 20


def test_a_sentence_is_found_in_words_that_only_its_expected_questions_share(starter_library: Library) -> None:
    query = asked_of(starter_library, "too late for him to go to the gym in his state?")
    hits = starter_library.search(query.expanded, DEPTH, query.vector)
    assert any("safe at all stages" in one.text for one in ranking.candidates(starter_library, query, hits)[:3])


def test_a_sentence_is_weighed_by_what_is_known_of_it() -> None:
    own = [0.5, 0.5, 0.5, 0.2, 1.0]
    features = np.array(
        [[*own, 0.0, 0.0, 0.0], [*own, 0.6, 0.0, 0.0], [*own, 0.6, 20.0, -0.7], [*own, 0.0, 20.0, -0.7]], dtype=np.float32
    )
    kinds = [ranking.weights()[name] for name in ("alone", "expected", "both", "sought")]
    by_hand = [
        weighed["intercept"] + sum(weighed.get(name, 0.0) * value for name, value in zip(ranking.FEATURES, row, strict=True))
        for weighed, row in zip(kinds, features, strict=True)
    ]
    assert ranking.scored(features) == pytest.approx(by_hand, abs=1e-4)
