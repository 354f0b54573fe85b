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
from functools import cache, lru_cache
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
# One that begins with a capital letter within a sentence and is less rare than this is no proper name.
_COMMON = 0.35
# A word in capitals less rare than this is stressed, and no short name. Where so many of the words that have no figure are in
# capitals, all are shouted.
_STRESSED, _SHOUTED = 0.9, 0.5
# Short names have so many letters and figures.
_SHORTEST, _LONGEST = 3, 12
# Short names that tell nothing of the subject.
_OF_NO_SUBJECT = frozenset(("covid", "dvla", "faq", "fda", "nhs", "pdf", "suv", "usa"))
# As surely as this a word that is in no dictionary is the short name of a title: it has the letters of two in three of its words.
_MOSTLY = 0.53
# Of a title so many words are spelt by a short name at most.
_SPELT = 20
# What a question names clearly it names at least so much, and nearly as much what it names less by no more than this. So many
# documents at most are looked through because of that.
CLEARLY, AS_MUCH = 0.5, 0.05
MOST_NAMED = 4

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS_AND_NUMBER = re.compile(r"([a-z]{2,}?)(\d+[a-z]?)?")
_TITLE_WORD = re.compile(r"[a-z]+(?:\d+[a-z]?)?|\d+[a-z]?", re.IGNORECASE)
_WITHIN_A_SENTENCE = tuple(",;)’'-")
_END_OF_A_CLAUSE = re.compile(r"\s*(?:[.,;:!?)]|$)")
_ROMAN = {word: str(at) for at, word in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), start=1)}
_IN_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: str(at) for at, word in enumerate(_IN_WORDS, start=1)}
_BEFORE_A_NUMBER = frozenset(("type", "types", "number", "kind", "sort", "form", "group", "class", "stage"))
_UNSPELT = frozenset(("type", "with", "and", "of", "the", "due", "to", "in", "or"))


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in lower case, `plain`, a number in digits, and its stem, by which titles hold it. `rarity` is that in English,
    `before` the word right before it, "" where there is none.
    """

    plain: str
    stem: str
    rarity: float
    before: str
    is_short_name: bool = False
    is_proper_name: bool = False


@dataclass(frozen=True, slots=True)
class _Title:
    """The words of a title that short names spell, lower case, with the letters in them, its numbers in digits, and the whole."""

    words: tuple[str, ...]
    letters: frozenset[str]
    numbers: frozenset[str]
    full: str

    @classmethod
    def of(cls, title: str) -> _Title:
        """That of a document's `title`."""
        plain = [match[0].lower() for match in _TITLE_WORD.finditer(title)]
        numbered = [
            _ROMAN.get(word, word) if len(word) > 1 or before in _BEFORE_A_NUMBER else word
            for before, word in pairwise(["", *plain])
        ]
        words = tuple(word for word in numbered if word.isalpha() and word not in _UNSPELT)[:_SPELT]
        return cls(words, frozenset("".join(words)), frozenset(word for word in numbered if not word.isalpha()), title)


@dataclass(frozen=True, slots=True)
class _Titles:
    """The titles of some documents, by id, and which of them have a word, by its stem."""

    each: Mapping[str, _Title]
    holding: Mapping[str, Set[str]]


@dataclass(frozen=True, slots=True)
class Names:
    """What a question names: how much each of some documents, more than 0, by id; which short names, lower case, that no document
    of the library has; and the titles of which others have the letters, each of just one.
    """

    documents: Mapping[str, float] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def highest(self) -> float:
        """How much the document is named that is named most, 0 where there is none."""
        return max(self.documents.values(), default=0.0)

    @property
    def most(self) -> frozenset[str]:
        """The documents that are named most; none where that is hardly, or more than `MOST_NAMED` of them."""
        highest = self.highest
        most = frozenset(document for document, much in self.documents.items() if much > highest - AS_MUCH)
        return most if highest >= CLEARLY and len(most) <= MOST_NAMED else frozenset()

    def in_full(self, question: str) -> str:
        """The `question` with titles in place of their short names: what reads it does not know these."""
        for name, title in self.titles.items():
            written = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
            question = written.sub(title.replace("\\", r"\\"), question)
        return question


