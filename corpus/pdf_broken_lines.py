"""Lines put together again: words, ranges and addresses that were broken at a line's end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.pdf_lines import Line
from corpus.pdf_scripts import without_rest_of_mark

_BROKEN_WORD = re.compile(r"([^\W\d_]+)[-‐]$")
# Words that keep their hyphen where the document does not tell: "long-term", but "long-er" is one word.
_COMPOUND = re.compile(
    r"follow-up|(?:self|well|long|short|high|low|double|single|cross|half|late|early)-(?!en|er|est|ing|ish|ed|ly|ness|light)\w{3,}",
    re.IGNORECASE,
)
# "3–" and "4 years", "1990-" and "2000": a line broken inside a range or a number with a hyphen.
_BROKEN_RANGE = re.compile(r"(?:\d[-‐–]|\w–)$")
_ADDRESS = re.compile(r"://\S*$")
# An address is broken after a slash or its scheme without a hyphen.
_BROKEN_ADDRESS = re.compile(r"(?:\bhttps?:|://\S*/)$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def breaks_off(text: str) -> bool:
    """Whether a line ends within a word or a range, so that the next one goes on it."""
    return _BROKEN_WORD.search(text) is not None or _BROKEN_RANGE.search(text) is not None


def words_of(lines: Sequence[Line]) -> Counter[str]:
    """How often each word, hyphens included, stands in `lines`, in lower case."""
    return Counter(word.lower() for line in lines for word in re.findall(r"[\w‐-]+", line.text))


def joined(lines: Sequence[Line], vocabulary: Counter[str]) -> list[tuple[int, str]]:
    """(page, text) of each line, a word broken at a line's end made whole on the line where it began."""
    pieces: list[tuple[int, str]] = []
    for above, line in zip([None, *lines], lines, strict=False):
        text = without_rest_of_mark(line.text) if above is not None and above.mark_goes_on else line.text
        if pieces and (broken := _BROKEN_WORD.search(pieces[-1][1])) and (first := re.match(r"\S+", text)):
            page, before = pieces[-1]
            keep = _ADDRESS.search(before) is not None or _keeps_hyphen(broken[1], first[0], vocabulary)
            pieces[-1] = (page, (before if keep else before[:-1]) + first[0])
            text = text[first.end() :].lstrip()
        elif pieces and (first := _rest_of_broken(pieces[-1][1], text)):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + first[0])
            text = text[first.end() :].lstrip()
        if text:
            pieces.append((line.page, text))
    return pieces


def _rest_of_broken(before: str, text: str) -> re.Match[str] | None:
    """What stands at the head of `text` and belongs to the range or the address that `before` breaks off in."""
    if _BROKEN_RANGE.search(before):
        return re.match(r"\w\S*", text)
    return re.match(r"[\w/][\w./?=&%#-]*", text) if _BROKEN_ADDRESS.search(before) else None


def _keeps_hyphen(before: str, after: str, vocabulary: Counter[str]) -> bool:
    """Whether a hyphen at a line's end belongs to the word: decided by how the document spells it elsewhere."""
    word = _FIRST_WORD.match(after)
    if word is None or not word[0].islower():
        return True
    hyphenated, solid = vocabulary[f"{before}-{word[0]}".lower()], vocabulary[f"{before}{word[0]}".lower()]
    if not hyphenated and not solid:
        return _COMPOUND.fullmatch(f"{before}-{word[0]}") is not None
    return hyphenated >= solid
