"""Confidence: in doubt, and only then, question and sentences are read together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.confidence import DOUBT, READ_TOGETHER, Confidence, model_for, read_together
from assistant.cross_encoder import CrossEncoder, cross_encoder
from assistant.evaluation import load_questions
from assistant.retrieval import Found, asked_of, retrieved
from index import Library
from index.records import Vectors

EVAL = Path(__file__).parent.parent / "eval"
TEXTS = [one.turns[-1] for one in load_questions(EVAL / "plain_questions_2.jsonl")][::4]


class Counting(CrossEncoder):
    """The trained one, which notes what it was asked."""

    def __init__(self, trained: CrossEncoder) -> None:
        super().__init__(trained.tokenizer, trained.network, trained.head, trained.of_ranking)
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def logits(self, question: str, sentences: Sequence[str], ranked: Sequence[float]) -> Vectors:
        self.asked.append((question, tuple(sentences)))
        return super().logits(question, sentences, ranked)


@pytest.fixture(scope="module")
def reader(starter_library: Library) -> Counting:
    trained = cross_encoder(starter_library.embedder)
    assert trained is not None
    return Counting(trained)


@pytest.fixture(scope="module")
def all_found(starter_library: Library) -> list[Found]:
    """As a library finds it of which no questions are expected."""
    found = [retrieved(starter_library, asked_of(starter_library, text))[0] for text in TEXTS]
    return [replace(one, ranked=tuple(replace(candidate, expected=0.0) for candidate in one.ranked)) for one in found]


def odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_reading_together_in_doubt_alone_decides_as_if_it_were_always_done(
    starter_library: Library, all_found: list[Found], reader: Counting
) -> None:
    model = model_for(starter_library.embedder.identity.sha256)
    changed = looked = 0
    for found in all_found:
        first = found.ranked[0]
        reader.asked.clear()
        with_it, without_it = Confidence(found, model, lambda: reader), Confidence(found, model)
        decided, before = with_it.match(first), without_it.match(first)
        assert bool(with_it.in_doubt(first, with_it.features(first))) == bool(reader.asked)
        assert without_it.in_doubt(first, without_it.features(first)) == 0.0
        assert len(reader.asked) <= 1
        looked += bool(reader.asked)
        changed += (decided is None) != (before is None)
        threshold = without_it.thresholds(first)["possible"]
        always = odds(without_it.judged(first)[0]) + with_it.together
        assert (decided is not None) == (always >= odds(threshold)), found.query.text
        assert abs(with_it.together) <= DOUBT
    assert 0 < looked < len(all_found) * 0.8
    assert changed


def test_beside_the_subject_it_speaks_against_an_answer_or_not_at_all(
    starter_library: Library, all_found: list[Found], reader: Counting
) -> None:
    model = model_for(starter_library.embedder.identity.sha256)
    both = [
        [Confidence(replace(found, times=times), model, lambda: reader).together for times in (1.0, 100.0)] for found in all_found
    ]
    assert all(beside == min(0.0, own) for own, beside in both)
    assert {own > 0 for own, _ in both} == {True, False}


def test_the_first_sentences_are_read_together_each_after_the_title_of_its_document(
    starter_library: Library, all_found: list[Found], reader: Counting
) -> None:
    found = all_found[0]
    reader.asked.clear()
    value = read_together(found, reader)
    ((question, sentences),) = reader.asked
    assert question == found.query.text
    first = found.ranked[:READ_TOGETHER]
    assert list(sentences) == [f"{found.titles[one.hit.passage.document_id]}: {one.text}" for one in first]
    logits = reader.logits(question, sentences, [one.score - one.read for one in first])
    assert value == pytest.approx(math.log(sum(map(math.exp, logits.tolist()))), abs=1e-3)


def test_questions_that_a_page_answers_are_told_from_others_by_what_is_read_together(
    starter_library: Library, reader: Counting
) -> None:
    """Of plain questions that no fit has seen, without what is expected."""
    values: dict[str, list[float]] = {"answer": [], "abstain": []}
    for one in load_questions(EVAL / "plain_questions_2.jsonl"):
        found = retrieved(starter_library, asked_of(starter_library, one.turns[-1]))[0]
        values[one.expects].append(read_together(found, reader))
    assert min(map(len, values.values())) > 50
    assert np.greater.outer(values["answer"], values["abstain"]).mean() > 0.8  # the area under the ROC curve


def test_where_questions_are_expected_nothing_is_read_together(starter_library: Library, reader: Counting) -> None:
    reader.asked.clear()
    model = model_for(starter_library.embedder.identity.sha256)
    expected = 0
    for text in TEXTS:
        found = retrieved(starter_library, asked_of(starter_library, text))[0]
        first = found.ranked[0]
        if first.expected:
            expected += 1
            assert Confidence(found, model, lambda: reader).judged(first) == Confidence(found, model).judged(first)
    assert expected > 40
    assert not reader.asked
