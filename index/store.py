"""The library's one source of truth: documents, passages, words and vectors, in the tables of one SQLite file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from corpus import Document, PageSpan, Passage, Section
from index.database import Database, clearly
from index.embedding import ENCODING_VERSION, PassageVectors
from index.errors import clear_errors
from index.origins import Origin
from index.pieces import Pieces
from index.records import DocumentSummary, SentenceVectors, Vectors
from index.word_search import matches, passages_with, phrase

_COLUMNS = "id, url, title, kind, year, audience, licence, retrieved, text, sha256, media_type, topics, authors, doi, notes, pmid"
# What `_passage` makes a passage of.
_PASSAGES = (
    'p.document_id, p.start, p."end", substr(d.text, p.start + 1, p."end" - p.start), p.section, p.page, p.sentences '
    "FROM passages p JOIN documents d ON d.id = p.document_id"
)
# Beyond the ids of passages: see `Store.vectors`.
EXPECTED = 1 << 40
_ORIGIN = "source, charset, etag, last_modified, found_by"


class Store(Database):
    """The tables of one library."""

    def insert(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: Sequence[PassageVectors],
        headings: Sequence[str],
        reading: str,
    ) -> None:
        """Write a document and all that hangs on it, in place of an earlier one of the same id. Only within `writing`.

        `headings` are the words that each passage is found by besides its own; `reading` tells how its source was read.
        """
        self.delete(document.id)
        d = document
        row = (
            d.id,
            d.url,
            d.title,
            d.kind,
            d.year,
            d.audience,
            d.licence,
            d.retrieved,
            d.text,
            d.sha256,
            d.media_type,
            json.dumps(d.topics),
            d.authors,
            d.doi,
            json.dumps(d.notes),
            d.pmid,
            reading,
            ENCODING_VERSION,
        )
        self._db.execute(f"INSERT INTO documents ({_COLUMNS}, reading, encoding) VALUES ({', '.join('?' * len(row))})", row)
        self._db.executemany(
            "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?)",
            [(d.id, i, json.dumps(s.path), s.start, s.end, s.quotable) for i, s in enumerate(d.sections)],
        )
        self._db.executemany("INSERT INTO pages VALUES (?, ?, ?, ?)", [(d.id, p.number, p.start, p.end) for p in d.pages])
        for passage, vector, heading in zip(passages, vectors, headings, strict=True):
            cursor = self._db.execute(
                'INSERT INTO passages (document_id, start, "end", section, page, sentences, vector, sentence_vectors, '
                "pieces) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    d.id,
                    passage.start,
                    passage.end,
                    json.dumps(passage.section),
                    passage.page,
                    json.dumps(passage.sentences),
                    vector.passage.astype("<f4").tobytes(),
                    vector.sentences.astype("<f2").tobytes(),
                    _packed(vector.pieces),
                ),
            )
            self._db.execute(
                "INSERT INTO words (rowid, heading, body) VALUES (?, ?, ?)", (cursor.lastrowid, heading, passage.text)
            )

    def delete(self, document_id: str) -> bool:
        """Remove a document, its passages, words and vectors; whether it was there. Only within `writing`."""
        self._db.execute("DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE document_id = ?)", (document_id,))
        was_there = self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0
        self.deletions += was_there
        return was_there

    def originals(self) -> list[tuple[str, str]]:
        """The SHA-256 and media type of what each document was read from."""
        return [(str(row[0]), str(row[1])) for row in self._db.execute("SELECT sha256, media_type FROM documents")]

    @clearly
    def forget_words(self) -> None:
        """Write the index of words anew without those that were deleted: until then FTS5 only marks them as such."""
        self._db.execute("INSERT INTO words (words) VALUES ('optimize')")

    @clearly
    def read_as(self, reading: str) -> str | None:
        """The id of the document that was read just so and embedded as now, None where there is none."""
        row = self._db.execute(
            "SELECT id FROM documents WHERE reading = ? AND encoding = ?", (reading, ENCODING_VERSION)
        ).fetchone()
        return str(row[0]) if row else None

    @clearly
    def origin(self, document_id: str) -> Origin | None:
        """Where the document of that id was read from; None where it is unknown."""
        row = self._db.execute(f"SELECT {_ORIGIN} FROM origins WHERE document_id = ?", (document_id,)).fetchone()
        return Origin.from_row(*row) if row else None

    @clearly
    def found_by(self, address: str) -> list[str]:
        """The ids of the documents that were found by the crawl or search of that address."""
        return [str(row[0]) for row in self._db.execute("SELECT document_id FROM origins WHERE found_by = ?", (address,))]

    @clearly
    def keep_origin(self, document_id: str, origin: Origin) -> None:
        """Note where a document is read from; within `writing` or alone. Nothing that is searched depends on it."""
        if self.origin(document_id) != origin:
            row = (document_id, *origin.to_row())
            self._db.execute(f"INSERT OR REPLACE INTO origins (document_id, {_ORIGIN}) VALUES (?, ?, ?, ?, ?, ?)", row)

    @clearly
    def keep_reading(self, document_id: str, reading: str) -> None:
        """Note that reading so gives the very document that is there already."""
        self._db.execute("UPDATE documents SET reading = ? WHERE id = ?", (reading, document_id))

    @clearly
    def is_embedded_as_now(self, document_id: str) -> bool:
        """Whether there is a document of that id whose vectors are of the texts that would be embedded now."""
        row = self._db.execute("SELECT encoding FROM documents WHERE id = ?", (document_id,)).fetchone()
        return row is not None and row[0] == ENCODING_VERSION

    @clearly
    def embedded_otherwise(self) -> int:
        """The number of documents whose vectors are of texts that an earlier version embedded."""
        row = self._db.execute("SELECT count(*) FROM documents WHERE encoding != ?", (ENCODING_VERSION,)).fetchone()
        return int(row[0])

    @clearly
    def vectors_of(self, document_id: str) -> list[PassageVectors]:
        """The vectors of the passages of one document, in text order."""
        dimension = int(self.manifest("dimension") or 0)
        rows = self._db.execute(
            "SELECT vector, sentence_vectors, pieces FROM passages WHERE document_id = ? ORDER BY start", (document_id,)
        )
        found = []
        for vector, sentences, pieces in rows:
            matrix = _from_half(sentences, dimension)
            found.append(PassageVectors(np.frombuffer(vector, dtype="<f4"), matrix, _unpacked(pieces, len(matrix))))
        return found

    @clearly
    def reading(self, document_id: str) -> str | None:
        """How the document of that id was read, None where there is none."""
        row = self._db.execute("SELECT reading FROM documents WHERE id = ?", (document_id,)).fetchone()
        return str(row[0]) if row else None

    @clearly
    def has_document(self, document_id: str) -> bool:
        """Whether there is a document of that id."""
        return self._db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None

    @clearly
    def summaries(self, ids: Sequence[str] | None = None) -> list[DocumentSummary]:
        """Every document without its text, or those of `ids` that there are, by title."""
        chosen = "" if ids is None else f"WHERE d.id IN ({','.join('?' * len(ids))}) "
        rows = self._db.execute(
            "SELECT d.id, d.url, d.title, d.kind, d.year, d.audience, d.topics, count(p.id), d.authors, d.doi, d.pmid "
            f"FROM documents d LEFT JOIN passages p ON p.document_id = d.id {chosen}GROUP BY d.id ORDER BY d.title, d.url",
            list(ids or ()),
        )
        return [
            DocumentSummary(id_, url, title, kind, year, audience, tuple(json.loads(topics)), passages, authors, doi, pmid)
            for id_, url, title, kind, year, audience, topics, passages, authors, doi, pmid in rows
        ]

    @clearly
    def document(self, document_id: str) -> Document | None:
        """The document of that id, None where there is none."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return None
        sections = self._db.execute(
            'SELECT path, start, "end", quotable FROM sections WHERE document_id = ? ORDER BY position', (document_id,)
        )
        pages = self._db.execute('SELECT number, start, "end" FROM pages WHERE document_id = ? ORDER BY number', (document_id,))
        stored = dict(zip(_COLUMNS.split(", "), row, strict=True))
        stored["topics"] = tuple(json.loads(stored["topics"]))
        stored["notes"] = tuple(json.loads(stored["notes"]))
        stored["sections"] = tuple(
            Section(tuple(json.loads(path)), start, end, bool(quotable)) for path, start, end, quotable in sections
        )
        stored["pages"] = tuple(PageSpan(*page) for page in pages)
        return Document(**stored)

    @clearly
    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """The passages of those ids that still exist, by id."""
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(
            f"SELECT p.id, {_PASSAGES} WHERE p.id IN ({marks})",
            list(ids),
        )
        return {row[0]: _passage(row[1:]) for row in rows}

    @clearly
    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document, in text order."""
        rows = self._db.execute(
            f"SELECT {_PASSAGES} WHERE d.id = ? ORDER BY p.start",
            (document_id,),
        )
        return [_passage(row) for row in rows]

    @clearly
    def sentence_vectors(self, passages: Sequence[Passage]) -> list[SentenceVectors]:
        """For each passage the vectors of its sentences; no rows where it is gone."""
        dimension = int(self.manifest("dimension") or 0)
        found = []
        for passage in passages:
            row = self._db.execute(
                "SELECT sentence_vectors, pieces, id FROM passages WHERE document_id = ? AND start = ?",
                (passage.document_id, passage.start),
            ).fetchone() or (b"", b"", 0)
            matrix = _from_half(row[0], dimension)
            expected = self._db.execute(
                "SELECT sentence, vector FROM expected_questions WHERE passage_id = ?", row[2:]
            ).fetchall()
            found.append(
                SentenceVectors(
                    matrix,
                    _unpacked(row[1], len(matrix)),
                    _from_half(b"".join(vector for _, vector in expected), dimension),
                    np.array([sentence for sentence, _ in expected], dtype=np.int64),
                )
            )
        return found

    @clearly
    def vectors(self) -> tuple[str, np.ndarray[Any, np.dtype[np.int64]], Vectors]:
        """The generation, and every vector by which passages are found: ids, (n,) int64, and unit float32 (n, dimension).

        First those of passages, by their ids, ascending; then those of expected questions, by `EXPECTED` times their number in
        their passage, from 1, plus its id.
        """
        self._db.execute("BEGIN")  # one view, whatever another process writes meanwhile
        try:
            generation, dimension = self.manifest("generation"), int(self.manifest("dimension") or 0)
            passages, questions = self._db.execute(
                "SELECT (SELECT count(*) FROM passages), (SELECT count(*) FROM expected_questions)"
            ).fetchone()
            ids = np.empty(passages + questions, dtype=np.int64)
            matrix = np.empty((len(ids), dimension), dtype=np.float32)
            for row, (passage_id, blob) in enumerate(self._db.execute("SELECT id, vector FROM passages ORDER BY id")):
                ids[row] = passage_id
                matrix[row] = np.frombuffer(blob, dtype="<f4")
            expected = self._db.execute(
                "SELECT passage_id, row_number() OVER (PARTITION BY passage_id), vector FROM expected_questions"
            )
            for row, (passage_id, number, blob) in enumerate(expected, start=passages):
                ids[row] = number * EXPECTED + passage_id
                matrix[row] = np.frombuffer(blob, dtype="<f2")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        return str(generation), ids, matrix

    def passages_after(self, passage_id: int) -> Iterator[tuple[int, Passage]]:
        """Each passage with a higher id, by id, ascending, and its id."""
        with clear_errors(self.path):
            rows = self._db.execute(f"SELECT p.id, {_PASSAGES} WHERE p.id > ? ORDER BY p.id", (passage_id,))
            for row in rows:
                yield row[0], _passage(row[1:])

    @clearly
    def expected_vectors_by_question(self) -> dict[str, Vectors]:
        """The unit vector, float32 (dimension,), of every expected question."""
        rows = self._db.execute("SELECT DISTINCT question, vector FROM expected_questions")
        return {question: np.frombuffer(vector, dtype="<f2").astype(np.float32) for question, vector in rows}

    @clearly
    def seldom_expected(self) -> frozenset[str]:
        """The ids of the documents of fewer than half of whose sentences questions are expected; of those that hold any."""
        rows = self._db.execute(
            "SELECT document_id FROM (SELECT document_id, json_array_length(sentences) AS held, "
            "(SELECT count(DISTINCT sentence) FROM expected_questions WHERE passage_id = id) AS expected FROM passages) "
            "GROUP BY document_id HAVING 2 * sum(expected) < sum(held)"
        )
        return frozenset(name for (name,) in rows)

    @clearly
    def forget_expected(self) -> None:
        """Remove all expected questions; within `writing`."""
        self._db.execute("DELETE FROM expected_questions")

    @clearly
    def insert_expected(self, rows: Iterable[tuple[int, int, str, Vectors]]) -> None:
        """Write expected questions: the passage's id, the sentence's position in it, question, and vector; within `writing`."""
        self._db.executemany(
            "INSERT INTO expected_questions VALUES (?, ?, ?, ?)",
            ((*row, vector.astype("<f2").tobytes()) for *row, vector in rows),
        )

    @clearly
    def counts(self) -> tuple[int, int]:
        """The numbers of documents and of passages."""
        row = self._db.execute("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)").fetchone()
        return int(row[0]), int(row[1])

    @clearly
    def match(self, expression: str, k: int) -> list[tuple[int, float]]:
        """The best `k` passages for an FTS5 expression: (id, BM25 as a positive number), best first."""
        return matches(self._db, expression, k)

    @clearly
    def problems(self) -> list[str]:
        """What SQLite itself and the counts of the tables find wrong, one sentence each."""
        found = [f"SQLite: {row[0]}." for row in self._db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"A row of {row[0]} belongs to no {row[2]}." for row in self._db.execute("PRAGMA foreign_key_check")]
        passages, words = self._db.execute("SELECT (SELECT count(*) FROM passages), (SELECT count(*) FROM words)").fetchone()
        if passages != words:
            found.append(f"There are {passages} passages but words of {words}.")
        unlike = self._db.execute(
            "SELECT count(*) FROM passages p JOIN documents d ON d.id = p.document_id JOIN words w ON w.rowid = p.id "
            'WHERE w.body IS NOT substr(d.text, p.start + 1, p."end" - p.start)'
        ).fetchone()[0]
        if unlike:
            found.append(f"The words of {unlike} passages are not those of their texts.")
        return found

    def passage_texts(self) -> Iterator[str]:
        """The text of every passage with its headings."""
        with clear_errors(self.path):
            for heading, body in self._db.execute("SELECT heading, body FROM words"):
                yield f"{heading} {body}"

    def words_of(self, documents: Iterable[str]) -> Iterator[tuple[int, str, str]]:
        """Each passage of `documents`: its id, the words it is found by besides its own, and its text."""
        with clear_errors(self.path):
            yield from self._db.execute(
                "SELECT words.rowid, heading, body FROM passages JOIN words ON words.rowid = passages.id "
                "WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY words.rowid",
                (json.dumps(list(documents)),),
            )

    @clearly
    def documents_with(self, phrases: Sequence[str]) -> frozenset[str]:
        """The documents with a passage in which any of `phrases`, in any form of its words, stands."""
        rows = self._db.execute(
            "SELECT DISTINCT document_id FROM words JOIN passages ON passages.id = words.rowid WHERE words MATCH ?",
            (" OR ".join(map(phrase, phrases)),),
        )
        return frozenset(str(row[0]) for row in rows)

    @clearly
    def passage_ids(self, documents: Iterable[str]) -> list[int]:
        """The ids of the passages of those documents."""
        query = "SELECT id FROM passages WHERE document_id IN (SELECT value FROM json_each(?))"
        return [int(row[0]) for row in self._db.execute(query, (json.dumps(list(documents)),))]

    @clearly
    def passages_with(self, word: str) -> int:
        """In how many passages `word`, or another form of it, stands."""
        return passages_with(self._db, word)


def _from_half(stored: bytes, dimension: int) -> Vectors:
    """Vectors that were stored in float16: float32 (vectors, dimension)."""
    return np.frombuffer(stored, dtype="<f2").astype(np.float32).reshape(-1, dimension)


def _packed(pieces: Sequence[Pieces]) -> bytes:
    """The pieces of a passage's sentences: how many each has, then all of them."""
    counts = np.array([len(one) for one in pieces], dtype="<u2").tobytes()
    return counts + np.concatenate(pieces).tobytes() if pieces else b""


def _unpacked(packed: bytes, sentences: int) -> tuple[Pieces, ...]:
    """What `_packed` packed; none for each sentence of a passage that was embedded before there were any."""
    counts = np.frombuffer(packed[: 2 * sentences], dtype="<u2").astype(int)
    if not counts.sum():
        return tuple(np.empty((0, 0), dtype=np.int8) for _ in range(sentences))
    rows = np.frombuffer(packed, dtype=np.int8, offset=2 * sentences).reshape(counts.sum(), -1)
    return tuple(np.split(rows, np.cumsum(counts)[:-1]))


def _passage(row: Sequence[Any]) -> Passage:
    document_id, start, end, text, section, page, sentences = row
    return Passage(
        document_id,
        start,
        end,
        text,
        tuple(json.loads(section)),
        page,
        tuple((begin, stop) for begin, stop in json.loads(sentences)),
    )
