"""Fits the ranking and the confidence model on labelled questions, and writes assistant/ranking.json and confidence.json.

    python -m tests.eval.fit LIBRARY QUESTIONS.jsonl [LIBRARY QUESTIONS.jsonl …]

Each file of questions is asked of the library before it. Questions of the split "held_back" are left out of every fit.
Ranking is fitted listwise (softmax over all sentences of the passages found: ListNet, Cao et al. 2007), the confidence model by
logistic regression; the thresholds come from probabilities that cross-validation gives, of questions no fit has seen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import confidence as confidence_module
from assistant import ranking, spelling
from assistant.assistant import DEPTH
from assistant.confidence import Confidence
from assistant.evaluation import LabelledQuestion, load_questions, stands_in
from assistant.follow_up import self_contained
from assistant.query import Query
from assistant.quoting import says_something
from index import Library

# How many times heavier a readable feature is than a component of the question's vector, before the penalty on both.
READABLE = 2.0
PENALTY = 0.01
RANKING_PENALTY = 0.02
FALSE_ABSTENTION = 0.05
# Of the quotes called strong at least so many answer.
STRONG_PRECISION = 0.8
_FOLDS = 10
_ASSISTANT = Path(ranking.__file__).parent

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the library meets it. `sentences`: float32 (sentences, `ranking.FEATURES`) of all that may be quoted;
    `is_gold` marks those that answer."""

    question: LabelledQuestion
    query: Query
    sentences: Matrix
    is_gold: NDArray[np.bool_]
    features: dict[str, float]
    right: bool


def ask(library: Library, question: LabelledQuestion) -> Asked | None:
    """What the library finds for `question`; None where that is nothing."""
    query = Query.of(spelling.mend(self_contained(question.turns[-1], question.turns[:-1], library.embedder), library), library)
    hits = library.search(query.expanded, DEPTH, query.vector)
    rows, gold = [], []
    for hit, _, values, _ in ranking.sentence_features(library, query, hits):
        for text, row in zip(hit.passage.sentence_texts, values, strict=True):
            if says_something(text):
                rows.append(row)
                gold.append(stands_in(text, question.gold))
    ranked = ranking.candidates(library, query, hits)
    if not ranked:
        return None
    titles = library.titles({hit.passage.document_id for hit in hits})
    features = Confidence(query, ranked, titles).features(ranked[0])
    return Asked(question, query, np.array(rows), np.array(gold), features, stands_in(ranked[0].text, question.gold))


def fit_ranking(asked: Sequence[Asked]) -> dict[str, float]:
    """The weights of `ranking.FEATURES` that make the sentences that answer most probable."""
    import torch

    usable = [one for one in asked if one.is_gold.any()]
    every = np.concatenate([one.sentences for one in usable])
    spread = every.std(axis=0) + 1e-6
    pairs = [(torch.tensor(one.sentences / spread), torch.tensor(one.is_gold)) for one in usable]
    weights = torch.zeros(len(ranking.FEATURES), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = [(values @ weights, gold) for values, gold in pairs]
        total = torch.stack([torch.logsumexp(score, 0) - torch.logsumexp(score[gold], 0) for score, gold in scores]).mean()
        total = total + RANKING_PENALTY * (weights**2).sum()
        total.backward()
        return total

    optimizer.step(loss)
    return {name: round(float(value), 2) for name, value in zip(ranking.FEATURES, weights.detach().numpy() / spread, strict=True)}


def fit_confidence(asked: Sequence[Asked], *, with_vector: bool) -> dict[str, Any]:
    """A model of confidence.json: logistic weights in the features' own units, and the thresholds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    names = list(asked[0].features)
    readable = np.array([[one.features[name] for name in names] for one in asked])
    mean, spread = readable.mean(axis=0), readable.std(axis=0) + 1e-6
    scaled = READABLE * (readable - mean) / spread
    vectors = np.array([one.query.vector for one in asked])
    scale = np.sqrt(vectors.shape[1])
    columns = np.hstack([scaled, scale * vectors]) if with_vector else scaled
    answerable = np.array([one.question.expects == "answer" for one in asked])
    make = LogisticRegression(C=PENALTY, max_iter=5000)
    unseen = cross_val_predict(make, columns, answerable, cv=_FOLDS, method="predict_proba")[:, 1]
    fitted = make.fit(columns, answerable)
    coefficients = fitted.coef_[0]
    weights = READABLE * coefficients[: len(names)] / spread
    model: dict[str, Any] = {
        "intercept": round(float(fitted.intercept_[0] - weights @ mean), 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
    }
    model["vector"] = [round(float(weight * scale), 4) for weight in coefficients[len(names) :]]
    model["possible"] = round(float(np.quantile(unseen[answerable], FALSE_ABSTENTION)), 3)
    model["strong"] = round(_strong(unseen, np.array([one.right for one in asked]), model["possible"]), 3)
    silent = unseen < model["possible"]
    print(
        f"{'with' if with_vector else 'without'} the question's vector: silent on {silent[~answerable].mean():.2f} of "
        f"{(~answerable).sum()} unanswerable and {silent[answerable].mean():.3f} of {answerable.sum()} answerable"
    )
    return model


def _strong(probabilities: NDArray[np.float64], right: NDArray[np.bool_], least: float) -> float:
    """The lowest threshold above which `STRONG_PRECISION` of the first quotes are right."""
    for threshold in np.arange(least, 1.0, 0.005):
        above = probabilities >= threshold
        if not above.any() or right[above].mean() >= STRONG_PRECISION:
            return float(threshold)
    return 1.0


def main(arguments: Sequence[str]) -> int:
    """Fit the ranking, then the confidence of what it ranks first."""
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    if not pairs:
        print(__doc__)
        return 2
    asked = _ask_all(pairs)
    weights = fit_ranking([one for one in asked if one.question.expects == "answer"])
    _write("ranking.json", weights)
    print(weights)
    ranking.weights.cache_clear()
    asked = _ask_all(pairs)
    with Library.open(pairs[0][0], create=False) as library:
        sha256 = library.embedder.identity.sha256
    models = {
        "weights_sha256": sha256,
        "with_vector": fit_confidence(asked, with_vector=True),
        "without_vector": fit_confidence(asked, with_vector=False),
    }
    _write("confidence.json", models)
    confidence_module.models.cache_clear()
    return 0


def _ask_all(pairs: Sequence[tuple[str, str]]) -> list[Asked]:
    found = []
    for folder, path in pairs:
        with Library.open(folder, create=False) as library:
            for question in load_questions(Path(path)):
                wanted = question.expects == "abstain" or (question.expects == "answer" and question.gold)
                if wanted and question.split != "held_back" and (one := ask(library, question)) is not None:
                    found.append(one)
    return found


def _write(name: str, content: object) -> None:
    (_ASSISTANT / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
