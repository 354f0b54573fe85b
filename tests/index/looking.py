"""Ways to look into a library from outside."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from corpus import Source
from index import Library


def add(library: Library, *paths: Path) -> list[str]:
    return [outcome.status for outcome in library.add([Source(path=str(path)) for path in paths])]


def found(library: Library, question: str) -> str:
    hits = library.search(question, 1)
    return hits[0].passage.text if hits else ""


def rows(library: Library, query: str) -> list[tuple[object, ...]]:
    """What the file itself says, read past the library's own code."""
    with sqlite3.connect(library.directory / "library.sqlite3") as connection:
        return connection.execute(query).fetchall()


def originals(library: Library) -> set[str]:
    return {path.name for path in (library.directory / "originals").iterdir()}


def everything(library: Library) -> tuple[object, ...]:
    """All that a library holds, but for what counts its changes."""
    tables = ("documents", "sections", "pages", "passages", "vocabulary", "expected_questions")
    return (*(rows(library, f"SELECT * FROM {table}") for table in tables), originals(library))  # noqa: S608
