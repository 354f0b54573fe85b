"""From the lines of a PDF to headings, paragraphs and what is kept from quotes: small print, captions, tables, front matter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from corpus.canonical import TextBuilder
from corpus.pdf_broken_lines import breaks_off, joined, words_of
from corpus.pdf_lines import Line
from corpus.pdf_outline import OutlineEntry, outlined

# Type this much smaller than the body's is a footnote, a caption or the words of a figure.
_SMALL_PRINT = 0.88
_LARGE_PRINT = 1.12
# An abstract, or a section of methods, may be set smaller than the rest, down to this.
_SMALL_SECTION = 0.7
_HEADING_LENGTH = 120
_NUMBERED_HEADING = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[A-Z]")
# "2.1. Participants" needs no bold type to be a heading.
_DEEP_HEADING = re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{1,2})?\.?\s+[A-Z][^.;:]{2,70}")
_KNOWN_HEADING = re.compile(
    r"(?:(?:\d{1,2}|[IVX]{1,4})\.?\s+)?(?:abstract|summary|background|introduction|methods and materials|"
    r"(?:(?:materials?|patients|subjects) and )?methods|results|results and discussion|discussion|conclusions?|"
    r"discussion and conclusions?|references|bibliography|literature cited|acknowledge?ments?|limitations|key ?words)\s*:?",
    re.IGNORECASE,
)
# The first of these on the first page ends a paper's front matter.
_OPENING_HEADING = re.compile(r"(?:abstract|summary|(?:(?:1|I)\.?\s+)?introduction)\s*:?", re.IGNORECASE)
# "Abstract—We report …", "ABSTRACT: We report …": the heading and the text on one line.
_RUN_IN = re.compile(r"(abstract|summary|key ?words)(?:\s*[:.—–]\s*|\s+[-–—]\s+)(?=\S)", re.IGNORECASE)
_KEYWORDS = re.compile(r"key ?words(?: and phrases)?\b\s*[:.—–]?|index terms\b", re.IGNORECASE)
_SMALL_HEADING = re.compile(r"\b(?:abstract|summary|methods)\s*:?$", re.IGNORECASE)
_LIST_ITEM = re.compile(r"(?:[•◦▪‣·–—]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_SENTENCE_END = re.compile(r"""[.!?:]["'”’)\]]*$""")
_CAPTION = re.compile(
    r"(?:(?:supplementary |extended data )?(?:table|figure|fig\.?|box|scheme|chart)\s*(?:S?\d+|[IVX]+)[a-z]?\s*(?:[.:|—–]|$)|"
    r"(?:table|figure)\s*\d+\s+(?-i:[A-Z]))",
    re.IGNORECASE,
)
_TABLE_CAPTION = re.compile(r"(?:supplementary )?table\b", re.IGNORECASE)


def compose(
    lines: Sequence[Line], builder: TextBuilder, title: Sequence[Line], outline: Sequence[OutlineEntry] = ()
) -> list[Line]:
    """Hand headings, paragraphs and what is not to be quoted to `builder`; the lines in the order in which they went there.

    `title` are those of `lines` that hold the title. What stands in the file's `outline` is a heading, whatever its type.
    """
    composer = _Composer(lines, builder, title, outline)
    composer.run()
    return composer.order


