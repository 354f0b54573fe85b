"""Hand-made pages of earlier years, put into the markup of today before they are read: layout tables, anchors for headings."""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

from corpus.canonical import canonical_line

# A table whose cells hold paragraphs is a layout, not a table of facts (characters in its longest cell).
LAYOUT_CELL = 160
_LONGEST_HEADING = 80
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = frozenset({"a", "b", "big", "em", "font", "i", "small", "span", "strong", "u"})


def modernised(tree: HtmlElement) -> HtmlElement:
    """`tree`, changed in place: tables that only lay out a page become blocks, and where a page has no headings, its named
    anchors with a line of their own become some.
    """
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
    return tree


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
