"""The records that leave this room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus import Passage

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, with why.

    `dense` is the cosine of question and passage, -1 to 1. `lexical` is BM25, from 0 (none of the question's words)
    upward. `sought` is the inner product with the vector of an answer, where one was sought, else 0. `fused` is the reciprocal
    rank fusion of these rankings and of that by the nearest question that the passage is expected to answer; higher is better,
    comparable within one search only.
    """

    passage: Passage
    dense: float
    lexical: float
    fused: float
    sought: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionVectors:
    """A question as the model reads it.

    `vector`: unit float32 (dimension,). `pieces`: unit float32 (content pieces, piece dimension). `words`: the lower-case word
    that each of these pieces belongs to.
    """

    vector: Vectors
    pieces: Vectors
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """The sentences of a passage, in order.

    `vectors`: a unit vector each, float32 (sentences, dimension). `pieces`: for each sentence int8 (content pieces, piece
    dimension). `expected`: unit vectors of the questions that sentences are expected to answer, float32 (questions, dimension),
    `answered_by` the position of the sentence that answers each.
    """

    vectors: Vectors
    pieces: tuple[NDArray[np.int8], ...]
    expected: Vectors
    answered_by: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text, as lists show it."""

    id: str
    url: str
    title: str
    kind: str
    year: int | None
    audience: str
    topics: tuple[str, ...]
    passages: int
    authors: str | None = None
    doi: str | None = None
    pmid: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one input: "added", "replaced", "unchanged", "left out", or "searched" (a query, not an article).

    Of one that was read before also "gone" (its source is no more; it is kept) or "removed". `reason` says why an input was
    left out, in the words of its error, or is gone, or what of one taken in could not be read (pages that are pictures of
    text); empty otherwise.
    """

    url: str
    status: str
    document_id: str | None = None
    passages: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """The findings of a check: `problems` holds one sentence each, none where the library is whole."""

    documents: int
    passages: int
    problems: tuple[str, ...]
