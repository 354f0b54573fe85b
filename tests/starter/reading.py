"""How hard a text is to read, and which of its words are misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import syllapy
from spellchecker import SpellChecker

from corpus.starter.glossary import glossary, mentions

WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*%?")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
# A term of the glossary is explained where it stands, so it counts as one short word, however long it is.
_TERM = "term"


def grade(sentences: Sequence[str]) -> float:
    """The Flesch–Kincaid grade of `sentences`, terms of the glossary excluded: the years of (US) school that reading them takes.

    0.39 · words per sentence + 11.8 · syllables per word − 15.59 (Kincaid et al. 1975). A number counts as one syllable.
    """
    words = [word for sentence in sentences for word in WORD.findall(_without_terms(sentence))]
    syllables = sum(max(1, syllapy.count(part)) for word in words for part in word.split("-"))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def words_of(text: str) -> list[str]:
    """The words of `text` as a writer counts them: a number is one, and so is "cN1A" or "late-stage"."""
    return WORD.findall(text)


def misspelt(text: str) -> list[str]:
    """The words of `text`, lower case and sorted, that no dictionary, no glossary term and no project word list holds."""
    written = {_POSSESSIVE.sub("", word.lower()) for word in _LETTERS.findall(text)}
    unknown = written - _glossary_words() - project_words() - {""}
    return sorted(unknown - _dictionary().known(unknown))


@cache
def project_words() -> frozenset[str]:
    """Names, abbreviations and British spellings that the dictionary does not hold, from words.txt."""
    return frozenset((Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split())


def in_dictionary(words: Iterable[str]) -> set[str]:
    """Those of `words` that need not stand in words.txt."""
    return _dictionary().known(set(words)) | (set(words) & _glossary_words())


def _without_terms(text: str) -> str:
    parts, end = [], 0
    for mention in mentions(text):
        parts += [text[end : mention.start], _TERM]
        end = mention.end
    return "".join(parts) + text[end:]


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="en")


@cache
def _glossary_words() -> frozenset[str]:
    forms = (form for term in glossary() for form in (term.term, *term.forms))
    words = {word.lower() for form in forms for word in _LETTERS.findall(form)}
    return frozenset(words | {f"{word}s" for word in words})
