"""The cross-encoder: a question and a sentence read as one text, word by word.

Ranking and reading compare vectors that the model made of question and sentence apart. The same model, trained on to read both
as one text, sees what these cannot; Nogueira and Cho 2019, "Passage Re-ranking with BERT", arXiv:1901.04085, rank so. Its
weights, cross_encoder.npz, were fitted by tests/eval/fit_cross_encoder.py and belong to one embedding model, whose word vectors
it shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.trained_layers import end_of, own_layers, stored_weights
from index.embedding import Embedder
from index.records import Vectors

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertModel, PreTrainedTokenizerFast

WEIGHTS = Path(__file__).parent / "cross_encoder.npz"
# Of question, title and sentence so many pieces are read at most; few are longer.
MOST_PIECES = 160


class CrossEncoder:
    """Says of sentences how likely each answers a question. Reading is thread-safe."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, network: BertModel, head: Tensor, of_ranking: Tensor) -> None:
        """`network` has no pooler; `head`, float32 (2 * its width + 1,), weighs its first vector, the mean of all, and 1;
        `of_ranking`, float32 (1,), the score by ranking.
        """
        self.tokenizer = tokenizer
        self.network = network
        self.head = head
        self.of_ranking = of_ranking

    @classmethod
    def untrained(cls, embedder: Embedder) -> Self:
        """The embedding model as it is, with a head of zeros."""
        import torch

        tokenizer, network = own_layers(embedder)
        return cls(tokenizer, network, torch.zeros(2 * embedder.identity.dimension + 1), torch.zeros(1))

    def logits(self, question: str, sentences: Sequence[str], ranked: Sequence[float]) -> Vectors:
        """For each of the `sentences`, one at least, the logarithm of the odds that it answers: float32 (sentences,).

        `ranked` holds the score of each by ranking, to which it adds what ranking does not know.
        """
        import torch

        with torch.inference_mode():
            scores = self.score([question] * len(sentences), sentences, torch.tensor(ranked, dtype=torch.float32))
            return np.asarray(scores.numpy(), dtype=np.float32)

    def score(self, questions: Sequence[str], sentences: Sequence[str], ranked: Tensor) -> Tensor:
        """As `logits`, of pairs, for torch to learn from."""
        import torch

        asked = [end_of(question) for question in questions]
        parts = self.tokenizer(asked, list(sentences), padding=True, truncation=True, max_length=MOST_PIECES, return_tensors="pt")
        vectors = self.network(**parts).last_hidden_state.float()
        is_piece = parts["attention_mask"][..., None]
        mean = (vectors * is_piece).sum(1) / is_piece.sum(1)
        read = torch.cat([vectors[:, 0], mean], -1) @ self.head[:-1] + self.head[-1]
        return torch.as_tensor(read + self.of_ranking * ranked)


@lru_cache(maxsize=1)
def cross_encoder(embedder: Embedder) -> CrossEncoder | None:
    """The trained one that shares the word vectors of `embedder`, None where it was trained with those of another model."""
    weights = stored_weights(WEIGHTS, embedder)
    if weights is None:
        return None
    trained = CrossEncoder.untrained(embedder)
    trained.head, trained.of_ranking = weights.pop("head"), weights.pop("of_ranking")
    trained.network.encoder.load_state_dict(weights)
    # The first text settles how the tokenizer cuts and fills; while it does, no other thread may use it.
    trained.logits("", [""], [0.0])
    return trained
