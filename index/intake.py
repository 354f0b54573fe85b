"""Taking in: sources are read and cut one by one, embedded together, and written, each document in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus import Document, Fetched, Passage, ReadError, Source, cut, read
from corpus.isolated import IsolatedReader
from corpus.read import READER_VERSION
from index.embedding import Embedder, PassageVectors, TextVectors, embedded_texts, embedding_prefix
from index.full_names import FULL_NAME, in_full
from index.originals import Originals
from index.origins import Origin
from index.records import Added
from index.store import Store

# So many texts are embedded together: enough of each length to fill the model's batches, a second or two of work to lose.
_TEXTS_AT_ONCE = 256
_BYTES_AT_ONCE = 64 * 1024 * 1024
_MOST_BYTES_READ_HERE = 256 * 1024


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source that was read and cut into passages, and waits to be embedded and written."""

    fetched: Fetched
    document: Document
    passages: list[Passage]
    reading: str
    origin: Origin


class Intake:
    """One run of additions to a library."""

    def __init__(self, store: Store, originals: Originals, embedder: Callable[[], Embedder]) -> None:
        """`embedder` gives the model; it is asked for only when there is something to read with it."""
        self._store = store
        self._originals = originals
        self._embedder = embedder
        self._read: dict[str, tuple[str, str]] = {}  # by document: how it was read in this run, and from where

    def read(
        self,
        source: Source,
        fetched: Fetched,
        reader: IsolatedReader,
        menu_lines: frozenset[str] = frozenset(),
        found_by: str | None = None,
        *,
        anew: bool = False,
    ) -> ReadSource | Added:
        """Read and cut `fetched`, unless the library has it already: see `Library.take_in`."""
        origin = Origin.of(source, fetched, found_by)
        sha256 = hashlib.sha256(fetched.content).hexdigest()
        stated = [source.title, source.kind, source.year, source.audience, source.licence]
        reading = json.dumps([READER_VERSION, sha256, fetched.url, *stated])
        same = None if anew else self._store.read_as(reading)
        if same is not None:
            return self._unchanged(same, fetched, reading, origin)
        # A PDF is a program for a page; what one may do to its reader, it does to a child process. So does a page of a size
        # that may take the extractor minutes: parts of it take the square of a page's paragraphs.
        isolated = fetched.media_type == "application/pdf" or len(fetched.content) > _MOST_BYTES_READ_HERE
        document = (reader.read if isolated else read)(source, fetched, menu_lines=menu_lines)
        how, where = self._read.get(document.id, (reading, fetched.url))
        if where != fetched.url:
            raise ReadError(
                f"it names the address of another input as its own: {document.url}, as {where} does",
                fetched.url,
                "Leave one of them out, or give each its own address",
            )
        before = self._store.document(document.id) if self._store.is_embedded_as_now(document.id) else None
        passages = cut(document, self._embedder().count_pieces)
        same_text = before is not None and before == replace(document, retrieved=before.retrieved, sha256=before.sha256)
        if same_text and passages == self._store.passages_of(document.id):  # an earlier version may have cut it otherwise
            self._store.keep_reading(document.id, reading)
            return self._unchanged(document.id, fetched, reading, origin)
        if document.id in self._read and how == reading:
            return Added(fetched.url, "unchanged", document.id)  # named twice, and waits to be written
        self._read[document.id] = (reading, fetched.url)
        return ReadSource(fetched, document, passages, reading, origin)

    def _unchanged(self, document_id: str, fetched: Fetched, reading: str, origin: Origin) -> Added:
        self._store.keep_origin(document_id, origin)
        self._read[document_id] = (reading, fetched.url)
        return Added(fetched.url, "unchanged", document_id)

    def write(self, batch: Sequence[ReadSource | Added]) -> list[Added]:
        """Embed what waits in `batch` and write it, a document at a time; what became of each, in order.

        A text that a replaced document already had keeps its vector.
        """
        waiting = [one for one in batch if isinstance(one, ReadSource)]
        known: dict[str, TextVectors] = {}
        for one in waiting:
            known |= self._known(one.document.id)
        pairs = [(one.document, one.passages) for one in waiting]
        vectors = iter(self._embedder().encode_documents(pairs, known) if waiting else [])
        return [self._written(one, next(vectors)) if isinstance(one, ReadSource) else one for one in batch]

    def _known(self, document_id: str) -> dict[str, TextVectors]:
        """The vectors that the library holds of a document, by the text that was embedded."""
        document = self._store.document(document_id)
        if document is None or not self._store.is_embedded_as_now(document_id):
            return {}
        vectors = self._store.vectors_of(document_id)
        # Nobody asks for the pieces of a whole passage, so none are kept.
        rows = [TextVectors(one.passage, one.pieces[0][:0]) for one in vectors]
        rows += [TextVectors(*pair) for one in vectors for pair in zip(one.sentences, one.pieces, strict=True)]
        return dict(zip(embedded_texts(document, self._store.passages_of(document_id)), rows, strict=True)) if rows else {}

    def _written(self, one: ReadSource, vectors: list[PassageVectors]) -> Added:
        document = one.document
        status = "replaced" if self._store.has_document(document.id) else "added"
        headings = [words_besides(document, passage) for passage in one.passages]
        with self._store.writing():
            self._originals.keep(document, one.fetched.content)
            self._store.insert(document, one.passages, vectors, headings, one.reading)
            self._store.keep_origin(document.id, one.origin)
        return Added(one.fetched.url, status, document.id, len(one.passages), "; ".join(document.notes))


def words_besides(document: Document, passage: Passage) -> str:
    """The words a passage is found by besides its own: title, headings, and the disease in full where it is never so."""
    prefix = embedding_prefix(document, passage)
    own = f"{prefix} {passage.text}"
    named = FULL_NAME in in_full(own).lower() and FULL_NAME not in own.lower()
    return f"{prefix}. {FULL_NAME}" if named else prefix


def is_enough(batch: Sequence[ReadSource | Added]) -> bool:
    """Whether `batch` is to be written now: nothing in it waits, or as much as is embedded at once."""
    waiting = [one for one in batch if isinstance(one, ReadSource)]
    texts = sum(1 + len(passage.sentences) for one in waiting for passage in one.passages)
    return not waiting or texts >= _TEXTS_AT_ONCE or sum(len(one.fetched.content) for one in waiting) >= _BYTES_AT_ONCE
