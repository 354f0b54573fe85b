"""What people say, put into the words that texts use: for "my legs keep giving way" texts say "knee buckling".

The vocabulary is data, two files of corpus/starter: lay_vocabulary.toml, whose head tells how phrases are written, and
general_lay_vocabulary.toml for medicine at large. The synonyms of the glossary are phrases too. Words are compared by their stem
(Snowball's for English).
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import snowballstemmer

from corpus.starter import FOLDER
from corpus.starter.glossary import glossary
from index.full_names import in_full

Words = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
# A phrase stands within one clause: "I fell. Over the years …" does not say "fell over".
_CLAUSE_END = re.compile(r"[.?!;:\n]+(?=\s|$)")
# How many other words may stand between the parts of a phrase that come in any order.
_APART = 4
# How many words keep their stem: more than the vocabulary has, so that those of its phrases stay known.
_STEMS_KEPT = 20_000


def expansions(question: str) -> tuple[str, ...]:
    """The words of texts for the lay phrases in `question`, each once, in the order of the phrases; () where there are none.

    What the question says already is left out.
    """
    question = in_full(question)
    said = question.lower()
    return tuple(text for text in _vocabulary().texts_for(question) if text.lower() not in said)


class LayVocabulary:
    """Phrases as people say them, each with the words of texts it stands for."""

    def __init__(
        self,
        phrases: Mapping[str, Sequence[str]],
        same: Sequence[Sequence[str]] = (),
        ignored: Sequence[str] = (),
        unstemmed: Sequence[str] = (),
    ) -> None:
        """Take `phrases` (phrase -> words of texts), lists of words that are the `same` as their first, and special words."""
        # People use the same words again and again, and the stemmer is slow: asked each time it takes most of the time.
        self._stem = lru_cache(maxsize=_STEMS_KEPT)(snowballstemmer.stemmer("english").stemWord)
        self._unstemmed = frozenset(unstemmed)
        self._ignored: frozenset[str] = frozenset()
        self._same: dict[Words, Words] = {}
        self._longest_same = 0
        # Single words first, so that "gave way" is known once "give way" is.
        for single in (True, False):
            for first, *others in same:
                pairs = [(self.words(other), self.words(first)) for other in others]
                self._same |= {other: word for other, word in pairs if (len(other) == 1) is single and other != word}
                self._longest_same = max(map(len, self._same), default=0)
        self._ignored = frozenset(stem for word in ignored for stem in self.words(word))
        self._in_order: dict[Words, list[str]] = defaultdict(list)
        self._in_any_order: dict[str, list[tuple[tuple[Words, ...], list[str]]]] = defaultdict(list)
        for phrase, texts in phrases.items():
            parts = tuple(self.words(part) for part in phrase.split("+"))
            if len(parts) == 1:
                self._in_order[parts[0]] += texts
            else:
                self._in_any_order[parts[0][0]].append((parts, list(texts)))
        self._longest = max(map(len, self._in_order), default=0)

    def texts_for(self, question: str) -> list[str]:
        """The words of texts for every phrase in `question`, each once, in the order of the phrases."""
        texts: dict[str, None] = {}
        for clause in _CLAUSE_END.split(question):
            words = self.words(clause)
            found = [*self._found_in_order(words), *self._found_in_any_order(words)]
            for _, phrase_texts in sorted(found, key=lambda place_and_texts: place_and_texts[0]):
                texts |= dict.fromkeys(phrase_texts)
        return list(texts)

    def _found_in_order(self, words: Words) -> Iterator[tuple[int, list[str]]]:
        """The phrases whose words stand together, with their places: at each place the longest, without overlap."""
        place = 0
        while place < len(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                if (texts := self._in_order.get(words[place : place + length])) is not None:
                    yield place, texts
                    place += length
                    break
            else:
                place += 1

    def _found_in_any_order(self, words: Words) -> Iterator[tuple[int, list[str]]]:
        """The phrases whose parts stand near each other, with the place of their first part."""
        for place, word in enumerate(words):
            for parts, texts in self._in_any_order.get(word, ()):
                reach = sum(map(len, parts)) + _APART
                near = words[max(0, place - reach) : place + reach]
                if words[place : place + len(parts[0])] == parts[0] and all(_stands(part, near) for part in parts[1:]):
                    yield place, texts

    def words(self, text: str) -> Words:
        """The stems of `text`, the same for words that are the same, without those that are ignored."""
        plain = text.lower().replace("’", "'").removesuffix("'s").replace("'s ", " ")
        words = [word.replace("'", "") for word in _WORD.findall(plain)]
        stems = [word if word in self._unstemmed else self._stem(word) for word in words]
        for length in range(1, self._longest_same + 1):
            stems = self._replaced(stems, length)
        return tuple(stem for stem in stems if stem not in self._ignored)

    def _replaced(self, stems: list[str], length: int) -> list[str]:
        """`stems` with each run of `length` that is known by another name under that name."""
        result: list[str] = []
        place = 0
        while place < len(stems):
            run = tuple(stems[place : place + length])
            known = self._same.get(run)
            result += known or run[:1]
            place += length if known else 1
        return result


def _stands(part: Words, words: Words) -> bool:
    return any(words[place : place + len(part)] == part for place in range(len(words)))


@cache
def _vocabulary() -> LayVocabulary:
    loaded = _loaded("lay_vocabulary.toml")
    phrases: dict[str, list[str]] = defaultdict(list)
    for entry in [*loaded["lay"], *_loaded("general_lay_vocabulary.toml")["lay"]]:
        for phrase in entry["says"]:
            phrases[in_full(phrase)] += map(in_full, entry["texts"])
    for term in glossary():
        for synonym in term.synonyms:
            phrases[in_full(synonym)].append(in_full(term.term))
    return LayVocabulary(phrases, loaded["same"], loaded["ignored"], loaded["unstemmed"])


def _loaded(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)