class _Composer:
    """One pass over the lines of a document, with the paragraph and the asides that are under way."""

    def __init__(
        self, lines: Sequence[Line], builder: TextBuilder, title: Sequence[Line], outline: Sequence[OutlineEntry]
    ) -> None:
        body_size = main_size(lines)
        if _most(lines, [line.upright for line in lines]):
            # A stamp set sideways in the margin reads like a headline by its size; it is small print.
            lines = [line if line.upright else replace(line, size=0.0) for line in lines]
        self._lines = [part for line in lines for part in _with_run_in(line)]
        self.order: list[Line] = []
        self._builder = builder
        self._title = set(title)
        self._body_size = body_size
        self._smallest = body_size * _SMALL_PRINT
        self._mostly_bold = _most(lines, [line.bold for line in lines])
        self._vocabulary = words_of(lines)
        self._paragraph: list[Line] = []
        self._asides: list[list[Line]] = []
        self._in_table = False
        self._position = 0
        self._front_end = front_end(self._lines)
        self._outlined = outlined(self._lines, outline)
        self._large_prose = _large_prose(self._lines, body_size)

    def run(self) -> None:
        while self._position < len(self._lines):
            line = self._lines[self._position]
            if line in self._title or self._position in self._outlined or self._is_heading(line):
                self._take_heading(line)
                continue
            if self._is_aside(line):
                self._take_aside(line)
            else:
                if self._paragraph and not _runs_on(self._paragraph[-1], line, listed=_is_item(self._paragraph[0])):
                    self._end_paragraph()
                    self._end_asides()
                self._paragraph.append(line)
            self._position += 1
        self._end_paragraph()
        self._end_asides()

    @property
    def _in_front(self) -> bool:
        return self._position < self._front_end

    def _take_heading(self, line: Line) -> None:
        run, named = [line], self._outlined.get(self._position)
        if named:
            run = self._lines[self._position : self._position + named[0]]
        for following in () if named else self._lines[self._position + 1 : self._position + 5]:
            if not (following in self._title if line in self._title else self._same_heading(run[-1], following)):
                break
            run.append(following)
        self._end_paragraph()
        self._end_asides()
        self._in_table = False
        text = " ".join(piece for _, piece in joined(run, self._vocabulary))
        if self._in_front and line not in self._title:
            self._builder.aside(self._pieces(run))
        elif not _KEYWORDS.match(text):
            self.order += run
            depth = named[1] if named and line not in self._title else 0
            level = 2 + depth if depth else self._level(text, line)
            self._builder.heading(text.rstrip(" :"), level, page=line.page)
        self._position += len(run)
        if _KEYWORDS.match(text):
            self._take_keywords(run)
        self._smallest = self._body_size * _SMALL_PRINT
        below = self._lines[self._position : self._position + 3]
        if _SMALL_HEADING.search(text) and all(_is_prose(one) and one.size == below[0].size for one in below):
            smallest = min([self._smallest, *(one.size - 0.2 for one in below)])
            self._smallest = max(self._body_size * _SMALL_SECTION, smallest)

    def _take_keywords(self, heading: list[Line]) -> None:
        """Keywords are a paragraph of their own, and no sentence."""
        words = list(heading)
        while self._position < len(self._lines):
            line = self._lines[self._position]
            if (
                self._position in self._outlined
                or self._is_heading(line)
                or not 0 <= words[-1].y - line.y < 1.6 * line.size
                or line.page != words[-1].page
            ):
                break
            words.append(line)
            self._position += 1
        self._builder.aside(self._pieces(words))

    def _is_aside(self, line: Line) -> bool:
        if _CAPTION.match(line.text):
            last = self._lines[self._position - 1]
            if self._paragraph[-1:] == [last] and not _SENTENCE_END.search(last.text) and _below(last, line, 1.7):
                return False  # "… as shown in" and "Table 2. It also": a sentence that goes on
            self._in_table = _TABLE_CAPTION.match(line.text) is not None
            return True
        if line.size < self._smallest or line.cells or _KEYWORDS.match(line.text):
            return True
        if self._stands_alone(line) or self._heads_table(line):
            return True
        if self._asides and not self._paragraph_since(self._asides[-1][-1]):
            last = self._asides[-1][-1]
            if _CAPTION.match(self._asides[-1][0].text) and not last.cells and _below(last, line, 1.4):
                return True  # the caption's further lines, in the type of the body
            # Between a table's caption and the text that goes on, what is not a line of prose is the table's.
            return self._in_table and len(line.text) < 40 and line.page == last.page and line.y < last.y
        return False

    def _stands_alone(self, line: Line) -> bool:
        """Whether `line` is a few words with white around them, such as those of a figure, while a sentence is open."""
        if not self._paragraph or len(line.text) > 30 or _SENTENCE_END.search(line.text) or _is_item(line):
            return False
        above, below = self._lines[self._position - 1], self._lines[self._position + 1 : self._position + 2]
        return not _below(above, line, 1.8) and all(
            not _below(line, one, 1.8) and one.page == line.page and one.y < line.y for one in below
        )

    def _heads_table(self, line: Line) -> bool:
        """Whether `line` stands on rows of cells, and elsewhere than below the text before it: their heads, set close."""
        following = self._lines[self._position + 1 : self._position + 2]
        if not following or not following[0].cells or not _below(line, following[0], 2):
            return False
        return not self._paragraph or not _below(self._paragraph[-1], line, 1.8)

    def _paragraph_since(self, aside: Line) -> bool:
        """Whether body text was read after `aside`."""
        return self._lines[self._position - 1] is not aside

    def _take_aside(self, line: Line) -> None:
        last = self._asides[-1][-1] if self._asides else None
        if last and not _CAPTION.match(line.text) and bool(last.cells) == bool(line.cells) and _same_aside(last, line):
            self._asides[-1].append(line)
        else:
            self._asides.append([line])

    def _end_paragraph(self) -> None:
        if self._paragraph:
            pieces = self._pieces(self._paragraph)
            # Authors, affiliations and stamps between a paper's title and its abstract are no evidence to quote, nor are signs.
            if self._position <= self._front_end or not any(map(str.isalpha, "".join(text for _, text in pieces))):
                self._builder.aside(pieces)
            else:
                self._builder.paged_paragraph(pieces)
            self._paragraph.clear()

    def _end_asides(self) -> None:
        for aside in self._asides:
            if aside[0].cells:
                self.order += aside
                self._builder.aside([(line.page, " | ".join(line.cells)) for line in aside], separator="\n")
            else:
                self._builder.aside(self._pieces(aside))
        self._asides.clear()

    def _pieces(self, lines: Sequence[Line]) -> list[tuple[int, str]]:
        """(page, text) of the lines, which go to the builder next."""
        self.order += lines
        return joined(lines, self._vocabulary)

    def _is_heading(self, line: Line) -> bool:
        text = line.text
        if len(text) > _HEADING_LENGTH or line.cells or sum(map(str.isalpha, text)) < 2 or _CAPTION.match(text):
            return False
        if _KNOWN_HEADING.fullmatch(text) and not text[0].islower():
            return True
        if line.size > self._body_size * _LARGE_PRINT and line not in self._large_prose:
            return True
        if _DEEP_HEADING.fullmatch(text) and line.size >= self._body_size * _SMALL_PRINT:
            return True
        emphatic = line.bold and not self._mostly_bold and line.size >= self._body_size * _SMALL_PRINT
        return emphatic and len(text) < 90 and not text.endswith((".", ",", ";")) and not text[0].islower()

    def _same_heading(self, last: Line, line: Line) -> bool:
        """Whether `line` goes on the heading that `last` began: the same type, just below, not a heading of its own number."""
        return (
            line.page == last.page
            and abs(line.size - last.size) < 0.2
            and line.bold == last.bold
            and line not in self._title
            and self._is_heading(line)
            and not _NUMBERED_HEADING.match(line.text)
            and not _KNOWN_HEADING.fullmatch(line.text)
            and not _KNOWN_HEADING.fullmatch(last.text)
            and 0 <= last.y - line.y < 2.2 * line.size
        )

    def _level(self, text: str, line: Line) -> int:
        if line in self._title:
            return 1
        if numbered := _NUMBERED_HEADING.match(text):
            return 2 + numbered[1].count(".")
        if _KNOWN_HEADING.fullmatch(text):
            return 2
        return 1 if line.size > self._body_size * 1.35 else 2


