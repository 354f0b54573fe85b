"""What SQLite and the file system raise is told in words that say what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import LibraryError, clear_errors


def test_a_library_that_may_only_be_read_is_said_to_be_that(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE words (word)")
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as opened,
        pytest.raises(LibraryError, match=r"can be read but not changed: .*library\.sqlite3\. .*read-only"),
        clear_errors(path),
    ):
        opened.execute("INSERT INTO words VALUES ('ramp')")


def test_a_disk_that_may_only_be_read_is_not_said_to_be_full(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="read-only") as told, clear_errors(tmp_path):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    assert "space" not in str(told.value)
