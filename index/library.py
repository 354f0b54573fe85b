"""The library: documents go in, hits come out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from corpus import Document, Fetched, MyositisError, Passage, Source, document_id, expand, retrieve
from corpus.expected_questions import ExpectedQuestions
from corpus.isolated import IsolatedReader
from corpus.read import READER_VERSION, local_path
from corpus.starter import EXPECTED_QUESTIONS
from corpus.visits import Visits
from index.embedding import Embedder
from index.errors import LibraryError
from index.expected import file_expected
from index.fusion import reciprocal_rank_fusion
from index.health import problems_of
from index.intake import Intake, ReadSource, is_enough
from index.originals import Originals
from index.origins import Origin
from index.part import Part
from index.progress import Progress, shares_before
from index.records import Added, DocumentSummary, Health, Hit, SentenceVectors, Vectors
from index.settings import Settings
from index.store import Store
from index.vectors import VectorIndex
from index.vocabulary import Vocabulary
from index.words import match_expression

STORE_NAME = "library.sqlite3"
ORIGINALS = "originals"
OWN_QUESTIONS = "expected_questions"
# How many passages, or questions that they are expected to answer, each ranking hands to the fusion.
_CANDIDATES = 60
# So many of the documents that the question names.
_OF_NAMED = 8

_T = TypeVar("_T")


class Library:
    """A library directory. Searching is thread-safe; adding and removing are for one process and thread at a time."""

    def __init__(self, directory: Path, store: Store, settings: Settings, embedder: Embedder | None) -> None:
        """Use `Library.open`. `embedder` None means: load the model when it is first needed."""
        self.directory = directory
        self.settings = settings
        self._store = store
        self._originals = Originals(directory / ORIGINALS)
        self._embedder = embedder
        self._vectors: tuple[str | None, VectorIndex] | None = None
        self._words: tuple[str | None, Vocabulary] | None = None
        self._latest_part: tuple[str, frozenset[str], Part] | None = None
        self._lock = threading.Lock()
        if embedder is not None:
            self._compare_model(embedder)

    @classmethod
    def open(cls, directory: str | Path, *, create: bool = True, embedder: Embedder | None = None) -> Library:
        """The library in `directory`; where there is none, a new and empty one, or `LibraryError` if not `create`."""
        directory = Path(directory)
        settings = Settings.load(directory)
        path = directory / STORE_NAME
        if not path.is_file():
            if not create:
                raise LibraryError(
                    "there is no library here", str(directory), "Make one with: myositis add --library FOLDER SOURCES"
                )
            embedder = embedder or Embedder(settings.model)
            return cls(directory, Store.create(path, embedder.identity), settings, embedder)
        return cls(directory, Store(path), settings, embedder)

    def close(self) -> None:
        """Close the files; the object cannot be used afterwards."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """The model; its first use loads it. Raises `LibraryError` when it is not the one the library was made with."""
        with self._lock:
            if self._embedder is None:
                embedder = Embedder(self.settings.model)
                self._compare_model(embedder)
                self._embedder = embedder
            return self._embedder

    def _compare_model(self, embedder: Embedder) -> None:
        stored, present = self._store.manifest("weights_sha256"), embedder.identity
        if stored != present.sha256:
            raise LibraryError(
                f"its vectors were made with the model {self._store.manifest('model')} (weights {str(stored)[:12]}…), but "
                f"this program would use {present.name} (weights {present.sha256[:12]}…)",
                str(self.directory),
                "Name the first model's folder under [embedding] model in settings.toml, or make a new library: "
                "myositis add --library NEW_FOLDER SOURCES (myositis list --library OLD_FOLDER shows them)",
            )

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever written to this library."""
        return self.generation() == "0"

    @property
    def size(self) -> int:
        """How many documents it holds now."""
        return self._store.counts()[0]

    @property
    def is_empty(self) -> bool:
        """Whether it holds no document now."""
        return self.size == 0

    def mark(self, name: str) -> str | None:
        """What `set_mark` noted under `name`, None where it noted nothing."""
        return self._store.manifest(f"mark.{name}")

    def set_mark(self, name: str, value: str) -> None:
        """Note `value` in the library's manifest, for those who come later."""
        self._store.set_manifest(**{f"mark.{name}": value})

    def marks(self, prefix: str) -> dict[str, str]:
        """What was noted under all names that begin with `prefix`, by name."""
        return {name.removeprefix("mark."): value for name, value in self._store.manifest_rows(f"mark.{prefix}").items()}

    def forget_mark(self, name: str) -> bool:
        """Take back what was noted under `name`; whether there was anything."""
        return self._store.forget_manifest(f"mark.{name}")

    # Adding and removing

    def add(
        self,
        sources: Iterable[Source],
        progress: Progress | None = None,
        allowed_hosts: frozenset[str] = frozenset(),
        *,
        delay: float = 1.0,
    ) -> list[Added]:
        """Take in `sources`; folders count as the files in them. A bad one is left out and the rest goes on.

        What is there already, byte for byte and with the same details stated, is left as it is and not embedded again.
        `progress(done, total, address, share)` is called before each input, with the number of those that are dealt with:
        written, or found to be there; `share` is theirs of all bytes, where every input is a file. Some are embedded together,
        but each document is one transaction. `allowed_hosts` are asked by name though their address is not a public one; each
        host is asked once in `delay` seconds.
        """
        outcomes: list[Added] = []
        queue: list[Source] = []
        for source in sources:
            try:
                queue += expand(source)
            except MyositisError as error:
                outcomes.append(Added(source.url, "left out", reason=str(error)))
        unreadable = len(outcomes)
        shares = shares_before([local_path(source) for source in queue]) if progress else None
        intake = self._intake()
        batch: list[ReadSource | Added] = []
        with IsolatedReader() as reader, self.changing() as expected, Visits(allowed_hosts, delay) as visits:
            try:
                for source in queue:
                    if progress:
                        done = len(outcomes) - unreadable
                        progress(done, len(queue), source.url, shares[done] if shares else None)
                    batch.append(or_left_out(source.url, partial(_fetch_and_read, intake, source, reader, visits)))
                    if is_enough(batch):
                        full, batch = batch, []
                        outcomes += intake.write(full)
                        self._file_expected(expected)
            finally:
                outcomes += intake.write(batch)  # what was read when the user stopped it is kept
        if progress:
            progress(len(queue), len(queue), "")
        return outcomes

    def take_in(
        self,
        source: Source,
        fetched: Fetched,
        reader: IsolatedReader,
        menu_lines: frozenset[str] = frozenset(),
        found_by: str | None = None,
        *,
        anew: bool = False,
    ) -> Added:
        """Read `fetched` and write what it holds in one transaction; within `changing`.

        What was read already (the same bytes, the same details stated, the same reader) is left as it is, unless it is to be
        read `anew`. Other bytes that say the same leave the earlier copy and its date. `found_by` is the crawl or the
        search that found it. Raises `ReadError` for what cannot be read.
        """
        intake = self._intake()
        (outcome,) = intake.write([intake.read(source, fetched, reader, menu_lines, found_by, anew=anew)])
        return outcome

    def _intake(self) -> Intake:
        return Intake(self._store, self._originals, lambda: self.embedder)

    @contextmanager
    def changing(self) -> Iterator[ExpectedQuestions]:
        """Around changes: whatever ends them, what is derived fits what was written, and no orphaned original is left."""
        expected = self.expected_questions()
        generation, deletions = self.generation(), self._store.deletions
        try:
            yield expected
        finally:
            if self._store.deletions != deletions:
                self._forget_originals()
                self._store.forget_words()
            self._file_expected(expected)
            if self.generation() != generation:
                self._file_vectors()

    def holds(self, url: str) -> bool:
        """Whether the library has the document at that address, as the present reader reads it and as it is embedded now."""
        reading = self._store.reading(document_id(url))
        current = reading is not None and json.loads(reading)[0] == READER_VERSION
        return current and self._store.is_embedded_as_now(document_id(url))

    def origin(self, document: Document | DocumentSummary) -> Origin:
        """Where `document` was read from; its own address where a library of an earlier layout does not say."""
        origin = self._store.origin(document.id)
        if origin is None:
            _, _, url, *stated = json.loads(self._store.reading(document.id) or "[0, 0, null]")
            origin = Origin(Source(url or document.url, None, *stated))
        return origin

    def find(self, url: str) -> Document | None:
        """The document at that address, None where there is none."""
        return self._store.document(document_id(url))

    def found_by(self, address: str) -> list[str]:
        """The ids of the documents that the crawl or the search of that address found."""
        return self._store.found_by(address)

    def drop(self, url: str) -> bool:
        """Remove the document at that address; whether it was there. Within `changing`."""
        with self._store.writing():
            return self._store.delete(document_id(url))

    def remove(self, names: Iterable[str]) -> list[str]:
        """Remove the documents of those ids, addresses or paths; give the names that no document has."""
        unknown = []
        with self.changing():
            for name in names:
                matching = [one.id for one in self.summaries() if name in (one.id, one.url) or _same_file(name, one.url)]
                if not matching:
                    unknown.append(name)
                    continue
                with self._store.writing():
                    for matched in matching:
                        self._store.delete(matched)
        return unknown

    def _forget_originals(self) -> None:
        with self._store.writing():  # no other process keeps one meanwhile
            self._originals.forget_others(self._store.originals())

    def expected_questions(self) -> ExpectedQuestions:
        """The questions that sentences are expected to answer: those of the starter library, and the operator's own.

        Raises `ReadError` for a file that is not as it should be.
        """
        return ExpectedQuestions.load([EXPECTED_QUESTIONS, self.directory / OWN_QUESTIONS])

    def _file_expected(self, questions: ExpectedQuestions) -> None:
        file_expected(self._store, questions, lambda: self.embedder)

    def _file_vectors(self) -> None:
        VectorIndex.build(self._store).file(self._store)
        with self._lock:
            self._vectors = None

    # Reading

    def search(
        self,
        question: str,
        k: int = 10,
        vector: Vectors | None = None,
        within: frozenset[str] = frozenset(),
        *,
        sought: Vectors | None = None,
        named: frozenset[str] = frozenset(),
    ) -> list[Hit]:
        """The best `k` passages for `question`, best first; none for an empty library or question.

        The dense ranking, the lexical one, that by expected questions, that by the inner product with `sought`, float32
        (dimension,), where it is given, and the same among the documents `named`, where there are any, are joined by reciprocal
        rank fusion. `vector` is the question's, where it is at hand.
        `within` holds the ids of the documents that are looked through, as if there were no others; none means all.
        """
        if not question.strip():
            return []
        vector = self.embedder.encode_question(question) if vector is None else vector
        part = self._part(within) if within else None
        words, index = (part, part.vectors) if part else (self._store, self._vector_index())
        dense = index.search(vector, _CANDIDATES) if len(index) else []
        expression = match_expression(question)
        lexical = words.match(expression, _CANDIDATES) if expression else []
        expected = index.search_expected(vector, _CANDIDATES) if len(index) else []
        nearest, of_named = [], []
        if sought is not None and len(index):
            nearest = index.search(sought, _CANDIDATES)
            of_named = index.search_among(self._store.passage_ids(named), sought, _OF_NAMED) if named else []
        fused = reciprocal_rank_fusion(dense, lexical, expected, nearest, of_named)
        best = list(fused)[:k]
        cosines = index.completed(dense, vector, best)
        products = index.completed([*nearest, *of_named], sought, best) if sought is not None else {}
        bm25 = dict(lexical)
        passages = self._store.passages(best)
        return [
            Hit(
                passages[passage_id],
                cosines.get(passage_id, 0.0),
                bm25.get(passage_id, 0.0),
                fused[passage_id],
                products.get(passage_id, 0.0),
            )
            for passage_id in best
            if passage_id in passages
        ]

    def _vector_index(self) -> VectorIndex:
        """The index in memory, opened anew when another process has filed a newer one."""
        filed = self._store.manifest("vectors_generation")
        with self._lock:
            if self._vectors is None or self._vectors[0] != filed:
                self._vectors = (filed, VectorIndex.open(self._store))
            return self._vectors[1]

    def _part(self, documents: frozenset[str]) -> Part:
        """Those documents alone, copied anew when the library has changed."""
        index, generation = self._vector_index(), self.generation()
        with self._lock:
            if self._latest_part is None or self._latest_part[:2] != (generation, documents):
                self._latest_part = (generation, documents, Part(self._store, index, documents))
            return self._latest_part[2]

    def sentence_vectors(self, passages: Sequence[Passage]) -> list[SentenceVectors]:
        """The vectors of each passage's sentences, to be compared with `embedder.encode_question`."""
        return self._store.sentence_vectors(passages)

    def rarity(self, words: Sequence[str], within: frozenset[str] = frozenset()) -> list[float]:
        """For each word the share of passages that do not hold it, 0 to 1; 1.0 means that the library never uses it.

        `within` is as for `search`.
        """
        part = self._part(within) if within else None
        counted, passages = (part, part.passages) if part else (self._store, self._store.counts()[1])
        return [1.0 - counted.passages_with(word) / max(1, passages) for word in words]

    def vocabulary(self) -> Vocabulary:
        """The words of all passages, counted anew when the library has changed."""
        generation = self.generation()
        with self._lock:
            if self._words is None or self._words[0] != generation:
                self._words = (generation, Vocabulary(self._store.passage_texts()))
            return self._words[1]

    def documents_with(self, phrases: Sequence[str]) -> frozenset[str]:
        """The ids of the documents whose text or headings hold any of `phrases`."""
        return self._store.documents_with(phrases)

    def seldom_expected(self) -> frozenset[str]:
        """The ids of the documents of fewer than half of whose sentences questions are expected; of those that hold any."""
        return self._store.seldom_expected()

    def generation(self) -> str:
        """What the library's content is called now; another one after every change."""
        return str(self._store.manifest("generation"))

    def has_word(self, word: str) -> bool:
        """Whether any passage or heading holds `word` in any of its forms."""
        return self._store.passages_with(word) > 0

    def document(self, document_id: str) -> Document:
        """The document of that id. Raises `LibraryError` where there is none."""
        document = self._store.document(document_id)
        if document is None:
            raise LibraryError("there is no such document in the library", document_id, "Run: myositis list")
        return document

    def documents(self) -> Iterator[Document]:
        """Every document, in the order of their titles."""
        for summary in self.summaries():
            document = self._store.document(summary.id)
            if document is not None:
                yield document

    def summaries(self, ids: Iterable[str] | None = None) -> list[DocumentSummary]:
        """Every document without its text, or those of `ids` that there are, in the order of their titles."""
        return self._store.summaries(None if ids is None else list(ids))

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document, in text order; none where there is no such document."""
        return self._store.passages_of(document_id)

    def original_path(self, document: Document) -> Path:
        """Where the bytes that `document` was read from are kept."""
        return self._originals.path(document)

    def check(self) -> Health:
        """Look over the whole library: SQLite, spans, originals, and FAISS against the stored vectors."""
        documents, passages = self._store.counts()
        return Health(documents, passages, tuple(problems_of(self, self._store, self._vector_index())))


def or_left_out(url: str, take_in: Callable[[], _T]) -> _T | Added:
    """What `take_in` gives, or the input at `url` left out for the reason it raises, so that the rest goes on."""
    try:
        return take_in()
    except LibraryError:
        raise  # the library itself cannot go on: a full disk, a lock
    except MyositisError as error:
        return Added(url, "left out", reason=str(error))


def _fetch_and_read(intake: Intake, source: Source, reader: IsolatedReader, visits: Visits) -> ReadSource | Added:
    return intake.read(source, retrieve(source, visits=visits), reader)


def _same_file(name: str, url: str) -> bool:
    return url.startswith("file:") and not name.startswith(("http://", "https://")) and Path(name).resolve().as_uri() == url
