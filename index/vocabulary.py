"""The words that a library uses, and which of them a misspelt word was meant to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Spellings that sound alike are made alike before they are compared: "fone" is nearer to "phone" than its letters tell.
_SOUNDS = (("ph", "f"), ("gh", ""), ("ck", "k"), ("wh", "w"), ("kn", "n"), ("wr", "r"), ("ps", "s"), ("y", "i"), ("z", "s"))
_DOUBLE = re.compile(r"(.)\1+")
# Shorter words have too many neighbours for any to be meant.
SHORTEST = 4
_TRIED = 8


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
        """The word that a misspelt lower-case `word` most likely means, the commoner of equals; None where none is near.

        Near is one change of sound (a letter more, less, other, or two swapped) for short words, two for longer ones.
        """
        sound = _sound(word)
        allowed = 1 if len(sound) < 6 else 2
        best: tuple[int, int, str] | None = None
        close = process.extract(sound, self._by_sound.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=_TRIED)
        for candidate, distance, _ in close:
            near = self._by_sound[candidate]
            # A first letter is rarely mistyped: a change there makes another word.
            if near[0] == word[0] or candidate[:1] == sound[:1]:
                ranked = (int(distance), -self._counts[near], near)
                best = ranked if best is None else min(best, ranked)
        return best[2] if best else None

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        """For each sound the commonest word that has it."""
        sounds: dict[str, str] = {}
        for word, count in self._counts.items():
            if len(word) >= SHORTEST and word.isalpha():
                sound = _sound(word)
                if sound not in sounds or self._counts[sounds[sound]] < count:
                    sounds[sound] = word
        return sounds


def _sound(word: str) -> str:
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return _DOUBLE.sub(r"\1", word)
