"""A model whose vectors can be checked by eye: each word is one direction. For tests of what is done with vectors."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from corpus import Document, Passage
from index.embedding import Embedder, ModelIdentity, PassageVectors, embedded_texts
from index.records import Vectors

DIMENSION = 64


class WordEmbedder(Embedder):
    """Notes the passages and sentences that it reads in `texts_read`, and counts the passages in `passages_read`."""

    def __init__(self, sha256: str = "1" * 64) -> None:
        self.identity = ModelIdentity("one direction a word", DIMENSION, sha256)
        self.texts_read: list[str] = []
        self.passages_read = 0

    def encode_question(self, text: str) -> Vectors:
        vector = np.full(DIMENSION, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[zlib.crc32(word.encode("utf-8", "replace")) % DIMENSION] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        return [2 * len(text.split()) for text in texts]

    def encode_documents(
        self, documents: Sequence[tuple[Document, Sequence[Passage]]], known: Mapping[str, Vectors] | None = None
    ) -> list[list[PassageVectors]]:
        asked = [text for document, passages in documents for text in embedded_texts(document, passages)[: len(passages)]]
        self.passages_read += sum(text not in (known or {}) for text in asked)
        return super().encode_documents(documents, known)

    def _encode(self, texts: list[str]) -> Vectors:
        self.texts_read += texts
        return np.stack([self.encode_question(text) for text in texts]) if texts else np.empty((0, DIMENSION), dtype=np.float32)
