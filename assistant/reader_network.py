"""The network that reads a sentence beside a question: small attention layers over the vectors of both, piece by piece.

The model has read question and sentence apart, and their pieces are stored; only the looking from one to the other is left to do.
Gao, Dai and Callan 2020, "Modularized Transfomer-based Ranking Framework", EMNLP 2020, take a ranker apart in this way. That no
sentence may answer is learnt with it, as in Rajpurkar, Jia and Liang 2018, "Know what you don't know", ACL 2018: see
tests/eval/fit_reader.py.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from assistant.reading import PIECE_VALUES, SENTENCE_VALUES

_WIDTH = 64
_LAYERS = 2
_HEADS = 4
_DROPOUT = 0.15
# Values further from their mean than this many standard deviations tell no more.
_FARTHEST = 4.0
_NOTHING = -1e4


class ReaderNetwork(nn.Module):  # type: ignore[misc]  # torch is not read by mypy
    """Scores sentences; `dimension` is that of the piece vectors."""

    mean: Tensor
    spread: Tensor

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(SENTENCE_VALUES))
        self.register_buffer("spread", torch.ones(SENTENCE_VALUES))
        self.question = nn.Linear(dimension + PIECE_VALUES + 1, _WIDTH)
        self.sentence = nn.Linear(dimension + 1, _WIDTH)
        self.layers = nn.ModuleList(_Layer() for _ in range(_LAYERS))
        self.heed = nn.Linear(_WIDTH, 1)
        self.judge = nn.Sequential(
            nn.Linear(2 * _WIDTH + SENTENCE_VALUES, _WIDTH), nn.GELU(), nn.Dropout(_DROPOUT), nn.Linear(_WIDTH, 1)
        )
        self.straight = nn.Linear(SENTENCE_VALUES, 1)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(
        self, *, question: Tensor, piece_values: Tensor, asked: Tensor, sentence: Tensor, said: Tensor, values: Tensor
    ) -> Tensor:
        """The score of each pair of a question and a sentence: float32 (pairs,), logarithms of odds that it answers.

        `question` is float32 (pairs, question pieces, dimension), unit vectors; `piece_values` float32 (pairs, question pieces,
        `PIECE_VALUES`); `sentence` float32 (pairs, sentence pieces, dimension), unit vectors; `asked` and `said` are bool, true
        where there is a piece; each row has one at least. `values` is float32 (pairs, `SENTENCE_VALUES`).
        """
        cosines = question @ sentence.transpose(1, 2)
        met = cosines.masked_fill(~said[:, None, :], -1.0).amax(2, keepdim=True)
        meets = cosines.masked_fill(~asked[:, :, None], -1.0).amax(1)[..., None]
        asks = self.question(torch.cat([self.dropout(question), piece_values, met], -1))
        says = self.sentence(torch.cat([self.dropout(sentence), meets], -1))
        for layer in self.layers:
            asks = layer(asks, ~asked, says, ~said)
        heeded = self.heed(asks).masked_fill(~asked[..., None], _NOTHING).softmax(1)
        mean = (asks * asked[..., None]).sum(1) / asked.sum(1, keepdim=True)
        known = ((values - self.mean) / self.spread).clamp(-_FARTHEST, _FARTHEST)
        judged = self.judge(torch.cat([(heeded * asks).sum(1), mean, known], -1)) + self.straight(known)
        return torch.as_tensor(judged[:, 0])


class _Layer(nn.Module):  # type: ignore[misc]
    """The question's pieces look at those of the sentence, then at each other."""

    def __init__(self) -> None:
        super().__init__()
        self.across = nn.MultiheadAttention(_WIDTH, _HEADS, _DROPOUT, batch_first=True)
        self.within = nn.MultiheadAttention(_WIDTH, _HEADS, _DROPOUT, batch_first=True)
        self.onward = nn.Sequential(nn.Linear(_WIDTH, 2 * _WIDTH), nn.GELU(), nn.Dropout(_DROPOUT), nn.Linear(2 * _WIDTH, _WIDTH))
        self.norms = nn.ModuleList(nn.LayerNorm(_WIDTH) for _ in range(4))
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, asks: Tensor, not_asked: Tensor, says: Tensor, not_said: Tensor) -> Tensor:
        before_across, of_sentence, before_within, before_onward = self.norms
        seen = of_sentence(says)
        looking = self.across(before_across(asks), seen, seen, key_padding_mask=not_said, need_weights=False)[0]
        asks = asks + self.dropout(looking)
        own = before_within(asks)
        asks = asks + self.dropout(self.within(own, own, own, key_padding_mask=not_asked, need_weights=False)[0])
        return torch.as_tensor(asks + self.dropout(self.onward(before_onward(asks))))
