"""What each part of finding and judging is worth: the same questions with one part at a time taken out.

    python -m tests.eval.ablations LIBRARY QUESTIONS.jsonl [LIBRARY QUESTIONS.jsonl …]

A part is taken out of the product's own code by setting what it goes by: a weight to 0, the words to look for to none, the
threshold to "always". answer@1 and answer@3 are of the quotes as if no answer were held back, so that ranking and confidence are
told apart; "in passage" asks only whether the passage about the first quotes holds the gold.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

from assistant import Assistant, assistant, query, ranking, reading, retrieval
from assistant.confidence import ConfidenceModel, models
from assistant.evaluation import LabelledQuestion, Outcome, ask_all, load_questions, stands_in
from assistant.evaluation.outcomes import FIRST
from assistant.named import Names
from index import SentenceVectors
from index import library as index_library
from index.records import Vectors
from index.vectors import VectorIndex


def _weighing(*without: str) -> Callable[[], dict[str, dict[str, float]]]:
    if not set(without) <= set(ranking.FEATURES):
        raise ValueError(f"the ranking knows no such feature: {set(without) - set(ranking.FEATURES)}")
    weights = {name: weighed | dict.fromkeys(without, 0.0) for name, weighed in ranking.weights().items()}
    return lambda: weights


def _none_expected(sentences: SentenceVectors, _question: Vectors) -> Vectors:
    return np.zeros(len(sentences.vectors), dtype=np.float32)


def _always(_sha256: str) -> ConfidenceModel:
    """The model of the packaged weights, told to answer everything."""
    model = models()[1]
    return replace(model, possible=dict.fromkeys(model.possible, 0.0))


@contextmanager
def without(part: str) -> Iterator[None]:
    """The assistant without that part, one of `PARTS`."""
    with ExitStack() as stack:
        for target, name, value in PARTS[part]:
            stack.enter_context(patch.object(target, name, value))
        yield


# As with an embedding model whose vectors neither the question encoder nor the network nor the cross-encoder knows.
_NOT_SOUGHT: tuple[object, str, object] = (query, "question_encoder", lambda _embedder: None)
_NOT_TOGETHER: tuple[object, str, object] = (retrieval, "cross_encoder", lambda _embedder: None)
_UNREAD: list[tuple[object, str, object]] = [(reading, "_network", lambda: ("", None)), _NOT_TOGETHER]
_ALL_ANSWERED: tuple[object, str, object] = (assistant, "model_for", _always)
# What is set to take a part out: the module, the name in it, and what stands there instead. "lexical only" orders by words alone
# what both searches found, which holds the best of each.
PARTS: dict[str, list[tuple[object, str, object]]] = {
    "everything": [],
    "dense only": [
        (ranking, "weights", _weighing("words")),
        (index_library, "match_expression", lambda _question: ""),
        _NOT_SOUGHT,
        *_UNREAD,
    ],
    "lexical only": [(ranking, "weights", _weighing("passage", "sentence", "pieces", "kind", "expected")), _NOT_SOUGHT, *_UNREAD],
    "nothing sought": [_NOT_SOUGHT],  # nor anything named
    "nothing named": [(query, "names_in", lambda *_: Names())],
    "no reading": _UNREAD,
    "nothing read together": [_NOT_TOGETHER],
    "no expansion": [(query, "expansions", lambda _question: ())],
    "no expected questions": [
        (ranking, "nearest_expected", _none_expected),
        (VectorIndex, "search_expected", lambda *_: []),
        (query, "_seldom_expected", lambda library, _generation: frozenset(one.id for one in library.summaries())),
    ],
    "no sentence scores": [(ranking, "weights", _weighing("sentence"))],
    "no piece scores": [(ranking, "weights", _weighing("pieces"))],
    "no sentence, no piece scores": [(ranking, "weights", _weighing("sentence", "pieces"))],
    "no kind of answer": [(ranking, "weights", _weighing("kind"))],
    "no confidence": [_ALL_ANSWERED],
}


def row(asked: Assistant, questions: Sequence[LabelledQuestion]) -> list[float]:
    """answer@1, answer@3, both in passages, with no answer held back; then false abstention and abstention as it is."""
    with patch.object(*_ALL_ANSWERED):
        answerable = [one for one in ask_all(asked, questions) if one.is_answerable]
    outcomes = ask_all(asked, questions)
    kinds = [[one for one in outcomes if one.question.expects == expects] for expects in ("answer", "abstain")]
    ranked = [_share(one.is_found(first) for one in answerable) for first in (1, FIRST)]
    passages = [_share(_in_passage(one, first) for one in answerable) for first in (1, FIRST)]
    silence = [_share(one.answer.status != "answered" for one in kind) for kind in kinds]
    return ranked + passages + silence


def _share(outcomes: Iterable[bool]) -> float:
    each = list(outcomes)
    return sum(each) / len(each) if each else float("nan")


def _in_passage(outcome: Outcome, first: int) -> bool:
    texts = [f"{quote.before}{quote.text}{quote.after}" for quote in outcome.answer.quotes[:first]]
    return any(stands_in(text, outcome.question.gold) for text in texts)


def main(arguments: Sequence[str]) -> int:
    """Print a table for each library and its questions."""
    if not arguments or len(arguments) % 2:
        print(__doc__)
        return 2
    for folder, path in zip(arguments[::2], arguments[1::2], strict=True):
        questions = load_questions(Path(path))
        print(f"\n{Path(path).name}, {len(questions)} questions\n")
        columns = ["", "answer@1", "answer@3", "@1 in passage", "@3 in passage", "false abstention", "abstention"]
        print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
        with Assistant.open(folder) as asked:
            for part in PARTS:
                with without(part):
                    print(f"| {part} | " + " | ".join(f"{value:.3f}" for value in row(asked, questions)) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
