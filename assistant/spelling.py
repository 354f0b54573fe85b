"""Spelling repair against the library's own words, and the words of a question that the library does not know."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index import Library
from index.vocabulary import SHORTEST
from index.words import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Wording:
    """A question with its misspellings mended, and the words in it that the library has no use for.

    `unseen` are common English words that no passage holds; `strange` are neither that nor near a word of the library:
    the names of other things, mostly.
    """

    text: str
    unseen: tuple[str, ...]
    strange: tuple[str, ...]


def mend(question: str, library: Library) -> Wording:
    """`question` with each word mended that the library never uses but almost does; names and common words stay."""
    vocabulary = library.vocabulary()
    unseen: list[str] = []
    strange: list[str] = []
    shouted = question.isupper()

    def mended(match: re.Match[str]) -> str:
        word = match[0]
        plain = word.lower().replace("’", "'")
        if len(plain) < SHORTEST or plain in STOP_WORDS or plain in vocabulary or library.has_word(plain):
            return word
        if library.embedder.is_common_word(plain):
            unseen.append(plain)
            return word
        is_name = word[0].isupper() and match.start() > 0 and not shouted
        near = None if is_name else vocabulary.nearest(plain)
        if near is None:
            strange.append(plain)
        return near or word

    text = _WORD.sub(mended, question)
    return Wording(text, tuple(unseen), tuple(strange))
