"""A model whose vectors can be checked by eye: each word is one direction. For tests of what is done with vectors."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from corpus import Document, Passage
from index.embedding import Embedder, ModelIdentity, PassageVectors
from index.records import Vectors

DIMENSION = 64


class WordEmbedder(Embedder):
    """Counts what it is asked to read in `passages_read`."""

    def __init__(self, sha256: str = "1" * 64) -> None:
        self.identity = ModelIdentity("one direction a word", DIMENSION, sha256)
        self.passages_read = 0

    def encode_question(self, text: str) -> Vectors:
        vector = np.full(DIMENSION, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[zlib.crc32(word.encode("utf-8", "replace")) % DIMENSION] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        return [2 * len(text.split()) for text in texts]

    def encode_passages(self, document: Document, passages: Sequence[Passage]) -> list[PassageVectors]:
        self.passages_read += len(passages)
        return [
            PassageVectors(
                self.encode_question(passage.text),
                np.stack([self.encode_question(document.text[start:end]) for start, end in passage.sentences]),
            )
            for passage in passages
        ]
