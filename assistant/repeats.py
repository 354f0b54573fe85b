"""The same words in several documents: what two sites carry is one quote with both addresses.

Copies are told by their words, in order, as in Broder 1997, "On the resemblance and containment of documents". A question
finds a few dozen passages, so they are compared with each other directly; hashes of whole libraries are not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from corpus import Passage

# The share of words, in order, that two texts have in common when one is a copy of the other with small changes.
_ALIKE = 0.9
# So many words for each of the other's must the shorter of such texts have.
_SHORTEST = _ALIKE / (2 - _ALIKE)
# A passage that holds fewer of a quote's words than this, whatever their order, is not looked through for a copy.
_ROUGHLY = 0.8
_MOST_SENTENCES = 4
_WORD = re.compile(r"\w+(?:['’]\w+)*")
# With one of these more or less, or another figure, alike words say something else.
_TURNS = frozenset({"no", "not", "nor", "never", "none", "neither", "without", "cannot", "except", "unless", "only"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A run of whole sentences in a passage; `start` and `end` are offsets into the document's text."""

    passage: Passage
    start: int
    end: int


class Copies:
    """The passages among which copies are looked for, as one question found them."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        """Each passage is taken apart once."""
        self._passages = [(passage, frozenset(passage.text.lower().split())) for passage in passages]
        self._found: dict[tuple[str, str], list[Spot]] = {}

    def of(self, text: str, document_id: str) -> list[Spot]:
        """Where the words of `text`, a quote of `document_id`, stand in other documents: at most one spot in each, in order."""
        if (text, document_id) not in self._found:
            spots: dict[str, Spot] = {}
            rough = frozenset(text.lower().split())
            words = _words(text)
            for passage, its_rough in self._passages:
                if (
                    passage.document_id not in (document_id, *spots)
                    and len(rough & its_rough) >= _ROUGHLY * len(rough)
                    and (spot := _spot(words, passage))
                ):
                    spots[passage.document_id] = spot
            self._found[text, document_id] = list(spots.values())
        return self._found[text, document_id]


def _spot(words: Sequence[str], passage: Passage) -> Spot | None:
    """The run of sentences of `passage` that is a copy of `words`, None where there is none.

    Words in the same order are shared, but for one in ten; figures and negations all of them.
    """
    best, found = 0.0, None
    texts = [_words(passage.text[start - passage.start : end - passage.start]) for start, end in passage.sentences]
    for first in range(len(texts)):
        run: list[str] = []
        for last in range(first, min(first + _MOST_SENTENCES, len(texts))):
            run += texts[last]
            if len(words) < _SHORTEST * len(run):
                break
            likeness = Indel.normalized_similarity(words, run, score_cutoff=_ALIKE) if len(run) >= _SHORTEST * len(words) else 0
            if likeness > best and _weighty(run) == _weighty(words):
                best, found = likeness, Spot(passage, passage.sentences[first][0], passage.sentences[last][1])
    return found


def _weighty(words: Sequence[str]) -> list[str]:
    return [word for word in words if word in _TURNS or word.endswith(("n't", "n’t")) or any(map(str.isdigit, word))]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
