"""Spelling repair: towards the library's own words first, and never of a word that English has."""

from __future__ import annotations

import re

from assistant.lay_words import expansions
from assistant.named import is_short_for_a_title
from index import Library
from index.full_names import in_full
from index.vocabulary import SHORTEST, english
from index.words import STOP_WORDS

# "LGMD2C" and "cn1a" are no words.
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’][^\W\d_]+)*(?![^\W_])")
_BARE_STOP_WORDS = frozenset(word.replace("'", "") for word in STOP_WORDS)


def mend(question: str, library: Library) -> str:
    """`question` with each word mended that neither library, lay vocabulary nor English knows; names and abbreviations stay."""
    vocabulary = library.vocabulary()
    shouted = question.isupper()

    def mended(match: re.Match[str]) -> str:
        word = match[0]
        plain = word.lower().replace("’", "'")
        is_name = not shouted and ((word[0].isupper() and match.start() > 0) or not word[1:].islower())
        if is_name or len(plain) < SHORTEST or plain.removesuffix("'s") in english() or plain in _BARE_STOP_WORDS:
            return word
        if plain in STOP_WORDS or plain in vocabulary or library.has_word(plain):
            return word
        # A lay word ("zimmer") has its own words of texts, and would lose them by becoming another ("summer"); and a short name
        # that is read in full ("ivig"), or is that of a page, is no misspelling of a word ("ivy").
        if expansions(plain) or in_full(plain) != plain or is_short_for_a_title(plain, library):
            return word
        return vocabulary.nearest(plain) or word

    return _WORD.sub(mended, question)
