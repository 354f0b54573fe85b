"""Fits the ranking or the confidence model on labelled questions, and writes assistant/ranking.json or confidence.json.

    python -m tests.eval.fit ranking LIBRARY QUESTIONS.jsonl [LIBRARY QUESTIONS.jsonl …]
    python -m tests.eval.fit confidence LIBRARY QUESTIONS.jsonl [LIBRARY QUESTIONS.jsonl …]

The question encoder (tests/eval/fit_question_encoder.py) comes first, then the ranking, then the network that reads what it
finds (tests/eval/fit_reader.py), then the cross-encoder (tests/eval/fit_cross_encoder.py), then the confidence in all.

Each file of questions is asked of the library before it. Questions of the split "held_back" are left out of every fit. A text
file (first_questions.txt and its likes), a line each, and sets of wordings (phrasings.jsonl) hold questions that the library
answers, without labels: they tell the confidence model that plain questions are answered too; a table of twins
(twin_questions.tsv) holds in each line one that the library answers and one that sounds just like it and has no answer, so that
the model cannot go by the style alone. Every third line and every third set is left out.
Ranking is fitted listwise (softmax over all sentences of the passages found: ListNet, Cao et al. 2007), the confidence model by
logistic regression; the thresholds come from probabilities that cross-validation gives, of questions no fit has seen. What
counts besides for quotes of which no questions are expected is fitted to the fifth and the sixth set, and left out where these
are not asked.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import ranking, spelling
from assistant.confidence import Confidence, phrases_of
from assistant.evaluation import DEFAULT_PHRASINGS, LabelledQuestion, load_phrasings, load_questions, stands_in
from assistant.follow_up import self_contained
from assistant.query import Query
from assistant.quoting import quotable
from assistant.retrieval import asked_of, retrieved
from assistant.selection import first_quote
from index import Library
from tests.eval.ablations import without

# How heavy a readable feature, the question's vector and one of its phrases are before the penalty on all of them; chosen for
# the silence on libraries that the fit had not seen.
READABLE = 2.0
VECTOR = 0.7
PHRASE = 4.0
# So many questions at least use a phrase that counts, and it counts at least so much.
FEWEST_USES = 3
LEAST_WEIGHT = 0.05
PENALTY = 0.02
RIGHT_PENALTY = 0.1
RANKING_PENALTY = 0.02
# What it weighs how much less than another document the question names that of a sentence. Ranking alone would have it at 0.9; of
# the first four NIH sets, the right sentences are likeliest after all reading at 3 to 5.
NAMED = 3.0
# How far the weights where questions are expected go from those without towards what fits best. Writers of one kind wrote these
# questions and the labelled ones; those of others, the development questions, bear less of it out.
EXPECTED_SHARE = 0.7
# Of the answerable questions for which a sentence was found of which questions are expected, and of the others, so many are
# silent: libraries with expected questions know more of what is asked, so fewer need be.
FALSE_ABSTENTION = {"alone": 0.045, "expected": 0.033}
# What everybody asks first counts so many times: silence there is worse than a quote too many elsewhere.
FIRST_QUESTIONS_COUNT = 2.0
# Twins count for less: they are as many as all other unanswerable questions, and tell least of what people ask.
TWINS_COUNT = 0.05
# Sets of which the manner of a question does not tell whether it has an answer.
MANNER_TELLS_NOTHING = ("medquad_questions_5.jsonl", "medquad_questions_6.jsonl")
# Of the quotes called strong at least so many answer.
STRONG_PRECISION = 0.8
_FOLDS = 10
_FIRST = "asked first"
_COUNTS = {_FIRST: FIRST_QUESTIONS_COUNT, "twin": TWINS_COUNT}
_ASSISTANT = Path(ranking.__file__).parent

Matrix = NDArray[np.float32]
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the library meets it. `sentences`: float32 (sentences, `ranking.FEATURES`) of all that may be quoted;
    `is_gold` marks those that answer; `of_alone` is as `Confidence.of_alone`, `library` the folder of the library, and `file` the
    name of that of the questions.
    """

    question: LabelledQuestion
    query: Query
    sentences: Matrix
    is_gold: NDArray[np.bool_]
    features: dict[str, float]
    right: bool
    of_alone: dict[str, float] | None = None
    library: str = ""
    file: str = ""


