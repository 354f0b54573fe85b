"""The table of words, by which passages are found and words counted: SQLite's FTS5, which stems by Porter's rules."""

from __future__ import annotations

import sqlite3

TABLE = "CREATE VIRTUAL TABLE words USING fts5 (heading, body, tokenize = 'porter unicode61 remove_diacritics 2');"
# In BM25 a word in the headings weighs 0.6, one in the passage itself 1.
_MATCHES = "SELECT rowid, -bm25(words, 0.6, 1.0) AS score FROM words WHERE words MATCH ? ORDER BY score DESC, rowid LIMIT ?"


def matches(connection: sqlite3.Connection, expression: str, k: int) -> list[tuple[int, float]]:
    """The best `k` passages for an FTS5 expression: (id, BM25 as a positive number), best first."""
    rows = connection.execute(_MATCHES, (expression, k))
    return [(int(row[0]), float(row[1])) for row in rows]


def passages_with(connection: sqlite3.Connection, word: str) -> int:
    """In how many passages `word`, or another form of it, stands."""
    row = connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (phrase(word),)).fetchone()
    return int(row[0])


def phrase(words: str) -> str:
    """An FTS5 expression for the passages in which `words` stand side by side."""
    return '"' + words.replace('"', '""').replace("\0", " ") + '"'
