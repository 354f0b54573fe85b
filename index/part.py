"""Some documents of a library, searched and counted as if there were no others.

How rare a word is, and so what it weighs, depends on what else a library holds: "weakness" tells little among pages on muscle
diseases and much among pages on all. A part has counts of its own, in memory, and so finds in a large library what it would find
alone.
"""

from __future__ import annotations

import sqlite3
import threading

from index.store import Store
from index.vectors import VectorIndex
from index.word_search import TABLE, matches, passages_with


class Part:
    """The passages of some documents: `vectors` is their index, `passages` how many they are. Searching is thread-safe."""

    def __init__(self, store: Store, vectors: VectorIndex, documents: frozenset[str]) -> None:
        """Copy the words of the `documents` from `store`, and their vectors from `vectors`, which holds all of it."""
        self._lock = threading.Lock()
        self._words = sqlite3.connect(":memory:", check_same_thread=False)
        self._words.execute(TABLE)
        rows = list(store.words_of(documents))
        self._words.executemany("INSERT INTO words (rowid, heading, body) VALUES (?, ?, ?)", rows)
        self.vectors = vectors.part([number for number, _, _ in rows])
        self.passages = len(rows)

    def __del__(self) -> None:
        self._words.close()

    def match(self, expression: str, k: int) -> list[tuple[int, float]]:
        """As `Store.match`."""
        with self._lock:
            return matches(self._words, expression, k)

    def passages_with(self, word: str) -> int:
        """As `Store.passages_with`."""
        with self._lock:
            return passages_with(self._words, word)
