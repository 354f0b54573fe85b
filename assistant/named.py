"""Which documents a question names: by words of their titles, by short names ("SCA6", "LGMD2C"), or by rare words that they hold.

Pages on diseases that resemble each other say much the same in the same words, each of its own disease, and likenesses cannot
tell them apart. Nor does the embedding model know that "SCA6" is spinocerebellar ataxia type 6.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from index import Library
from index.vocabulary import rarity_in_english
from index.words import STOP_WORDS, stem

# How surely each way of naming means the documents that it finds, 0 to 1. In 2,500 reading questions to the 309 pages of
# nih_4_pages.txt the page with the answer was among them for 0.95 of the short names that one or two texts hold, 0.9 of the
# rarest words of titles, 0.4 of other words as rare, and for fewer the commoner a word is.
_SHORT_NAME, _LETTERS, _NUMBER, _PROPER_NAME, _HELD = 1.0, 0.8, 0.6, 0.6, 0.5
# A word less rare in English (`rarity_in_english`) than this names nothing by standing in a text.
_RARE = 0.6
# A word in capitals less rare than this is shouted, and no short name; nor is one that begins with a capital letter a name.
_SHOUTED = 0.35
_SHORTEST_OF_LETTERS = 3
# As surely as this a word that is in no dictionary is the short name of a title: it has the letters of two in three of its words.
_MOSTLY = 0.53
# What a question names clearly it names at least so much, and nearly as much what it names less by no more than this. So many
# documents at most are looked through because of that.
CLEARLY, AS_MUCH = 0.5, 0.05
MOST_NAMED = 4

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_WITHIN_A_SENTENCE = tuple(",;)’'-")
_LETTERS_AND_NUMBER = re.compile(r"([a-z]{2,}?)(\d+[a-z]?)?")
_TITLE_WORD = re.compile(r"[a-z]+(?:\d+[a-z]?)?|\d+[a-z]?", re.IGNORECASE)
_ROMAN = {word: str(at) for at, word in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), start=1)}
_IN_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = _ROMAN | {word: str(at) for at, word in enumerate(_IN_WORDS, start=1)}
_BEFORE_A_NUMBER = frozenset(("type", "types", "number", "no", "kind", "sort", "form", "group", "class", "stage"))
_UNSPELT = frozenset(("type", "with", "and", "of", "the", "due", "to", "in", "or"))


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word is looked up by: its stem; a number in digits; a short name in lower case. `rarity` is that in English,
    `before` the word before it.
    """

    key: str
    rarity: float
    before: str
    is_short_name: bool = False
    is_proper_name: bool = False


@dataclass(frozen=True, slots=True)
class _Titles:
    """The titles of some documents: which have a word, by its key, and the words of each, lower case, numbers in digits."""

    holding: Mapping[str, Set[str]]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Names:
    """What a question names: how much each of some documents, more than 0, by id; and which short names, lower case, that none of
    them has.
    """

    documents: Mapping[str, float] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    @property
    def most(self) -> frozenset[str]:
        """The documents that are named most; none where that is hardly, or more than `MOST_NAMED` of them."""
        highest = max(self.documents.values(), default=0.0)
        most = frozenset(document for document, much in self.documents.items() if much > highest - AS_MUCH)
        return most if highest >= CLEARLY and len(most) <= MOST_NAMED else frozenset()

    def less(self, document: str) -> float:
        """How much less `document` is named than the one that is named most: 0 or less."""
        return self.documents.get(document, 0.0) - max(self.documents.values(), default=0.0)


def names_in(question: str, library: Library, among: Set[str]) -> Names:
    """Which of the documents `among` those of `library` the `question` names.

    Each word, number and short name counts by how surely it names documents and by how few they are: from 0, where all of them
    have it, to 1, where one has.
    """
    titles = _titles(library, library.generation(), frozenset(among))
    documents: dict[str, float] = defaultdict(float)
    unknown = set()
    for word in {word.key: word for word in reversed(list(_words(question)))}.values():
        meant = {document: sureness for document, sureness in _meant(word, library, titles).items() if document in among}
        for document, sureness in meant.items():
            documents[document] += sureness * (1.0 - math.log(len(meant)) / math.log(max(2, len(among))))
        if word.is_short_name and not meant and word.key[0].isalpha() and len(word.key) >= _SHORTEST_OF_LETTERS:
            unknown.add(word.key)
    return Names({document: much for document, much in documents.items() if much > 0.0}, frozenset(unknown))


