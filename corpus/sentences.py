"""Where sentences begin and end in a canonical text.

The boundaries are those of sentencex (Wikimedia's rule-based splitter), mended where medical prose needs more: some
abbreviations it does not know, a sentence it leaves glued to a reference number, a colon that leads into a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest

from sentencex import get_sentence_boundaries

from corpus.flattened import MARK, is_whole_item, leads, opens_list, run_in_heading, without_mark

# Longest run, in characters, that may count as one sentence; past it a text has lost its full stops (a table, a menu).
LONGEST = 900
# A list that a colon leads into joins its sentence up to this many characters: an item alone says nothing.
LONGEST_LIST = 600

_OPEN_ABBREVIATION = re.compile(
    r"(?:\b(?:approx|cf|vs|ca|et al|e\.g|i\.e|incl|resp|no|nos|fig|figs|tab|ref|refs|eq|vol|pp|suppl|dr|prof|mr|mrs|ms|st|"
    r"dept|univ|inc|ltd|jr|sr)\.|\b[A-Z]\.)$",
    re.IGNORECASE,
)
_CERTAIN_ABBREVIATION = re.compile(r"(?:\b(?:approx|cf|vs|e\.g|i\.e|dr|prof|mr|mrs|ms)\.)$", re.IGNORECASE)
_LIST_ITEM = re.compile(r"(?:[-*•◦▪‣·–—]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
# "in Fig. 2. Dr. Jones": sencentex keeps both together, since "2." could be the number of a list.
_GLUED = re.compile(r"(?<=\d[.!?])\s+(?=(?:The|A|An|In|We|It|This|These|Dr|Patients|People|No|Our|There|If|For|Of|At)\b)")
# A sentence may end in a full stop with the number of a reference set high after it: "The hands weaken.12,13 Falls follow."
_SUPERSCRIPT = re.compile("[¹²³⁰⁴-⁹]")
_CITED = re.compile(r"""(?<=[^\W\d_)\]"”][.!?])[\d¹²³⁰⁴-⁹]{1,3}(?:[,–-][\d¹²³⁰⁴-⁹]{1,3})*\s+(?=(?:[-•] )?[A-Z])""")
_NOTE_NUMBER = re.compile(r"""(?<=[^\W\d_)\]"”][.!?])\d{1,3}(?:[,–-]\d{1,3})*$""")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The spans of the sentences of `text[start:end]`, in order, as offsets into `text`.

    White space is left out, and so are the marks before the items of a list, what is left of a bracket before a sentence,
    and the number of a note after one. An item that needs the line that leads into its list keeps its mark.

    Blocks (blank lines) and list lines (single newlines) end a sentence; a line that ends in a colon takes the list below
    it with it, up to `LONGEST_LIST` characters, so that a list is never quoted without what it lists: the lines that follow
    in its own block or make up the next one, or the blocks that follow with a bullet or a number before them. A list that
    stands in running text follows its colon likewise.
    """
    end = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    led = past = False
    for block_start, block_end in _pieces(text, start, end, "\n\n"):
        lines = _pieces(text, block_start, block_end, "\n")
        item = _LIST_ITEM.match(text, block_start, block_end) is not None
        led = (led and item) or ((item or len(lines) > 1) and _leads(text, spans))
        for line_start, line_end in lines:
            if led and line_end - spans[-1][0] <= LONGEST_LIST:
                spans[-1] = (spans[-1][0], line_end)
                continue
            past = led or (past and item)
            for span in _line_spans(text, line_start, line_end, led=past):
                spans.extend(_cut_to_length(text, *span))
            led = _leads(text, spans)
    return spans


def _leads(text: str, spans: list[tuple[int, int]]) -> bool:
    return bool(spans) and text[spans[-1][1] - 1] == ":"


def _pieces(text: str, start: int, end: int, separator: str) -> list[tuple[int, int]]:
    """The non-blank stretches of `text[start:end]` between separators, trimmed."""
    pieces = []
    at = start
    while at < end:
        stop = text.find(separator, at, end)
        stop = end if stop < 0 else stop
        trimmed = _trimmed(text, at, stop)
        if trimmed[0] < trimmed[1]:
            pieces.append(trimmed)
        at = stop + len(separator)
    return pieces


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _line_spans(text: str, start: int, end: int, *, led: bool) -> list[tuple[int, int]]:
    """The spans of the sentences of one line; `led`: it belongs to a list whose lead is too far above it to be joined."""
    spans: list[tuple[int, int]] = []
    listing = False
    for begin, stop in _without_headings(text, _plain_spans(text, start, end)):
        item = MARK.match(text, begin, stop)
        if item and listing and stop - spans[-1][0] <= LONGEST_LIST:
            spans[-1] = (spans[-1][0], stop)
            continue
        dependent = led and item is not None and not is_whole_item(text[item.end() : stop])
        first = without_mark(text, begin, stop, dependent=dependent)
        spans.append((first, _before_note_number(text, first, stop)))
        listing = leads(text[begin:stop])
        led = led or listing
    return spans


def _without_headings(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same sentences, with the headings that were run into them as spans of their own."""
    for (start, end), following in zip_longest(spans, spans[1:]):
        cut = run_in_heading(text[start:end])
        if not cut and following and MARK.match(text, *following):
            cut = opens_list(text[start:end])
        if cut:
            yield _trimmed(text, start, start + cut)
        yield start + cut, end


def _before_note_number(text: str, start: int, end: int) -> int:
    """The end of a sentence without the number of a note that stands run into its full stop."""
    number = _NOTE_NUMBER.search(text, start, end)
    return number.start() if number and not _OPEN_ABBREVIATION.search(text, start, number.start()) else end


def _plain_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    line = text[start:end]
    cuts = {0, len(line)}
    cuts.update(int(boundary["start_index"]) for boundary in get_sentence_boundaries("en", line))
    cuts.update(match.end() for match in _GLUED.finditer(line))
    cuts.update(match.end() for match in _CITED.finditer(line) if not _OPEN_ABBREVIATION.search(line, 0, match.start()))
    ordered = sorted(cut for cut in cuts if cut <= len(line) and not (cut and _SUPERSCRIPT.match(line, cut)))
    spans: list[tuple[int, int]] = []
    for left, right in pairwise(ordered):
        begin, stop = _trimmed(text, start + left, start + right)
        if begin >= stop:
            continue
        if spans and _continues(text[spans[-1][0] : spans[-1][1]], text[begin:stop]):
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((begin, stop))
    return spans


def _continues(before: str, after: str) -> bool:
    """Whether `after` belongs to the same sentence as `before`: an abbreviation's full stop, or a bracket left open."""
    if _CERTAIN_ABBREVIATION.search(before):
        return True
    if _OPEN_ABBREVIATION.search(before) and not after[:1].isupper():
        return True
    return after[:1].islower() and before[-1:] not in "!?" and not before.endswith('."')


def _cut_to_length(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    while end - start > LONGEST:
        cut = start + LONGEST
        for mark in ("; ", ", ", " "):
            found = text.rfind(mark, start + LONGEST // 2, start + LONGEST)
            if found >= 0:
                cut = found + len(mark.rstrip())
                break
        span = _trimmed(text, start, cut)
        if span[0] < span[1]:
            spans.append(span)
        start = _trimmed(text, cut, end)[0]
    if start < end:
        spans.append((start, end))
    return spans
