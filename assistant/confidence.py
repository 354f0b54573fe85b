"""Whether what was found answers the question: strongly, possibly, or not at all.

A logistic model over a few readable features of the best candidates, and over the question's vector; its weights and
thresholds are in confidence.json, fitted by tests/eval/fit.py. A threshold on likeness alone does not abstain: unanswerable
questions use the library's own words. So most features ask what of the question is *not* met by what was found. The vector
tells questions of a kind that texts answer (what helps, how common) from those they seldom do (which hospital, what price, how
much of a drug).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from assistant.answer_kind import asked_for, is_about_now
from assistant.query import Query
from assistant.ranking import Candidate
from assistant.records import Match
from index.records import Vectors
from index.words import stems

_COMPARED = 5
# A piece of the question further than this (cosine) from every piece of a text is not met by it.
_MET = 0.45


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """Logistic weights of `Confidence.features` and of the components of the question's vector, and the two thresholds."""

    intercept: float
    weights: dict[str, float]
    vector: Vectors
    possible: float
    strong: float

    def probability(self, features: Mapping[str, float], vector: Vectors) -> float:
        """0 to 1."""
        logit = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        if len(self.vector):
            logit += float(self.vector @ vector)
        return 1.0 / (1.0 + math.exp(-logit))


class Confidence:
    """Judges the candidates of one question, `ranked` best first; `titles` holds the title of each document by id."""

    def __init__(
        self, query: Query, ranked: Sequence[Candidate], titles: Mapping[str, str], model: ConfidenceModel | None = None
    ) -> None:
        """Look at what was found for `query`; `model` is that of confidence.json for the packaged weights, if none is given."""
        self._model = model or models()[1]
        self._query = query
        self._ranked = ranked
        self._titles = titles
        compared = [candidate.score for candidate in ranked[:_COMPARED]]
        self._mean = sum(compared) / max(1, len(compared))
        kind = asked_for(query.text)
        self._kind = kind if kind is not None and kind.needed else None

    @property
    def thresholds(self) -> dict[str, float]:
        """The probabilities from which a candidate answers possibly, and strongly."""
        return {"possible": self._model.possible, "strong": self._model.strong}

    def match(self, candidate: Candidate) -> Match | None:
        """How well a candidate answers, in the words an answer uses; None where it is not good enough to be shown."""
        found = self.probability(candidate)
        if found >= self._model.strong:
            return "strong"
        return "possible" if found >= self._model.possible else None

    def probability(self, candidate: Candidate) -> float:
        """The model's probability, 0 to 1, that `candidate` answers the question. For decisions only; it is never shown."""
        return self._model.probability(self.features(candidate), self._query.vector)

    def features(self, candidate: Candidate) -> dict[str, float]:
        """What speaks for `candidate`, and against it.

        `passage`, `sentence` and `pieces` are its own, `bm25` is in tens. `lead` is how far its score stands above the mean of
        the best ones: an answer stands out, mere likeness of subject does not. The next look at its document, as far as that was
        found: `covered` is how near the question's pieces come to it (weighted mean), `missed` the weight of those that no piece
        comes near to, `worst` the nearness of the least met of the weighty ones. `absent` is the rarity in English of the rarest
        word that neither its passage nor title hold, `absent_sum` that of all of them, `unheard` that of the words the library
        never uses. `kind_asked` says that the question asks for a kind of answer that is needed (a cost, an age), `kind_missing`
        that the quote has none of it, `now` that the question asks for what is true today.
        """
        passage = candidate.hit.passage
        same = [other.nearest for other in self._ranked if other.hit.passage.document_id == passage.document_id]
        nearest = np.max(same, axis=0, initial=-1.0)
        weights = self._query.wordings[0].weights
        held = stems(" ".join([self._titles.get(passage.document_id, ""), *passage.section, passage.text]))
        absent = [rarity for word, rarity in self._query.rarities.items() if word not in held]
        return {
            "passage": candidate.passage,
            "sentence": candidate.sentence,
            "pieces": candidate.pieces,
            "bm25": candidate.hit.lexical / 10,
            "lead": candidate.score - self._mean,
            "covered": float(weights @ nearest),
            "missed": float(weights[nearest < _MET].sum()),
            "worst": float(nearest[weights > weights.max(initial=0.0) / 2].min(initial=1.0)),
            "absent": max(absent, default=0.0),
            "absent_sum": sum(absent),
            "unheard": sum(self._query.rarities[word] for word in self._query.unknown),
            "kind_asked": float(self._kind is not None),
            "kind_missing": float(self._kind is not None and not self._kind.is_given_by(candidate.text)),
            "now": float(is_about_now(self._query.text)),
        }


def model_for(weights_sha256: str) -> ConfidenceModel:
    """The model for a library whose vectors come from those weights: another's say nothing to the fitted vector."""
    fitted_for, with_vector, without_vector = models()
    return with_vector if weights_sha256 == fitted_for else without_vector


@cache
def models() -> tuple[str, ConfidenceModel, ConfidenceModel]:
    """The SHA-256 of the weights that confidence.json was fitted with, the model for these, and the one for all others."""
    loaded = json.loads((Path(__file__).parent / "confidence.json").read_text(encoding="utf-8"))
    with_vector, without_vector = (
        ConfidenceModel(**loaded[name] | {"vector": np.array(loaded[name]["vector"], dtype=np.float32)})
        for name in ("with_vector", "without_vector")
    )
    return str(loaded["weights_sha256"]), with_vector, without_vector
