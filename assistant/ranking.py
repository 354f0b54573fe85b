"""Ranking: the sentences of the passages found that come nearest to the question, with what they lean on, in order.

The score is a weighted sum (ranking.json, fitted by tests/eval/fit.py): the cosine of the passage, that of the sentence, how near
the question's pieces come to those of the sentence, the words they share, and whether the sentence gives the kind of answer that
is asked for. docs/evaluation.md says what each is worth.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from assistant.answer_kind import asked_for
from assistant.query import Query
from assistant.quoting import quotable, widened
from index import Hit, Library, SentenceVectors
from index.pieces import nearest_pieces
from index.records import Vectors
from index.words import stems

FEATURES = ("passage", "sentence", "pieces", "words", "kind")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of whole sentences of one hit, with what speaks for it.

    The values of the best sentence: `passage` and `sentence` are cosines with the question, `pieces` is how near the question's
    pieces come to those of the sentence (weighted mean of cosines), `words` the share of the question's words that the sentence
    holds, `kind` 1 if it gives the kind of answer that is asked for, else 0; `score` orders candidates of one
    question. `vector` is the unit vector of the best sentence, `nearest` holds for each piece of the question's first wording how
    near the passage comes to it.
    """

    hit: Hit
    start: int
    end: int
    score: float
    passage: float
    sentence: float
    pieces: float
    words: float
    kind: float
    vector: Vectors
    nearest: Vectors

    @property
    def text(self) -> str:
        """The words of the run."""
        passage = self.hit.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


def candidates(library: Library, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
    """The runs of sentences of all hits, best first; hits without a quotable sentence give none.

    A passage gives as many as it has room for: often it is the right one and its nearest sentence is not the one that answers.
    """
    weighed = weighing()
    found = []
    for hit, read, features, nearest in sentence_features(library, query, hits):
        passage = hit.passage
        scores = features @ weighed
        for best, first, last in _runs(passage.sentence_texts, scores.tolist()):
            dense, sentence, pieces, words, kind = (float(value) for value in features[best])
            found.append(
                Candidate(
                    hit=hit,
                    start=passage.sentences[first][0],
                    end=passage.sentences[last][1],
                    score=float(scores[best]),
                    passage=dense,
                    sentence=sentence,
                    pieces=pieces,
                    words=words,
                    kind=kind,
                    vector=read.vectors[best],
                    nearest=nearest,
                )
            )
    return sorted(found, key=lambda candidate: -candidate.score)


def best_score(library: Library, query: Query, hits: Sequence[Hit]) -> float:
    """The score of the first of `candidates`, without making them; minus infinity where there would be none."""
    weighed = weighing()
    best = -math.inf
    for hit, _, features, _ in sentence_features(library, query, hits):
        positions = quotable(hit.passage.sentence_texts)
        best = max(best, float((features[positions] @ weighed).max(initial=-math.inf)))
    return best


def _runs(texts: Sequence[str], scores: Sequence[float]) -> Iterator[tuple[int, int, int]]:
    """The best sentence of each run that can be quoted, its first and its last one; best run first, none within another."""
    taken: set[int] = set()
    for best in sorted(quotable(texts), key=lambda position: -scores[position]):
        if best in taken:
            continue
        first, last = widened(texts, scores, best)
        if taken.isdisjoint(range(first, last + 1)):
            yield best, first, last
        taken.update(range(first, last + 1))


def sentence_features(
    library: Library, query: Query, hits: Sequence[Hit]
) -> Iterator[tuple[Hit, SentenceVectors, Vectors, Vectors]]:
    """What speaks for each sentence of each hit: hit, its vectors, float32 (sentences, `FEATURES`), and `Candidate.nearest`."""
    asked = stems(query.expanded)
    kind = asked_for(query.text)
    sentences = library.sentence_vectors([hit.passage for hit in hits])
    each = [nearest_pieces(wording.pieces, [one for read in sentences for one in read.pieces]) for wording in query.wordings]
    overall = np.mean([wording.weights @ near for wording, near in zip(query.wordings, each, strict=True)], axis=0)
    first = 0
    for hit, read in zip(hits, sentences, strict=True):
        columns = slice(first, first + len(read.pieces))
        first = columns.stop
        if len(read.vectors) != len(hit.passage.sentences):
            continue  # removed since the search
        values = np.empty((len(read.vectors), len(FEATURES)), dtype=np.float32)
        values[:, 0] = hit.dense
        values[:, 1] = read.vectors @ query.vector
        values[:, 2] = overall[columns]
        texts = hit.passage.sentence_texts
        values[:, 3] = [len(asked & stems(text)) / max(1, len(asked)) for text in texts]
        values[:, 4] = [kind is not None and kind.is_given_by(text) for text in texts]
        yield hit, read, values, each[0][:, columns].max(axis=1, initial=-1.0)


def weighing() -> Vectors:
    """What `weights` says, for the columns of `sentence_features`: float32 (`FEATURES`,)."""
    return np.array([weights()[name] for name in FEATURES], dtype=np.float32)


@cache
def weights() -> dict[str, float]:
    """What each of `FEATURES` weighs in the score."""
    loaded: dict[str, float] = json.loads((Path(__file__).parent / "ranking.json").read_text(encoding="utf-8"))
    return loaded
