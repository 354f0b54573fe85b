"""Ranking: the sentences of the passages found that come nearest to the question, with what they lean on, in order.

The score is a weighted sum (ranking.json, fitted by tests/eval/fit.py): the cosine of the passage, that of the sentence, how near
the question's pieces come to those of the sentence, the words they share, whether the sentence gives the kind of answer that
is asked for, how near it comes to what is sought (assistant/question_encoder.py), and how near the question comes to those that
the sentence is expected to answer. Sentences of which no question is expected are weighed apart, by the rest; where questions are
seldom expected of their document, by whether that is named as well. docs/evaluation.md says what each is worth.
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
from assistant.quoting import quotable, readable
from index import Hit, Library, SentenceVectors
from index.pieces import Pieces, nearest_pieces
from index.records import Vectors
from index.words import stems, stems_of_text

FEATURES = ("passage", "sentence", "pieces", "words", "kind", "expected", "sought", "named")
_EXPECTED, _SOUGHT, _NAMED = FEATURES.index("expected"), FEATURES.index("sought"), FEATURES.index("named")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of whole sentences of one hit, from its `first` to its `last` one, with what speaks for it.

    The values of the best sentence: `passage` and `sentence` are cosines with the question, `pieces` is how near the question's
    pieces come to those of the sentence (weighted mean of cosines), `words` the share of the question's words that the sentence
    holds, `kind` 1 if it gives the kind of answer that is asked for, else 0, `expected` the greatest of the cosines with the
    questions that it is expected to answer, 0 where there are none, `expected_as_asked` the same of the question as it was
    asked, `sought` how near it comes to what is sought, 0 where nothing is, and `named` how much less the question names its
    document than the one it names most, 0 or less (assistant/named.py); `score` orders candidates of one question,
    `ranked` is what it was by ranking alone, `read` what reading adds to it (assistant/reading.py) and `together` what reading
    together does (assistant/reading_together.py). `vector` is the unit vector of the best sentence, `piece_vectors` are those of
    the pieces that are read, int8 (pieces, piece dimension), `nearest` holds for each piece of the question's first wording how
    near the passage comes to it.
    """

    hit: Hit
    first: int
    last: int
    score: float
    ranked: float
    passage: float
    sentence: float
    pieces: float
    words: float
    kind: float
    expected: float
    sought: float
    named: float
    vector: Vectors
    piece_vectors: Pieces
    nearest: Vectors
    read: float = 0.0
    expected_as_asked: float = 0.0
    together: float = 0.0

    @property
    def start(self) -> int:
        """Where the run begins in the document's text."""
        return self.hit.passage.sentences[self.first][0]

    @property
    def end(self) -> int:
        """Where it ends there."""
        return self.hit.passage.sentences[self.last][1]

    @property
    def text(self) -> str:
        """The words of the run."""
        passage = self.hit.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


