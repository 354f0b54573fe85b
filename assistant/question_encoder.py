"""The question encoder: how the sentence that answers a question should read, by vectors.

The embedding model reads a question as it reads any text, and so looks for texts that are like it; what answers "is it the jab
that did this" is not like it. This is the same model, its question side alone trained on to point to what answers; the texts
keep their vectors, so that no library is read anew for it (Karpukhin et al. 2020, "Dense Passage Retrieval for Open-Domain
Question Answering", arXiv:2004.04906, train both sides; the pieces are compared as in ColBERT, see index/pieces.py). Its weights,
question_encoder.npz, were trained as tests/eval/fit_question_encoder.py trains (docs/evaluation.md, "Seeking", says on what) and
belong to one embedding model, whose word vectors it shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.trained_layers import end_of, own_layers, stored_weights
from index.embedding import Embedder
from index.full_names import in_full
from index.pieces import PieceReducer, Pieces, nearest_pieces
from index.records import Vectors

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertModel, PreTrainedTokenizerFast

WEIGHTS = Path(__file__).parent / "question_encoder.npz"
# Of a question so many pieces are read at most; few have as many.
MOST_PIECES = 160


@dataclass(frozen=True, slots=True)
class Sought:
    """Where the answer to a question may lie.

    Of a sentence, passage @ its passage's vector + sentence @ its vector + `nearest` of its pieces is the logarithm of the odds
    that it answers, less a number of the question's own. `passage` and `sentence` are float32 (dimension,), of any length,
    `pieces` unit float32 (pieces, piece dimension), `weights` float32 (pieces,).
    """

    passage: Vectors
    sentence: Vectors
    pieces: Vectors
    weights: Vectors

    def nearest(self, sentences: Sequence[Pieces]) -> Vectors:
        """The weighted sum of the cosines of `pieces` with the nearest piece of each sentence: float32 (sentences,)."""
        return np.asarray(self.weights @ nearest_pieces(self.pieces, sentences))


class QuestionEncoder:
    """Reads questions for what may answer them. Reading is thread-safe."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, network: BertModel, heads: Mapping[str, Tensor]) -> None:
        """`network` has no pooler; of the `heads` "passage" and "sentence", float32 (dimension, dimension), make `Sought` of its
        mean vector, "pieces" (piece dimension, dimension) with "bias" (piece dimension,) and "weights" (dimension,) of its
        pieces, and "scale" (1,) is what all pieces together weigh.
        """
        self.tokenizer = tokenizer
        self.network = network
        self.heads = dict(heads)

    @classmethod
    def untrained(cls, embedder: Embedder, passage: float, sentence: float, pieces: float) -> Self:
        """Seeks what is like the question, as the embedding model does; the numbers are what passage, sentence, pieces weigh."""
        import torch

        tokenizer, network = own_layers(embedder)
        dimension = embedder.identity.dimension
        reducer = PieceReducer.of(embedder.identity.sha256, dimension)
        if reducer.components is None or reducer.mean is None:
            raise ValueError(f"no projection of pieces is known for the model {embedder.identity.name}")
        components = torch.from_numpy(reducer.components)
        heads = {
            "passage": passage * torch.eye(dimension),
            "sentence": sentence * torch.eye(dimension),
            "pieces": components,
            "bias": -(components @ torch.from_numpy(reducer.mean)),
            "weights": torch.zeros(dimension),
            "scale": torch.tensor([pieces]),
        }
        return cls(tokenizer, network, heads)

    def sought(self, question: str) -> Sought:
        """What answers `question`."""
        import torch

        with torch.inference_mode():
            passage, sentence, pieces, weights = (read[0].numpy() for read in self.read([question]))
        return Sought(passage, sentence, pieces, weights)

    def read(self, questions: Sequence[str]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The parts of `Sought` for each of `questions`, for torch to learn from; pieces that a question lacks weigh nothing."""
        import torch
        from torch.nn.functional import normalize

        asked = [end_of(in_full(question)) for question in questions]
        parts = self.tokenizer(asked, padding=True, truncation=True, max_length=MOST_PIECES, return_tensors="pt")
        vectors = self.network(**parts).last_hidden_state.float()
        is_piece = parts["attention_mask"]
        whole = normalize((vectors * is_piece[..., None]).sum(1), dim=-1)
        pieces = normalize(normalize(vectors, dim=-1) @ self.heads["pieces"].T + self.heads["bias"], dim=-1)
        weights = torch.softmax((vectors @ self.heads["weights"]).masked_fill(is_piece == 0, -torch.inf), dim=-1)
        return whole @ self.heads["passage"].T, whole @ self.heads["sentence"].T, pieces, self.heads["scale"] * weights


@lru_cache(maxsize=1)
def question_encoder(embedder: Embedder) -> QuestionEncoder | None:
    """The trained one that shares the word vectors of `embedder`, None where it was trained with those of another model."""
    weights = stored_weights(WEIGHTS, embedder)
    if weights is None:
        return None
    tokenizer, network = own_layers(embedder)
    heads = {name: weights.pop(name) for name in ("passage", "sentence", "pieces", "bias", "weights", "scale")}
    network.encoder.load_state_dict(weights)
    trained = QuestionEncoder(tokenizer, network, heads)
    # The first text settles how the tokenizer cuts and fills; while it does, no other thread may use it.
    trained.sought("")
    return trained
