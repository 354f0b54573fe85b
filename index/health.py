"""The health of a library: what a look over all that it holds finds wrong, and whether its live links still hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from corpus import Document, Fetched, Passage, ReadError, read
from corpus.fetch import is_web_address
from corpus.isolated import IsolatedReader
from corpus.visits import Visits
from index.vectors import FILE_NAME

if TYPE_CHECKING:
    from index.library import Library
    from index.progress import Progress
    from index.store import Store
    from index.vectors import VectorIndex

_LEAST_COSINE = 0.999
# Articles of a literature service are read from its interface; the page that their link leads to is another text.
_TEXTS_OF_THEIR_PAGES = frozenset({"text/html", "application/pdf", "text/plain", "text/markdown"})


def problems_of(library: Library, store: Store, index: VectorIndex) -> list[str]:
    """What is wrong with `library`, one sentence each: its file, its texts, its originals, and `index` against the vectors."""
    problems = store.problems()
    if earlier := store.embedded_otherwise():
        problems.append(
            f"{earlier} documents were embedded by an earlier version and are ranked less well; run: myositis refresh"
        )
    for document in library.documents():
        passages = library.passages_of(document.id)
        if not passages:
            problems.append(f"{document.url} has no passages: nothing in it can be found.")
        problems += [
            f"{document.url}: the passage at {passage.start} is not a stretch of whole sentences of one section."
            for passage in passages
            if not _is_whole(document, passage)
        ]
        if not _have_sentence_vectors(library, passages):
            problems.append(f"{document.url}: some of its sentences have no vectors; remove it and add it anew.")
        original = library.original_path(document)
        if not original.is_file():
            problems.append(f"{document.url}: its original {original.name} is missing.")
        elif hashlib.sha256(original.read_bytes()).hexdigest() != document.sha256:
            problems.append(f"{document.url}: its original {original.name} has changed.")
    _, ids, matrix = store.vectors()
    if len(ids) and np.abs(np.linalg.norm(matrix, axis=1) - 1.0).max() > 1.0 - _LEAST_COSINE:
        problems.append("Some of the stored vectors are not of length one; add their documents anew.")
    elif len(index) != len(ids) or any(
        index.products(vector, [int(passage_id)]).get(int(passage_id), 0.0) < _LEAST_COSINE
        for passage_id, vector in zip(ids, matrix, strict=True)
    ):
        problems.append(f"{FILE_NAME} does not hold the vectors that the library stores; remove the file to have it rebuilt.")
    return problems


def _have_sentence_vectors(library: Library, passages: list[Passage]) -> bool:
    try:
        stored = library.sentence_vectors(passages)
    except ValueError:  # bytes that are no whole number of vectors
        return False
    return [len(one.vectors) for one in stored] == [len(passage.sentences) for passage in passages]


def _is_whole(document: Document, passage: Passage) -> bool:
    """Whether `passage` is its document's own text, from sentence to sentence, inside one section that may be quoted."""
    sentences = passage.sentences
    return (
        document.text[passage.start : passage.end] == passage.text
        and bool(sentences)
        and (sentences[0][0], sentences[-1][1]) == (passage.start, passage.end)
        and passage.page == document.page_at(passage.start)
        and any(
            section.start <= passage.start and passage.end <= section.end
            for section in document.sections
            if section.quotable and section.path == passage.section
        )
    )


def online_problems(
    library: Library,
    allowed_hosts: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    delay: float = 1.0,
) -> tuple[str, ...]:
    """Ask every document's web address whether it still answers, and still holds the sentences that may be quoted from it.

    Nothing in the library is changed. There is a sentence for each link that is dead, leads elsewhere, or holds less.
    Requests to one host are `delay` seconds apart.
    """
    summaries = [one for one in library.summaries() if is_web_address(one.url)]
    problems: list[str] = []
    with IsolatedReader() as reader, Visits(allowed_hosts, delay) as visits:
        for done, summary in enumerate(summaries):
            if progress:
                progress(done, len(summaries), summary.url)
            problems += _link_problems(library, library.document(summary.id), visits, reader)
    return tuple(problems)


def _link_problems(library: Library, document: Document, visits: Visits, reader: IsolatedReader) -> Iterator[str]:
    try:
        fetched = visits.fetch(document.url)
        if fetched.url != document.url:
            yield f"{document.url} leads to another address now: {fetched.url}."
        if document.media_type in _TEXTS_OF_THEIR_PAGES:
            live = _words(_read(fetched, library, document, reader).text)
            passages = library.passages_of(document.id)
            changed = sum(
                any(_words(document.text[start:end]) not in live for start, end in passage.sentences) for passage in passages
            )
            if changed:
                yield (
                    f"{document.url}: {changed} of its {len(passages)} passages no longer stand there as they were read on "
                    f"{document.retrieved}. Run: myositis refresh."
                )
    except ReadError as error:
        yield str(error)


def _read(fetched: Fetched, library: Library, document: Document, reader: IsolatedReader) -> Document:
    source = library.origin(document).source
    return reader.read(source, fetched) if fetched.media_type == "application/pdf" else read(source, fetched)


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text)
