"""Trains the network that reads candidates (assistant/reader_network.py), and writes assistant/reader.npz.

    python -m tests.eval.fit_reader LIBRARY QUESTIONS.txt [LIBRARY QUESTIONS.txt …]

Each file of questions is asked of the library before it; tests/eval/reading_questions holds those that the shipped network was
trained with (all but nih_1_lay.txt and its likes, and nih_5.txt), of which starter.txt was named twice, so it counts twice. A
file has sentences, one or more, each after "> ", and below them the questions that any of them answers; below a "> " without a
sentence stand questions that no sentence of the library answers. One that is expected of a sentence of the library is asked as if
it were not.

The loss is that of a choice among the candidates and "none of them" (its score is 0), which is right where nothing answers.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from unittest.mock import patch

import faiss
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from assistant import ranking, spelling
from assistant.evaluation import stands_in
from assistant.query import Query
from assistant.ranking import Candidate
from assistant.reader_network import ReaderNetwork
from assistant.reading import READ, SAME_QUESTION, WEIGHTS, Pairs, pairs_of
from assistant.retrieval import hits_for
from index import Library, SentenceVectors
from index.embedding import Embedder
from index.records import Vectors
from index.store import EXPECTED
from index.vectors import VectorIndex
from tests.eval.learning import batches, fitted_to, learn, loss_of_choice

EPOCHS = 6
BATCH = 24
RATE = 2e-3
DECAY = 0.02
# Longer questions and sentences are cut for training, where each part of a batch is as long as its longest.
MOST_ASKED = 48
MOST_SAID = 110
# Into so many parts, by the length of the sentence, are the pairs of a batch divided.
AT_ONCE = 6


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the first candidates; `is_right` says which of them answer, and none may."""

    pairs: Pairs
    is_right: NDArray[np.bool_]
    is_answerable: bool


def examples(library: Library, questions: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Example]:
    """What the ranking finds for each question; the best right candidate is put in where it stands further down."""
    titles = {document.id: document.title for document in library.summaries()}
    for question, gold in questions:
        query, ranked = ranked_for(library, question)
        right = [candidate for candidate in ranked if stands_in(candidate.text, gold)]
        chosen = ranked[:READ]
        if right and not any(candidate is right[0] for candidate in chosen):
            chosen = [*chosen, right[0]]
        if not chosen or (gold and not right) or not len(query.wordings[0].pieces):
            continue
        rest = [candidate for candidate in ranked if not any(candidate is one for one in chosen)]
        pairs = pairs_of(query, [*chosen, *rest], titles, len(chosen))
        yield Example(_compact(pairs), np.array([any(one is two for two in right) for one in chosen]), bool(gold))


def ranked_for(library: Library, question: str, within: frozenset[str] = frozenset()) -> tuple[Query, list[Candidate]]:
    """The query of `question`, and what ranking finds for it, `within` some documents or all, as if it were not expected."""
    query = Query.of(spelling.mend(question, library), library)
    with but_for_the_one_asked(query.whole):
        return query, ranking.candidates(library, query, hits_for(library, query, within))


def _compact(pairs: Pairs) -> Pairs:
    """The same in a third of the room: the question, which stands beside each sentence, once, vectors in half precision, and no
    more of each than is read.
    """
    question = np.broadcast_to(pairs.question[:1, :MOST_ASKED].astype(np.float16), pairs.question[:, :MOST_ASKED].shape)
    return Pairs(
        question=question,
        piece_values=pairs.piece_values[:, :MOST_ASKED],
        asked=pairs.asked[:, :MOST_ASKED],
        sentence=pairs.sentence[:, :MOST_SAID].astype(np.float16),
        said=pairs.said[:, :MOST_SAID].copy(),
        values=pairs.values,
    )


