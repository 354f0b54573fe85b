"""The SQLite file: whole transactions or none, whatever ends the process that writes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus import Source
from index import Library, LibraryError
from index.embedding import ModelIdentity
from index.schema import SCHEMA_VERSION
from index.store import Store
from tests.conftest import ROOT
from tests.index.made_up import made_up, with_vectors
from tests.index.word_embedder import WordEmbedder

MODEL = ModelIdentity("made up", 8, "3" * 64)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one document, "first"."""
    made = Store.create(tmp_path / "library.sqlite3", MODEL)
    insert(made, "first")
    return made


def insert(store: Store, name: str) -> None:
    document = made_up(name)
    with store.writing():
        store.insert(document, *with_vectors(document, MODEL.dimension))


def contents(store: Store) -> list[object]:
    """All that a store holds, but for what counts its changes."""
    tables = ("documents", "sections", "pages", "passages", "vocabulary", "expected_questions")
    with sqlite3.connect(store.path) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]  # noqa: S608


def test_what_is_inserted_comes_out(store: Store) -> None:
    document = made_up("first")
    passages, vectors, _, reading = with_vectors(document, MODEL.dimension)
    assert store.document(document.id) == document
    assert store.passages_of(document.id) == passages
    assert store.read_as(reading) == document.id
    assert store.has_document(document.id)
    assert store.counts() == (1, len(passages))
    generation, ids, matrix = store.vectors()
    assert generation == store.manifest("generation") == "1"
    assert np.array_equal(matrix, np.stack([vector.passage for vector in vectors]))
    assert list(store.passages([int(number) for number in ids]).values()) == passages
    for stored, made in zip(store.sentence_vectors(passages), vectors, strict=True):
        assert stored.vectors.shape == made.sentences.shape
        assert np.allclose(stored.vectors, made.sentences, atol=1e-3)
        assert all(map(np.array_equal, stored.pieces[1:], made.pieces[1:]))
        assert [len(one) for one in stored.pieces] == [len(one) for one in made.pieces]
    assert store.problems() == []


def test_what_a_paper_states_of_itself_is_kept(store: Store) -> None:
    document = replace(made_up("paper"), authors="Ada Lovelace, Bo Ek", doi="10.1000/182", notes=("page 2 looks scanned",))
    with store.writing():
        store.insert(document, *with_vectors(document, MODEL.dimension))
    assert store.document(document.id) == document
    listed = next(summary for summary in store.summaries() if summary.id == document.id)
    assert (listed.authors, listed.doi) == (document.authors, document.doi)


def test_a_library_of_the_first_layout_is_brought_to_the_present_one(store: Store) -> None:
    before = store.document(made_up("first").id)
    store.close()
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TABLE origins")
        connection.execute("DROP TABLE expected_questions")
        for column in ("authors", "doi", "notes", "pmid", "encoding"):
            connection.execute(f"ALTER TABLE documents DROP COLUMN {column}")
        connection.execute("ALTER TABLE passages DROP COLUMN pieces")
        connection.execute("UPDATE manifest SET value = '1' WHERE key = 'schema'")
    connection.close()
    again = Store(store.path)
    assert again.manifest("schema") == str(SCHEMA_VERSION)
    assert again.document(made_up("first").id) == before
    assert again.problems() == []
    passages = again.passages_of(before.id)
    assert all(len(one) == 0 for read in again.sentence_vectors(passages) for one in read.pieces)
    assert all(len(read.expected) == len(read.answered_by) == 0 for read in again.sentence_vectors(passages))
    insert(again, "second")
    assert again.counts()[0] == 2


def test_what_is_not_there_is_none_or_empty(store: Store) -> None:
    assert store.document("nobody") is None
    assert store.read_as("read nothing") is None
    assert not store.has_document("nobody")
    assert store.passages_of("nobody") == []
    assert store.passages([]) == {}
    assert store.passages([99]) == {}
    assert store.manifest("nothing") is None
    assert store.match('"nothing"', 5) == []
    assert store.passages_with("nothing") == 0


def test_an_error_in_the_middle_of_an_insertion_undoes_all_of_it(store: Store) -> None:
    before = contents(store)
    document = made_up("second")
    passages, vectors, headings, reading = with_vectors(document, MODEL.dimension)
    with pytest.raises(ValueError, match="shorter"), store.writing():
        store.insert(document, passages, vectors, headings[:-1], reading)  # fails at the last passage
    assert contents(store) == before
    assert store.manifest("generation") == "1"
    insert(store, "second")
    assert store.counts()[0] == 2


@pytest.mark.parametrize("error", [RuntimeError("a defect"), KeyboardInterrupt(), SystemExit(1)])
def test_any_exception_undoes_a_replacement(store: Store, error: BaseException) -> None:
    before, counted = contents(store), store.counts()
    document = made_up("first", sentences=90)

    def replace() -> None:
        with store.writing():
            store.insert(document, *with_vectors(document, MODEL.dimension))
            assert store.counts() != counted
            raise error

    with pytest.raises(type(error)):
        replace()
    assert contents(store) == before


def test_a_replacement_leaves_nothing_of_what_it_replaces(store: Store, tmp_path: Path) -> None:
    document = made_up("first", sentences=20)
    with store.writing():
        store.insert(document, *with_vectors(document, MODEL.dimension))
    fresh = Store.create(tmp_path / "fresh" / "library.sqlite3", MODEL)
    with fresh.writing():
        fresh.insert(document, *with_vectors(document, MODEL.dimension))
    assert store.counts() == fresh.counts()
    assert store.document(document.id) == fresh.document(document.id)
    assert contents(store)[-1] == contents(fresh)[-1]  # the vocabulary


