"""What a library refuses, and what its check finds: always a message, never a crash or a guess."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from corpus import Source
from index import Library, LibraryError
from tests.index.looking import add
from tests.index.word_embedder import WordEmbedder


def test_a_library_of_another_model_is_refused_with_what_to_do(library: Library, leaflets: Path) -> None:
    add(library, leaflets)
    with pytest.raises(LibraryError, match=r"settings\.toml") as raised:
        Library.open(library.directory, embedder=WordEmbedder("2" * 64))
    message = str(raised.value)
    assert "111111111111" in message
    assert "222222222222" in message
    assert "myositis add --library" in message


def test_a_model_loaded_later_is_refused_every_time(library: Library, leaflets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(library, leaflets)
    monkeypatch.setattr("index.library.Embedder", lambda _model: WordEmbedder("2" * 64))
    with Library.open(library.directory) as again:
        assert [document.title for document in again.documents()] == ["Falls", "Hands", "Swallowing"]
        for _ in range(2):
            with pytest.raises(LibraryError, match="222222222222"):
                again.search("falls")
        with pytest.raises(LibraryError, match="222222222222"):
            again.add([Source(path=str(leaflets / "falls.txt"), title="New")])


def test_a_folder_without_a_library_is_refused_unless_one_is_to_be_made(tmp_path: Path, word_embedder: WordEmbedder) -> None:
    with pytest.raises(LibraryError, match="no library here"):
        Library.open(tmp_path / "nowhere", create=False, embedder=word_embedder)
    assert not (tmp_path / "nowhere").exists()
    with Library.open(tmp_path / "nowhere", embedder=word_embedder) as library:
        assert library.search("anything") == []
        assert library.check().problems == ()
        assert library.is_new


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_place_that_cannot_hold_a_library_is_refused(tmp_path: Path, place: str, word_embedder: WordEmbedder) -> None:
    (tmp_path / "file").write_text("in the way")
    directory = tmp_path / "file" if place == "a file" else tmp_path / "file" / "library"
    with pytest.raises(LibraryError, match=r"cannot be written.*Check the folder"):
        Library.open(directory, embedder=word_embedder)


@pytest.mark.parametrize("content", [b"", b"This is a diary, not a database.", b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_no_library_is_refused_and_left_alone(tmp_path: Path, content: bytes, word_embedder: WordEmbedder) -> None:
    (tmp_path / "library.sqlite3").write_bytes(content)
    with pytest.raises(LibraryError, match=r"library\.sqlite3"):
        Library.open(tmp_path, embedder=word_embedder)
    assert (tmp_path / "library.sqlite3").read_bytes() == content


def test_another_database_is_refused(tmp_path: Path, word_embedder: WordEmbedder) -> None:
    with sqlite3.connect(tmp_path / "library.sqlite3") as connection:
        connection.execute("CREATE TABLE manifest (key TEXT, value TEXT)")
        connection.execute("INSERT INTO manifest VALUES ('schema', '99')")
    with pytest.raises(LibraryError, match=r"layout 99, this program reads \d"):
        Library.open(tmp_path, embedder=word_embedder)


def test_damage_inside_the_file_is_a_message_not_a_crash(library: Library, leaflets: Path, word_embedder: WordEmbedder) -> None:
    add(library, leaflets)
    library.close()
    file = library.directory / "library.sqlite3"
    content = bytearray(file.read_bytes())
    content[8192:] = os.urandom(len(content) - 8192)
    file.write_bytes(content)
    with Library.open(library.directory, embedder=word_embedder) as damaged:
        for use in (
            lambda: damaged.search("falls"),
            lambda: list(damaged.documents()),
            damaged.summaries,
            damaged.check,
            damaged.vocabulary,
            lambda: add(damaged, leaflets),
            lambda: damaged.remove(["falls.txt"]),
        ):
            with pytest.raises(LibraryError, match="damaged"):
                use()


def test_a_library_deleted_under_a_reader_is_a_message(library: Library, leaflets: Path) -> None:
    add(library, leaflets)
    shutil.rmtree(library.directory)
    problems: list[BaseException] = []

    def search() -> None:  # a new thread opens the file anew
        try:
            library.search("falls")
        except LibraryError as error:
            problems.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    thread.join()
    assert len(problems) == 1
    assert not library.directory.exists()


# Health


def test_a_check_names_what_is_wrong(library: Library, leaflets: Path) -> None:
    add(library, leaflets)
    documents = {document.title: document for document in library.documents()}
    library.original_path(documents["Falls"]).unlink()
    library.original_path(documents["Hands"]).write_text("something else")
    with sqlite3.connect(library.directory / "library.sqlite3") as connection:
        connection.execute('UPDATE passages SET "end" = "end" - 1 WHERE document_id = ?', (documents["Swallowing"].id,))
    problems = "\n".join(library.check().problems)
    assert "is missing" in problems
    assert "has changed" in problems
    assert "not a stretch of whole sentences" in problems


def test_a_check_compares_words_and_vectors_with_passages(library: Library, leaflets: Path) -> None:
    add(library, leaflets)
    library.search("falls")
    with sqlite3.connect(library.directory / "library.sqlite3") as connection:
        connection.execute("DELETE FROM words WHERE rowid = 1")
        connection.execute("UPDATE passages SET vector = (SELECT vector FROM passages WHERE id = 2) WHERE id = 1")
        connection.execute("UPDATE words SET body = 'other words' WHERE rowid = 2")
        connection.execute("UPDATE passages SET sentence_vectors = substr(sentence_vectors, 1, 100) WHERE id = 3")
    problems = "\n".join(library.check().problems)
    assert "words of" in problems
    assert "The words of 1 passages are not those of their texts" in problems
    assert "some of its sentences have no vectors" in problems
    assert "vectors.faiss" in problems


@pytest.mark.parametrize("change", ["page = 7", "section = '[\"elsewhere\"]'"])
def test_a_check_compares_each_passage_with_its_section_and_page(library: Library, leaflets: Path, change: str) -> None:
    add(library, leaflets)
    with sqlite3.connect(library.directory / "library.sqlite3") as connection:
        connection.execute(f"UPDATE passages SET {change} WHERE id = 1")  # noqa: S608
    (problem,) = library.check().problems
    assert "of one section" in problem