@contextmanager
def but_for_the_one_asked(asked: Vectors) -> Iterator[None]:
    """Within, no sentence is expected to answer the question of that vector itself: those of readers are not, word by word."""
    value_of, search = ranking.nearest_expected, VectorIndex._search

    def of_others(sentences: SentenceVectors, question: Vectors) -> Vectors:
        others = sentences.expected @ asked < SAME_QUESTION
        left = replace(sentences, expected=sentences.expected[others], answered_by=sentences.answered_by[others])
        return value_of(left, question)

    def search_others(index: VectorIndex, question: Vectors, k: int, among: faiss.IDSelector) -> list[tuple[int, float]]:
        found = search(index, question, k, among)
        expected = index.products(asked, [number for number, _ in found if number >= EXPECTED])
        return [(number, cosine) for number, cosine in found if expected.get(number, 0.0) < SAME_QUESTION]

    with patch.object(ranking, "nearest_expected", of_others), patch.object(VectorIndex, "_search", search_others):
        yield


def fit(learnt: Sequence[Example], epochs: int = EPOCHS) -> ReaderNetwork:
    """The network that tells best which candidates answer, and whether any does."""
    torch.manual_seed(0)
    chance = random.Random(0)  # noqa: S311
    network = ReaderNetwork(learnt[0].pairs.question.shape[-1])
    values = np.concatenate([example.pairs.values for example in learnt])
    network.mean.copy_(torch.from_numpy(values.mean(axis=0)))
    network.spread.copy_(torch.from_numpy(values.std(axis=0) + 1e-3))
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * (len(learnt) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.15)

    def pass_over() -> list[list[Example]]:
        return batches(learnt, lambda example: example.pairs.question.shape[1] + chance.random() * 6, BATCH, chance)

    learn(pass_over, lambda batch: loss_of(network, batch), optimizer, schedule, epochs)
    network.eval()
    return network


def loss_of(network: ReaderNetwork, batch: Sequence[Example]) -> Tensor:
    """The mean negative logarithm of what the network gives to the right candidates together, or to none of them."""
    return loss_of_choice(_scores(network, [example.pairs for example in batch]), batch)


def _scores(network: ReaderNetwork, each: Sequence[Pairs]) -> Tensor:
    """Those of all pairs, one after the other; sentences of about one length are read together, so that little is padded."""
    rows = [(pairs, row) for pairs in each for row in range(len(pairs.said))]
    lengths = np.array([pairs.said[row].sum() for pairs, row in rows])
    order = np.argsort(lengths, kind="stable")
    parts = [network(**_joined([rows[at] for at in some])) for some in np.array_split(order, min(AT_ONCE, len(order)))]
    return torch.cat(parts)[torch.from_numpy(np.argsort(order, kind="stable"))]


def _joined(rows: Sequence[tuple[Pairs, int]]) -> dict[str, Tensor]:
    """Those rows as one, padded to one length."""
    asked = max(int(pairs.asked[row].sum()) for pairs, row in rows)
    said = max(int(pairs.said[row].sum()) for pairs, row in rows)
    length = {"question": asked, "piece_values": asked, "asked": asked, "sentence": said, "said": said}
    joined = {}
    for name in (field.name for field in fields(Pairs)):
        parts = [getattr(pairs, name)[row] for pairs, row in rows]
        together = torch.from_numpy(_padded(parts, length[name]) if name in length else np.stack(parts))
        joined[name] = together.float() if together.is_floating_point() else together
    return joined


def _padded(parts: Sequence[NDArray[np.generic]], length: int) -> NDArray[np.generic]:
    """`parts` side by side, each cut to `length` along its first axis, or filled up with zeros."""
    padded = np.zeros((len(parts), length, *parts[0].shape[1:]), dtype=parts[0].dtype)
    for place, part in zip(padded, parts, strict=True):
        place[: len(part)] = part[:length]
    return padded


def main(arguments: Sequence[str]) -> int:
    """Ask everything, train, write."""
    return fitted_to(arguments, __doc__, examples, _fit_and_store)


def _fit_and_store(learnt: Sequence[Example], embedder: Embedder) -> None:
    state = {name: tensor.numpy() for name, tensor in fit(learnt).state_dict().items()}
    np.savez_compressed(WEIGHTS, weights_sha256=np.array(embedder.identity.sha256), **state)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
