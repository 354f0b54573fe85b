"""From hits to quotes: which whole sentences of the passages found answer the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index import Hit, Library
from index.records import Vectors
from index.words import content_words

# How the score of a sentence is made up, see docs/architecture.md; found on labelled questions (make eval).
PASSAGE_WEIGHT = 1.0
WINDOW_WEIGHT = 1.0
SENTENCE_WEIGHT = 0.5
WORDS_WEIGHT = 0.25
# A neighbour whose own score comes this near to the best sentence's says part of the same answer.
_NEIGHBOUR = 0.94
_MOST_SENTENCES = 3
_WINDOW = 3
# Two quotes nearer to each other than this (cosine) say the same thing twice.
_SAME = 0.93

_DANGLING = re.compile(
    r"(?:this|that|these|those|it|its|they|their|them|he|she|his|her|such|however|but|also|moreover|furthermore|therefore|"
    r"thus|in addition|additionally|similarly|likewise|instead|otherwise|nevertheless|nonetheless|consequently|as a result|"
    r"for example|for instance|in contrast|on the other hand|the (?:former|latter|same|other|others)|both|another|other|and|"
    r"or|so|yet|still|then)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"""[.!?…][)\]"'”’¹²³⁰-⁹]*$""")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of whole sentences of one hit, with what speaks for it.

    `score` orders candidates of one question; `passage`, `window` and `sentence` are cosines, `words` is the share of
    the question's rare words that the sentence or its headings hold, 0 to 1.
    """

    hit: Hit
    start: int
    end: int
    score: float
    passage: float
    window: float
    sentence: float
    words: float
    vector: Vectors


def candidates(library: Library, question: str, hits: Sequence[Hit], titles: dict[str, str]) -> list[Candidate]:
    """The best run of sentences of each hit, best first; hits without a quotable sentence give none.

    `titles` holds the title of each hit's document by id.
    """
    if not hits:
        return []
    vector = library.embedder.encode_question(question)
    weights = _word_weights(library, question)
    found = []
    for hit, sentences in zip(hits, library.sentence_vectors([hit.passage for hit in hits]), strict=True):
        if len(sentences.vectors) == len(hit.passage.sentences):
            best = _best_of(hit, sentences.vectors, vector, weights, titles.get(hit.passage.document_id, ""))
            if best is not None:
                found.append(best)
    return sorted(found, key=lambda candidate: -candidate.score)


def distinct(ranked: Sequence[Candidate], most: int) -> list[Candidate]:
    """The first `most` of `ranked` that say something the ones before them do not."""
    kept: list[Candidate] = []
    for candidate in ranked:
        if len(kept) == most:
            break
        if all(float(candidate.vector @ other.vector) < _SAME for other in kept):
            kept.append(candidate)
    return kept


def _word_weights(library: Library, question: str) -> dict[str, float]:
    """The question's words that the library knows, each with its share of the question's meaning; they sum to 1."""
    words = content_words(question)
    rarity = {word: rare for word, rare in zip(words, library.rarity(words), strict=True) if rare < 1.0}
    weights = {word: -np.log(max(1.0 - rare, 1e-6)) for word, rare in rarity.items()}
    total = sum(weights.values())
    return {word: float(weight / total) for word, weight in weights.items()} if total > 0 else {}


def _best_of(hit: Hit, vectors: Vectors, question: Vectors, weights: dict[str, float], title: str) -> Candidate | None:
    passage = hit.passage
    texts = [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]
    cosines = vectors @ question
    windows = [_unit_mean(vectors[max(0, i - 1) : i - 1 + _WINDOW]) @ question for i in range(len(texts))]
    window = float(max(windows))
    heading = " ".join([title, *passage.section])
    shares = [_share(weights, f"{text} {heading}") for text in texts]
    own = [SENTENCE_WEIGHT * float(cosine) + WORDS_WEIGHT * share for cosine, share in zip(cosines, shares, strict=True)]
    order = sorted((i for i in range(len(texts)) if _says_something(texts[i])), key=lambda i: -own[i])
    if not order:
        return None
    best = order[0]
    first, last = _widened(texts, own, best)
    return Candidate(
        hit=hit,
        start=passage.sentences[first][0],
        end=passage.sentences[last][1],
        score=PASSAGE_WEIGHT * hit.dense + WINDOW_WEIGHT * window + own[best],
        passage=hit.dense,
        window=window,
        sentence=float(cosines[best]),
        words=shares[best],
        vector=_unit_mean(vectors[first : last + 1]),
    )


def _widened(texts: Sequence[str], scores: Sequence[float], best: int) -> tuple[int, int]:
    """The range of sentences to quote around `best`: what it leans on before it, and neighbours that answer as well."""
    first = last = best
    while (
        first > 0 and last - first + 1 < _MOST_SENTENCES and _DANGLING.match(texts[first]) and _says_something(texts[first - 1])
    ):
        first -= 1
    enough = _NEIGHBOUR * scores[best]
    if last + 1 < len(texts) and last - first + 1 < _MOST_SENTENCES and (scores[last + 1] >= enough or _leads_on(texts[last])):
        if _says_something(texts[last + 1]):
            last += 1
    elif first > 0 and last - first + 1 < _MOST_SENTENCES and scores[first - 1] >= enough and _says_something(texts[first - 1]):
        first -= 1
    return first, last


def _leads_on(text: str) -> bool:
    return text.endswith(":")


def _says_something(text: str) -> bool:
    """Whether a sentence can be quoted: not a heading, a table's row, a lone reference, or a question put to the reader."""
    words = text.split()
    letters = sum(character.isalpha() for character in text)
    return (
        len(words) >= 4
        and letters * 2 > len(text)
        and not text.endswith("?")
        and (_ENDS.search(text) is not None or ":" in text or len(words) >= 8)
        and " | " not in text
    )


def _share(weights: dict[str, float], text: str) -> float:
    if not weights:
        return 0.0
    stems = {_stem(word) for word in content_words(text)}
    return sum(weight for word, weight in weights.items() if _stem(word) in stems)


def _stem(word: str) -> str:
    """A rough stem, enough to count a question's words in one sentence (the index itself stems by Porter's rules)."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _unit_mean(vectors: Vectors) -> Vectors:
    mean = np.asarray(vectors.mean(axis=0), dtype=np.float32)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 0 else mean
