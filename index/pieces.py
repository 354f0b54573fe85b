"""Late interaction: a question compared with a sentence piece by piece, each with the one that comes nearest to it.

Khattab and Zaharia 2020, "ColBERT: efficient and effective passage search via contextualized late interaction over BERT",
arXiv:2004.12832. One vector a sentence blurs what its words say; here "is it the jab" meets "vaccine" in a sentence that speaks
of five other things. The model was not trained for it, and its pieces serve all the same. Their vectors are reduced to their
principal components and to bytes, which keeps a library small and loses next to nothing (docs/evaluation.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.records import Vectors

Pieces = NDArray[np.int8]

_SCALE = 127.0
_PROJECTION = Path(__file__).parent / "piece_projection.npz"


@dataclass(frozen=True, slots=True)
class PieceReducer:
    """The way from a model's piece vectors to the short ones that are stored: less their mean, projected, of unit length.

    `mean` is float32 (model dimension,), `components` float32 (dimension, model dimension); None means that they stay whole.
    """

    dimension: int
    mean: Vectors | None = None
    components: Vectors | None = None

    @classmethod
    def of(cls, weights_sha256: str, model_dimension: int) -> PieceReducer:
        """The projection that was fitted for those weights (tests/eval/fit.py); other models keep their pieces whole."""
        with np.load(_PROJECTION, allow_pickle=False) as stored:
            if str(stored["weights_sha256"]) != weights_sha256:
                return cls(model_dimension)
            components = stored["components"].astype(np.float32)
            return cls(len(components), stored["mean"].astype(np.float32), components)

    def reduced(self, pieces: Vectors) -> Pieces:
        """The stored form of float32 (pieces, model dimension): int8 (pieces, dimension)."""
        unit = _unit(pieces)
        if self.mean is not None and self.components is not None:
            unit = _unit((unit - self.mean) @ self.components.T)
        stored: Pieces = np.rint(unit * _SCALE).astype(np.int8)
        return stored

    @staticmethod
    def restored(pieces: Pieces) -> Vectors:
        """The unit vectors, float32, that `reduced` stored."""
        return _unit(pieces.astype(np.float32))


def nearest_pieces(question: Vectors, sentences: Sequence[Pieces]) -> Vectors:
    """How near each piece of a question comes to a piece of each sentence: cosines, float32, (question pieces, sentences).

    `question` is unit float32 (question pieces, dimension). A sentence without pieces is as far as can be: -1.
    """
    found = np.full((len(question), len(sentences)), -1.0, dtype=np.float32)
    filled = [position for position, pieces in enumerate(sentences) if len(pieces)]
    if filled and len(question):
        all_pieces = PieceReducer.restored(np.concatenate([sentences[position] for position in filled]))
        starts = np.cumsum([0] + [len(sentences[position]) for position in filled[:-1]])
        found[:, filled] = np.maximum.reduceat(question @ all_pieces.T, starts, axis=1)
    return found


def _unit(vectors: NDArray[Any]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
