"""What stands on the pages of a PDF: pdfium's characters with their place and type, and how much of a page is picture.

Coordinates are in points, turned so that most of a page's text runs left to right; y grows upward.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.pdf_file import damaged, open_pdf

_BOLD = re.compile(r"bold|black|heavy|demi|-medi\b|medi$", re.IGNORECASE)
# pdfium gives a hyphen at a line's end as U+0002; fonts often name the hyphen they draw a soft one.
_DRAWN = {"\x02": "-", "\u00ad": "-", "\uf0b7": "•", "\uf0a7": "▪", "\u00a0": " "}
_UNDRAWN = {"\x00", "\ufffe", "\uffff"}
# A digit whose ink begins this much of its size above the line is set high, though its font calls it a digit like others.
_HIGH = 0.22
# Only of pages with fewer characters than this is asked whether they are pictures: it takes time.
_FEW_CHARACTERS = 600
_COVERED = 0.4
_LONGEST_SIDE = 4000
_LAST_CODE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One drawn character: its extent along the line, the height of its baseline, its size, all in points.

    `spaced` says that white space stands before it, `broken` that pdfium takes it for the first of a line. `high` is a
    digit drawn as a superscript by the font itself. `index` is its number among pdfium's characters of the page, -1 for
    what text recognition read.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    spaced: bool = False
    broken: bool = False
    high: bool = False
    index: int = -1


@dataclass(frozen=True, slots=True)
class PageCharacters:
    """The characters of one page by their direction, the most frequent first.

    `pictured` is a page with little text that pictures cover.
    """

    number: int
    runs: tuple[tuple[Glyph, ...], ...]
    pictured: bool


class PdfPages:
    """An open PDF. Raises `ReadError` when it is damaged or asks for a password; `where` names it in errors."""

    def __init__(self, content: bytes, where: str) -> None:
        self._file = open_pdf(content, where)
        self.count = len(self._file)
        self._where = where

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def pages(self) -> Iterator[PageCharacters]:
        """Every page in order, one in memory at a time. Raises `ReadError` when none can be opened."""
        problem = ""
        opened = 0
        for number in range(1, self.count + 1):
            try:
                page = self._file[number - 1]
            except pypdfium2.PdfiumError as error:
                problem = str(error)
                continue  # one page that is damaged costs itself only
            opened += 1
            try:
                yield _page_characters(page, number)
            except pypdfium2.PdfiumError as error:
                problem = str(error)
            finally:
                page.close()
        if not opened:
            raise damaged(self._where, problem)

    def picture(self, number: int, scale: float) -> Any:  # noqa: ANN401  # a numpy array, which only OCR looks into
        """Page `number` (from 1) as RGB, (height, width, 3) uint8, at `scale` pixels per point, its longer side at most 4,000."""
        page = self._file[number - 1]
        try:
            scale = min(scale, _LONGEST_SIDE / max(page.get_size()))
            return page.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3]
        finally:
            page.close()


def _page_characters(page: pypdfium2.PdfPage, number: int) -> PageCharacters:
    text = page.get_textpage()
    try:
        runs: dict[int, list[Glyph]] = {}
        for angle, glyph in _glyphs(text):
            runs.setdefault(angle, []).append(glyph)
    finally:
        text.close()
    ordered = sorted(runs.values(), key=len, reverse=True)
    few = sum(map(len, ordered)) < _FEW_CHARACTERS
    return PageCharacters(number, tuple(map(tuple, ordered)), few and _is_pictured(page))


def _glyphs(text: pypdfium2.PdfTextPage) -> Iterator[tuple[int, Glyph]]:
    """(degrees that the text is turned by, character) in the order of pdfium, white space folded into `spaced`."""
    styles: dict[int, tuple[int, float, bool]] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium.FS_RECTF()
    spaced = broken = False
    lead = 0xD800
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code in _SURROGATES:  # Windows gives a character beyond the first plane as two
            lead, code = (code, 0) if code < 0xDC00 else (0, 0x10000 + ((lead - 0xD800) << 10) + code - 0xDC00)
        drawn = _DRAWN.get(chr(code), chr(code)) if code <= _LAST_CODE else ""
        if not drawn or drawn in _UNDRAWN:
            continue
        if drawn.isspace():
            broken = broken or drawn in "\r\n"
            spaced = spaced or drawn not in "\r\n"
            continue
        key = ctypes.cast(pdfium.FPDFText_GetTextObject(text, index), ctypes.c_void_p).value or -index - 1
        if key not in styles:
            styles[key] = _style(text, index)
        angle, size, bold = styles[key]
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        if not pdfium.FPDFText_GetLooseCharBox(text, index, box):
            continue
        x0, x1, base = _turned((box.left, box.bottom, box.right, box.top), (x.value, y.value), angle)
        high = False
        if drawn.isdigit() and angle == 0 and size:
            _, bottom, _, top = text.get_charbox(index)
            high = bottom - base > _HIGH * size and top > bottom
        yield angle, Glyph(drawn, x0, x1, base, size, bold, spaced, broken, high, index)
        spaced = broken = False


def _style(text: pypdfium2.PdfTextPage, index: int) -> tuple[int, float, bool]:
    """Direction in degrees, size in points on the page, and boldness of the text object at `index`."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, matrix)
    size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
    name = ctypes.create_string_buffer(256)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, index, name, 256, flags)
    bold = _BOLD.search(name.value.decode("utf-8", "replace")) is not None
    return round(math.degrees(math.atan2(matrix.b, matrix.a))), round(abs(size), 1), bold


def _turned(box: tuple[float, float, float, float], origin: tuple[float, float], angle: int) -> tuple[float, float, float]:
    """Extent along the line and height of the baseline, once the page is turned back by `angle` degrees."""
    if not angle:
        return box[0], box[2], origin[1]
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along = [x * cosine + y * sine for x in (box[0], box[2]) for y in (box[1], box[3])]
    return min(along), max(along), origin[1] * cosine - origin[0] * sine


def _is_pictured(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    covered = 0.0
    for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = found.get_bounds()
        covered += max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(top, height) - max(bottom, 0.0))
    return bool(covered > _COVERED * width * height)
