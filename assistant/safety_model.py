"""The second look at a message: by the likeness of its meaning to messages that people in danger would write.

A small network over the question vector: one layer of tanh units, then one output for each thing a message may be about.
It is trained by tests/assistant/safety_training.py. To what the rules of safety.py find it only adds, but for where it sees
nothing at all like that. Its weights are made for the vectors of one embedding model, named by the SHA-256 of that model's
weights; with another it stays silent.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index.records import Vectors

WEIGHTS = Path(__file__).parent / "safety_model.json"
KINDS = ("calm", "emergency", "crisis", "medicine", "diagnosis", "decision", "instructions", "distress")
DANGEROUS = slice(KINDS.index("emergency"), KINDS.index("medicine"))
DECLINED = slice(KINDS.index("medicine"), KINDS.index("distress"))
# Sentences that are read together: one alone often does not say whether it speaks of now or of last year.
_WINDOW = 2
_MOST_WINDOWS = 8
_SENTENCE_END = re.compile(r"(?<=[.?!;])\s+|\n+")


@dataclass(frozen=True, slots=True)
class SafetyModel:
    """`first`: (dimension + 1, units), `second`: (units + 1, kinds), float32, the last row of each its bias."""

    embedding_sha256: str
    first: Vectors
    second: Vectors
    thresholds: dict[str, float]

    def probabilities(self, vectors: Vectors) -> Vectors:
        """For unit question vectors of shape (texts, dimension), how likely each of `KINDS` is: (texts, kinds)."""
        hidden = np.tanh(vectors @ self.first[:-1] + self.first[-1])
        scores = hidden @ self.second[:-1] + self.second[-1]
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Vectors = weights / weights.sum(axis=1, keepdims=True)
        return shares


def windows(message: str) -> list[str]:
    """The runs of two sentences of a message that has more of them, so that a long story does not hide one; else none.

    Of a very long message the last ones, where the question stands.
    """
    sentences = [sentence for sentence in _SENTENCE_END.split(message.strip()) if re.search(r"\w", sentence)]
    if len(sentences) <= _WINDOW:
        return []
    runs = [" ".join(sentences[start : start + _WINDOW]) for start in range(len(sentences) - _WINDOW + 1)]
    return runs[-_MOST_WINDOWS:]


def fits(embedding_sha256: str) -> bool:
    """Whether the weights are made for the vectors of the embedding model of that hash."""
    return embedding_sha256 == _model().embedding_sha256


def concern(vectors: Vectors) -> str | None:
    """What the message may be about that must not be passed over, or None.

    `vectors`: those of the whole message and then of its `windows`, unit float32, (texts, dimension). "perhaps_…" says that
    the message may tell of a danger (as a whole it is in doubt, or a part of it sounds like one), or ask for what is declined.
    """
    return judged(_model().probabilities(vectors), _model().thresholds)


def sees_nothing(vectors: Vectors, *, danger: bool) -> bool:
    """Whether none of the texts is at all like a `danger`, or else like what is declined; `vectors` are as for `concern`."""
    found = _model().probabilities(vectors)[:, DANGEROUS if danger else DECLINED].sum(axis=1)
    return float(found.max()) < _model().thresholds["no_danger" if danger else "no_decline"]


def judged(probabilities: Vectors, thresholds: dict[str, float]) -> str | None:
    """The concern that the probabilities of the whole message (first row) and of its windows make, dangers first."""
    dangers = probabilities[:, DANGEROUS].sum(axis=1)
    whole = probabilities[0]
    likeliest = int(dangers.argmax())
    kind = KINDS[DANGEROUS.start + int(probabilities[likeliest, DANGEROUS].argmax())]
    if dangers[0] >= thresholds["danger"]:
        return kind
    if dangers[0] >= thresholds["perhaps"] or dangers[likeliest] >= thresholds["perhaps_within"]:
        return f"perhaps_{kind}"
    declined, kind = whole[DECLINED].sum(), KINDS[DECLINED.start + int(whole[DECLINED].argmax())]
    if declined >= thresholds["decline"]:
        return kind
    if declined >= thresholds["perhaps_decline"]:
        return f"perhaps_{kind}"
    return "distress" if whole[KINDS.index("distress")] >= thresholds["distress"] else None


def from_json(loaded: dict[str, Any]) -> SafetyModel:
    """The model as safety_model.json holds it."""
    first, second = (np.asarray(loaded[layer], dtype=np.float32) for layer in ("first", "second"))
    return SafetyModel(loaded["embedding_sha256"], first, second, loaded["thresholds"])


@cache
def _model() -> SafetyModel:
    return from_json(json.loads(WEIGHTS.read_text(encoding="utf-8")))
