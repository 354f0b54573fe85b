"""PDFs: from the bytes of a file to its text with headings and pages, and what it states of itself.

The steps: characters (pdf_characters.py), lines in reading order (pdf_lines.py), paragraphs and headings (pdf_blocks.py),
title, authors, year and DOI (pdf_details.py).
"""

from __future__ import annotations

import contextlib
import re
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.canonical import TextBuilder
from corpus.errors import ReadError
from corpus.pdf_blocks import compose
from corpus.pdf_characters import PageCharacters, PdfPages
from corpus.pdf_details import PdfDetails, details
from corpus.pdf_file import plain_text
from corpus.pdf_information import information
from corpus.pdf_lines import Line, PageSegments, Segment, lines, segments
from corpus.pdf_ocr import INSTALL, SCALE, TextRecognition, is_installed

# How many rows at the head and the foot of a page may be running headers or footers.
_MARGIN_ROWS = 2
# In points: what comes back on other pages does so at the same height.
_SAME_HEIGHT = 6
# In usual distances of lines: white that parts a running line from the text.
_WIDE_GAP = 1.25
# Text recognition stops after this many seconds of one file, well before its reader is given up.
_RECOGNITION_SECONDS = 400
# A page with fewer characters than this that a picture covers is a scan.
_SCANNED_CHARACTERS = 40
_PAGE_NUMBER = re.compile(r"(?:page\s*|p\.\s*)?[-–—|]?\s*\d{1,4}\s*[-–—|]?(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF, what it states of itself, and the numbers of its pages that are pictures of text.

    Those in `recognised` were read by text recognition, those in `scanned` were not. `lines` are in the order of the text.
    `plain` is a text without layout, read from a file too damaged for more; it has no `lines`.
    """

    builder: TextBuilder
    details: PdfDetails
    scanned: tuple[int, ...] = ()
    recognised: tuple[int, ...] = ()
    lines: tuple[Line, ...] = ()
    plain: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What readers should know of pages that are pictures of text, one phrase each."""
        notes = [f"{_scanned_note(self.scanned)}. {INSTALL}"] if self.scanned else []
        if self.recognised:
            notes.append(f"{_scanned_note(self.recognised)} and was read by text recognition, which may misread words")
        if self.plain:
            notes.append("the file is damaged and its layout was not read, so words of columns and tables may be out of order")
        return tuple(notes)


def read_pdf(content: bytes, where: str, *, recognise: bool = True) -> PdfText:
    """The text of the PDF in `content`; `where` names it in errors. Scans are read where that can be done, if `recognise`.

    Columns are read one after the other, words broken at a line's end are mended, ligatures spelt out, running headers,
    footers, page numbers and the marks of references dropped.
    Raises `ReadError` for a file that is damaged, encrypted or holds no text.
    """
    if not content.strip():
        raise ReadError("the file is empty", where, "Fetch or export it again")
    try:
        opened = PdfPages(content, where)
    except ReadError:
        if plain := _plain(content):
            return plain
        raise
    with contextlib.closing(opened) as file:
        pages: list[PageSegments] = []
        pictured: set[int] = set()
        for page in file.pages():
            pages.append(segments(page))
            if page.pictured:
                pictured.add(page.number)
        bodies, margins = _without_running_rows(pages)
        # A scan often bears a stamp or a running line as text.
        scanned = [page.number for page in bodies if page.number in pictured and page.characters < _SCANNED_CHARACTERS]
        read = _recognised(file, scanned) if scanned and recognise and is_installed() else {}
    if read:
        bodies, margins = _without_running_rows([read.get(page.number, page) for page in pages])
        scanned = [number for number in scanned if number not in read]
    if scanned and len(scanned) == len(pages):
        raise ReadError(_scanned_note(scanned), where, INSTALL)
    body = [line for page in bodies for line in lines(page)]
    if not body:
        raise ReadError(
            "the PDF holds no text (pictures only, perhaps)", where, "Run it through text recognition (OCR) and add the result"
        )
    builder = TextBuilder()
    stated = information(content)
    found = details(body, margins, stated)
    order = compose(body, builder, found.title_lines, stated.outline)
    if not builder.has_quotable_text:  # all of it looks like small print or tables: then that is what it says
        builder, order = TextBuilder(), body
        for line in body:
            builder.paged_paragraph([(line.page, line.text)])
    return PdfText(builder, found, tuple(scanned), tuple(read), tuple(order))


def _plain(content: bytes) -> PdfText | None:
    """What pypdf reads of a file that pdfium refuses, None where that is nothing."""
    builder = TextBuilder()
    for number, text in enumerate(plain_text(content), start=1):
        for block in re.split(r"\n\s*\n", text):
            builder.paged_paragraph([(number, line) for line in block.splitlines()])
    return PdfText(builder, details([], [], information(content)), plain=True) if builder.has_text else None


def _recognised(file: PdfPages, numbers: Sequence[int]) -> dict[int, PageSegments]:
    """Those of the pages that text recognition finds text on, by number, as many as there is time for."""
    started = time.monotonic()
    recognition = TextRecognition()
    found = {}
    for number in numbers:
        if time.monotonic() - started > _RECOGNITION_SECONDS:
            break
        glyphs = recognition.glyphs(file.picture(number, SCALE))
        if glyphs:
            found[number] = segments(PageCharacters(number, (glyphs,), pictured=True))
    return found


def _scanned_note(pages: Sequence[int]) -> str:
    """What to say of the pages, by number, that are pictures of text: "pages 2-4, 7 look scanned"."""
    spans: list[list[int]] = []
    for number in pages:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    named = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
    return f"page {named} looks scanned" if len(pages) == 1 else f"pages {named} look scanned"


def _without_running_rows(pages: list[PageSegments]) -> tuple[list[PageSegments], list[Line]]:
    """The pages without page numbers and the rows that come back at the head or foot of others; and those rows' lines."""
    margins = [_margin_rows(page) for page in pages]
    seen = Counter(one for rows in margins for one in {_keys(segment)[0] for row, _ in rows for segment in row})
    needed = max(2, min(3, len(pages) // 2 + 1))

    def comes_back(segment: Segment, apart: bool) -> bool:
        return sum(seen[key] for key in _keys(segment)) >= (needed if apart else 3)

    kept: list[PageSegments] = []
    running_lines: list[Line] = []
    for page, rows in zip(pages, margins, strict=True):
        running: list[Segment] = []
        for row, apart in rows:
            back = [segment for segment in row if comes_back(segment, apart)]
            # A number alone, or beside what comes back: "Smith et al.   3".
            numbers = [segment for segment in row if _PAGE_NUMBER.fullmatch(segment.text) and (len(row) == 1 or back)]
            running += dict.fromkeys([*back, *numbers])
        kept.append(page.without(running))
        running_lines += lines(PageSegments(page.number, running, []))
    # A short document may say the same on every page and nothing else; then it is what it says.
    return (kept, running_lines) if any(page.upright for page in kept) else (pages, [])


def _margin_rows(page: PageSegments) -> list[tuple[list[Segment], bool]]:
    """The first and the last rows of a page, each with whether wide white parts it from the text."""
    rows = page.rows()
    if len(rows) <= 2 * _MARGIN_ROWS:
        return [(row, True) for row in rows]
    gaps = [above[0].y - below[0].y for above, below in pairwise(rows)]
    usual = statistics.median(gaps)
    found = []
    for ends, white in ((rows, gaps), (rows[::-1], gaps[::-1])):
        wide = [gap > _WIDE_GAP * usual for gap in white[:_MARGIN_ROWS]]
        found += [(ends[at], any(wide[at:])) for at in range(_MARGIN_ROWS)]
    return found


def _keys(segment: Segment) -> tuple[tuple[str, int], ...]:
    """Its words without numbers, at its height or just beside it: words of the text come back too, but elsewhere."""
    words, height = re.sub(r"\d+", "#", segment.text.lower()), round(segment.y / _SAME_HEIGHT)
    return ((words, height), (words, height - 1), (words, height + 1))
