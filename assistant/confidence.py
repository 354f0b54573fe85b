"""Whether what was found answers the question: strongly, possibly, or not at all.

A logistic model over a few readable features of the best candidates; its weights and thresholds are in confidence.json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.quoting import Candidate
from assistant.records import Match

_COMPARED = 5


@dataclass(frozen=True, slots=True)
class _Model:
    intercept: float
    weights: dict[str, float]
    possible: float
    strong: float


def features(candidate: Candidate, ranked: Sequence[Candidate]) -> dict[str, float]:
    """What speaks for `candidate`, one of `ranked` (best first).

    `passage` and `sentence` are cosines, `words` is the share of the question's meaning found as words, and `lead` is how
    far its score stands above the mean of the best ones: an answer stands out, mere likeness of subject does not. `bm25` is
    the lexical score, in tens.
    """
    compared = ranked[:_COMPARED]
    mean = sum(other.score for other in compared) / len(compared)
    return {
        "passage": candidate.passage,
        "sentence": candidate.sentence,
        "words": candidate.words,
        "lead": candidate.score - mean,
        "bm25": candidate.hit.lexical / 10,
    }


def probability(candidate: Candidate, ranked: Sequence[Candidate]) -> float:
    """The model's probability, 0 to 1, that `candidate` answers the question. For decisions only; it is never shown."""
    model = _model()
    logit = model.intercept + sum(model.weights[name] * value for name, value in features(candidate, ranked).items())
    return 1.0 / (1.0 + math.exp(-logit))


def match(candidate: Candidate, ranked: Sequence[Candidate]) -> Match | None:
    """How well a candidate answers, in the words an answer uses; None where it is not good enough to be shown."""
    found = probability(candidate, ranked)
    if found >= _model().strong:
        return "strong"
    return "possible" if found >= _model().possible else None


@cache
def _model() -> _Model:
    loaded = json.loads((Path(__file__).parent / "confidence.json").read_text(encoding="utf-8"))
    return _Model(**loaded)
