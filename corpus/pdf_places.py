"""Where the words of a PDF's canonical text are drawn: from a span of the text to boxes on the pages, or to none at all.

The file is read again, and the characters of its lines are laid beside the text, one by one and in order. Where the two do
not fit to the last character, no place is given: no mark is better than one on the wrong words.
"""

from __future__ import annotations

import contextlib
import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.pdf import read_pdf
from corpus.pdf_file import open_pdf
from corpus.pdf_lines import Line

# What stands at the end of a line and is left out of the text: a hyphen that breaks a word, a heading's colon.
_LEFT_OUT_AT_END = "-‐:"
# What a mark broken at the end of a line goes on with on the next.
_LEFT_OUT_AT_HEAD = "0123456789,;–—−-"
# Coordinates of pdfium's device space are whole numbers; so many of them make a point.
_PARTS = 100
# In points: how far a mark reaches beyond the ink.
_MARGIN = 0.6
# White space, control characters, and accents by themselves: categories of Unicode.
_NOTHING = {"Zs", "Cc", "Sk"}


@dataclass(frozen=True, slots=True)
class PageBox:
    """A stretch of words on one line of a page, in points from the page's upper left corner as a viewer shows it."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Place:
    """A drawn character: its page, the ordinal of its line, its number among pdfium's characters of the page."""

    page: int
    line: int
    index: int


class PdfPlaces:
    """The canonical text of the PDF in `content`, with the place of each of its characters. Raises `ReadError`."""

    def __init__(self, content: bytes, where: str) -> None:
        read = read_pdf(content, where, recognise=False)
        self.text, _, _ = read.builder.finish()
        self._content, self._where = content, where
        self._places = _aligned(self.text, read.lines)

    def find(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """The span of `self.text` that is `start:end` in `text`, None where that is not certain.

        `text` is what a library holds of the file. An earlier version of the program may have read it in another way; then
        the words must stand in `self.text` once and only once.
        """
        if not 0 <= start < end <= len(text):
            return None
        if text == self.text:
            return start, end
        words = text[start:end]
        at = self.text.find(words)
        return (at, at + len(words)) if at >= 0 and self.text.find(words, at + 1) < 0 else None

    def boxes(self, start: int, end: int) -> list[PageBox]:
        """The boxes of the words `start:end` of `self.text`, in the order of the text.

        They hold the ink of these words and of nothing else of the text. None at all are given where the place of a single
        character is not known.
        """
        if self._places is None:
            return []
        wanted = [place for place, char in zip(self._places[start:end], self.text[start:end], strict=True) if char.isalnum()]
        if not wanted or not all(wanted):
            return []
        runs: dict[int, list[list[_Place]]] = {}
        for place in self._places[start:end]:
            if place is None:
                continue
            on_page = runs.setdefault(place.page, [])
            if on_page and on_page[-1][-1].line == place.line and on_page[-1][-1].index <= place.index:
                on_page[-1].append(place)
            else:
                on_page.append([place])
        boxes: list[PageBox] = []
        with contextlib.closing(open_pdf(self._content, self._where)) as file:
            for number, on_page in runs.items():
                page = file[number - 1]
                text = page.get_textpage()
                boxes += [box for run in on_page for box in _run_boxes(page, text, number, [place.index for place in run])]
                text.close()
                page.close()
        return boxes


def _aligned(text: str, lines: Sequence[Line]) -> list[_Place | None] | None:
    """For each character of `text` its place, None for white space and what parts cells; None if they do not fit."""
    found: list[_Place | None] = []
    before: Line | None = None
    for ordinal, line in enumerate(lines):
        between = "|" if line.cells or (before is not None and before.cells) else ""
        for at, (char, glyph) in enumerate(zip(line.text, line.glyphs, strict=True)):
            if char.isspace():
                continue
            while (
                len(found) < len(text)
                and text[len(found)] != char
                and (text[len(found)].isspace() or text[len(found)] in between)
            ):
                found.append(None)
            if len(found) < len(text) and text[len(found)] == char:
                found.append(_Place(line.page, ordinal, glyph.index) if glyph is not None and glyph.index >= 0 else None)
            elif not _is_left_out(line, at, before):
                return None
        before = line
    rest = text[len(found) :]
    return [*found, *[None] * len(rest)] if not rest.strip("|\n ") else None


def _is_left_out(line: Line, at: int, before: Line | None) -> bool:
    """Whether the character at `at` of `line` is one that composing the text leaves out."""
    rest = line.text[at:].replace(" ", "")
    if not rest.strip(_LEFT_OUT_AT_END):
        return True
    head = line.text[: at + 1].replace(" ", "")
    return before is not None and before.mark_goes_on and not head.strip(_LEFT_OUT_AT_HEAD)


def _run_boxes(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, number: int, indexes: Sequence[int]) -> Iterator[PageBox]:
    """One box for the characters at `indexes` of one line, more where others, such as the mark of a note, stand between."""
    corners: list[tuple[float, float]] = []
    last = indexes[0]
    for index in indexes:
        # An accent that is drawn by itself is part of its letter.
        if any(unicodedata.category(chr(code)) not in _NOTHING for code in _codes(text, last + 1, index)):
            yield _box(number, corners)
            corners = []
        corners += _corners(page, text, index)
        last = index
    yield _box(number, corners)


def _codes(text: pypdfium2.PdfTextPage, start: int, end: int) -> Iterator[int]:
    for index in range(start, end):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code > 0:
            yield code


def _corners(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, index: int) -> list[tuple[float, float]]:
    """Two opposite corners of a character, in points from the page's upper left corner as a viewer shows it."""
    left, bottom, right, top = text.get_charbox(index)
    if right <= left or top <= bottom:  # no ink, or a font that does not tell
        left, bottom, right, top = text.get_charbox(index, loose=True)
    return [on_page(page, left, bottom), on_page(page, right, top)]


def on_page(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of the page's own coordinates as a viewer shows it, turned and cropped: points right and down of a corner."""
    width, height = page.get_size()
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, round(width * _PARTS), round(height * _PARTS), 0, x, y, across, down)
    return across.value / _PARTS, down.value / _PARTS


def _box(number: int, corners: Sequence[tuple[float, float]]) -> PageBox:
    across, down = zip(*corners, strict=True)
    return PageBox(number, min(across) - _MARGIN, min(down) - _MARGIN, max(across) + _MARGIN, max(down) + _MARGIN)
