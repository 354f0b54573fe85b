"""The words of a question, as lexical search uses them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import snowballstemmer

from index.full_names import in_full

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_STEMMER = snowballstemmer.stemmer("porter")
# Words that every text holds: they would only cost time. The list is short on purpose, for BM25 weighs the rest.
STOP_WORDS = frozenset((Path(__file__).parent / "stop_words.txt").read_text(encoding="utf-8").split())


def content_words(text: str) -> list[str]:
    """The words of `text` that carry meaning, lower case, each once, in order. "cN1A" and "TDP-43" stay whole."""
    words = (match[0].lower().replace("’", "'") for match in _WORD.finditer(text))
    return list(dict.fromkeys(word for word in words if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())))


def match_expression(text: str) -> str:
    """An FTS5 expression for the passages that hold any content word of `text`; "" where it has none."""
    return " OR ".join(f'"{word}"' for word in content_words(in_full(text)))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a lower-case word by Porter's rules, as the index itself stems."""
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed


def stems(text: str) -> frozenset[str]:
    """The stems of the content words of `text`, short names read as full ones."""
    return frozenset(map(stem, content_words(in_full(text))))


@lru_cache(maxsize=16_384)
def stems_of_text(text: str) -> frozenset[str]:
    """`stems`, remembered: for the texts of a library, which questions meet again and again. What people write is not kept."""
    return stems(text)
