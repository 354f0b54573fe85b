"""PDFs: from the bytes of a file to its text with headings and pages, and what it states of itself.

The steps: characters (pdf_characters.py), lines in reading order (pdf_lines.py), paragraphs and headings (pdf_blocks.py),
title, authors, year and DOI (pdf_details.py).
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass

from corpus.canonical import TextBuilder
from corpus.errors import ReadError
from corpus.pdf_blocks import compose
from corpus.pdf_characters import PdfPages
from corpus.pdf_details import PdfDetails, details
from corpus.pdf_lines import Line, PageSegments, lines, segments

# How many rows at the head and the foot of a page may be running headers or footers.
_MARGIN_ROWS = 2
# A page with fewer characters than this that a picture covers is a scan.
_SCANNED_CHARACTERS = 40
_PAGE_NUMBER = re.compile(r"(?:page\s*|p\.\s*)?[-–—|]?\s*\d{1,4}\s*[-–—|]?(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF, what it states of itself, and the numbers of its pages that are pictures without text."""

    builder: TextBuilder
    details: PdfDetails
    scanned: tuple[int, ...] = ()


def read_pdf(content: bytes, where: str) -> PdfText:
    """The text of the PDF in `content`; `where` names it in errors.

    Columns are read one after the other, words broken at a line's end are mended, ligatures spelt out, running headers,
    footers, page numbers and the marks of references dropped.
    Raises `ReadError` for a file that is damaged, encrypted or holds no text.
    """
    if not content.strip():
        raise ReadError("the file is empty", where, "Fetch or export it again")
    with contextlib.closing(PdfPages(content, where)) as file:
        pages: list[PageSegments] = []
        pictured: set[int] = set()
        for page in file.pages():
            pages.append(segments(page))
            if page.pictured:
                pictured.add(page.number)
        metadata = {key: file.metadata(key) for key in ("Title", "Author", "Subject")}
        count = file.count
    bodies, margins = _without_running_rows(pages)
    # A scan often bears a stamp or a running line as text.
    scanned = tuple(page.number for page in bodies if page.number in pictured and page.characters < _SCANNED_CHARACTERS)
    body = [line for page in bodies for line in lines(page)]
    if scanned and len(scanned) == count:
        raise ReadError(scanned_note(scanned), where, SCAN_REMEDY)
    if not body:
        raise ReadError(
            "the PDF holds no text (pictures only, perhaps)", where, "Run it through text recognition (OCR) and add the result"
        )
    builder = TextBuilder()
    stated = details(body, margins, metadata, content)
    compose(body, builder, stated.title_lines)
    if not builder.has_quotable_text:  # all of it looks like small print or tables: then that is what it says
        builder = TextBuilder()
        for line in body:
            builder.paged_paragraph([(line.page, line.text)])
    return PdfText(builder, stated, scanned)


SCAN_REMEDY = "Run it through text recognition (OCR) and add the result"


def scanned_note(pages: tuple[int, ...]) -> str:
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

    def key(text: str) -> str:
        return re.sub(r"\d+", "#", text.lower())

    heads = []
    for page in pages:
        rows = page.rows()
        heads.append(rows if len(rows) <= 2 * _MARGIN_ROWS else rows[:_MARGIN_ROWS] + rows[-_MARGIN_ROWS:])
    seen = Counter(one for rows in heads for one in {key(segment.text) for row in rows for segment in row})
    needed = max(2, min(3, len(pages) // 2 + 1))
    kept: list[PageSegments] = []
    margins: list[Line] = []
    for page, rows in zip(pages, heads, strict=True):
        running = [
            segment
            for row in rows
            for segment in row
            if (len(row) == 1 and _PAGE_NUMBER.fullmatch(segment.text))
            or (len(pages) > 1 and seen[key(segment.text)] >= needed)
            # "Smith et al.   3": a number beside what comes back.
            or (_PAGE_NUMBER.fullmatch(segment.text) and any(seen[key(one.text)] >= needed for one in row if one is not segment))
        ]
        kept.append(page.without(running))
        margins += lines(PageSegments(page.number, running, []))
    # A short document may say the same on every page and nothing else; then it is what it says.
    return (kept, margins) if any(page.upright for page in kept) else (pages, [])
