"""FAISS against the plain product of matrices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding import ModelIdentity
from index.store import EXPECTED, Store
from index.vectors import FILE_NAME, VectorIndex
from tests.index.made_up import made_up, unit, with_vectors

DIMENSION = 48


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Some two hundred passages with random vectors, and gaps between their ids."""
    made = Store.create(tmp_path_factory.mktemp("vectors") / "library.sqlite3", ModelIdentity("made up", DIMENSION, "4" * 64))
    for number in range(70):
        document = made_up(f"text{number}")
        with made.writing():
            made.insert(document, *with_vectors(document, DIMENSION, seed=number))
    with made.writing():
        for number in range(0, 70, 7):
            made.delete(made_up(f"text{number}").id)
    return made


def test_the_nearest_are_those_of_brute_force(store: Store) -> None:
    index = VectorIndex.build(store)
    _, ids, matrix = store.vectors()
    assert len(index) == len(ids) > 100
    for question in unit(np.random.default_rng(1), 50, DIMENSION):
        cosines = matrix @ question
        order = np.argsort(-cosines)[:10]
        found = index.search(question, 10)
        assert [number for number, _ in found] == ids[order].tolist()
        assert np.allclose([cosine for _, cosine in found], cosines[order], atol=1e-5)


def test_each_passage_is_nearest_to_itself(store: Store) -> None:
    index = VectorIndex.build(store)
    _, ids, matrix = store.vectors()
    for number, vector in zip(ids.tolist(), matrix, strict=True):
        ((nearest, cosine),) = index.search(vector, 1)
        assert nearest == number
        assert cosine == pytest.approx(1, abs=1e-5)


def test_products_of_chosen_passages_are_those_of_brute_force(store: Store) -> None:
    index = VectorIndex.build(store)
    _, ids, matrix = store.vectors()
    question = unit(np.random.default_rng(2), 1, DIMENSION)[0]
    chosen = ids[::9].tolist()
    found = index.products(question, [*chosen, 10**9, -1])
    assert list(found) == chosen
    assert np.allclose(list(found.values()), (matrix @ question)[::9], atol=1e-5)


def test_more_than_there_are_gives_all(store: Store) -> None:
    index = VectorIndex.build(store)
    question = unit(np.random.default_rng(3), 1, DIMENSION)[0]
    assert len(index.search(question, 10**6)) == len(index)


def test_an_empty_store_gives_nothing(tmp_path: Path) -> None:
    index = VectorIndex.open(Store.create(tmp_path / "library.sqlite3", ModelIdentity("made up", DIMENSION, "4" * 64)))
    assert len(index) == 0
    assert index.search(unit(np.random.default_rng(4), 1, DIMENSION)[0], 5) == []
    assert index.products(unit(np.random.default_rng(4), 1, DIMENSION)[0], [1]) == {}


def test_the_file_gives_the_index_that_was_built(store: Store) -> None:
    file = store.path.with_name(FILE_NAME)
    file.unlink(missing_ok=True)
    built = VectorIndex.open(store)
    content, modified = file.read_bytes(), file.stat().st_mtime_ns
    opened = VectorIndex.open(store)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (content, modified)  # read, not made again
    question = unit(np.random.default_rng(5), 1, DIMENSION)[0]
    assert opened.search(question, 20) == built.search(question, 20)
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(FILE_NAME)] == [FILE_NAME]


def test_an_index_is_filed_under_the_generation_it_was_built_from(store: Store) -> None:
    """One that was built before a change and filed after it is stale, and is not taken for the present one."""
    early = VectorIndex.build(store)
    document = made_up("late")
    with store.writing():
        store.insert(document, *with_vectors(document, DIMENSION, seed=99))
    early.file(store)
    assert len(VectorIndex.open(store)) == store.counts()[1] > len(early)


def test_a_folder_that_cannot_be_written_is_no_error(store: Store) -> None:
    file = store.path.with_name(FILE_NAME)
    file.unlink(missing_ok=True)
    file.mkdir()  # in the way, for root too
    try:
        assert len(VectorIndex.open(store)) == store.counts()[1]
    finally:
        file.rmdir()


def test_a_vector_of_any_length_finds_by_inner_product(store: Store) -> None:
    index = VectorIndex.build(store)
    _, ids, matrix = store.vectors()
    sought = 7.5 * unit(np.random.default_rng(6), 1, DIMENSION)[0]
    products = matrix @ sought
    passages = ids < EXPECTED
    best = ids[passages][np.argsort(-products[passages], kind="stable")][:5].tolist()
    found = index.search(sought, 5)
    assert [number for number, _ in found] == best
    assert [product for _, product in found] == pytest.approx(np.sort(products[passages])[::-1][:5].tolist(), rel=1e-4)


def test_among_some_documents_it_finds_what_comparing_all_their_passages_finds(store: Store) -> None:
    index = VectorIndex.build(store)
    _, ids, matrix = store.vectors()
    documents = sorted(str(row[0]) for row in store._db.execute("SELECT id FROM documents"))[:2]
    among = store.passage_ids(documents)
    assert sorted(among) == sorted(
        int(row[0])
        for document in documents
        for row in store._db.execute("SELECT id FROM passages WHERE document_id = ?", (document,))
    )
    sought = unit(np.random.default_rng(8), 1, DIMENSION)[0]
    products = {int(number): float(row @ sought) for number, row in zip(ids, matrix, strict=True) if number in among}
    found = index.search_among(among, sought, 3)
    assert [number for number, _ in found] == sorted(products, key=lambda number: -products[number])[:3]
    assert [product for _, product in found] == pytest.approx([products[number] for number, _ in found], rel=1e-4)
    assert index.search_among([], sought, 3) == []
