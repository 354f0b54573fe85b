"""Articles in JATS, the XML that PubMed Central and Europe PMC give open-access articles in (https://jats.nlm.nih.gov)."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from lxml import etree

from corpus.canonical import TextBuilder, canonical_line
from corpus.errors import RetractedError
from corpus.safe_xml import xml_tree

MEDIA_TYPE = "application/jats+xml"
_HIGH = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# Dates of what is no publication, and abstracts that are no text of their own.
_OTHER_DATES = frozenset({"pmc-release", "nihms-submitted", "retracted", "corrected"})
_OTHER_ABSTRACTS = frozenset({"graphical", "teaser", "toc", "highlights", "key-points", "web-summary", "video"})
_BLOCKS = frozenset(
    {
        *("p", "sec", "list", "def-list", "disp-quote", "statement", "verse-group", "boxed-text", "app", "ack"),
        *("table-wrap", "table-wrap-group", "fig", "fig-group", "supplementary-material", "media"),
        *("disp-formula", "disp-formula-group", "fn", "fn-group", "ref-list"),
    }
)
_FORMULAS = frozenset({"disp-formula", "disp-formula-group", "tex-math", "graphic", "inline-graphic"})
_ASIDES = frozenset({"table-wrap", "table-wrap-group", "fig", "fig-group", "supplementary-material", "media", "fn-group", "fn"})
_KINDS = {
    "review-article": "review",
    "systematic-review": "review",
    "news": "news",
    "clinical-trial": "trial",
    "guideline": "guide",
}


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article's text, and what it states of itself; None where it does not. `kind` is one of `corpus.records.KINDS`."""

    builder: TextBuilder
    title: str | None
    authors: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    kind: str
    licence: str | None = None


def read_jats(content: bytes, where: str) -> ArticleText:
    """The article in `content`: its abstract and sections may be quoted; tables, captions, notes and references may not.

    Raises `ReadError` for what is no well-formed XML, and `RetractedError`.
    """
    root = xml_tree(content, where)
    article = root if root.tag == "article" else next(root.iter("article"), root)
    meta = article.find("front/article-meta")
    if meta is None:
        meta = etree.Element("article-meta")
    ids = {str(one.get("pub-id-type")): _line(one) for one in meta.iterfind("article-id")}
    if any(one.get("related-article-type") == "retraction-forward" for one in meta.iterfind("related-article")):
        raise RetractedError.of(where, ids.get("pmid"))
    builder = TextBuilder()
    for abstract in meta.iterfind("abstract"):
        if abstract.get("abstract-type") not in _OTHER_ABSTRACTS:
            builder.heading(_line(abstract.find("title")) or "Abstract", 1)
            _walk(abstract, builder, 2)
    body, back, floats = article.find("body"), article.find("back"), article.find("floats-group")
    if body is not None:
        _walk(body, builder, 1)
    for part in (floats, back):
        for child in part if part is not None else ():
            _aside(child, builder, 1)
    return ArticleText(
        builder,
        _line(meta.find("title-group/article-title")) or None,
        ", ".join(filter(None, map(_name, meta.iterfind("contrib-group/contrib[@contrib-type='author']")))) or None,
        _year(meta),
        ids.get("doi"),
        ids.get("pmid"),
        _KINDS.get(str(article.get("article-type")), "study"),
        _licence(meta),
    )


def has_body(article: etree._Element) -> bool:
    """Whether the JATS element `article` holds a text beyond its abstract."""
    body = article.find("body")
    return body is not None and bool(canonical_line(flat(body)))


def flat(element: etree._Element | None) -> str:
    """The words of `element` as a reader sees them: reference marks set high are left out, other superscripts spelt high."""
    if element is None or element.tag in _FORMULAS:
        return ""
    if isinstance(element, etree._Entity):
        return html.unescape(f"&{element.name};")
    if element.tag == "sup":
        if element.find(".//xref") is not None:
            return ""
        words = _inner(element)
        return words.translate(_HIGH) if re.fullmatch(r"[\d+−=()n-]+", words) else words
    if element.tag == "xref" and element.find("sup") is not None:
        return ""
    if element.tag == "break":
        return " "
    return _inner(element)