def candidates(library: Library, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
    """The runs of sentences of all hits, best first; hits without a quotable sentence give none.

    A passage gives one for each sentence: often it is the right one and its nearest sentence is not the one that answers.
    """
    found = []
    for hit, read, features, nearest in sentence_features(library, query, hits):
        passage = hit.passage
        scores = scored(features)
        as_asked = nearest_expected(read, query.whole)
        for best, first, last in _runs(passage.sentence_texts, scores.tolist()):
            dense, sentence, pieces, words, kind, expected, sought, named = (float(value) for value in features[best])
            found.append(
                Candidate(
                    hit=hit,
                    first=first,
                    last=last,
                    score=float(scores[best]),
                    ranked=float(scores[best]),
                    passage=dense,
                    sentence=sentence,
                    pieces=pieces,
                    words=words,
                    kind=kind,
                    expected=expected,
                    sought=sought,
                    named=named,
                    vector=read.vectors[best],
                    piece_vectors=np.concatenate(read.pieces[first : last + 1]),
                    nearest=nearest,
                    expected_as_asked=float(as_asked[best]),
                )
            )
    return sorted(found, key=lambda candidate: -candidate.score)


def best_score(library: Library, query: Query, hits: Sequence[Hit]) -> float:
    """The score of the first of `candidates`, without making them; minus infinity where there would be none."""
    best = -math.inf
    for hit, _, features, _ in sentence_features(library, query, hits):
        positions = quotable(hit.passage.sentence_texts)
        best = max(best, float(scored(features[positions]).max(initial=-math.inf)))
    return best


def _runs(texts: Sequence[str], scores: Sequence[float]) -> Iterator[tuple[int, int, int]]:
    """The best sentence of each run that can be quoted, its first and its last one; best first, none of them in a run before it.

    Runs overlap where several sentences lean on the same one.
    """
    held: set[int] = set()
    for best in sorted(quotable(texts), key=lambda position: -scores[position]):
        if best not in held:
            first, last = readable(texts, best)
            yield best, first, last
            held.update(range(first, last + 1))


def sentence_features(
    library: Library, query: Query, hits: Sequence[Hit]
) -> Iterator[tuple[Hit, SentenceVectors, Vectors, Vectors]]:
    """What speaks for each sentence of each hit: hit, its vectors, float32 (sentences, `FEATURES`), and `Candidate.nearest`."""
    asked = stems(query.expanded)
    kind = asked_for(query.text)
    sentences = library.sentence_vectors([hit.passage for hit in hits])
    pieces = [one for read in sentences for one in read.pieces]
    each = [nearest_pieces(wording.pieces, pieces) for wording in query.wordings]
    near_sought = query.sought.nearest(pieces) if query.sought else np.zeros(len(pieces), dtype=np.float32)
    overall = np.mean([wording.weights @ near for wording, near in zip(query.wordings, each, strict=True)], axis=0)
    highest = query.names.highest
    first = 0
    for hit, read in zip(hits, sentences, strict=True):
        passage = hit.passage
        columns = slice(first, first + len(read.pieces))
        first = columns.stop
        if len(read.vectors) != len(passage.sentences):
            continue  # removed since the search
        values = np.empty((len(read.vectors), len(FEATURES)), dtype=np.float32)
        values[:, 0] = hit.dense
        values[:, 1] = read.vectors @ query.vector
        values[:, 2] = overall[columns]
        texts = passage.sentence_texts
        values[:, 3] = [len(asked & stems_of_text(text)) / max(1, len(asked)) for text in texts]
        values[:, 4] = [kind is not None and kind.is_given_by(text) for text in texts]
        values[:, _EXPECTED] = nearest_expected(read, query.vector)
        values[:, [_SOUGHT, _NAMED]] = 0.0
        if query.sought:
            values[:, _SOUGHT] = hit.sought + read.vectors @ query.sought.sentence + near_sought[columns]
        if passage.document_id in query.seldom_expected:
            values[:, _NAMED] = query.names.documents.get(passage.document_id, 0.0) - highest
        yield hit, read, values, each[0][:, columns].max(axis=1, initial=-1.0)


def nearest_expected(sentences: SentenceVectors, question: Vectors) -> Vectors:
    """The greatest cosine with a question expected of each sentence, 0 where there is none: float32 (sentences,)."""
    count = len(sentences.vectors)
    nearest = np.full(count, -1.0, dtype=np.float32)
    np.maximum.at(nearest, sentences.answered_by, sentences.expected @ question)
    return np.where(np.bincount(sentences.answered_by, minlength=count) > 0, nearest, np.float32(0))


def scored(features: Vectors) -> Vectors:
    """The score of each sentence, from its row of `sentence_features`: float32 (sentences,), logarithms of odds."""
    is_expected, is_sought = features[:, _EXPECTED] != 0, features[:, _SOUGHT] != 0
    kinds = {"both": is_expected & is_sought, "expected": is_expected, "sought": is_sought, "alone": ~is_sought}
    scores = [features @ weighed + intercept for weighed, intercept in map(_weighing, kinds)]
    return np.asarray(np.select(list(kinds.values()), scores))


def _weighing(name: str) -> tuple[Vectors, float]:
    """What `weights` says of that name, for the columns of `sentence_features`, float32 (`FEATURES`,), and the intercept."""
    weighed = weights()[name]
    return np.array([weighed.get(feature, 0.0) for feature in FEATURES], dtype=np.float32), weighed["intercept"]


@cache
def weights() -> dict[str, dict[str, float]]:
    """What each of `FEATURES` weighs in the score of a sentence "alone", of one of which questions are "expected", of one where
    what may answer is "sought", and of one where "both" are.
    """
    loaded: dict[str, dict[str, float]] = json.loads((Path(__file__).parent / "ranking.json").read_text(encoding="utf-8"))
    return loaded