def ask(library: Library, question: LabelledQuestion) -> Asked | None:
    """What the library finds for `question`; None where that is nothing."""
    understood = spelling.mend(self_contained(question.turns[-1], question.turns[:-1], library.embedder), library)
    found = retrieved(library, asked_of(library, understood))[0]
    best = first_quote(found.ranked)
    if best is None:
        return None
    rows, gold = [], []
    for hit, _, values, _ in ranking.sentence_features(library, found.query, found.hits):
        texts = hit.passage.sentence_texts
        for position in quotable(texts):
            rows.append(values[position])
            gold.append(stands_in(texts[position], question.gold))
    confidence = Confidence(found)
    right = stands_in(best.text, question.gold)
    features, of_alone = confidence.features(best), confidence.of_alone(best)
    return Asked(question, found.query, np.array(rows), np.array(gold), features, right, of_alone, str(library.directory))


def fit_ranking(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The weights of ranking.json. Those for sentences "alone" come from all questions, by the features that every sentence has;
    those where questions are "expected" lie between these and what fits the questions to libraries with such sentences, to which
    "both" is fitted with what is sought; "sought" fits the others, but for `NAMED`. The best sentences have on the mean the same
    score by each as alone, so that they can be compared.
    """
    own = ranking.FEATURES[: ranking.FEATURES.index("expected")]
    alone = _listwise(asked, own)
    met = [one for one in asked if one.sentences[:, ranking.FEATURES.index("expected")].any()]
    others = [one for one in asked if not one.sentences[:, ranking.FEATURES.index("expected")].any()]
    fitted = _listwise(met, [*own, "expected"])
    expected = {
        name: round(EXPECTED_SHARE * weight + (1 - EXPECTED_SHARE) * alone.get(name, 0.0), 2) for name, weight in fitted.items()
    }
    return {
        "alone": {"intercept": 0.0, **alone},
        "expected": _levelled(met, alone, expected),
        "sought": _levelled(others, alone, {**_listwise(others, [*own, "sought"]), "named": NAMED}),
        "both": _levelled(met, alone, _listwise(met, [*own, "expected", "sought"])),
    }


def _levelled(asked: Sequence[Asked], alone: dict[str, float], weights: dict[str, float]) -> dict[str, float]:
    """`weights` with the intercept by which the best sentences have on the mean the same score as by `alone`."""
    tops = [[_weighed(one, by).max() for one in asked] for by in (alone, weights)]
    return {"intercept": round(float(np.mean(tops[0]) - np.mean(tops[1])), 2), **weights}


def _columns(one: Asked, features: Iterable[str]) -> Matrix:
    return one.sentences[:, [ranking.FEATURES.index(feature) for feature in features]]


def _weighed(one: Asked, weights: dict[str, float]) -> Matrix:
    return _columns(one, weights) @ np.array(list(weights.values()), dtype=np.float32)


def _listwise(asked: Sequence[Asked], features: Sequence[str]) -> dict[str, float]:
    """The weights of `features` of `ranking.FEATURES` that make the sentences that answer most probable."""
    import torch

    usable = [one for one in asked if one.is_gold.any()]
    columns = [_columns(one, features) for one in usable]
    spread = np.concatenate(columns).std(axis=0) + 1e-6
    pairs = [(torch.tensor(values / spread), torch.tensor(one.is_gold)) for values, one in zip(columns, usable, strict=True)]
    weights = torch.zeros(len(features), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scores = [(values @ weights, gold) for values, gold in pairs]
        total = torch.stack([torch.logsumexp(score, 0) - torch.logsumexp(score[gold], 0) for score, gold in scores]).mean()
        total = total + RANKING_PENALTY * (weights**2).sum()
        total.backward()
        return total

    optimizer.step(loss)
    return {name: round(float(value), 2) for name, value in zip(features, weights.detach().numpy() / spread, strict=True)}


def fit_confidence(asked: Sequence[Asked], *, with_vector: bool) -> dict[str, Any]:
    """A model of confidence.json: logistic weights in the features' own units, and the thresholds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    names = list(asked[0].features)
    readable = np.array([[one.features[name] for name in names] for one in asked])
    mean, spread = readable.mean(axis=0), readable.std(axis=0) + 1e-6
    phrases, used = _phrases([one.query.text for one in asked])
    vectors = np.array([one.query.vector for one in asked])
    scale = VECTOR * np.sqrt(vectors.shape[1])
    columns = np.hstack([READABLE * (readable - mean) / spread, PHRASE * used, *([scale * vectors] if with_vector else [])])
    answerable = np.array([one.question.expects == "answer" for one in asked])
    right = np.array([one.right for one in asked])
    answers = LogisticRegression(C=PENALTY, max_iter=5000)
    own = columns[:, : len(names)]
    is_right = LogisticRegression(C=RIGHT_PENALTY, max_iter=5000)
    # Where no sentence is labelled, nobody knows whether the first quote is right.
    labelled = answerable & np.array([bool(one.question.gold) for one in asked])
    count = np.array([_COUNTS.get(one.question.style or "", 1.0) for one in asked])
    unseen, right_if_any = np.zeros(len(asked)), np.zeros(len(asked))
    for fold, rest in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(columns, answerable):
        unseen[rest] = answers.fit(columns[fold], answerable[fold], count[fold]).predict_proba(columns[rest])[:, 1]
        answered = fold[labelled[fold]]
        right_if_any[rest] = is_right.fit(own[answered], right[answered]).predict_proba(own[rest])[:, 1]
    is_expected = np.array([one.features["expected"] != 0 for one in asked])
    stacked = _stacked(asked, columns, count, unseen, len(names)) if with_vector else None
    answers.fit(columns, answerable, count)
    is_right.fit(own[labelled], right[labelled])
    features, of_phrases, of_vector = np.split(answers.coef_[0], [len(names), len(names) + len(phrases)])
    weights = READABLE * features / spread
    heavy = {phrase: round(float(PHRASE * weight), 2) for phrase, weight in zip(phrases, of_phrases, strict=True)}
    model: dict[str, Any] = {
        "answers": _logistic(names, weights, mean, answers.intercept_[0]),
        "right": _logistic(names, READABLE * is_right.coef_[0] / spread, mean, is_right.intercept_[0]),
        "phrases": {phrase: weight for phrase, weight in heavy.items() if abs(weight) >= LEAST_WEIGHT},
        "vector": [round(float(weight * scale), 4) for weight in of_vector],
        "alone": stacked,
    }
    known = labelled | ~answerable
    kinds = {"alone": ~is_expected, "expected": is_expected}
    model["possible"] = {
        name: round(float(np.quantile(unseen[kind & answerable], FALSE_ABSTENTION[name])), 3) for name, kind in kinds.items()
    }
    certain = unseen * right_if_any
    model["strong"] = {
        name: round(_strong(certain[kind & known], right[kind & known], count[kind & known]), 3) for name, kind in kinds.items()
    }
    silent = unseen < np.where(is_expected, model["possible"]["expected"], model["possible"]["alone"])
    print(
        f"{'with' if with_vector else 'without'} the question's vector: silent on {silent[~answerable].mean():.2f} of "
        f"{(~answerable).sum()} unanswerable and {silent[answerable].mean():.3f} of {answerable.sum()} answerable"
    )
    return model


def _stacked(asked: Sequence[Asked], columns: Matrix, count: Weights, unseen: Weights, readable: int) -> dict[str, Any] | None:
    """What `Confidence.of_alone` is worth beside the logarithm of odds of questions that no fit has seen (Wolpert 1992, "Stacked
    generalization"), nor any other question to their library, whose manner would give them away. The first `readable` of the
    `columns` are not of the question alone. Puts the probabilities with it into `unseen`.

    It is fitted to `MANNER_TELLS_NOTHING`, for so it is with those who ask; to these half a question of either kind is added with
    a name that no document has, for none of theirs that has an answer holds one. None where these sets are not asked.
    """
    from sklearn.linear_model import LogisticRegression

    alone = np.array([one.of_alone is not None for one in asked])
    answerable = np.array([one.question.expects == "answer" for one in asked])
    library = np.array([one.library for one in asked])
    fitted = alone & np.array([one.file in MANNER_TELLS_NOTHING for one in asked])
    if len(set(answerable[fitted])) < 2 or len(set(library)) < 2:
        return None
    names = list(asked[int(alone.argmax())].of_alone or ())
    each = np.zeros((len(asked), 1 + len(names)))
    each[alone, 1:] = [list(one.of_alone.values()) for one in asked if one.of_alone is not None]
    own, question, unknown = each[:, 0], each[:, 1 + names.index("question")], 1 + names.index("unknown")
    for folder in sorted(set(library[alone])):
        rest, others = alone & (library == folder), library != folder
        answers = LogisticRegression(C=PENALTY, max_iter=5000).fit(columns[others], answerable[others], count[others])
        weights = answers.coef_[0]
        own[rest] = answers.intercept_[0] + columns[rest, :readable] @ weights[:readable]
        question[rest] = columns[rest, readable:] @ weights[readable:]
    usual = np.average(each[fitted], axis=0, weights=count[fitted])
    usual[unknown] = 1.0
    both = LogisticRegression(C=np.inf, max_iter=5000).fit(
        np.vstack([each[fitted], usual, usual]),
        np.append(answerable[fitted], [True, False]),
        np.append(count[fitted], [0.5, 0.5]),
    )
    unseen[alone] = 1 / (1 + np.exp(-both.decision_function(each[alone]) / both.coef_[0, 0]))
    stacked = {name: round(float(weight / both.coef_[0, 0]), 3) for name, weight in zip(names, both.coef_[0, 1:], strict=True)}
    stacked["question"] = round(stacked["question"] - 1.0, 3)
    return {"intercept": round(float(both.intercept_[0] / both.coef_[0, 0]), 3), "weights": stacked}


def _phrases(questions: Sequence[str]) -> tuple[list[str], Matrix]:
    """The phrases that `FEWEST_USES` questions use, and which question uses which: float32 (questions, phrases), 0 or 1."""
    each = [phrases_of(question) for question in questions]
    uses = Counter(phrase for found in each for phrase in found)
    phrases = sorted(phrase for phrase, count in uses.items() if count >= FEWEST_USES)
    return phrases, np.array([[phrase in found for phrase in phrases] for found in each], dtype=np.float32)


def _logistic(names: Sequence[str], weights: Matrix, mean: Matrix, intercept: float) -> dict[str, Any]:
    """What confidence.json holds of a logistic model of features less their `mean`."""
    rounded = {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}
    return {"intercept": round(float(intercept - weights @ mean), 4), "weights": rounded}


def _strong(certainties: NDArray[np.float64], right: NDArray[np.bool_], count: NDArray[np.float64]) -> float:
    """The lowest threshold from which on `STRONG_PRECISION` of the first quotes are right; each counts as in the fit."""
    for threshold in np.arange(0.0, 1.0, 0.005):
        above = certainties >= threshold
        if not above.any() or np.average(right[above], weights=count[above]) >= STRONG_PRECISION:
            return float(threshold)
    return 1.0


def main(arguments: Sequence[str]) -> int:
    """Fit the ranking, or the confidence in what it ranks first and what is read of it."""
    if len(arguments) < 3 or arguments[0] not in {"ranking", "confidence"}:
        print(__doc__)
        return 2
    pairs = list(zip(arguments[1::2], arguments[2::2], strict=True))
    asked = _ask_all(pairs)
    if arguments[0] == "ranking":
        weights = fit_ranking([one for one in asked if one.question.expects == "answer"])
        _write("ranking.json", weights)
        for name, weighed in weights.items():
            print(name, weighed)
        return 0
    with Library.open(pairs[0][0], create=False) as library:
        sha256 = library.embedder.identity.sha256
    with without("no reading"), without("nothing sought"):  # as it is with another embedding model
        unread = _ask_all(pairs)
    models = {
        "weights_sha256": sha256,
        "with_vector": fit_confidence(asked, with_vector=True),
        "without_vector": fit_confidence(unread, with_vector=False),
    }
    _write("confidence.json", models)
    return 0


def _ask_all(pairs: Sequence[tuple[str, str]]) -> list[Asked]:
    found = []
    for folder, path in pairs:
        with Library.open(folder, create=False) as library:
            for question in _questions(Path(path)):
                if question.split != "held_back" and (one := ask(library, question)) is not None:
                    found.append(replace(one, file=Path(path).name))
    return found


def _questions(path: Path) -> list[LabelledQuestion]:
    if path.suffix == ".txt":
        return unlabelled(path)
    if path.suffix == ".tsv":
        return [question for pair in twins(path) for question in pair]
    if path.name == DEFAULT_PHRASINGS.name:
        sets = enumerate(load_phrasings(path).items(), start=1)
        return [_answerable(name, wording, number) for number, (name, wordings) in sets for wording in wordings]
    return [one for one in load_questions(path) if one.expects == "abstain" or (one.expects == "answer" and one.gold)]


def unlabelled(path: Path) -> list[LabelledQuestion]:
    """The questions of a text file, which its library answers; every third is held back."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [replace(_answerable(f"line {number}", line, number), style=_FIRST) for number, line in lines]


def twins(path: Path) -> list[tuple[LabelledQuestion, LabelledQuestion]]:
    """The pairs of a table: a question that its library answers, and one like it that it does not; every third is held back."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        has, lacks = line.split("\t")
        answerable = _answerable(f"line {number}", has, number)
        found.append((answerable, replace(_answerable(f"line {number}", lacks, number), expects="abstain")))
    return found


def _answerable(name: str, question: str, number: int) -> LabelledQuestion:
    return LabelledQuestion(name, (question,), "answer", (), split="held_back" if number % 3 == 0 else "tune")


def _write(name: str, content: object) -> None:
    (_ASSISTANT / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
