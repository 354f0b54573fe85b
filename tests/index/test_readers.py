"""More than one reader of the same library: threads, and other processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from corpus import Source
from index import Library, LibraryError
from tests.conftest import ROOT
from tests.index.looking import add, found


def test_many_threads_search_while_documents_come_and_go(library: Library, leaflets: Path) -> None:
    add(library, leaflets)
    failures: list[BaseException] = []
    stop = threading.Event()

    def read_on() -> None:
        try:
            while not stop.is_set():
                for hit in library.search("the grip weakens and the thighs give way", 5):
                    document = library.document(hit.passage.document_id)
                    # Between the two the document may have been replaced; only that one.
                    whole = document.text[hit.passage.start : hit.passage.end] == hit.passage.text
                    assert whole or document.title == "Walkers"
                list(library.documents())
                library.vocabulary()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        (leaflets / "new.txt").write_text(f"Walkers\n\nWalker number {number} is sturdy. The grip holds it.\n")
        add(library, leaflets / "new.txt")
    library.add([Source(path=str(leaflets))])
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert library.check().problems == ()


_ADD = """
import sys
from corpus import Source
from index import Library
from tests.index.word_embedder import WordEmbedder
with Library.open(sys.argv[1], embedder=WordEmbedder()) as library:
    print([outcome.status for outcome in library.add([Source(path=path) for path in sys.argv[2:]])])
"""


def test_what_another_process_adds_is_found_by_a_reader_that_is_open(library: Library, leaflets: Path) -> None:
    add(library, leaflets / "falls.txt")
    assert found(library, "bottles are hard to open").startswith("The thighs")
    done = subprocess.run(
        [sys.executable, "-c", _ADD, str(library.directory), str(leaflets / "hands.html")],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "['added']", done.stderr
    hit = library.search("bottles are hard to open", 1)[0]
    assert hit.passage.text.startswith("The grip")
    assert hit.dense > 0.5
    assert library.check().problems == ()


def test_a_second_writer_is_told_to_wait(library: Library, leaflets: Path) -> None:
    add(library, leaflets / "falls.txt")
    library._store._db.execute("PRAGMA busy_timeout = 50")  # not the half minute that people wait
    with sqlite3.connect(library.directory / "library.sqlite3", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="another myositis command"):
            add(library, leaflets / "hands.html")
        assert found(library, "brace").startswith("The thighs")
        other.execute("ROLLBACK")
    assert add(library, leaflets / "hands.html") == ["added"]


def test_closing_twice_is_harmless(library: Library) -> None:
    library.close()
    library.close()
