"""Web pages: the main text and its headings, as trafilatura finds them, without menus, footers and cookie notices."""

from __future__ import annotations

import re
from dataclasses import dataclass

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from corpus.canonical import TextBuilder, canonical_line

# A table whose cells hold paragraphs is a layout, not a table of facts (characters in its longest cell).
_LAYOUT_CELL = 160
_LINE_BREAK = "\n"
# Old hand-made pages repeat such a link after every paragraph.
_NAVIGATION = re.compile(
    r"(?:return|back|go) to (?:the )?top(?: of (?:the )?page)?|top of (?:the )?page|skip to (?:main )?content", re.IGNORECASE
)
_EMPTY = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page states of itself: title, year of its date, canonical address; None where it does not."""

    builder: TextBuilder
    title: str | None
    year: int | None
    canonical_url: str | None


def read_web_page(content: bytes, url: str | None) -> WebPage | None:
    """The main text of the page in `content`, or None where it has none. The character set is found by trafilatura."""
    tree = trafilatura.load_html(content)
    if tree is None:
        return None
    extracted = trafilatura.bare_extraction(
        content, url=url, favor_recall=True, include_comments=False, include_tables=True, with_metadata=True
    )
    body = getattr(extracted, "body", None)
    if body is None or not canonical_line(" ".join(body.itertext())):
        # Too short for the extractor's rules; its baseline takes paragraphs wherever they stand.
        body = trafilatura.baseline(content)[0]
    builder = TextBuilder()
    _walk(body, builder)
    if not builder.has_text:
        return None
    heading = tree.find(".//h1")
    title = getattr(extracted, "title", None) or (heading is not None and heading.text_content()) or tree.findtext(".//title")
    date = getattr(extracted, "date", None)
    return WebPage(
        builder,
        canonical_line(title) if title else None,
        int(date[:4]) if date else None,
        _canonical_link(tree),
    )


def _canonical_link(tree: HtmlElement) -> str | None:
    for link in tree.iterfind(".//link[@rel='canonical']"):
        href = str(link.get("href") or "")
        if href.startswith(("http://", "https://")):
            return href
    return None


def _walk(parent: etree._Element, builder: TextBuilder) -> None:
    """Hand the blocks below `parent` (trafilatura's own element names) to `builder`, in document order."""
    if parent.text and parent.text.strip():
        builder.paragraph(parent.text)
    for element in parent:
        if element.tag == "head":
            level = re.search(r"\d", element.get("rend") or "")
            builder.heading(_text(element), int(level[0]) if level else 2)
        elif element.tag == "list":
            builder.lines([text for item in element.iter("item") if (text := _own_text(item))])
        elif element.tag == "table":
            _table(element, builder)
        elif element.tag in ("p", "item", "code", "cell", "fw"):
            _paragraphs(_text(element), builder)
        elif isinstance(element.tag, str):
            _walk(element, builder)
        if element.tail and element.tail.strip():
            _paragraphs(element.tail, builder)


def _text(element: etree._Element) -> str:
    """The words of `element`, its line breaks as newlines."""
    parts = [_flat(element.text)]
    for child in element:
        parts += [_LINE_BREAK if child.tag == "lb" else _text(child), _flat(child.tail)]
    return "".join(parts)


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _own_text(item: etree._Element) -> str:
    """The words of a list item without those of the lists inside it, which follow as lines of their own."""
    parts = [_flat(item.text)]
    for child in item:
        parts += ["" if child.tag == "list" else " " if child.tag == "lb" else _text(child), _flat(child.tail)]
    return canonical_line("".join(parts))


def _paragraphs(text: str, builder: TextBuilder) -> None:
    """Paragraphs parted by blank lines (`<br><br>`); a single break is kept only where a line could end a sentence."""
    for block in re.split(r"\n\s*\n", text):
        lines: list[str] = []
        for line in filter(None, map(canonical_line, block.split("\n"))):
            if lines and line[:1].islower() and lines[-1][-1] not in ".!?:;":
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        builder.lines([line for line in lines if not _NAVIGATION.fullmatch(line.strip(" .[]^|"))])


def _table(table: etree._Element, builder: TextBuilder) -> None:
    rows = [[_own_text(cell) for cell in row.iter("cell")] for row in table.iter("row")]
    if max((len(cell) for row in rows for cell in row), default=0) > _LAYOUT_CELL or all(len(row) < 2 for row in rows):
        for cell in table.iter("cell"):
            if len(cell) and any(child.tag in ("p", "list", "head", "table") for child in cell):
                _walk(cell, builder)
            else:
                _paragraphs(_text(cell), builder)
        return
    builder.lines([" | ".join(cell for cell in row if cell) for row in rows])
