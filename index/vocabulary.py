"""The words that a library uses, and which word a misspelt one was most likely meant to be.

A noisy channel (Kernighan, Church and Gale 1990, "A spelling correction program based on a noisy channel model"): of the
words near to what was written, the one whose frequency makes up best for its distance. Frequencies are those of the library
and of English at large, as symspellpy's dictionary gives them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Spellings that sound alike are made alike before they are compared: "fone" is nearer to "phone" than its letters tell.
_SOUNDS = (
    *(("tion", "shun"), ("sion", "shun"), ("ph", "f"), ("gh", ""), ("ck", "k"), ("wh", "w"), ("kn", "n"), ("wr", "r")),
    *(("ps", "s"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("q", "k"), ("y", "i"), ("z", "s")),
)
_DOUBLE = re.compile(r"(.)\1+")
_VOWELS = frozenset("aeiouy")
# Shorter words have too many neighbours for any to be meant.
SHORTEST = 4
# English words rarer than this (of some 10^12) are known, but nobody is thought to have meant one of them.
_MEANT = 3_000_000
# What one change of sound costs, in natural logarithms of frequency; a change of letters alone, half of that; other
# consonants, as much again, since vowels are what people misspell.
_COST = 5.0
_LETTERS = 0.3
_CONSONANTS = 1.0
# What costs more than this in all is another word; longer words may have more mistakes in them.
_MOST_SHORT, _MOST_LONG, _LONG = 2.6, 3.6, 7
# A word that stands in the library so many times oftener than in English is of its subject, and people who ask write of that:
# it is thought likelier, by that much in natural logarithms ("thigs" means "thighs" rather than "this").
_OF_THE_SUBJECT, _LIKELIER_BY = 20, 2.0
# How much of a word's frequency is that in the library; the rest is that in English.
_OWN = 0.8
_TRIED = 60
# The natural logarithm of how often a common word is used, and by how much that of a rare one is less.
_COMMON, _RARE_BY = 19.0, 6.0
_DICTIONARY = "frequency_dictionary_en_82_765.txt"


@cache
def english() -> dict[str, int]:
    """Some 80,000 English words in lower case, with how often each is used."""
    lines = (files("symspellpy") / _DICTIONARY).read_text(encoding="utf-8").splitlines()
    return {word: int(count) for word, count in (line.split() for line in lines)}


def rarity_in_english(word: str) -> float:
    """How rare a lower-case word is in English: 0 for a common one, 1 for one that few people ever write."""
    return min(1.0, max(0.0, (_COMMON - math.log(english().get(word, 0) + 1)) / _RARE_BY))


class Vocabulary:
    """Words in lower case, unstemmed, with how often each stands in the passages."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Count the words of `texts`."""
        self._counts: Counter[str] = Counter()
        for text in texts:
            self._counts.update(match[0].lower().replace("’", "'") for match in _WORD.finditer(text))

    def __contains__(self, word: str) -> bool:
        """Whether the lower-case `word` is used, in this very form."""
        return word in self._counts

    def nearest(self, word: str) -> str | None:
        """The word that a misspelt lower-case `word` most likely means; None where none is near.

        Near is one change of sound (a letter more, less, other, or two swapped) for short words, two for longer ones.
        """
        sound, consonants = _sound(word), _consonants(word)
        allowed = 1 if len(sound) < 5 else 2
        best: tuple[float, str] | None = None
        close = process.extract(sound, self._by_sound.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=_TRIED)
        for near_sound, changes, _ in close:
            for near in self._by_sound[near_sound]:
                # A first letter is rarely mistyped, unless for another vowel: a change there makes another word.
                if near[0] != word[0] and near_sound[:1] != sound[:1] and not {near[0], word[0]} <= _VOWELS:
                    continue
                cost = changes + _LETTERS * OSA.distance(word, near) + _CONSONANTS * (consonants != _consonants(near))
                if cost > (_MOST_LONG if len(word) >= _LONG else _MOST_SHORT):
                    continue
                ranked = (math.log(self._frequency(near)) - _COST * cost, near)
                best = ranked if best is None else max(best, ranked)
        return best[1] if best else None

    def _frequency(self, word: str) -> float:
        """The word's share of the library's words and of English, weighed, more for one of its subject; more than 0."""
        own, common = self._counts[word] / self._total, (english().get(word, 0) + 1) / _english_total()
        likelier = math.exp(_LIKELIER_BY) if own >= _OF_THE_SUBJECT * common else 1.0
        return likelier * (_OWN * own + (1 - _OWN) * common)

    @cached_property
    def _total(self) -> int:
        return max(1, self._counts.total())

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        """For each sound the words that have it and may be meant."""
        sounds: dict[str, list[str]] = {}
        for word in self._counts.keys() | {word for word, count in english().items() if count >= _MEANT}:
            if len(word) >= SHORTEST - 1 and word.isalpha():
                sounds.setdefault(_sound(word), []).append(word)
        return sounds


@cache
def _english_total() -> int:
    return sum(english().values())


def _sound(word: str) -> str:
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return _DOUBLE.sub(r"\1", word)


def _consonants(word: str) -> str:
    return "".join(letter for letter in _sound(word) if letter not in _VOWELS)