def names_in(question: str, library: Library, among: Set[str]) -> Names:
    """Which of the documents `among` those of `library` the `question` names.

    Each word, number and short name counts by how surely it names documents and by how few they are: from 0, where all of them
    have it, to 1, where one has.
    """
    titles = _titles(library, library.generation(), frozenset(among))
    documents: dict[str, float] = defaultdict(float)
    unknown = set()
    spelt = {word: _spelling(word, titles) for word in _words(question)}
    short_names = frozenset(word.plain for word in spelt if word.is_short_name)
    alike: dict[str, list[_Word]] = defaultdict(list)
    for word in spelt:
        alike[word.stem].append(word)
    for common, same in alike.items():
        meant: dict[str, float] = {}
        for word in same:
            for document, sureness in _meant(word, spelt[word], library, titles, short_names).items():
                meant[document] = max(sureness, meant.get(document, 0.0))
        for document, sureness in meant.items():
            documents[document] += sureness * (1.0 - math.log(len(meant)) / math.log(max(2, len(among))))
        if common in short_names - _OF_NO_SUBJECT and not meant and _may_be_unknown(common, library):
            unknown.add(common)
    in_full = {word.plain: title for word, found in spelt.items() if (title := _only_title(found, titles))}
    return Names({document: much for document, much in documents.items() if much > 0.0}, frozenset(unknown), in_full)


def is_short_for_a_title(word: str, library: Library) -> bool:
    """Whether a lower-case `word` is the first letters of a title, as "sbma" of "Spinal and bulbar muscular atrophy"."""
    return bool(_begun_by(word, _titles(library, library.generation(), None)))


def _may_be_unknown(name: str, library: Library) -> bool:
    return name[0].isalpha() and _SHORTEST <= len(name) <= _LONGEST and not library.documents_with([name])


def _spelling(word: _Word, titles: _Titles) -> dict[str, float]:
    """How surely `word` is short for the title of each of some documents."""
    if word.is_short_name:
        return _spelt_by(word.plain, titles)
    return _begun_by(word.plain, titles) if word.rarity == 1.0 else {}


def _only_title(spelt: Mapping[str, float], titles: _Titles) -> str:
    """The one title that a short name is short for, by its `_spelling`; "" where there is none or are several."""
    surest = max(spelt.values(), default=0.0)
    full = {titles.each[document].full for document, sureness in spelt.items() if sureness == surest}
    return full.pop() if surest >= _MOSTLY and len(full) == 1 else ""


def _meant(word: _Word, spelt: dict[str, float], library: Library, titles: _Titles, short_names: Set[str]) -> Mapping[str, float]:
    """How surely `word`, with its `_spelling`, names each of some documents, 0 to 1; `short_names` are those of the question."""
    if word.is_short_name:
        held = library.documents_with([word.plain]) & titles.each.keys()
        both = dict.fromkeys(held & spelt.keys(), _SHORT_NAME)
        return both or (dict.fromkeys(held, _HELD) | spelt if spelt else dict.fromkeys(held, _SHORT_NAME))
    if word.plain.isdigit():
        is_of_a_name = word.before in _BEFORE_A_NUMBER | short_names or stem(word.before) in titles.holding
        return dict.fromkeys(titles.holding.get(word.stem, ()), _NUMBER) if is_of_a_name else {}
    if word.stem in titles.holding:
        return dict.fromkeys(titles.holding[word.stem], min(1.0, 1.1 * word.rarity) ** 1.5)
    if word.is_proper_name or word.rarity >= _RARE:
        held = library.documents_with([word.plain]) & titles.each.keys()
        if held or word.rarity < 1.0:
            return dict.fromkeys(held, _PROPER_NAME if word.is_proper_name else _HELD * word.rarity**2)
        return spelt
    return {}


