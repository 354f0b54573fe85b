"""The cross-encoder: what it says of a sentence depends on nothing but that, the question and the place in the ranking."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from assistant.cross_encoder import CrossEncoder, cross_encoder
from index.embedding import Embedder, ModelIdentity

QUESTION = "What helps when food gets stuck?"
SENTENCES = [
    "Swallowing: Small bites, a chin tuck and thick drinks help when food sticks.",
    "Falls: Most falls happen at home.",
    "Money: " + "Ask the office which forms it wants, and keep copies of all of them. " * 8,
]
RANKED = [3.0, 1.0, -2.0]


@pytest.fixture(scope="module")
def trained(embedder: Embedder) -> CrossEncoder:
    found = cross_encoder(embedder)
    assert found is not None
    return found


def test_a_sentence_reads_the_same_alone_and_among_longer_ones(trained: CrossEncoder) -> None:
    together = trained.logits(QUESTION, SENTENCES, RANKED)
    assert together.shape == (3,)
    assert together.dtype == np.float32
    alone = [float(trained.logits(QUESTION, [one], [score])[0]) for one, score in zip(SENTENCES, RANKED, strict=True)]
    assert together.tolist() == pytest.approx(alone, abs=0.1)  # bfloat16 rounds by the length of the batch


def test_many_threads_read_what_one_reads(trained: CrossEncoder) -> None:
    questions = [QUESTION, "Why do I fall?", "who pays", "and so on " * 40] * 6
    one_by_one = [trained.logits(question, SENTENCES, RANKED).tolist() for question in questions]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda question: trained.logits(question, SENTENCES, RANKED).tolist(), questions))
    assert at_once == one_by_one


def test_a_higher_place_in_the_ranking_makes_it_likelier(trained: CrossEncoder) -> None:
    low, high = (float(trained.logits(QUESTION, SENTENCES[:1], [score])[0]) for score in (0.0, 1.0))
    assert high - low == pytest.approx(float(trained.of_ranking[0]), abs=1e-4)
    assert high > low


def test_more_than_can_be_read_is_cut(trained: CrossEncoder) -> None:
    logits = trained.logits("and so on " * 300, ["it goes on " * 300, ""], [1.0, 1.0])
    assert np.isfinite(logits).all()


def test_of_a_story_the_end_is_read_which_asks(trained: CrossEncoder) -> None:
    told = "My late father had an allotment and we spent every Sunday of my childhood there among his beans. " * 4
    logits = trained.logits(told + QUESTION, SENTENCES[:2], RANKED[:2])
    assert logits.tolist() == trained.logits(told + told + QUESTION, SENTENCES[:2], RANKED[:2]).tolist()
    assert logits[0] - logits[1] > 1.0


def test_half_a_surrogate_pair_is_read_as_a_question_mark(trained: CrossEncoder) -> None:
    broken, whole = (trained.logits(f"What helps {mark}", SENTENCES, RANKED).tolist() for mark in ("\ud800", "?"))
    assert broken == whole


def test_the_embedding_model_reads_as_before(trained: CrossEncoder, embedder: Embedder) -> None:
    before = embedder.encode_question(QUESTION)
    trained.logits(QUESTION, SENTENCES, RANKED)
    assert embedder.encode_question(QUESTION).tolist() == before.tolist()
    whole = embedder.pretrained[1]
    assert trained.network.embeddings is whole.embeddings
    assert trained.network.encoder is not whole.encoder
    assert not trained.network.training


def test_untrained_it_reads_as_the_embedding_model_and_says_nothing(embedder: Embedder) -> None:
    untrained = CrossEncoder.untrained(embedder)
    theirs = embedder.pretrained[1].encoder.state_dict()
    for name, weights in untrained.network.encoder.state_dict().items():
        assert torch.equal(weights, theirs[name])
    assert untrained.logits(QUESTION, SENTENCES, RANKED).tolist() == [0.0, 0.0, 0.0]


def test_beside_another_embedding_model_there_is_none(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder, "identity", ModelIdentity("another", 384, "0" * 64))
    assert cross_encoder.__wrapped__(embedder) is None
