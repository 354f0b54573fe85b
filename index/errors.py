"""What can go wrong with a library on disk."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus import MyositisError


class LibraryError(MyositisError):
    """A library that is missing, damaged, locked, full, or of another make."""


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into messages that a user can act on."""
    try:
        yield
    except sqlite3.Error as error:
        problem = str(error)
        # On a disk without one free block not even the file of locks can be made.
        if "full" in problem or getattr(error, "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE":
            raise _disk_full(path) from error
        if "locked" in problem:
            raise LibraryError(
                "another myositis command is writing to this library", str(path), "Wait until it is done and run this one again"
            ) from error
        if "readonly" in problem:
            raise _read_only(path) from error
        raise LibraryError(
            f"the library cannot be read or written ({problem})",
            str(path),
            "Check the disk and the folder's permissions; if the file is damaged, make the library anew from its sources",
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(path) from error
        if error.errno == errno.EROFS:
            raise _read_only(path) from error
        if isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError | FileExistsError):
            remedy = "Check the folder and its permissions"
        else:
            remedy = "Free some space or check the disk, then run the command again; nothing was lost"
        raise LibraryError(f"the library cannot be written ({error.strerror})", str(path), remedy) from error


def _disk_full(path: Path) -> LibraryError:
    return LibraryError("the disk is full", str(path), "Free some space and run the command again; nothing was lost")


def _read_only(path: Path) -> LibraryError:
    return LibraryError(
        "this library can be read but not changed",
        str(path),
        "Its folder or disk is read-only: change that, or take another folder with --library",
    )
