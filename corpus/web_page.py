"""Web pages: the main text and its headings, as trafilatura finds them, without menus, footers and cookie notices."""

from __future__ import annotations

import re
from dataclasses import dataclass

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from corpus.canonical import TextBuilder, canonical_line
from corpus.fetch import decoded
from corpus.old_markup import LAYOUT_CELL, as_extracted, modernised

_LINE_BREAK = "\n"
# trafilatura's names for what stands inside a line.
_INLINE = frozenset({"hi", "ref", "lb", "del", "graphic", "code", "a", "b", "em", "i", "span", "strong", "sub", "sup", "u"})
# Old hand-made pages repeat such a link after every paragraph.
_NAVIGATION = re.compile(
    r"(?:(?:return|back|go|jump|up) to )?(?:the )?top(?: of (?:the |this )?page)?|skip to (?:main )?content", re.IGNORECASE
)
# trafilatura's names, and HTML's where it leaves a table inside a paragraph as it was.
_ROWS, _CELLS = ("row", "tr"), ("cell", "td", "th")
# As far into a page as a browser looks for it, and a little more.
_CHARSET_WITHIN = 2048
_CHARSET = re.compile(
    rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w.:-]+)|^<\?xml[^>]{1,100}?encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE
)
# Characters that no text holds, as they are or by their number: lxml reads them, and then refuses to move them.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]))(?:;|(?![0-9a-f]))",
    re.IGNORECASE,
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page states of itself: title, year of its date, canonical address; None where it does not."""

    builder: TextBuilder
    title: str | None
    year: int | None
    canonical_url: str | None


def read_web_page(
    content: bytes, url: str | None, charset: str | None = None, menu_lines: frozenset[str] = frozenset()
) -> WebPage | None:
    """The main text of the page in `content`, or None where it has none. `charset` is what the server stated, if anything.

    `menu_lines` are left out: those that the page shares with most pages of its site.
    """
    tree = page_tree(content, charset)
    if tree is None:
        return None
    heading = next(tree.iter("h1"), None)
    if heading is None:
        heading = next(tree.iter("h2", "h3"), None) if not tree.findtext(".//title") else None
    own_title = heading.text_content() if heading is not None else tree.findtext(".//title")
    canonical_url = _canonical_link(tree)
    extracted = trafilatura.bare_extraction(
        modernised(tree),
        url=url,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # A date that the page states as its own, and none that is guessed from its words ("on this site since 2003").
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    body = getattr(extracted, "body", None)
    if body is None or _is_lump(body, tree):
        # Too short for the extractor's rules: all of it, but for what is no text in any page.
        whole = page_tree(content, charset)
        body = as_extracted(modernised(whole)) if whole is not None else etree.Element("body")
    builder = _PageBuilder(menu_lines=menu_lines)
    _walk(body, builder)
    if not builder.has_text:
        return None
    title = getattr(extracted, "title", None) or own_title
    if heading is None and own_title and title in own_title:
        title = own_title  # of "A Site - Falls" the extractor keeps one half, and without a heading it may be the wrong one
    date = getattr(extracted, "date", None)
    return WebPage(
        builder,
        canonical_line(title) if title else None,
        int(date[:4]) if date else None,
        canonical_url,
    )


def _is_lump(body: HtmlElement, tree: HtmlElement) -> bool:
    """Whether `body` is empty, or one paragraph of what stands in several blocks of the page: the extractor's last resort."""
    if sum(1 for _ in body.iter()) > 2:
        return False
    words = canonical_line(" ".join(body.itertext()))
    return not any(canonical_line(block.text_content()) == words for block in tree.iter("p", "div", "td", "li", "body"))


@dataclass(slots=True)
class _PageBuilder(TextBuilder):
    """Leaves out the lines that lead elsewhere: a site's menus and links to the top of the page."""

    menu_lines: frozenset[str] = frozenset()

    def lines(self, items: list[str]) -> None:
        TextBuilder.lines(self, [item for item in items if not self.leads_elsewhere(item)])

    def leads_elsewhere(self, line: str) -> bool:
        line = canonical_line(line)
        return line in self.menu_lines or _NAVIGATION.fullmatch(line.strip(" .[]()^|↑▲«»<>")) is not None


def page_tree(content: bytes, charset: str | None = None) -> HtmlElement | None:
    """The markup of the page in `content`, None where there is none. `charset` is what the server stated, if anything."""
    # Not trafilatura's own loader: it gives up on markup without an <html> tag, and old pages may have none.
    markup = _markup(content, charset)
    if not any(map(str.isalnum, markup)):
        return None
    parser = HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(markup, parser=parser)
    except (etree.ParserError, ValueError):  # nothing in it; ValueError: control characters
        return None


def _markup(content: bytes, charset: str | None) -> str:
    own = _CHARSET.search(content[:_CHARSET_WITHIN])
    own_charset = (own[1] or own[2]).decode("ascii", "replace") if own else ""
    if own_charset.lower().startswith("utf-16"):
        own_charset = "utf-8"  # it was found one byte a letter
    # lxml takes no text that still declares an encoding of its own.
    return _CONTROL.sub(" ", _XML_DECLARATION.sub("", decoded(content, charset, own_charset)))


def _canonical_link(tree: HtmlElement) -> str | None:
    for link in tree.iterfind(".//link[@rel='canonical']"):
        href = str(link.get("href") or "")
        if href.startswith(("http://", "https://")):
            return href
    return None


def _walk(parent: etree._Element, builder: _PageBuilder) -> None:
    """Hand the blocks below `parent` (trafilatura's own element names) to `builder`, in document order.

    Words that stand beside a block, in no paragraph of their own, are paragraphs too: old pages are made of such.
    """
    words = [_flat(parent.text)]
    for element in parent:
        if element.tag in _INLINE:
            words.append(_LINE_BREAK if element.tag == "lb" else _text(element))
        elif isinstance(element.tag, str):
            _paragraphs("".join(words), builder)
            words = []
            _block(element, builder)
        words.append(_flat(element.tail))
    _paragraphs("".join(words), builder)


def _block(element: etree._Element, builder: _PageBuilder) -> None:
    if element.tag == "head":
        level = re.search(r"\d", element.get("rend") or "")
        builder.heading(_text(element), int(level[0]) if level else 2)
    elif element.tag == "list":
        builder.lines([text for item in element.iter("item") if (text := _own_text(item))])
    elif element.tag == "table":
        _table(element, builder)
    else:
        _walk(element, builder)


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


def _paragraphs(text: str, builder: _PageBuilder) -> None:
    """Paragraphs parted by blank lines (`<br><br>`); a single break is kept only where a line could end a sentence."""
    for block in re.split(r"\n\s*\n", text):
        lines: list[str] = []
        for line in filter(None, map(canonical_line, block.split("\n"))):
            if lines and line[:1].islower() and lines[-1][-1] not in ".!?:;":
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        builder.lines(lines)


def _table(table: etree._Element, builder: _PageBuilder) -> None:
    rows = [[_own_text(cell) for cell in row.iter(*_CELLS)] for row in table.iter(*_ROWS)]
    if max((len(cell) for row in rows for cell in row), default=0) > LAYOUT_CELL or all(len(row) < 2 for row in rows):
        for cell in table.iter(*_CELLS):
            _walk(cell, builder)
        return
    facts = [row for row in rows if not all(builder.leads_elsewhere(cell) for cell in row if cell)]
    builder.lines([" | ".join(cell for cell in row if cell) for row in facts])