def _words(text: str) -> Iterator[_Word]:
    """The words of `text` that may name something, in order."""
    found = list(_WORD.finditer(text))
    without_figures = [match[0] for match in found if match[0].isalpha() and len(match[0]) > 1]
    is_shouted = len(without_figures) > 1 and sum(map(str.isupper, without_figures)) > _SHOUTED * len(without_figures)
    for earlier, match in zip([None, *found], found, strict=False):
        between = text[earlier.end() : match.start()] if earlier else "."
        before = earlier[0].lower() if earlier and not between.strip(" -–(") else ""
        raw = re.sub(r"['’]s$", "", match[0])
        plain = raw.lower().replace("’", "'")
        rarity = rarity_in_english(plain)
        number = _number(raw, before, text[match.end() :])
        if number:
            yield _Word(number, number, 1.0, before)
        elif _is_short_name(raw, rarity, is_shouted=is_shouted):
            yield _Word(plain, plain, 1.0, before, is_short_name=True)
        elif plain not in STOP_WORDS and len(plain) > 1:
            after = text[: match.start()].rstrip(" (")[-1:]
            is_within = after.isalnum() or after in _WITHIN_A_SENTENCE
            is_proper_name = raw.istitle() and rarity >= _COMMON and is_within and not is_shouted
            yield _Word(plain, stem(plain), rarity, before, is_proper_name=is_proper_name)


def _number(raw: str, before: str, after: str) -> str:
    """The number that a word is, in digits, "" where it is none."""
    plain = raw.lower()
    if plain.isdigit() and plain.isascii():
        return plain
    is_named = before in _BEFORE_A_NUMBER
    if plain in _ROMAN and ((len(raw) > 1 and (raw.isupper() or is_named)) or (is_named and _END_OF_A_CLAUSE.match(after))):
        return _ROMAN[plain]
    return _NUMBERS.get(plain, "") if is_named else ""


def _is_short_name(raw: str, rarity: float, *, is_shouted: bool) -> bool:
    """Whether a word is written as short names are: in letters and figures, or in capitals, perhaps but for its first letter."""
    if not raw.isalnum() or len(raw) > _LONGEST:
        return False
    if any(map(str.isdigit, raw)):
        return not raw.isdigit()
    return len(raw) > 1 and (raw.isupper() or raw[1:].isupper()) and rarity >= _STRESSED and not is_shouted


def _spelt_by(name: str, titles: _Titles) -> dict[str, float]:
    """How surely the short `name` means each of the documents whose titles have its letters in order, and its number: the surer,
    the more of the title's words begin with one of these letters.
    """
    parts = _LETTERS_AND_NUMBER.fullmatch(name)
    if parts is None or not _SHORTEST <= len(name) <= _LONGEST:
        return {}
    letters, number = parts.groups()
    needed = frozenset(letters)
    found = {}
    for document, title in titles.each.items():
        # Most titles are looked at no further.
        if needed <= title.letters and (number is None or number in title.numbers):
            spelt = _spelt(letters, title.words) if sum(word[0] in needed for word in title.words) > 1 else 0
            if spelt > 1:
                found[document] = _LETTERS * spelt / len(title.words)
    return found


def _begun_by(word: str, titles: _Titles) -> dict[str, float]:
    """As `_spelt_by`, of a word that is not written as short names are and may be misspelt: the titles most of whose words, three
    at least, begin with its letters.
    """
    found = _spelt_by(word, titles)
    spelt = {document: round(sureness / _LETTERS * len(titles.each[document].words)) for document, sureness in found.items()}
    return {document: sureness for document, sureness in found.items() if sureness >= _MOSTLY and spelt[document] == len(word)}


def _spelt(letters: str, words: Sequence[str]) -> int:
    """Of how many `words` the `letters` are, in order, the first one or the first and some further ones; 0 where they are not."""

    @cache
    def most(letter: int, word: int) -> int:
        """The same of the letters and the words from these on."""
        if letter == len(letters) or word == len(words):
            return 0
        found = most(letter, word + 1)
        at = 0 if words[word][0] == letters[letter] else -1
        for after in range(letter + 1, len(letters) + 1):
            if at < 0:
                break
            rest = most(after, word + 1)
            if rest or after == len(letters):
                found = max(found, rest + 1)
            at = words[word].find(letters[after], at + 1) if after < len(letters) else -1
        return found

    return most(0, 0)


@lru_cache(maxsize=12)
def _titles(library: Library, _generation: str, among: frozenset[str] | None) -> _Titles:
    """Those of the documents `among` all, None means all of them."""
    titles = {one.id: one.title for one in library.summaries() if among is None or one.id in among}
    holding: dict[str, set[str]] = defaultdict(set)
    for document, title in titles.items():
        for word in _words(title):
            holding[word.stem].add(document)
    return _Titles({document: _Title.of(title) for document, title in titles.items()}, holding)
