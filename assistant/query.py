"""A question made ready for the library: its wordings, their vectors, and what each word of it weighs."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from assistant.lay_words import expansions
from assistant.named import Names, names_in
from assistant.question_encoder import Sought, question_encoder
from index import Library
from index.full_names import in_full
from index.records import Vectors
from index.vocabulary import rarity_in_english
from index.words import content_words, stem

_SENTENCE_GAP = re.compile(r"(?<=[.!?])\s+")
# The share of passages that hold the rarest of words, as far as its weight goes.
_RAREST = 1e-3
# What a word that stands in every passage still weighs.
_COMMONEST = 0.05


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to put a question. `weights` are those of its pieces; they sum to 1, or there are none."""

    pieces: Vectors
    weights: Vectors


@dataclass(frozen=True, slots=True)
class Query:
    """A self-contained question, read in up to three ways.

    `text` is the question, with the full name of the disease and with titles in place of their short names; `expanded` is the
    same with the words that texts have for its lay phrases; the third way is the sentence that asks, where a story goes
    before it. `whole` is the first one's vector, `vector` the unit mean of the three; `wordings` are the first two.
    `rarities` holds the stem of each content word with its rarity in English, 0 to 1, and `unknown` those that the library
    never uses. `within` holds the ids of the documents that are asked, as if there were no others; none means all. `sought`
    is where the answer may lie, None where the vectors are of another model than it was learnt for. `names` tells which of the
    documents `seldom_expected`, those of which questions are seldom expected, it names.
    """

    text: str
    expanded: str
    whole: Vectors
    vector: Vectors
    wordings: tuple[Wording, ...]
    rarities: dict[str, float]
    unknown: frozenset[str]
    within: frozenset[str] = frozenset()
    sought: Sought | None = None
    seldom_expected: frozenset[str] = frozenset()
    names: Names = field(default_factory=Names)

    @classmethod
    def of(cls, question: str, library: Library, within: frozenset[str] = frozenset()) -> Query:
        """The query for a question that stands alone, its spelling mended, to the documents `within` the library."""
        question = in_full(question)
        seldom = _seldom_expected(library, library.generation())
        seldom = seldom & within if within else seldom
        encoder = question_encoder(library.embedder)
        names = names_in(question, library, seldom) if encoder and seldom else Names()
        question = names.in_full(question)
        added = expansions(question)
        expanded = f"{question} {', '.join(added)}" if added else question
        ways = [question, expanded, _asking(question)]
        read = dict(zip(dict.fromkeys(ways), library.embedder.encode_questions(list(dict.fromkeys(ways))), strict=True))
        mean = np.mean([read[way].vector for way in ways], axis=0)
        worded = [read[way] for way in dict.fromkeys(ways[:2])]
        words = content_words(question)
        counted = list(dict.fromkeys([*words, *(word for wording in worded for word in wording.words)]))
        in_library = dict(zip(counted, library.rarity(counted, within), strict=True))
        wordings = tuple(Wording(wording.pieces, _weights(wording.words, in_library)) for wording in worded)
        unknown = frozenset(stem(word) for word in words if in_library[word] == 1.0)
        rarities = {stem(word): rarity_in_english(word) for word in words}
        unit = mean / np.linalg.norm(mean)
        sought = encoder.sought(question) if encoder else None
        return cls(question, expanded, read[question].vector, unit, wordings, rarities, unknown, within, sought, seldom, names)


@lru_cache(maxsize=4)
def _seldom_expected(library: Library, _generation: str) -> frozenset[str]:
    return library.seldom_expected()


def _asking(question: str) -> str:
    """The last sentence of `question` that ends in a question mark, else the last."""
    sentences = [sentence for sentence in _SENTENCE_GAP.split(question) if sentence.strip()]
    return next((sentence for sentence in reversed(sentences) if sentence.rstrip().endswith("?")), sentences[-1])


def _weights(words: Sequence[str], rarities: Mapping[str, float]) -> Vectors:
    """The share of each piece in the question, by its word: the inverse document frequency, in natural logarithms, more than 0.

    A word that the library never uses counts like one that stands in a thousandth of its passages.
    """
    weights = np.array([_COMMONEST - math.log(max(1.0 - rarities[word], _RAREST)) for word in words], dtype=np.float32)
    return weights / weights.sum() if len(weights) else weights
