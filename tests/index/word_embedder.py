"""A model whose vectors can be checked by eye: each word is one direction. For tests of what is done with vectors."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from corpus import Document, Passage
from index.embedding import Embedder, ModelIdentity, PassageVectors, TextVectors, embedded_texts
from index.pieces import PieceReducer
from index.records import QuestionVectors, Vectors

DIMENSION = 64


class WordEmbedder(Embedder):
    """Notes the passages and sentences that it reads in `texts_read`, and counts the passages in `passages_read`."""

    def __init__(self, sha256: str = "1" * 64) -> None:
        self.identity = ModelIdentity("one direction a word", DIMENSION, sha256)
        self.texts_read: list[str] = []
        self.passages_read = 0

    def encode_questions(self, texts: Sequence[str]) -> list[QuestionVectors]:
        return [
            QuestionVectors(_direction(text), np.array([_direction(word) for word in words]).reshape(-1, DIMENSION), words)
            for text, words in ((text, tuple(_words(text))) for text in texts)
        ]

    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        return [2 * len(text.split()) for text in texts]

    def encode_documents(
        self, documents: Sequence[tuple[Document, Sequence[Passage]]], known: Mapping[str, TextVectors] | None = None
    ) -> list[list[PassageVectors]]:
        asked = [text for document, passages in documents for text in embedded_texts(document, passages)[: len(passages)]]
        self.passages_read += sum(text not in (known or {}) for text in asked)
        return super().encode_documents(documents, known)

    def _encode(self, texts: list[str]) -> list[TextVectors]:
        self.texts_read += texts
        reducer = PieceReducer(DIMENSION)
        return [TextVectors(read.vector, reducer.reduced(read.pieces)) for read in self.encode_questions(texts)]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _direction(text: str) -> Vectors:
    vector = np.full(DIMENSION, 1e-3, dtype=np.float32)
    for word in _words(text):
        vector[zlib.crc32(word.encode("utf-8", "replace")) % DIMENSION] += 1
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit
