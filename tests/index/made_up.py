"""Documents without a source, for tests that write to a store or measure vectors."""

from __future__ import annotations

import hashlib

import numpy as np

from corpus import Document, Passage, Section, cut, document_id
from index.embedding import PassageVectors
from tests.corpus.span_checks import count_words


def made_up(name: str, sentences: int = 60) -> Document:
    """A document of which each sentence holds its name; some three passages for sixty sentences."""
    text = " ".join(f"Sentence {number} of {name} stands here." for number in range(sentences))
    return Document(
        id=document_id(name),
        url=f"file:///{name}",
        title=name.title(),
        kind="guide",
        year=None,
        audience="everyone",
        licence=None,
        retrieved="2026-01-01",
        text=text,
        sections=(Section((name.title(),), 0, len(text)),),
        pages=(),
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        media_type="text/plain",
    )


def with_vectors(document: Document, dimension: int, seed: int = 0) -> tuple[list[Passage], list[PassageVectors], list[str], str]:
    """What `Store.insert` takes besides the document: its passages with random unit vectors, headings, how it was read."""
    generator = np.random.default_rng(seed)
    passages = cut(document, count_words)
    vectors = [
        PassageVectors(
            unit(generator, 1, dimension)[0],
            unit(generator, len(passage.sentences), dimension),
            tuple(generator.integers(-127, 127, (length, 8), dtype=np.int8) for length in range(len(passage.sentences))),
        )
        for passage in passages
    ]
    return passages, vectors, [document.title] * len(passages), f"read {document.sha256}"


def unit(generator: np.random.Generator, rows: int, dimension: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Random unit vectors, float32, shape (rows, dimension)."""
    matrix = generator.standard_normal((rows, dimension)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