def _inner(element: etree._Element) -> str:
    parts = [element.text or ""]
    for child in element:
        parts += [flat(child), child.tail or ""]
    return "".join(parts)


def _line(element: etree._Element | None) -> str:
    return canonical_line(flat(element))


def _walk(parent: etree._Element, builder: TextBuilder, level: int) -> None:
    """Hand the blocks of `parent` to `builder`; words between them are paragraphs. `level` is that of headings in it."""
    words = [parent.text or ""]
    for child in parent:
        if child.tag in ("title", "label"):
            continue
        if child.tag in _BLOCKS:
            builder.paragraph("".join(words))
            words = []
            _block(child, builder, level)
        else:
            words.append(flat(child))
        words.append(child.tail or "")
    builder.paragraph("".join(words))


def _block(element: etree._Element, builder: TextBuilder, level: int) -> None:
    if element.tag in ("sec", "boxed-text", "app", "ack"):
        title = element.find("title") if element.find("title") is not None else element.find("caption/title")
        builder.heading(_line(title), level)
        _walk(element, builder, level + 1)
    elif element.tag in ("list", "def-list"):
        items = element.iterfind("list-item") if element.tag == "list" else element.iterfind("def-item")
        builder.lines([_spaced(item) for item in items])
    elif element.tag in _ASIDES or element.tag == "ref-list":
        _aside(element, builder, level)
    elif element.tag not in _FORMULAS:
        _walk(element, builder, level)


def _aside(element: etree._Element, builder: TextBuilder, level: int) -> None:
    """Keep `element` in the text for its readers, never to be quoted."""
    if element.tag == "ref-list":
        builder.heading(_line(element.find("title")) or "References", level)
        builder.aside([(0, _spaced(reference)) for reference in element.iter("ref")], separator="\n")
    elif element.tag in ("table-wrap", "fig"):
        head = [_line(element.find("label")), *(_line(part) for part in element.iterfind("caption/*"))]
        rows = [
            " | ".join(filter(None, (_spaced(cell) for cell in row if cell.tag in ("td", "th")))) for row in element.iter("tr")
        ]
        foot = [_line(part) for part in element.iterfind("table-wrap-foot//p")]
        builder.aside([(0, line) for line in (" ".join(filter(None, head)), *rows, *foot) if line], separator="\n")
    else:
        title = _line(element.find("title"))
        if title and element.tag != "fn-group":
            builder.heading(title, level)
        if any(child.tag in _BLOCKS or child.tag in ("ref-list", "table-wrap", "fig") for child in element):
            for child in element:
                if child.tag not in ("title", "label"):
                    _aside(child, builder, level + 1)
        else:
            builder.aside([(0, _spaced(element))])


def _spaced(element: etree._Element) -> str:
    """The words of an element that holds blocks, a space between them; without its label."""
    parts = [element.text or ""]
    for child in element:
        if child.tag != "label":
            parts += [" ", flat(child) if child.tag not in _BLOCKS else _spaced(child), " "]
        parts.append(child.tail or "")
    return canonical_line("".join(parts))


def _name(contributor: etree._Element) -> str:
    name = contributor.find("name")
    if name is None:
        name = contributor.find("name-alternatives/name")
    if name is None:
        return _line(contributor.find("collab"))
    return canonical_line(f"{_line(name.find('given-names'))} {_line(name.find('surname'))}")


def _year(meta: etree._Element) -> int | None:
    dates = (one for one in meta.iterfind("pub-date") if one.get("pub-type", one.get("date-type")) not in _OTHER_DATES)
    years = [int(year) for one in dates if re.fullmatch(r"(?:19|20)\d\d", year := _line(one.find("year")))]
    return min(years, default=None)


def _licence(meta: etree._Element) -> str | None:
    licence = meta.find("permissions/license")
    if licence is None:
        return None
    address = licence.get(_XLINK_HREF) or next((_line(one) for one in licence.iter("{*}license_ref")), "")
    return address or _spaced(licence) or None
