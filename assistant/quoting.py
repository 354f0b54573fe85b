"""Which whole sentences to quote: the fewest around the best one that can be read alone and answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

# A neighbour whose score comes this near to the best sentence's is quoted along: scores are logarithms of odds, so it is at
# least a seventh as likely to be the one that answers.
_NEARLY = 2.0
_MOST_SENTENCES = 3

_DANGLING = re.compile(
    r"(?:this|that|these|those|it|its|they|their|them|he|she|his|her|such|however|but|also|moreover|furthermore|therefore|"
    r"thus|in addition|additionally|similarly|likewise|instead|otherwise|nevertheless|nonetheless|consequently|as a result|"
    r"for example|for instance|in contrast|on the other hand|the (?:former|latter|same|other|others)|both|another|other|and|"
    r"or|so|yet|still|then)\b",
    re.IGNORECASE,
)
# A sentence that only sends the reader elsewhere; one with more words than this says something besides.
_LONGEST_POINTER = 16
_POINTS_ELSEWHERE = re.compile(
    r"\W*(?:please |for more(?: on this| information| details)?,? |to learn more,? )*"
    r"(?:(?:see|read|visit|check out|look at|go to|turn to|refer to) "
    r"(?:also |more\b|the (?:page|section|chapter|digest|table|figure|box|leaflet)\b|our\b|this (?:page|link)\b|https?:|www\.)|"
    r"click (?:here|on|the)\b|learn more\b|find out more\b|"
    r"(?:more|further) (?:about|on|information|details|reading)\b[^.]*\b(?:page|section|here|below|above|website|site|link)\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"""[.!?…][)\]"'”’¹²³⁰-⁹]*$""")


def widened(texts: Sequence[str], scores: Sequence[float], best: int) -> tuple[int, int]:
    """The range of sentences to quote around `best`: what it leans on before it, and neighbours that may answer as well."""
    first, last = _anchored(texts, best, best), best
    enough = scores[best] - _NEARLY
    while last - first + 1 < _MOST_SENTENCES:
        leads = texts[last].endswith(":")
        before = scores[first - 1] if first > 0 and says_something(texts[first - 1]) else -math.inf
        after = scores[last + 1] if last + 1 < len(texts) and says_something(texts[last + 1]) else -math.inf
        if (after >= enough and after >= before) or (leads and after > -math.inf):
            last += 1
        elif before >= enough:
            wider = _anchored(texts, first - 1, last)
            # A neighbour that leans on more than there is room for is left out again.
            if _DANGLING.match(texts[wider]):
                break
            first = wider
        else:
            break
    return first, last


def _anchored(texts: Sequence[str], first: int, last: int) -> int:
    """The first sentence of a quote from `first` to `last`, moved back while it leans on the one before, as room allows."""
    while first > 0 and last - first + 1 < _MOST_SENTENCES and _DANGLING.match(texts[first]) and says_something(texts[first - 1]):
        first -= 1
    return first


def says_something(text: str) -> bool:
    """Whether a sentence can be quoted: not a heading, a table's row, a lone reference, a question put to the reader, or
    a line that only points elsewhere.
    """
    words = text.split()
    letters = sum(character.isalpha() for character in text)
    return (
        len(words) >= 4
        and letters * 2 > len(text)
        and not text.endswith("?")
        and (_ENDS.search(text) is not None or ":" in text or len(words) >= 8)
        and " | " not in text
        and (len(words) > _LONGEST_POINTER or not _POINTS_ELSEWHERE.match(text))
    )
