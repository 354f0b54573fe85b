"""Reading: the best candidates are looked at again, each beside the question, by a small network that has learnt what answers.

Ranking weighs likenesses; what is asked of the subject, and whether a sentence tells just that, it does not see. The network
(reader_network.py) was trained by tests/eval/fit_reader.py on questions that a sentence answers and on others in the same
words that none does. Its weights, reader.npz, fit the vectors of one embedding model; with another one nothing is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.query import Query
from assistant.ranking import Candidate
from assistant.unmet import nearest_by_document, unmet
from index.pieces import PieceReducer
from index.records import Vectors

if TYPE_CHECKING:
    from assistant.reader_network import ReaderNetwork

# What is known of each piece of the question beside its vector: its weight, the same as a multiple of the mean, how near the
# passage comes to it, and how near the document; and what is known of each sentence beside its pieces, by `_values`.
PIECE_VALUES = 4
SENTENCE_VALUES = 14
# How many candidates are read: of the answers that are found at all few stand further down, and each one takes time.
READ = 24
# A question expected of a sentence is the one that is asked where their cosine is as high as this. Of the starter library's 9,061
# expected questions 478 pairs are as near. The 106 that share no sentence were read: 96 ask the same, ten something close by.
SAME_QUESTION = 0.97
# Beside the nearest one others count that are as near but for this ("the third phase" is 0.972 from "the fourth phase").
_AS_NEAR = 0.01
# What that adds to a logarithm of odds: whoever wrote it down knew that the sentence answers, and reading may not see it.
KNOWN_TO_ANSWER = 8.0
# A sentence of another document as near to such a one as this (cosine) answers as well.
_SAYS_IT_TOO = 0.8
WEIGHTS = Path(__file__).parent / "reader.npz"


@dataclass(frozen=True, slots=True)
class Pairs:
    """A question beside some sentences, as `ReaderNetwork.forward` takes them; what there is no piece for is 0."""

    question: Vectors
    piece_values: Vectors
    asked: NDArray[np.bool_]
    sentence: Vectors
    said: NDArray[np.bool_]
    values: Vectors


def read(query: Query, ranked: Sequence[Candidate], titles: Mapping[str, str], weights_sha256: str) -> list[Candidate]:
    """`ranked`, best first, with what reading them adds to their scores, best first again; `titles` is by document id.

    The first `READ` are read; the others count like the one of these that answers least, and so stay behind them. Whichever is
    expected to answer that very question, or says in another document what such a one says, gains `KNOWN_TO_ANSWER` besides.
    Where the vectors are not those that the network knows, `ranked` as it is.
    """
    known, network = _network()
    if weights_sha256 != known or not ranked:
        return list(ranked)
    found = _scores(network, pairs_of(query, ranked, titles, READ))
    read_as = [*found, *[min(found)] * (len(ranked) - len(found))]
    asked = _asked(ranked)
    gained = [KNOWN_TO_ANSWER if _is_known(one, asked) else 0.0 for one in ranked]
    added = [score + gain for score, gain in zip(read_as, gained, strict=True)]
    again = [replace(one, read=more, score=one.score + more) for one, more in zip(ranked, added, strict=True)]
    return sorted(again, key=lambda candidate: -candidate.score)


def _asked(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Those that are expected to answer the question that is asked."""
    nearest = max(one.expected_as_asked for one in ranked)
    return [one for one in ranked if one.expected_as_asked >= max(SAME_QUESTION, nearest - _AS_NEAR)]


def _is_known(candidate: Candidate, asked: Sequence[Candidate]) -> bool:
    """Whether `candidate` answers, as the sentences do of which the question that is `asked` is expected."""
    document = candidate.hit.passage.document_id
    return any(
        one is candidate or (one.hit.passage.document_id != document and float(candidate.vector @ one.vector) >= _SAYS_IT_TOO)
        for one in asked
    )


def any_of(scores: Sequence[float]) -> float:
    """The logarithm of the odds that any of the candidates answers, from those of each; 0 where none was read."""
    return float(np.logaddexp.reduce(scores)) if any(scores) else 0.0


def pairs_of(query: Query, ranked: Sequence[Candidate], titles: Mapping[str, str], most: int) -> Pairs:
    """The question beside the first `most` of `ranked`, of which there is one at least."""
    nearest = nearest_by_document(ranked)
    chosen = ranked[:most]
    wording = query.wordings[0]
    count = len(wording.pieces)
    asked, said = max(1, count), max(1, *(len(candidate.piece_vectors) for candidate in chosen))
    dimension = wording.pieces.shape[-1]
    pairs = Pairs(
        question=np.zeros((len(chosen), asked, dimension), dtype=np.float32),
        piece_values=np.zeros((len(chosen), asked, PIECE_VALUES), dtype=np.float32),
        asked=np.zeros((len(chosen), asked), dtype=np.bool_),
        sentence=np.zeros((len(chosen), said, dimension), dtype=np.float32),
        said=np.zeros((len(chosen), said), dtype=np.bool_),
        values=np.array([_values(query, one, ranked[0], titles, nearest) for one in chosen], dtype=np.float32),
    )
    pairs.asked[:, :asked] = pairs.said[:, :1] = True
    pairs.question[:, :count] = wording.pieces
    for row, candidate in enumerate(chosen):
        near = (candidate.nearest, nearest[candidate.hit.passage.document_id])
        pairs.piece_values[row, :count] = np.stack([wording.weights, wording.weights * count, *near], axis=1)
        length = len(candidate.piece_vectors)
        pairs.sentence[row, :length] = PieceReducer.restored(candidate.piece_vectors)
        pairs.said[row, :length] = True
    return pairs


def _values(
    query: Query, one: Candidate, first: Candidate, titles: Mapping[str, str], nearest: Mapping[str, Vectors]
) -> tuple[float, ...]:
    """What the ranking knows of a candidate, and what of the question it does not meet: `SENTENCE_VALUES` of them."""
    own = (one.passage, one.sentence, one.pieces, one.words, one.kind, one.hit.lexical / 10)
    return *own, one.score, one.score - first.score, *unmet(query, one, titles, nearest).values()


def _scores(network: ReaderNetwork, pairs: Pairs) -> list[float]:
    import torch

    with torch.inference_mode():
        scores = network(**{field.name: torch.from_numpy(getattr(pairs, field.name)) for field in fields(Pairs)})
    return [float(score) for score in scores]


@cache
def _network() -> tuple[str, ReaderNetwork]:
    """The SHA-256 of the weights of the embedding model whose vectors the network knows, and the network."""
    import torch

    from assistant.reader_network import ReaderNetwork

    with np.load(WEIGHTS, allow_pickle=False) as stored:
        known = str(stored["weights_sha256"])
        state = {name: torch.from_numpy(stored[name]) for name in stored.files if name != "weights_sha256"}
    network = ReaderNetwork(state["sentence.weight"].shape[1] - 1)
    network.load_state_dict(state)
    network.eval()
    return known, network
