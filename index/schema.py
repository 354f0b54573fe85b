"""The layout of a library's SQLite file, and the steps that bring an earlier layout to the present one."""

from __future__ import annotations

import sqlite3

from index.word_search import TABLE

SCHEMA_VERSION = 6
_ORIGINS = """
CREATE TABLE origins (
    document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE, source TEXT NOT NULL, charset TEXT, etag TEXT,
    last_modified TEXT, found_by TEXT
) WITHOUT ROWID;
"""
# `sentence` is its position in the passage. The vectors are float16.
_EXPECTED = """
CREATE TABLE expected_questions (
    passage_id INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE, sentence INTEGER NOT NULL, question TEXT NOT NULL,
    vector BLOB NOT NULL, PRIMARY KEY (passage_id, sentence, question)
) WITHOUT ROWID;
"""
SCHEMA = (
    """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, year INTEGER, audience TEXT NOT NULL,
    licence TEXT, retrieved TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL, media_type TEXT NOT NULL,
    topics TEXT NOT NULL, reading TEXT NOT NULL, authors TEXT, doi TEXT, notes TEXT NOT NULL DEFAULT '[]', pmid TEXT,
    encoding INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX documents_by_reading ON documents (reading);
CREATE TABLE sections (
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL,
    path TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, quotable INTEGER NOT NULL,
    PRIMARY KEY (document_id, position)
) WITHOUT ROWID;
CREATE TABLE pages (
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, section TEXT NOT NULL, page INTEGER, sentences TEXT NOT NULL,
    vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL, pieces BLOB NOT NULL DEFAULT x''
);
CREATE INDEX passages_of_document ON passages (document_id, start);
"""
    + TABLE
    + """
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row);
"""
    + _ORIGINS
    + _EXPECTED
)
# What makes a library of an earlier layout one of the next, so that none has to be made again.
_MIGRATIONS = {
    "1": (
        "ALTER TABLE documents ADD COLUMN authors TEXT",
        "ALTER TABLE documents ADD COLUMN doi TEXT",
        "ALTER TABLE documents ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'",
    ),
    # Without origins, a document is read again from its address: `Store.origin`.
    "2": (
        "ALTER TABLE documents ADD COLUMN pmid TEXT",
        _ORIGINS,
    ),
    # The vectors of all libraries before were made of texts of the first version.
    "3": ("ALTER TABLE documents ADD COLUMN encoding INTEGER NOT NULL DEFAULT 1",),
    # Sentences without pieces are ranked by their vectors alone until their document is embedded anew.
    "4": ("ALTER TABLE passages ADD COLUMN pieces BLOB NOT NULL DEFAULT x''",),
    # They are filed with the next change of the library.
    "5": (_EXPECTED,),
}


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a library of an earlier layout to the present one, each step in one transaction; others are left alone.

    Nothing is lost and nothing has to be embedded again. Raises `sqlite3.Error` where the file cannot be written.
    """
    while (version := _version(connection)) in _MIGRATIONS:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) == version:  # else another process was faster
                for statement in _MIGRATIONS[version]:
                    connection.execute(statement)
                connection.execute("UPDATE manifest SET value = ? WHERE key = 'schema'", (str(int(version) + 1),))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _version(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT value FROM manifest WHERE key = 'schema'").fetchone()
    return str(row[0]) if row else ""