def is_short_for_a_title(word: str, library: Library) -> bool:
    """Whether a lower-case `word` has the letters of a title, as "sbma" has those of "Spinal and bulbar muscular atrophy"."""
    return max(_spelt_by(word, _titles(library, library.generation(), None)).values(), default=0.0) >= _MOSTLY


def _meant(word: _Word, library: Library, titles: _Titles) -> Mapping[str, float]:
    """How surely `word` names each of some documents, 0 to 1."""
    if word.is_short_name:
        held, spelt = library.documents_with([word.key]), _spelt_by(word.key, titles)
        return dict.fromkeys(held & spelt.keys() or held, _SHORT_NAME) or spelt
    if word.key.isdigit():
        is_of_a_name = word.before in _BEFORE_A_NUMBER or stem(word.before) in titles.holding
        return dict.fromkeys(titles.holding.get(word.key, ()), _NUMBER) if is_of_a_name else {}
    if word.key in titles.holding:
        return dict.fromkeys(titles.holding[word.key], min(1.0, 1.1 * word.rarity) ** 1.5)
    if word.is_proper_name or word.rarity >= _RARE:
        held = library.documents_with([word.key])
        if held or word.rarity < 1.0:
            return dict.fromkeys(held, _PROPER_NAME if word.is_proper_name else _HELD * word.rarity**2)
        return _spelt_by(word.key, titles)
    return {}


def _words(text: str) -> Iterator[_Word]:
    before, is_shouted = "", text.isupper() and " " in text
    for match in _WORD.finditer(text):
        raw = re.sub(r"['’]s$", "", match[0])
        plain = raw.lower().replace("’", "'")
        has_number = any(map(str.isdigit, plain)) and not plain.isdigit()
        rarity = rarity_in_english(plain)
        in_capitals = sum(map(str.isupper, raw)) > 1 and not (raw.isupper() and (is_shouted or rarity < _SHOUTED))
        if plain in _NUMBERS and (before in _BEFORE_A_NUMBER or (plain in _ROMAN and in_capitals)):
            yield _Word(_NUMBERS[plain], 1.0, before)
        elif has_number or in_capitals:
            yield _Word(plain, 1.0, before, is_short_name=True)
        elif plain.isdigit() or (plain not in STOP_WORDS and len(plain) > 1):
            after = text[: match.start()].rstrip(" (")[-1:]
            is_proper_name = raw.istitle() and rarity >= _SHOUTED and (after.isalnum() or after in _WITHIN_A_SENTENCE)
            yield _Word(plain if plain.isdigit() else stem(plain), rarity, before, is_proper_name=is_proper_name)
        before = plain


def _spelt_by(name: str, titles: _Titles) -> dict[str, float]:
    """How surely the short `name` means each of the documents whose titles have its letters in order, and its number: the surer,
    the more of the title's words begin with one of these letters.
    """
    parts = _LETTERS_AND_NUMBER.fullmatch(name)
    if parts is None or len(name) < _SHORTEST_OF_LETTERS:
        return {}
    letters, number = parts.groups()
    found = {}
    for document, words in titles.words.items():
        if number is None or number in words:
            plain = [word for word in words if word.isalpha()]
            spelt = _spelt(letters, plain)
            if spelt:
                found[document] = _LETTERS * spelt / len(plain)
    return found


def _spelt(letters: str, words: Sequence[str]) -> int:
    """Of how many `words` the `letters` are, in order, the first one or the first and some further ones; 0 where they are not."""
    if not letters or not words:
        return 0
    most = _spelt(letters, words[1:])
    at = 0 if words[0][0] == letters[0] else -1
    for taken in range(1, len(letters) + 1):
        if at < 0:
            break
        rest = _spelt(letters[taken:], words[1:])
        if rest or taken == len(letters):
            most = max(most, rest + 1)
        at = words[0].find(letters[taken], at + 1) if taken < len(letters) else -1
    return most


@lru_cache(maxsize=4)
def _titles(library: Library, _generation: str, among: frozenset[str] | None) -> _Titles:
    """Those of the documents `among` all, None means all of them."""
    holding: dict[str, set[str]] = defaultdict(set)
    words: dict[str, tuple[str, ...]] = {}
    for document in library.summaries():
        if among is None or document.id in among:
            for word in _words(document.title):
                holding[word.key].add(document.id)
            plain = [match[0].lower() for match in _TITLE_WORD.finditer(document.title)]
            numbered = [
                _ROMAN.get(word, word) if len(word) > 1 or before in _BEFORE_A_NUMBER else word
                for before, word in pairwise(["", *plain])
            ]
            words[document.id] = tuple(word for word in numbered if word not in _UNSPELT)
    return _Titles(holding, words)
