"""The SQLite file of a library: made whole, opened once for each thread, written in transactions.

Reading is thread-safe: every thread gets a connection of its own. Writing is for one process at a time.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from index.embedding import ModelIdentity
from index.errors import LibraryError, clear_errors
from index.schema import SCHEMA, SCHEMA_VERSION, migrate

_P = ParamSpec("_P")
_R = TypeVar("_R")
_D = TypeVar("_D", bound="Database")


def clearly(method: Callable[Concatenate[_D, _P], _R]) -> Callable[Concatenate[_D, _P], _R]:
    """A method of a `Database` whose errors are those of `clear_errors`."""

    @wraps(method)
    def wrapped(self: _D, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with clear_errors(self.path):
            return method(self, *args, **kwargs)

    return wrapped


class Database:
    """The open SQLite file of one library: connections, transactions, and the manifest."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, which must exist. Raises `LibraryError` when it is not a library of this version."""
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        # How many documents this object has deleted, replaced ones included: they leave things to tidy up.
        self.deletions = 0
        with clear_errors(path):
            migrate(self._db)
        version = self.manifest("schema")
        if version != str(SCHEMA_VERSION):
            raise LibraryError(
                f"the library has layout {version}, this program reads {SCHEMA_VERSION}",
                str(path.parent),
                "Make it anew from its sources: myositis add --library NEW_FOLDER SOURCES",
            )

    @classmethod
    def create(cls, path: Path, model: ModelIdentity) -> Self:
        """A new, empty file for vectors of `model`, complete before it takes its place at `path`; or the one made meanwhile."""
        with clear_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".new{os.getpid()}")
            draft.unlink(missing_ok=True)
            connection = sqlite3.connect(draft)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(SCHEMA)
                rows = {
                    "schema": SCHEMA_VERSION,
                    "model": model.name,
                    "dimension": model.dimension,
                    "weights_sha256": model.sha256,
                    "generation": 0,
                }
                connection.executemany("INSERT INTO manifest VALUES (?, ?)", [(key, str(value)) for key, value in rows.items()])
                connection.commit()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.close()
                if not path.exists():  # else another process was faster, and may have filled its own already
                    for leftover in ("-wal", "-shm"):  # of a library that was deleted by hand: SQLite would replay it
                        path.with_name(path.name + leftover).unlink(missing_ok=True)
                    draft.rename(path)
            finally:
                connection.close()
                for left in ("", "-wal", "-shm"):
                    draft.with_name(draft.name + left).unlink(missing_ok=True)
        return cls(path)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
            self._local = threading.local()

    @property
    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # "rw": a library that was deleted under a running server is an error, not a new empty file.
            # What cannot change needs no locks, for which there would be no room: SQLite refuses to open it otherwise.
            mode = "mode=ro&immutable=1" if self._is_frozen() else "mode=rw"
            connection = sqlite3.connect(
                f"{self.path.resolve().as_uri()}?{mode}", uri=True, timeout=30, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    def _is_frozen(self) -> bool:
        """Whether the file lies on a disk that nobody can write to, with nothing of it still in SQLite's log."""
        if not hasattr(os, "statvfs") or not self.path.exists():
            return False
        log = self.path.with_name(f"{self.path.name}-wal")
        return bool(os.statvfs(self.path).f_flag & os.ST_RDONLY) and not log.exists()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing. Each success counts the manifest's generation up by one."""
        with clear_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("UPDATE manifest SET value = value + 1 WHERE key = 'generation'")
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @clearly
    def manifest(self, key: str) -> str | None:
        """The manifest's value for `key`, None where it has none."""
        row = self._db.execute("SELECT value FROM manifest WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    @clearly
    def manifest_rows(self, prefix: str) -> dict[str, str]:
        """The manifest's values for all keys that begin with `prefix`, by key."""
        return dict(self._db.execute("SELECT key, value FROM manifest WHERE substr(key, 1, ?) = ?", (len(prefix), prefix)))

    @clearly
    def forget_manifest(self, key: str) -> bool:
        """Remove the manifest's value for `key`; whether it had one."""
        return self._db.execute("DELETE FROM manifest WHERE key = ?", (key,)).rowcount > 0

    def set_manifest(self, **values: str) -> None:
        """Set manifest values; within `writing` or alone."""
        with clear_errors(self.path):
            self._db.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", list(values.items()))
