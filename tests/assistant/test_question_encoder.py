"""The question encoder: where it points to is where answers are, by what is stored of them."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant import ranking
from assistant.evaluation import load_questions, stands_in
from assistant.named import Names
from assistant.query import Query
from assistant.question_encoder import QuestionEncoder, Sought, question_encoder
from assistant.retrieval import hits_for
from corpus import Source
from index import Library
from index.embedding import Embedder, ModelIdentity
from index.pieces import PieceReducer

QUESTION = "What helps when food gets stuck?"
EVAL = Path(__file__).parent.parent / "eval"


@pytest.fixture(scope="module")
def trained(embedder: Embedder) -> QuestionEncoder:
    found = question_encoder(embedder)
    assert found is not None
    return found


def parts(sought: Sought) -> list[float]:
    return np.concatenate([sought.passage, sought.sentence, sought.pieces.ravel(), sought.weights]).tolist()


def test_pieces_are_unit_vectors_and_weigh_as_much_in_every_question(trained: QuestionEncoder) -> None:
    whole = float(trained.heads["scale"])
    for question in (QUESTION, "hands", "and so on " * 40):
        sought = trained.sought(question)
        assert np.allclose(np.linalg.norm(sought.pieces, axis=1), 1, atol=1e-5)
        assert sought.weights.shape == (len(sought.pieces),)
        assert float(sought.weights.sum()) == pytest.approx(whole, rel=1e-4)


def test_what_the_pieces_of_a_sentence_add_is_the_weighed_cosine_of_the_nearest(trained: QuestionEncoder) -> None:
    sought = trained.sought(QUESTION)
    chance = np.random.default_rng(5)
    sentences = [chance.integers(-127, 127, (count, sought.pieces.shape[1]), dtype=np.int8) for count in (3, 1, 7)]
    by_hand = [
        sum(
            weight * (PieceReducer.restored(own) @ piece).max()
            for weight, piece in zip(sought.weights, sought.pieces, strict=True)
        )
        for own in sentences
    ]
    assert sought.nearest(sentences).tolist() == pytest.approx(by_hand, abs=1e-4)


def test_many_threads_read_what_one_reads(trained: QuestionEncoder) -> None:
    questions = [QUESTION, "Why do I fall?", "who pays", "and so on " * 40] * 6
    one_by_one = [parts(trained.sought(question)) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda question: parts(trained.sought(question)), questions)) == one_by_one


def test_a_question_reads_the_same_alone_and_among_longer_ones(trained: QuestionEncoder) -> None:
    alone = trained.sought(QUESTION)
    with torch.inference_mode():
        passage, sentence, pieces, weights = trained.read([QUESTION, "and so on " * 20])
    count = len(alone.weights)
    assert float(weights[0, count:].sum()) == 0.0
    for one, many in ((alone.passage, passage), (alone.sentence, sentence), (alone.weights, weights)):
        assert np.linalg.norm(one - many[0, : len(one)].numpy()) < 0.02 * np.linalg.norm(one)  # bfloat16 rounds by the length
    assert float((pieces[0, :count].numpy() * alone.pieces).sum(axis=1).min()) > 0.99


def test_of_a_story_the_end_is_read_which_asks(trained: QuestionEncoder) -> None:
    told = "My late father had an allotment and we spent every Sunday of my childhood there among his beans. " * 4
    assert parts(trained.sought(told + QUESTION)) == parts(trained.sought(told + told + QUESTION))


def test_half_a_surrogate_pair_is_read_as_a_question_mark(trained: QuestionEncoder) -> None:
    assert parts(trained.sought("What helps \ud800")) == parts(trained.sought("What helps ?"))


def test_the_embedding_model_reads_as_before(trained: QuestionEncoder, embedder: Embedder) -> None:
    before = embedder.encode_question(QUESTION)
    trained.sought(QUESTION)
    assert embedder.encode_question(QUESTION).tolist() == before.tolist()
    whole = embedder.pretrained[1]
    assert trained.network.embeddings is whole.embeddings
    assert trained.network.encoder is not whole.encoder
    assert not trained.network.training


def test_untrained_it_seeks_what_is_like_the_question(embedder: Embedder) -> None:
    sought = QuestionEncoder.untrained(embedder, 6.0, 9.0, 13.0).sought(QUESTION)
    vector = embedder.encode_question(QUESTION)
    assert sought.passage / 6 == pytest.approx(vector, abs=0.01)
    assert sought.sentence / 9 == pytest.approx(vector, abs=0.01)
    assert sought.weights.tolist() == pytest.approx([13.0 / len(sought.weights)] * len(sought.weights))
    for piece in embedder.encode_questions([QUESTION])[0].pieces:
        assert float((sought.pieces @ piece).max()) > 0.99


def test_beside_another_embedding_model_there_is_none(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder, "identity", ModelIdentity("another", 384, "0" * 64))
    assert question_encoder.__wrapped__(embedder) is None


def test_in_every_library_what_answers_is_sought_by_every_sentence(starter_library: Library, unexpected_library: Library) -> None:
    for library in (starter_library, unexpected_library):
        query = Query.of(QUESTION, library)
        hits = hits_for(library, query, frozenset())
        assert all(hit.sought != 0.0 for hit in hits)
        for _, _, features, _ in ranking.sentence_features(library, query, hits):
            assert features[:, ranking.FEATURES.index("sought")].all()


def test_what_is_named_counts_only_where_questions_are_seldom_expected(
    starter_folder: Path, embedder: Embedder, tmp_path: Path
) -> None:
    shutil.copytree(starter_folder, tmp_path / "library")
    (tmp_path / "leaflet.md").write_text("# Stuck food\n\nA sip of warm lemonade frees food that is stuck.\n", encoding="utf-8")
    with Library.open(tmp_path / "library", create=False, embedder=embedder) as library:
        assert not Query.of(QUESTION, library).seldom_expected
        (added,) = library.add([Source(path=str(tmp_path / "leaflet.md"))])
        query = Query.of("Does the Stuck food leaflet or Zzyzx help?", library)
        assert query.seldom_expected == {added.document_id} == query.names.documents.keys()
        column = ranking.FEATURES.index("named")
        beside = replace(query, names=Names({"another": 1.0}))
        hits = hits_for(library, query, frozenset())
        less = {
            hit.passage.document_id: features[:, column].tolist()
            for hit, _, features, _ in ranking.sentence_features(library, beside, hits)
        }
        assert set(less.pop(added.document_id)) == {-1.0}
        assert less
        assert not any(value for values in less.values() for value in values)
        assert query.sought is not None
        inside = library.search(QUESTION, 5, within=query.seldom_expected, sought=query.sought.passage)
        assert {hit.passage.document_id for hit in inside} == {added.document_id}
        assert all(hit.sought != 0.0 for hit in inside)


def test_of_a_long_word_after_word_the_end_is_read_too(trained: QuestionEncoder) -> None:
    names = "hypogammaglobulinaemia dermatomyositis immunosuppressants polymyalgia mycophenolate methylprednisolone " * 3
    shingles, stairs = (trained.sought(f"{names} {ending}") for ending in ("and shingles vaccines?", "and climbing stairs?"))
    assert not np.allclose(shingles.passage, stairs.passage, atol=1e-3)


def test_how_near_a_sentence_comes_is_what_its_vectors_say(unexpected_library: Library) -> None:
    query = Query.of(QUESTION, unexpected_library)
    assert query.sought is not None
    hits = hits_for(unexpected_library, query, frozenset())
    weighed = ranking.weights()["sought"]
    for hit, read, features, _ in ranking.sentence_features(unexpected_library, query, hits[:6]):
        document = unexpected_library.document(hit.passage.document_id)
        (of_passage,) = unexpected_library.embedder.encode_passages(document, [hit.passage])
        by_hand = of_passage.passage @ query.sought.passage
        by_hand += read.vectors @ query.sought.sentence + query.sought.nearest(read.pieces)
        assert features[:, ranking.FEATURES.index("sought")] == pytest.approx(by_hand, abs=0.05)
        score = weighed["intercept"] + sum(weighed.get(name, 0.0) * features[:, at] for at, name in enumerate(ranking.FEATURES))
        assert ranking.scored(features) == pytest.approx(score, abs=1e-3)


def test_what_answers_stands_first_more_often_than_what_is_like_the_question(
    unexpected_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On questions that it has not learnt from, before anything else reads them."""
    every = load_questions(EVAL / "questions.jsonl")
    asked = [one for one in every if one.expects == "answer" and len(one.turns) == 1][::2]

    def right() -> list[bool]:
        queries = [(Query.of(one.turns[-1], unexpected_library), one.gold) for one in asked]
        found = [
            (ranking.candidates(unexpected_library, q, hits_for(unexpected_library, q, frozenset())), gold) for q, gold in queries
        ]
        return [stands_in(ranked[0].text, gold) for ranked, gold in found]

    sought = right()
    monkeypatch.setattr("assistant.query.question_encoder", lambda _embedder: None)
    assert sum(sought) > sum(right())
