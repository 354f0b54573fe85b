"""Initials: the large first letter of a text, two lines tall or more, belongs to the first of the lines beside it."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.pdf_characters import Glyph

if TYPE_CHECKING:
    from corpus.pdf_lines import Segment

# In sizes of the text beside it: how large an initial is at least, and how far from it the text begins.
_LARGE = 1.9
_NEAR = 1.2


def is_initial(glyph: Glyph, following: Glyph) -> bool:
    """Whether `glyph` is an initial beside which `following` stands."""
    return glyph.text.isupper() and following.text.isalpha() and glyph.size > _LARGE * following.size


def with_initials(found: list[Segment]) -> list[Segment]:
    """The segments, each initial put before the first line beside it."""
    kept = list(found)
    for initial in found:
        if len(initial.glyphs) != 1 or not initial.glyphs[0].text.isupper():
            continue
        beside = [one for one in kept if _stands_beside(one, initial)]
        # Beside a mere letter of a figure or a formula there are not several lines of text.
        if len(beside) < 2 or statistics.mean(len(one.text) for one in beside) < 10:
            continue
        first = max(beside, key=lambda one: one.y)
        kept.remove(initial)
        first.glyphs[0] = replace(first.glyphs[0], spaced=first.glyphs[0].spaced or _is_word(first, found))
        first.glyphs.insert(0, initial.glyphs[0])
        first.measure()
    return kept


def _stands_beside(line: Segment, initial: Segment) -> bool:
    if not is_initial(initial.glyphs[0], line.glyphs[0]):
        return False
    right, top = initial.x1, initial.y + 0.8 * initial.size
    return -0.3 * line.size < line.x0 - right < _NEAR * line.size and initial.y - 0.3 * line.size < line.y < top


def _is_word(line: Segment, found: Sequence[Segment]) -> bool:
    """Whether what `line` begins with is a word by itself ("A" and "study"), for it stands elsewhere on the page too."""
    word = re.match(r"\w+", line.text)
    if word is None:
        return False
    return any(re.search(rf"\b{word[0]}\b", one.text) is not None for one in found if one is not line)
