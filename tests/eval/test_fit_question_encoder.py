"""The fit of the question encoder: what it learns from, its losses, and that it learns."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant import spelling
from assistant.evaluation import stands_in
from assistant.question_encoder import QuestionEncoder, question_encoder
from assistant.trained_layers import stored_weights
from index import Library
from index.embedding import Embedder
from tests.eval import fit_question_encoder
from tests.eval.fit_question_encoder import COUNTS, PIECES, SURER, Example, Texts, examples, fit, loss_of, nearest, texts_of
from tests.eval.learning import questions_of, store_weights

STARTER = Path(__file__).parent / "reading_questions" / "starter.txt"
ANIMALS = ["cat", "dog", "horse", "cow", "sheep", "goat", "hen", "duck"]


@pytest.fixture(scope="module")
def barn(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Texts:
    """Two passages on each animal: of two sentences on its house, and of one on who looks after it."""
    from corpus import Source

    folder = tmp_path_factory.mktemp("barn")
    for animal in ANIMALS:
        told = ["# The {}", "## House", "The {} sleeps in the barn. Its bed is of straw.", "## Care", "Anna feeds the {}."]
        (folder / f"{animal}.md").write_text("\n\n".join(told).format(animal, animal, animal), encoding="utf-8")
    with Library.open(folder / "library", embedder=embedder) as library:
        library.add([Source(path=str(folder / f"{animal}.md")) for animal in ANIMALS])
        return texts_of(library)


def asked(barn: Texts, question: str, answer: str) -> Example:
    return Example(question, barn, torch.tensor([barn.written.index(answer)]))


def test_all_that_a_library_holds_is_read_as_it_was_filed(starter_library: Library) -> None:
    document = starter_library.summaries()[3]
    passages = starter_library.passages_of(document.id)
    whole = texts_of(starter_library)
    assert len(whole.written) == len(whole.sentences) == len(whole.first) == len(whole.count)
    filed = starter_library.sentence_vectors(passages)
    for passage, vectors in zip(passages, filed, strict=True):
        for text, vector, pieces in zip(passage.sentence_texts, vectors.vectors, vectors.pieces, strict=True):
            places = [place for place, written in enumerate(whole.written) if written == text]
            assert max(float(whole.sentences[place].numpy() @ vector) for place in places) > 0.99
            assert min(len(pieces), PIECES) in [int(whole.count[place]) for place in places]


def test_it_learns_from_questions_that_something_answers(starter_library: Library) -> None:
    questions = list(questions_of(STARTER))[::400]
    found = list(examples(starter_library, questions))
    answers = {spelling.mend(question, starter_library): gold for question, gold in questions if gold}
    assert 0 < len(found) <= len(answers) < len(questions)
    for example in found:
        assert len(example.right) > 0
        assert all(stands_in(example.texts.written[place], answers[example.question]) for place in example.right.tolist())
        assert example.texts is found[0].texts


def test_a_question_of_several_files_is_learnt_once_with_all_that_answers_it(starter_library: Library) -> None:
    document = starter_library.summaries()[3]
    one, other = [text for passage in starter_library.passages_of(document.id) for text in passage.sentence_texts][:2]
    apart = list(examples(starter_library, [("Who helps?", (one,)), ("Who pays?", (other,))]))
    (both,) = examples(starter_library, [("Who helps?", (one,)), ("Who helps?", (other,))])
    assert set(both.right.tolist()) == {place for example in apart for place in example.right.tolist()}
    assert len(both.right) > len(apart[0].right)


def test_pieces_are_compared_as_the_assistant_compares_them(barn: Texts, embedder: Embedder) -> None:
    encoder = QuestionEncoder.untrained(embedder, 6.0, 9.0, 13.0)
    sought = encoder.sought("Who looks after the hen?")
    chosen = torch.tensor([[0, 5, 3, 0]])
    found = nearest(barn, chosen, torch.from_numpy(sought.pieces)[None], torch.from_numpy(sought.weights)[None])
    own = [barn.pieces[barn.first[at] : barn.first[at] + barn.count[at]] for at in chosen[0]]
    stored = [np.rint(pieces.numpy() * 127).astype(np.int8) for pieces in own]
    assert found[0].tolist() == pytest.approx(sought.nearest(stored).tolist(), abs=0.05)


def test_the_loss_is_that_of_three_choices(barn: Texts, embedder: Embedder) -> None:
    example = asked(barn, "Who looks after the hen?", "Anna feeds the hen.")
    encoder = QuestionEncoder.untrained(embedder, 6.0, 9.0, 13.0)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        passage, sentence, pieces, weights = (part.float() for part in encoder.read([example.question]))
    right = int(example.right[0])
    by_passage = (barn.passages @ passage[0]).tolist()
    by_vector = [by_passage[int(of)] + float(own @ sentence[0]) for of, own in zip(barn.passage_of, barn.sentences, strict=True)]
    added = nearest(barn, torch.arange(len(by_vector))[None], pieces, weights)[0].tolist()
    by_all = [one + more for one, more in zip(by_vector, added, strict=True)]

    def loss(scores: list[float], place: int, surer: float) -> float:
        return math.log(sum(math.exp(surer * (score - scores[place])) for score in scores))

    by_hand = COUNTS["passages"] * loss(by_passage, int(barn.passage_of[right]), SURER["passages"])
    by_hand += COUNTS["sentences"] * loss(by_vector, right, SURER["sentences"]) + COUNTS["pieces"] * loss(by_all, right, 1.0)
    assert float(loss_of(encoder, [example]).detach()) == pytest.approx(by_hand, rel=0.01)


def test_it_learns_what_answers_and_leaves_the_embedding_model_as_it_is(barn: Texts, embedder: Embedder) -> None:
    before = embedder.encode_question("Who looks after the hen?")
    learnt = [asked(barn, f"does anybody bring the {animal} its dinner", f"Anna feeds the {animal}.") for animal in ANIMALS]
    encoder = QuestionEncoder.untrained(embedder, 6.0, 9.0, 13.0)
    guessed = float(loss_of(encoder, learnt).detach())
    trained = fit(learnt, encoder, passes=30)
    assert float(loss_of(trained, learnt).detach()) < 0.8 * guessed
    assert embedder.encode_question("Who looks after the hen?").tolist() == before.tolist()


def test_what_answers_is_compared_even_where_it_is_far(barn: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_question_encoder, "COMPARED", 5)
    example = asked(barn, "Who looks after the hen?", "Anna feeds the hen.")
    right = int(example.right[0])
    scores = torch.arange(len(barn.written), dtype=torch.float32)[None]
    scores[0, right] = -9.0
    (chosen,) = fit_question_encoder._compared(scores, [example])
    assert chosen.tolist() == [*scores[0].topk(4).indices.tolist(), right]
    scores[0, right] = 99.0
    assert fit_question_encoder._compared(scores, [example]).tolist() == [scores[0].topk(5).indices.tolist()]


def test_weights_are_stored_as_they_are_but_for_rounding(embedder: Embedder, tmp_path: Path) -> None:
    trained = question_encoder(embedder)
    assert trained is not None
    weights = {**trained.network.encoder.state_dict(), **trained.heads}
    store_weights(tmp_path / "weights.npz", embedder, weights)
    again = stored_weights(tmp_path / "weights.npz", embedder)
    assert again is not None
    assert set(again) == set(weights)
    for name, one in weights.items():
        assert torch.allclose(again[name], one.float(), rtol=1e-3, atol=1e-5), name
