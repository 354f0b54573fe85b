"""Whether what was found answers the question: strongly, possibly, or not at all.

A logistic model over a few readable features of the best candidates, and over the question itself, by its vector and its
phrases; its weights and thresholds are in confidence.json, fitted by tests/eval/fit.py. A threshold on likeness alone does not
abstain: unanswerable questions use the library's own words. So most features ask what of the question is *not* met by what was
found. Vector and phrases tell questions of a kind that texts answer (what helps, how common) from those they seldom do (which
hospital, what price, how much of a drug). Where no questions are expected of the first quote, what reading together
(assistant/reading_together.py) makes of the candidates and what the question names (assistant/named.py) count besides.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answer_kind import asked_for, is_about_now
from assistant.ranking import Candidate
from assistant.reading import READ, any_of
from assistant.records import Match
from assistant.retrieval import Found
from assistant.unmet import nearest_by_document, unmet
from index.records import Vectors

_COMPARED = 5
# So near (cosine) a question usually comes to one of those expected of the sentence found for it.
_USUALLY_EXPECTED = 0.5
# What is added to the logarithm of odds that may answer for each time that there are e times as many documents beside the subject
# among which the answer was looked for: one of many seems to answer by chance (docs/evaluation.md, "Among other pages").
FOR_MANY = 0.7
_WORD = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True)
class Logistic:
    """Logistic weights of features, by name."""

    intercept: float
    weights: dict[str, float]

    def logit(self, features: Mapping[str, float]) -> float:
        """The weighted sum: the logarithm of the odds."""
        return self.intercept + sum(weight * features[name] for name, weight in self.weights.items())


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """`answers` tells whether the library answers at all, with weights for `phrases_of` the question and for its vector;
    `right`, whether this quote does if any does. The thresholds are probabilities, for candidates of which questions are
    "expected" and for those that stand "alone": `possible` of the former, `strong` of both together. For those that stand alone
    and were read together `alone` tells what `Confidence.of_alone` adds to the former's logarithm of odds; None: nothing.
    """

    answers: Logistic
    phrases: dict[str, float]
    vector: Vectors
    right: Logistic
    possible: Mapping[str, float]
    strong: Mapping[str, float]
    alone: Logistic | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> ConfidenceModel:
        """The model that confidence.json holds as `stored`."""
        logistic = {name: Logistic(**stored[name]) for name in ("answers", "right", "alone") if stored.get(name)}
        return cls(**{**stored, **logistic, "vector": np.array(stored["vector"], dtype=np.float32)})

    def logit_of(self, question: str, vector: Vectors) -> float:
        """What a question with that vector adds to the logarithm of the odds that it is answered, whatever was found."""
        phrases = sum(self.phrases.get(phrase, 0.0) for phrase in phrases_of(question))
        return phrases + float(self.vector @ vector) if len(self.vector) else phrases

    def right_if_any(self, features: Mapping[str, float]) -> float:
        """That this quote answers if the library does, 0 to 1."""
        return _sigmoid(self.right.logit(features))


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))


def _logit(probability: float) -> float:
    return math.log(probability / (1.0 - probability)) if probability else -math.inf


class Confidence:
    """Judges the candidates that were `found` for one question."""

    def __init__(self, found: Found, model: ConfidenceModel | None = None) -> None:
        """Look at what was `found`; `model` is that of confidence.json for the packaged weights, if none is given."""
        query, ranked = found.query, found.ranked
        self._found = found
        self._model = model or models()[1]
        self._logit_of_question = self._model.logit_of(query.text, query.vector)
        self._for_many = FOR_MANY * max(0.0, math.log(found.times))
        self._nearest = nearest_by_document(ranked)
        self._read_any = any_of([candidate.read for candidate in ranked[:READ]])
        self.read_together = any_of([candidate.together for candidate in ranked if candidate.together])
        compared = [one.ranked + one.read for one in ranked[:_COMPARED]]
        self._mean = sum(compared) / max(1, len(compared))
        kind = asked_for(query.text)
        self._kind = kind if kind is not None and kind.needed else None

    def thresholds(self, candidate: Candidate) -> dict[str, float]:
        """The probability from which `candidate` may answer, and the certainty from which it is called to answer."""
        kind = "expected" if candidate.expected else "alone"
        return {"possible": _sigmoid(_logit(self._model.possible[kind]) + self._for_many), "strong": self._model.strong[kind]}

    def match(self, candidate: Candidate) -> Match | None:
        """How well a candidate answers, in the words an answer uses; None where it is not good enough to be shown."""
        probability, certainty = self.judged(candidate)
        thresholds = self.thresholds(candidate)
        if probability < thresholds["possible"]:
            return None
        return "strong" if certainty >= thresholds["strong"] else "possible"

    def judged(self, candidate: Candidate) -> tuple[float, float]:
        """Its probability, that the library answers the question if `candidate` is the best it has, and its certainty, that
        `candidate` itself does; both are the model's, 0 to 1, and never shown.
        """
        features = self.features(candidate)
        probability = _sigmoid(self._model.answers.logit(features) + self._logit_of_question + self.alone(candidate))
        return probability, probability * self._model.right_if_any(features)

    def alone(self, candidate: Candidate) -> float:
        """What `of_alone` adds to the logarithm of odds of `candidate`, 0 where there is nothing of that."""
        of_alone = self.of_alone(candidate)
        if self._model.alone is None or of_alone is None:
            return 0.0
        value = self._model.alone.logit(of_alone)
        # Beside the subject, where some page answers somebody's question, it speaks against an answer or not at all.
        return min(0.0, value) if self._for_many else value

    def of_alone(self, candidate: Candidate) -> dict[str, float] | None:
        """What is known besides of one that stands alone; None where no candidate was read together, or where questions are
        expected of this one, which tell more.

        `together` is the logarithm of odds, by reading together, that any answers, `question` what the question by itself adds to
        the odds (it knows the manner of those who wrote what it was fitted to, and is worth less elsewhere), and `unknown` says
        that the question holds a short name that no document has.
        """
        if not self.read_together or candidate.expected:
            return None
        return {
            "together": self.read_together,
            "question": self._logit_of_question,
            "unknown": float(bool(self._found.query.names.unknown)),
        }

    def features(self, candidate: Candidate) -> dict[str, float]:
        """What speaks for `candidate`, and against it.

        `passage`, `sentence` and `pieces` are its own, so is `expected`, as far as it is more than usual; `bm25` is in tens.
        `lead` is how far its score before reading together stands above the mean of the first ones: an answer stands out, mere
        likeness of subject does not. `read` is what reading says of it (assistant/reading.py), `read_any` the same of all that
        were read, 0 where nothing was. The next look at its document (assistant/unmet.py). `kind_asked` says that the question
        asks for a kind of answer that is needed (a cost, an age), `kind_missing` that the quote has none of it, `now` that the
        question asks for what is true today.
        """
        return {
            "passage": candidate.passage,
            "sentence": candidate.sentence,
            "pieces": candidate.pieces,
            "expected": candidate.expected - _USUALLY_EXPECTED if candidate.expected else 0.0,
            "bm25": candidate.hit.lexical / 10,
            "lead": candidate.ranked + candidate.read - self._mean,
            "read": candidate.read,
            "read_any": self._read_any,
            **unmet(self._found.query, candidate, self._found.titles, self._nearest),
            "kind_asked": float(self._kind is not None),
            "kind_missing": float(self._kind is not None and not self._kind.is_given_by(candidate.text)),
            "now": float(is_about_now(self._found.query.text)),
        }


def phrases_of(question: str) -> frozenset[str]:
    """Each word of `question` and each two side by side, lower case."""
    words = _WORD.findall(question.lower().replace("’", "'"))
    return frozenset(words) | {f"{one} {other}" for one, other in pairwise(words)}


def model_for(weights_sha256: str) -> ConfidenceModel:
    """The model for a library whose vectors come from those weights: another's say nothing to the fitted vector."""
    fitted_for, with_vector, without_vector = models()
    return with_vector if weights_sha256 == fitted_for else without_vector


@cache
def models() -> tuple[str, ConfidenceModel, ConfidenceModel]:
    """The SHA-256 of the weights that confidence.json was fitted with, the model for these, and the one for all others."""
    loaded = json.loads((Path(__file__).parent / "confidence.json").read_text(encoding="utf-8"))
    return str(loaded["weights_sha256"]), ConfidenceModel.of(loaded["with_vector"]), ConfidenceModel.of(loaded["without_vector"])