def _large_prose(lines: Sequence[Line], body_size: float) -> set[Line]:
    """The lines that are set larger than the body and are text all the same: an introduction, a notice in a box."""
    runs: list[list[Line]] = []
    for line in lines:
        if line.size <= body_size * _LARGE_PRINT:
            runs.append([])
        elif runs and runs[-1] and _below(runs[-1][-1], line, 1.7) and runs[-1][-1].bold == line.bold:
            runs[-1].append(line)
        else:
            runs.append([line])
    found: set[Line] = set()
    for run in runs:
        words = " ".join(line.text for line in run)
        sentence = _SENTENCE_END.search(words) is not None and not words.endswith((":", "?"))
        if (sentence and len(words.split()) > 8) or (len(run) > 4 and ". " in words):
            found.update(run)
    return found


def main_size(lines: Sequence[Line]) -> float:
    """The type size, in points, of most characters of `lines`."""
    weight: Counter[float] = Counter()
    for line in lines:
        weight[line.size] += len(line.text)
    return (weight.most_common(1)[0][0] if weight else 0.0) or 1.0


def front_end(lines: Sequence[Line]) -> int:
    """The index of the line that ends a paper's front matter: its first page's "Abstract" or "Introduction"; 0 without one."""
    first = lines[0].page if lines else 0
    return next(
        (
            at
            for at, line in enumerate(lines)
            if line.page == first
            and not line.text[:1].islower()
            and (_OPENING_HEADING.fullmatch(line.text) or _opens_abstract(line))
        ),
        0,
    )


