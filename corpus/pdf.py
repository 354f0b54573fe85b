"""PDFs: pypdf's text, made into lines with their type size, then into the paragraphs and headings a reader sees."""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError

from corpus.canonical import TextBuilder, canonical_line
from corpus.errors import ReadError

# Type this much smaller than the body's is a footnote, a caption or the words of a figure.
_SMALL_PRINT = 0.88
_LARGE_PRINT = 1.12
_HEADING_LENGTH = 120
# How many lines at the head and the foot of a page may be running headers or footers.
_MARGIN_LINES = 2
_BOLD = re.compile(r"bold|black|heavy|demi|-medi\b|medi$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_NUMBERED_HEADING = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[A-Z]")
_KNOWN_HEADING = re.compile(
    r"(?:abstract|summary|background|introduction|(?:materials and |patients and )?methods|results|discussion|conclusions?|"
    r"references|bibliography|acknowledge?ments?|limitations)\s*:?",
    re.IGNORECASE,
)
# The first of these on the first page ends a paper's front matter.
_OPENING_HEADING = re.compile(r"(?:abstract|summary|(?:1\.?\s+)?introduction)\s*:?", re.IGNORECASE)
_LIST_ITEM = re.compile(r"(?:[•◦▪‣·–—]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
# With the number of a footnote or a reference after it, if any.
_SENTENCE_END = re.compile(r"""(?:[.!?:]["'”’)\]]*|[^\W\d_)\]"”][.!?][\d,–-]{1,9})$""")
_CAPTION = re.compile(r"(?:table|figure|fig\.?|box)\s*\d+\s*[.:|]", re.IGNORECASE)
_BROKEN_WORD = re.compile(r"([^\W\d_]+)[-‐]$")
# What pypdf meets damaged files with, or those that need a program that is not here; for the reader of the message they
# all mean the same.
_UNREADABLE = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_ADDRESS = re.compile(r"://\S*$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A run of characters as pypdf's visitor gives it: one font, one size."""

    text: str
    size: float
    bold: bool
    upright: bool
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float  # points, of most of its characters
    bold: bool  # all of it: a run-in heading is no heading of its own
    upright: bool
    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF and its metadata title, None where it has none worth showing."""

    builder: TextBuilder
    title: str | None


def read_pdf(content: bytes, where: str) -> PdfText:
    """The text of the PDF in `content`; `where` names it in errors.

    Words broken at a line's end are mended, ligatures spelt out, running headers, footers and page numbers dropped.
    Raises `ReadError` for a file that is damaged, encrypted or holds no text.
    """
    if not content.strip():
        raise ReadError("the file is empty", where, "Fetch or export it again")
    try:
        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED
        pages = [] if locked else [_page_lines(page, number) for number, page in enumerate(reader.pages, start=1)]
        title = "" if locked else canonical_line((reader.metadata.title if reader.metadata else None) or "")
    except _UNREADABLE as error:
        problem = canonical_line(str(error)) or type(error).__name__
        raise ReadError("the PDF cannot be read", where, f"Open it in a PDF viewer and save it anew ({problem[:200]})") from error
    if locked:
        raise ReadError("the PDF is encrypted", where, "Save a copy without a password and add that")
    lines = [line for page in _without_running_lines(pages) for line in page]
    if not lines:
        raise ReadError(
            "the PDF holds no text (a scan, or pictures only)", where, "Run it through text recognition (OCR) and add the result"
        )
    builder = TextBuilder()
    first_heading = _compose(lines, builder)
    if not builder.has_text:
        builder.paged_paragraph([(line.page, line.text) for line in lines])
    usable = (
        title
        if len(title) > 3 and not re.search(r"\.(?:docx?|pdf|tex|indd|qxd)$|^microsoft word|^untitled", title, re.IGNORECASE)
        else None
    )
    return PdfText(builder, usable or first_heading)


def _page_lines(page: PageObject, number: int) -> list[_Line]:
    """The lines of one page in the order pypdf gives them, with the type size that most of each is set in."""
    chunks: list[_Chunk] = []

    def visit(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        scale = math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
        name = str((font or {}).get("/BaseFont", ""))
        along, across = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
        upright = abs(across) <= abs(along)
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        chunks.append(_Chunk(text, round(float(size) * scale, 1), _BOLD.search(name) is not None, upright, float(x), float(y)))

    page.extract_text(visitor_text=visit)
    lines: list[_Line] = []
    parts: list[_Chunk] = []

    def finish_line() -> None:
        # Fonts often name the hyphen they draw a soft one, which is invisible in other texts but not on a page.
        text = canonical_line("".join(part.text for part in parts).replace("\u00ad", "-"))
        if text:
            shown = [part for part in parts if part.text.strip()]
            sizes: Counter[float] = Counter()
            for part in shown:
                sizes[part.size] += len(part.text.strip())
            size = sizes.most_common(1)[0][0]
            first = shown[0]
            lines.append(_Line(text, size, all(part.bold for part in shown), first.upright, number, first.x, first.y))
        parts.clear()

    for chunk in chunks:
        for position, piece in enumerate(chunk.text.split("\n")):
            if position:
                finish_line()
            parts.append(replace(chunk, text=piece))
    finish_line()
    return lines


def _without_running_lines(pages: list[list[_Line]]) -> list[list[_Line]]:
    """The pages without page numbers, and without the lines that come back at the head or foot of other pages."""

    def key(line: _Line) -> str:
        return re.sub(r"\d+", "#", line.text.lower())

    margins: Counter[str] = Counter()
    for page in pages:
        margins.update({key(line) for line in page[:_MARGIN_LINES] + page[-_MARGIN_LINES:]})
    needed = max(2, min(3, len(pages) // 2 + 1))
    kept = []
    for page in pages:
        body = []
        for position, line in enumerate(page):
            at_margin = position < _MARGIN_LINES or position >= len(page) - _MARGIN_LINES
            if at_margin and (_PAGE_NUMBER.fullmatch(line.text) or (len(pages) > 1 and margins[key(line)] >= needed)):
                continue
            body.append(line)
        kept.append(body)
    # A short document may say the same on every page and nothing else; then it is what it says.
    return kept if any(kept) else pages


def _compose(lines: list[_Line], builder: TextBuilder) -> str | None:
    """Hand headings, paragraphs and small print to `builder`; give the largest heading of the first page, if any."""
    weight: Counter[float] = Counter()
    for line in lines:
        weight[line.size] += len(line.text)
    body_size = weight.most_common(1)[0][0] or 1.0
    mostly_bold = _most(lines, [line.bold for line in lines])
    if _most(lines, [line.upright for line in lines]):
        # A stamp set sideways in the margin reads like a headline by its size; it is small print.
        lines = [line if line.upright else replace(line, size=0.0) for line in lines]
    vocabulary = Counter(word.lower() for line in lines for word in re.findall(r"[\w‐-]+", line.text))
    title: tuple[float, str] | None = None
    paragraph: list[_Line] = []
    asides: list[list[_Line]] = []

    def end_paragraph() -> None:
        if paragraph:
            pieces = _joined(paragraph, vocabulary)
            # Authors, affiliations and stamps between a paper's title and its abstract are no evidence to quote.
            builder.aside(pieces) if position <= front_end else builder.paged_paragraph(pieces)
            paragraph.clear()

    def end_asides() -> None:
        for aside in asides:
            builder.aside(_joined(aside, vocabulary))
        asides.clear()

    front_end = min(
        (at for at, line in enumerate(lines) if line.page == lines[0].page and _OPENING_HEADING.fullmatch(line.text)), default=-1
    )
    position = 0
    while position < len(lines):
        line = lines[position]
        if _is_heading(line, body_size, mostly_bold):
            run = [line]
            while (
                position + len(run) < len(lines)
                and _same_heading(run[-1], lines[position + len(run)], body_size, mostly_bold)
                and len(run) < 4
            ):
                run.append(lines[position + len(run)])
            end_paragraph()
            end_asides()
            text = " ".join(piece for _, piece in _joined(run, vocabulary))
            builder.heading(text, _level(text, line, body_size), page=line.page)
            if line.page == lines[0].page and (title is None or line.size > title[0] + 0.5):
                title = (line.size, text)
            position += len(run)
            continue
        if line.size < body_size * _SMALL_PRINT or _CAPTION.match(line.text):
            if asides and _runs_on(asides[-1][-1], line) and not _CAPTION.match(line.text):
                asides[-1].append(line)
            else:
                asides.append([line])
        else:
            if paragraph and not _runs_on(paragraph[-1], line):
                end_paragraph()
                end_asides()
            paragraph.append(line)
        position += 1
    end_paragraph()
    end_asides()
    return title[1] if title else None


def _most(lines: list[_Line], which: list[bool]) -> bool:
    """Whether `which` holds for more than half of the characters of `lines`."""
    holds = sum(len(line.text) for line, chosen in zip(lines, which, strict=True) if chosen)
    return holds * 2 > sum(len(line.text) for line in lines)


def _is_heading(line: _Line, body_size: float, mostly_bold: bool) -> bool:
    text = line.text
    if len(text) > _HEADING_LENGTH or not any(character.isalpha() for character in text) or _CAPTION.match(text):
        return False
    if _KNOWN_HEADING.fullmatch(text):
        return True
    if line.size > body_size * _LARGE_PRINT:
        return True
    emphatic = line.bold and not mostly_bold and line.size >= body_size * _SMALL_PRINT
    return emphatic and len(text) < 90 and not text.endswith((".", ",", ";")) and not text[0].islower()


def _same_heading(last: _Line, line: _Line, body_size: float, mostly_bold: bool) -> bool:
    """Whether `line` goes on the heading that `last` began: the same type, just below, not a heading of its own number."""
    return (
        line.page == last.page
        and abs(line.size - last.size) < 0.2
        and line.bold == last.bold
        and _is_heading(line, body_size, mostly_bold)
        and not _NUMBERED_HEADING.match(line.text)
        and not _KNOWN_HEADING.fullmatch(line.text)
        and not _KNOWN_HEADING.fullmatch(last.text)
        and 0 <= last.y - line.y < 2.2 * line.size
    )


def _level(text: str, line: _Line, body_size: float) -> int:
    if numbered := _NUMBERED_HEADING.match(text):
        return 2 + numbered[1].count(".")
    if _KNOWN_HEADING.fullmatch(text):
        return 2
    return 1 if line.size > body_size * 1.35 else 2


def _runs_on(last: _Line, line: _Line) -> bool:
    """Whether `line` goes on the paragraph that `last` stands in."""
    if _LIST_ITEM.match(line.text):
        return False
    if _BROKEN_WORD.search(last.text) or line.text[0].islower():
        return True
    if not _SENTENCE_END.search(last.text):
        # A new column or page goes on an open sentence; a wide gap on the page does not, nor a lesser one after a list's item.
        widest = (1.45 if _LIST_ITEM.match(last.text) else 2) * line.size
        return abs(line.size - last.size) < 0.6 and (line.page != last.page or line.y > last.y or last.y - line.y < widest)
    if line.page != last.page or line.y > last.y:
        return False
    return last.y - line.y < 1.45 * line.size and line.x - last.x < 6


def _joined(lines: list[_Line], vocabulary: Counter[str]) -> list[tuple[int, str]]:
    """(page, text) of each line, a word broken at a line's end made whole on the line where it began."""
    pieces: list[tuple[int, str]] = []
    for line in lines:
        text = line.text
        if pieces and (broken := _BROKEN_WORD.search(pieces[-1][1])) and (first := re.match(r"\S+", text)):
            page, before = pieces[-1]
            keep = _ADDRESS.search(before) is not None or _keeps_hyphen(broken[1], first[0], vocabulary)
            pieces[-1] = (page, (before if keep else before[:-1]) + first[0])
            text = text[first.end() :].lstrip()
        if text:
            pieces.append((line.page, text))
    return pieces


def _keeps_hyphen(before: str, after: str, vocabulary: Counter[str]) -> bool:
    """Whether a hyphen at a line's end belongs to the word: decided by how the document spells it elsewhere."""
    word = _FIRST_WORD.match(after)
    if word is None or not word[0].islower():
        return True
    hyphenated = vocabulary[f"{before}-{word[0]}".lower()]
    return hyphenated > 0 and hyphenated >= vocabulary[f"{before}{word[0]}".lower()]
