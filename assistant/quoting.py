"""From hits to quotes: which whole sentences of the passages found answer the question."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import Hit, Library
from index.records import Vectors
from index.words import content_words

# How much the rank of a passage's words adds to the likeness of passage and sentence; docs/evaluation.md has the figures.
LEXICAL_WEIGHT = 0.1
# A neighbour whose likeness comes this near to the best sentence's says part of the same answer.
_NEIGHBOUR = 0.9
_MOST_SENTENCES = 3
# The share of passages that hold the rarest of words, as far as its weight goes.
_RAREST = 1e-3
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

    `passage` and `sentence` are cosines with the question, `lexical` is the hit's BM25 as a share of the best one's,
    `words` the share of the question's meaning that passage and headings hold as words; `score` orders candidates of one
    question. `vector` is the unit vector of the best sentence.
    """

    hit: Hit
    start: int
    end: int
    score: float
    passage: float
    sentence: float
    lexical: float
    words: float
    vector: Vectors

    @property
    def text(self) -> str:
        """The words of the run."""
        passage = self.hit.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


def candidates(library: Library, question: str, vector: Vectors, hits: Sequence[Hit], titles: dict[str, str]) -> list[Candidate]:
    """The best run of sentences of each hit, best first; hits without a quotable sentence give none.

    `vector` is the question's; `titles` holds the title of each hit's document by id.
    """
    weights = _word_weights(library, question)
    most_lexical = max((hit.lexical for hit in hits), default=0.0) or 1.0
    found = []
    for hit, sentences in zip(hits, library.sentence_vectors([hit.passage for hit in hits]), strict=True):
        passage = hit.passage
        texts = [passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences]
        if len(sentences.vectors) != len(texts):
            continue  # removed since the search
        cosines = [float(cosine) for cosine in sentences.vectors @ vector]
        quotable = [position for position, text in enumerate(texts) if _says_something(text)]
        if not quotable:
            continue
        best = max(quotable, key=cosines.__getitem__)
        first, last = _widened(texts, cosines, best)
        lexical = hit.lexical / most_lexical
        found.append(
            Candidate(
                hit=hit,
                start=passage.sentences[first][0],
                end=passage.sentences[last][1],
                score=hit.dense + cosines[best] + LEXICAL_WEIGHT * lexical,
                passage=hit.dense,
                sentence=cosines[best],
                lexical=lexical,
                words=_share(weights, " ".join([titles.get(passage.document_id, ""), *passage.section, passage.text])),
                vector=sentences.vectors[best],
            )
        )
    return sorted(found, key=lambda candidate: -candidate.score)


def distinct(ranked: Sequence[Candidate], most: int) -> list[Candidate]:
    """The first `most` of `ranked` that say something the ones before them do not."""
    kept: list[Candidate] = []
    for candidate in ranked:
        if len(kept) == most:
            break
        if all(float(candidate.vector @ other.vector) < _SAME and candidate.text != other.text for other in kept):
            kept.append(candidate)
    return kept


def _word_weights(library: Library, question: str) -> dict[str, float]:
    """Each content word of the question with its share of the question's meaning, rare words more; they sum to 1.

    A word that the library never uses counts like one that stands in a single passage: no candidate can hold it.
    """
    words = content_words(question)
    weights = {word: -math.log(max(1.0 - rarity, _RAREST)) for word, rarity in zip(words, library.rarity(words), strict=True)}
    total = sum(weights.values())
    return {word: weight / total for word, weight in weights.items()} if total > 0 else {}


def _widened(texts: Sequence[str], cosines: Sequence[float], best: int) -> tuple[int, int]:
    """The range of sentences to quote around `best`: what it leans on before it, and neighbours that answer as well."""
    first = _anchored(texts, best, best)
    last = best
    enough = _NEIGHBOUR * cosines[best]
    if (
        last + 1 < len(texts)
        and last - first + 1 < _MOST_SENTENCES
        and (cosines[last + 1] >= enough or texts[last].endswith(":"))
    ):
        last += _says_something(texts[last + 1])
    if first > 0 and last - first + 1 < _MOST_SENTENCES and cosines[first - 1] >= enough and _says_something(texts[first - 1]):
        wider = _anchored(texts, first - 1, last)
        # A neighbour that leans on more than there is room for is left out again.
        first = first if _DANGLING.match(texts[wider]) else wider
    return first, last


def _anchored(texts: Sequence[str], first: int, last: int) -> int:
    """The first sentence of a quote from `first` to `last`, moved back while it leans on the one before, as room allows."""
    while (
        first > 0 and last - first + 1 < _MOST_SENTENCES and _DANGLING.match(texts[first]) and _says_something(texts[first - 1])
    ):
        first -= 1
    return first


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
