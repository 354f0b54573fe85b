"""Canonical text: what a reader sees, in one spelling, and the builder that keeps offsets while a text grows.

Of what a reader of a PDF sees, these are left out: running heads and page numbers, hyphens that only break a line, and the
superscript marks of references and footnotes ("exercise.12,13" is "exercise."), as quotations usually omit citations. Other
superscripts are spelt with superscript characters ("10⁹", "kg/m²"). The list of references and the footnotes themselves stay.

Readers of every format hand their blocks to a `TextBuilder`; offsets are taken from the finished canonical text only,
so no later step can shift them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.records import PageSpan, Section

# The Latin presentation ligatures a PDF's font may hold; full NFKC would also rewrite "²" and "½", which readers see.
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}
# Soft hyphens and zero-width characters take no room on a page, but break search and copying. Joiners (U+200C, U+200D)
# stay: they shape Persian or Indic words and emoji.
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))
_SPACES = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BIBLIOGRAPHY = re.compile(
    r"(?:\d+\.?\s+)?(?:references?|bibliography|literature cited|works cited|sources|citations|further reading)(?: and notes)?",
    re.IGNORECASE,
)


def canonical_line(text: str) -> str:
    """`text` on one line: NFC, ligatures spelt out, invisible characters dropped, white space to single spaces."""
    text = unicodedata.normalize("NFC", text.translate(_LIGATURES).translate(_INVISIBLE))
    return _SPACES.sub(" ", _CONTROL.sub(" ", text).replace("\n", " ")).strip()


def is_bibliography(heading: str) -> bool:
    """Whether `heading` opens a list of references: kept in the text, but no evidence to quote."""
    return _BIBLIOGRAPHY.fullmatch(heading.strip(" :.")) is not None


@dataclass(slots=True)
class TextBuilder:
    """Grows a canonical text block by block, with its sections and pages.

    Blocks of one call of `lines` are joined by a newline (list items, table rows); calls are joined by a blank line.
    """

    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _path: list[tuple[int, str]] = field(default_factory=list)
    _sections: list[Section] = field(default_factory=list)
    _section_start: int | None = None
    _headings: list[str] = field(default_factory=list)
    _pages: list[tuple[int, int]] = field(default_factory=list)

    def paragraph(self, text: str) -> None:
        """Add one paragraph of body text; blank text adds nothing."""
        self.lines([text])

    def lines(self, items: list[str]) -> None:
        """Add one block of several lines: the items of a list or the rows of a table."""
        block = "\n".join(line for line in map(canonical_line, items) if line)
        if block:
            self._append_body(block)

    def paged_paragraph(self, pieces: list[tuple[int, str]], separator: str = " ") -> None:
        """Add one paragraph that may run over a page's end: (page number, text) pieces, joined by `separator`.

        The number is 0 where the text has no pages. The separator is a space, or a newline between the rows of a table.
        """
        start = self._length + 2 if self._parts else 0
        joined = ""
        for number, piece in pieces:
            line = canonical_line(piece)
            if line:
                joined += separator if joined else ""
                self._begin_page(number, start + len(joined))
                joined += line
        if joined:
            self._append_body(joined)

    def heading(self, text: str, level: int, page: int | None = None) -> None:
        """Close the section under way and open one below the headings of a lower `level` (1 is the outermost)."""
        text = canonical_line(text)
        if not text:
            return
        self._close_section()
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._path.append((level, text))
        self._headings.append(text)
        if page is not None:
            self._begin_page(page, self._length + 2 if self._parts else 0)
        self._append(text)

    def aside(self, pieces: list[tuple[int, str]], separator: str = " ") -> None:
        """Add a paragraph that readers see but that is never quoted: a footnote, a caption, a table, the words of a figure."""
        path_start, self._section_start = self._section_start, None
        if path_start is not None:
            self._sections.append(self._section(path_start, quotable=True))
        self.paged_paragraph(pieces, separator)
        if self._section_start is not None:
            self._sections.append(self._section(self._section_start, quotable=False))
            self._section_start = None

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading added so far, in order."""
        return tuple(self._headings)

    @property
    def has_text(self) -> bool:
        """Whether any body text was added; headings alone say nothing."""
        return bool(self._sections) or self._section_start is not None

    @property
    def has_quotable_text(self) -> bool:
        """Whether any body text was added that may be quoted."""
        return any(section.quotable for section in self._sections) or self._section_start is not None

    def finish(self) -> tuple[str, tuple[Section, ...], tuple[PageSpan, ...]]:
        """The canonical text, its sections, and its pages, all offsets final."""
        self._close_section()
        starts = [*self._pages, (0, self._length)]
        pages = tuple(PageSpan(number, start, following) for (number, start), (_, following) in pairwise(starts))
        return "".join(self._parts), tuple(self._sections), pages

    def _append_body(self, block: str) -> None:
        start = self._append(block)
        if self._section_start is None:
            self._section_start = start

    def _append(self, block: str) -> int:
        if self._parts:
            self._parts.append("\n\n")
            self._length += 2
        start = self._length
        self._parts.append(block)
        self._length += len(block)
        return start

    def _begin_page(self, number: int, offset: int) -> None:
        if number > (self._pages[-1][0] if self._pages else 0):
            self._pages.append((number, offset if self._pages else 0))

    def _section(self, start: int, *, quotable: bool) -> Section:
        path = tuple(text for _, text in self._path)
        return Section(path, start, self._length, quotable and not any(map(is_bibliography, path)))

    def _close_section(self) -> None:
        if self._section_start is not None:
            self._sections.append(self._section(self._section_start, quotable=True))
        self._section_start = None
