"""Hand-made pages of earlier years, put into the markup of today before they are read: tables for layout, bold lines and
anchors for headings, and small raised numbers.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from corpus.canonical import canonical_line

# A table whose cells hold paragraphs is a layout, not a table of facts (characters in its longest cell).
LAYOUT_CELL = 160
_LONGEST_HEADING = 80
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIGH = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_EXPONENT = re.compile(r"[+−-]?\d{1,3}|[+−-]")
_MARK = re.compile(r"[\[(]?[\d\s,;–—−*†‡§a-h-]+[\])]?")
_LONGEST_NOTICE = 1500
_COOKIES = re.compile(r"\bcookie|\bgdpr", re.IGNORECASE)
_NO_TEXT = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "form",
    "footer",
    "head",
    "iframe",
    "object",
    "svg",
    "select",
    "button",
)
_EXTRACTED = dict.fromkeys(_HEADINGS, "head") | dict.fromkeys(("ul", "ol", "dl"), "list") | {"br": "lb"}
_EXTRACTED |= dict.fromkeys(("li", "dt", "dd"), "item") | dict.fromkeys(("font", "big", "small", "tt", "abbr", "cite", "q"), "hi")
_INLINE = frozenset({"a", "b", "big", "em", "font", "i", "small", "span", "strong", "u"})


def modernised(tree: HtmlElement) -> HtmlElement:
    """`tree`, changed in place: tables that only lay out a page become blocks, exponents superscript characters; where a page
    has no headings, its named anchors and its bold words with a line of their own become some. Cookie notices are taken out.
    """
    for notice in [element for element in tree.iter("div", "section", "aside", "p") if _is_cookie_notice(element)]:
        if notice.getparent() is not None:
            notice.drop_tree()
    for raised in list(tree.iter("sup")):
        _spell(raised)
    if tree.find(".//table") is not None:
        layouts = [table for table in tree.iter("table") if _is_layout(table)]
        for table in layouts:
            for part in _own_parts(table):
                part.tag = "div"
                part.attrib.clear()
    if next(tree.iter(*_HEADINGS), None) is None:
        for anchor in list(tree.iter("a")):
            heading = _heading_at(anchor) if anchor.get("name") or anchor.get("id") else None
            if heading is not None:
                _become_heading(heading)
        for bold in list(tree.iter("b", "strong")):
            if _is_line_of_its_own(bold) and _heading_at(bold) is bold:
                _become_heading(bold)
    return tree


def as_extracted(tree: HtmlElement) -> HtmlElement:
    """The whole of `tree` under the element names that the extractor of main texts gives; changed in place."""
    for element in list(tree.iter(*_NO_TEXT)):
        if element.getparent() is not None:
            element.drop_tree()
    for element in tree.iter():
        if element.tag in _HEADINGS:
            element.set("rend", element.tag)
        if element.tag in _EXTRACTED:  # damaged markup has names that cannot even be set to what they are
            element.tag = _EXTRACTED[element.tag]
    return tree


def _is_cookie_notice(element: HtmlElement) -> bool:
    """Whether it is called one and is small: some pages note in the class of their whole text that cookies are off."""
    if not _COOKIES.search(f"{element.get('id')} {element.get('class')}"):
        return False
    return (
        len(canonical_line(element.text_content())) <= _LONGEST_NOTICE
        and next(element.iter("main", "article", "h1"), None) is None
    )


def _spell(raised: HtmlElement) -> None:
    """Spell a raised exponent high, as "10⁹"; leave out one that only leads to a reference or a note."""
    words = canonical_line(raised.text_content())
    leads = raised.find(".//a[@href]") is not None or raised.getparent().tag == "a"
    if leads and _MARK.fullmatch(words):
        raised.drop_tree()
    elif _EXPONENT.fullmatch(words):
        for child in list(raised):
            raised.remove(child)
        raised.text = words.translate(_HIGH)


def _is_line_of_its_own(element: HtmlElement) -> bool:
    """Whether nothing stands before `element` and after it on its line but line breaks and the ends of blocks."""
    before, after, parent = element.getprevious(), element.getnext(), element.getparent()
    ahead = (before.tail if before is not None else parent.text) or ""
    if ahead.strip() or (element.tail or "").strip() or parent.tag in ("li", "td", "th", "dt", "a"):
        return False
    return (before is None or before.tag not in _INLINE) and after is not None and after.tag not in _INLINE


def _is_layout(table: HtmlElement) -> bool:
    if next(table.iterdescendants("table", *_HEADINGS), None) is not None:
        return True
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    longest = max((len(canonical_line(cell.text_content())) for row in rows for cell in row), default=0)
    return longest > LAYOUT_CELL or all(len(row) < 2 for row in rows)


def _own_parts(table: HtmlElement) -> list[HtmlElement]:
    """The table with its rows and cells, without those of the tables inside it."""
    parts = [table]
    for part in parts:
        parts += [child for child in part if child.tag in ("tbody", "thead", "tfoot", "tr", "td", "th")]
    return parts


def _heading_at(anchor: HtmlElement) -> HtmlElement | None:
    """The element that holds the line which `anchor` names, where that line looks like a heading; else None."""
    found: HtmlElement | None = anchor
    if not canonical_line(anchor.text_content()):
        found = None if (anchor.tail or "").strip() else anchor.getnext()
    if found is None or found.tag not in _INLINE or (found.get("href") and found is not anchor):
        return None
    while (parent := found.getparent()) is not None and parent.tag in _INLINE and _alone_in(found, parent):
        found = parent
    line = canonical_line(found.text_content())
    follows = found.getnext()
    ends = not (found.tail or "").strip() and (follows is None or follows.tag not in _INLINE)
    before = found.getprevious()
    begins = before is None or before.tag not in _INLINE or before is anchor
    return found if ends and begins and 0 < len(line) <= _LONGEST_HEADING and line[-1] not in ".,;!" else None


def _alone_in(element: HtmlElement, parent: HtmlElement) -> bool:
    return canonical_line(element.text_content()) == canonical_line(parent.text_content())


def _become_heading(element: HtmlElement) -> None:
    line = canonical_line(element.text_content())
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "h2", line
    element.attrib.clear()
    parent = element.getparent()
    while parent is not None and parent.tag == "p" and parent.getparent() is not None:
        # No paragraph holds a heading: what follows it is a paragraph of its own.
        rest = etree.Element("p")
        rest.text, element.tail = element.tail, None
        rest.extend(list(element.itersiblings()))
        parent.addnext(element)
        element.addnext(rest)
        parent = element.getparent()