def test_each_success_counts_the_generation_up_by_one(store: Store) -> None:
    for expected in ("2", "3"):
        insert(store, "second")
        assert store.manifest("generation") == expected


def test_other_threads_see_the_last_complete_state(store: Store) -> None:
    seen: list[tuple[int, int]] = []
    before = store.counts()
    document = made_up("second")
    with store.writing():
        store.insert(document, *with_vectors(document, MODEL.dimension))
        thread = threading.Thread(target=lambda: seen.append(store.counts()))
        thread.start()
        thread.join()
    assert seen == [before]
    assert store.counts()[0] == 2


_DIE_IN_A_TRANSACTION = """
import os, signal, sys
from pathlib import Path
from index.store import Store
from tests.index.made_up import made_up, with_vectors
store = Store(Path(sys.argv[1]))
for name in ("first", "second"):
    document = made_up(name, sentences=200)
    with store.writing():
        store.insert(document, *with_vectors(document, 8))
        if name == sys.argv[2]:
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_kill_inside_a_transaction_leaves_the_last_complete_state(store: Store, name: str) -> None:
    before = store.counts()
    store.close()
    died = subprocess.run([sys.executable, "-c", _DIE_IN_A_TRANSACTION, str(store.path), name], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    again = Store(store.path)
    assert again.problems() == []
    document = again.document(made_up("first").id)
    assert document is not None
    if name == "first":
        assert again.counts() == before
        assert document == made_up("first")
    else:
        assert document == made_up("first", sentences=200)
    assert again.document(made_up("second").id) is None
    insert(again, "second")
    assert again.problems() == []


_ADD_SLOWLY = """
import sys
from corpus import Source
from index import Library
from tests.index.word_embedder import WordEmbedder
def tell(done, total, name, share):
    print(done, flush=True)
with Library.open(sys.argv[1], embedder=WordEmbedder()) as library:
    library.add([Source(path=sys.argv[2])], progress=tell)
"""


def test_a_library_whose_writer_was_killed_is_whole_and_can_be_finished(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(40):
        (texts / f"{number:02}.txt").write_text(made_up(f"text{number}", sentences=120).text)
    folder, reached = tmp_path / "library", 0
    for kill_at in (1, 12, 25):
        with subprocess.Popen(
            [sys.executable, "-c", _ADD_SLOWLY, str(folder), str(texts)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for line in child.stdout:
                if int(line) >= kill_at:
                    child.kill()
                    break
        assert child.returncode == -signal.SIGKILL
        with Library.open(folder, create=False, embedder=WordEmbedder()) as library:
            assert library.check().problems == ()
            complete = sorted(Path(summary.url).name for summary in library.summaries())
            assert complete == [f"{number:02}.txt" for number in range(len(complete))]
            assert len(complete) >= max(kill_at, reached)
            reached = len(complete)
            assert len(library.search("sentence of text0", 3)) == 3
    with Library.open(folder, embedder=WordEmbedder()) as library:
        outcomes = [outcome.status for outcome in library.add([Source(path=str(texts))])]
        assert outcomes == ["unchanged"] * reached + ["added"] * (40 - reached)
        with Library.open(tmp_path / "uninterrupted", embedder=WordEmbedder()) as other:
            other.add([Source(path=str(texts))])
            assert [*library.documents()] == [*other.documents()]
            assert np.array_equal(library._store.vectors()[2], other._store.vectors()[2])
            question = "sentence 7 of text30"
            assert [hit.passage for hit in library.search(question)] == [hit.passage for hit in other.search(question)]


def test_a_new_library_takes_nothing_from_one_that_was_deleted_by_hand(tmp_path: Path) -> None:
    """After a kill the log of changes lies beside the file; SQLite would replay it into a new file of the same name."""
    path = tmp_path / "library.sqlite3"
    Store.create(path, MODEL).close()
    subprocess.run([sys.executable, "-c", _DIE_IN_A_TRANSACTION, str(path), "second"], cwd=ROOT, check=False)
    assert path.with_name("library.sqlite3-wal").stat().st_size > 0
    path.unlink()
    store = Store.create(path, MODEL)
    assert store.counts() == (0, 0)
    assert store.manifest("generation") == "0"
    assert store.problems() == []


def test_a_library_that_another_process_made_meanwhile_is_kept(store: Store) -> None:
    second = Store.create(store.path, MODEL)
    assert second.counts() == store.counts()
    assert sorted(path.name for path in store.path.parent.iterdir() if "new" in path.name) == []


def test_a_store_that_is_gone_is_no_new_store(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"library\.sqlite3"):
        Store(tmp_path / "library.sqlite3")
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_words_are_matched_whatever_characters_they_hold(store: Store) -> None:
    for word in ('"', '""', "*", "NEAR(", "AND", "", "col:umn", "\U0001f600", "\x00"):
        assert store.passages_with(word) == 0, word
    assert store.passages_with("sentences") == store.counts()[1]


def test_all_passages_of_one_moment_are_read(store: Store) -> None:
    """`vectors` gives ids and rows of one generation while another thread writes."""
    stop = threading.Event()

    def write_on() -> None:
        for number in range(30):
            insert(store, f"more{number % 3}")
        stop.set()

    writer = threading.Thread(target=write_on)
    writer.start()
    while not stop.is_set():
        generation, ids, matrix = store.vectors()
        assert len(set(ids.tolist())) == len(ids) == len(matrix) > 0, generation
        assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5), generation
    writer.join()
