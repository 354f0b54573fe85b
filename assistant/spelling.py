"""Spelling repair against the library's own words."""

from __future__ import annotations

import re

from index import Library
from index.vocabulary import SHORTEST
from index.words import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def mend(question: str, library: Library) -> str:
    """`question` with each word mended that the library never uses but almost does; names and common words stay."""
    vocabulary = library.vocabulary()
    shouted = question.isupper()

    def mended(match: re.Match[str]) -> str:
        word = match[0]
        plain = word.lower().replace("’", "'")
        is_name = word[0].isupper() and match.start() > 0 and not shouted
        if is_name or len(plain) < SHORTEST or plain in STOP_WORDS or plain in vocabulary or library.has_word(plain):
            return word
        if library.embedder.is_common_word(plain):
            return word
        return vocabulary.nearest(plain) or word

    return _WORD.sub(mended, question)