def _opens_abstract(line: Line) -> bool:
    run_in = _RUN_IN.match(line.text)
    return run_in is not None and run_in[1].lower() in ("abstract", "summary")


def _with_run_in(line: Line) -> list[Line]:
    """The line, in two where it begins with the word "Abstract" as a heading of its own."""
    run_in = _RUN_IN.match(line.text)
    if run_in is not None and not _KEYWORDS.match(line.text):
        return [line.part(*run_in.span(1)), line.part(run_in.end(), len(line.text))]
    if line.lead and re.fullmatch(r"(?:abstract|summary)[:.]?", line.lead, re.IGNORECASE):
        return [line.part(0, len(line.lead)), line.part(len(line.lead), len(line.text))]
    return [line]


def _most(lines: Sequence[Line], which: list[bool]) -> bool:
    """Whether `which` holds for more than half of the characters of `lines`."""
    holds = sum(len(line.text) for line, chosen in zip(lines, which, strict=True) if chosen)
    return holds * 2 > sum(len(line.text) for line in lines)


def _below(last: Line, line: Line, sizes: float) -> bool:
    """Whether `line` is the next one below `last`, at most `sizes` of its own type further down, in the same type."""
    return line.page == last.page and 0 < last.y - line.y < sizes * line.size and abs(line.size - last.size) < 0.6


def _same_aside(last: Line, line: Line) -> bool:
    if line.cells:
        return line.page == last.page and last.y > line.y
    return _runs_on(last, line)


def _is_prose(line: Line) -> bool:
    return not line.cells and len(line.text) > 25 and _CAPTION.match(line.text) is None


def _is_item(line: Line) -> bool:
    return _LIST_ITEM.match(line.text) is not None


def _runs_on(last: Line, line: Line, *, listed: bool = False) -> bool:
    """Whether `line` goes on the paragraph that `last` stands in; `listed` is one that is the item of a list."""
    if _is_item(line):
        return False
    if breaks_off(last.text) or line.text[0].islower():
        return True
    if not _SENTENCE_END.search(last.text):
        # A new column or page goes on an open sentence; a wide gap on the page does not, nor a lesser one after a list's item.
        widest = (1.45 if listed or _is_item(last) else 2) * line.size
        return abs(line.size - last.size) < 0.6 and (line.page != last.page or line.y > last.y or last.y - line.y < widest)
    if line.page != last.page or line.y > last.y:
        return False
    return last.y - line.y < 1.45 * line.size and line.x - last.x < 6
