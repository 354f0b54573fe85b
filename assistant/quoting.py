"""Which sentences can be quoted, and with which others around them each can be read alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# No quote has more sentences than this.
MOST_SENTENCES = 3

_DANGLING = re.compile(
    r"(?:this|that|these|those|it|its|they|their|them|he|she|his|her|such|however|but|also|moreover|furthermore|therefore|"
    r"thus|in addition|additionally|similarly|likewise|instead|otherwise|nevertheless|nonetheless|consequently|as a result|"
    r"for example|for instance|in contrast|on the other hand|the (?:former|latter|same|other|others)|both|another|other|and|"
    r"or|so|yet|still|then|thats|others|as an example|"
    r"(?:most|many|some|all|each|one|none|any|either|neither|two|part) of (?:this|that|these|those|them)|"
    r"(?:in|at|on|during|for|with|after|before|because of|due to|from|by|to|of|under|when|if|as|once|unlike|despite|besides) "
    r"(?:this|that|these|those|such)|"
    # Of what to do first in an emergency nobody may read only what comes second.
    r"after the call)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|its|they|their|them|he|she|his|her)\b", re.IGNORECASE)
# A sentence that only sends the reader elsewhere; one with more words than this says something besides.
_LONGEST_POINTER = 16
_POINTS_ELSEWHERE = re.compile(
    r"\W*(?:please |for more(?: on this| information| details)?,? |to learn more,? )*"
    r"(?:(?:see|read|visit|watch|check out|look at|go to|turn to|refer to) "
    r"(?:also |more\b|the (?:(?:short|animated) )?(?:page|section|chapter|digest|table|figure|graphic|box|leaflet|video)\b|our\b|"
    r"this (?:page|link|graphic|video)\b|https?:|www\.)|"
    r"click (?:here|on|the)\b|learn more\b|find out more\b|"
    r"you can (?:use|search|visit) [^.]*\b(?:dictionary|website)\b|"
    r"(?:more|more detailed|further|additional) information [^.]*\bis available\b|"
    r"(?:more|further) (?:about|on|information|details|reading)\b[^.]*\b(?:page|section|here|below|above|website|site|link)\b)",
    re.IGNORECASE,
)
# A list of links, the note on a table's source, or a table whose rows were run together ("Weakness 90% Myalgia 50% …"), as pages
# on rare diseases hold them; however long.
_LINKS_OR_TABLE = re.compile(
    r"^\W*these resources (?:address|offer|provide)\b|^\W*(?:for more information|to learn more)\b[^.]*\bclick on\b|"
    r"\bNumber of patients \(when available\)|\bOntology \(HPO\) (?:has collected|provides)\b|"
    r"(?-i:(?:\b\d+(?:\.\d+)?% [A-Z][^.%]*){3})",
    re.IGNORECASE,
)
_ENDS = re.compile(r"""[.!?…][)\]"'”’¹²³⁰-⁹]*$""")
# A capital, a number or a name such as "p62" and "mTOR": not the mark of a list, what is left of a bracket, or half a sentence.
_BEGINS = re.compile(r"""["“‘'(\[¿¡]*(?:[^\W\d_a-zà-ÿ]|\d|[a-z]{1,4}-?[A-Z\d])""")
# A line that lost its full stop is read as a sentence from this many words on, if most of them are small: no name, no menu.
_FEWEST_UNENDED = 8
# A postal code: American behind its state, British or Canadian.
_POSTAL_CODE = re.compile(r"\b(?:[A-Z]{2},? \d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d)\b")
_WORD = re.compile(r"[^\W_]+")


def quotable(texts: Sequence[str]) -> list[int]:
    """The positions of the sentences of a passage that a quote can be made around: they say something that the one before
    does not, and a quote of them opens with no "This", "However" or "In that case" whose sentence before is out of reach.

    An "It" that opens a passage is let through: it mostly means what the heading names, which is shown with the quote.
    """
    return [position for position in range(len(texts)) if _adds(texts, position) and not _is_lost(texts, position)]


def _is_lost(texts: Sequence[str], position: int) -> bool:
    opening = texts[_anchored(texts, position)]
    # "These can help:" points to what follows.
    return _DANGLING.match(opening) is not None and not _PRONOUN.match(opening) and ":" not in opening


def readable(texts: Sequence[str], position: int) -> tuple[int, int]:
    """The first and the last of the fewest sentences that can be read alone and hold the one at `position`: what it leans on
    before it, and what a line that ends with a colon leads to, as room allows.
    """
    first, last = _anchored(texts, position), position
    while texts[last].endswith(":") and last - first + 1 < MOST_SENTENCES and last + 1 < len(texts) and _adds(texts, last + 1):
        last += 1
    return first, last


def _anchored(texts: Sequence[str], position: int) -> int:
    """The first sentence of a quote that ends at `position`, moved back while it leans on the one before, as room allows."""
    first = position
    while first > 0 and position - first + 1 < MOST_SENTENCES and _DANGLING.match(texts[first]) and _adds(texts, first - 1):
        first -= 1
    return first


def _adds(texts: Sequence[str], position: int) -> bool:
    """Whether a sentence can be quoted and is no mere repetition of the one before: a list that a page gives twice, say."""
    words = " ".join(_WORD.findall(texts[position].lower()))
    return says_something(texts[position]) and not (position and words in " ".join(_WORD.findall(texts[position - 1].lower())))


@lru_cache(maxsize=20_000)
def says_something(text: str) -> bool:
    """Whether a sentence can be quoted: not a heading, a table's row, a lone reference, a question put to the reader, an
    address, a part of a sentence, or a line that only points elsewhere.
    """
    words = text.split()
    letters = sum(character.isalpha() for character in text)
    return (
        len(words) >= 4
        and letters * 2 > len(text)
        and not text.endswith("?")
        and _BEGINS.match(text) is not None
        and text.count("(") <= text.count(")")
        and (_ENDS.search(text) is not None or text.endswith(":") or _is_unended(text, words))
        and " | " not in text
        and not _POSTAL_CODE.search(text)
        and (len(words) > _LONGEST_POINTER or not _POINTS_ELSEWHERE.match(text))
        and not _LINKS_OR_TABLE.search(text)
    )


def _is_unended(text: str, words: Sequence[str]) -> bool:
    """Whether a line without a full stop is read as a whole: a list with the line that leads into it, or a sentence."""
    if text[-1] in ",;-–—":
        return False
    if ":" in text and "\n" in text:
        return True
    capitals = sum(not word[:1].islower() for word in words)
    return capitals * 2 < len(words) and (":" in text or len(words) >= _FEWEST_UNENDED)
