"""From a source to a document: the one door through which text comes in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from corpus.abstracts import EUROPE_PMC_MEDIA_TYPE, PUBMED_MEDIA_TYPE, read_europe_pmc_record, read_pubmed_record
from corpus.canonical import TextBuilder, canonical_line
from corpus.errors import MyositisError, ReadError
from corpus.fetch import READABLE_SUFFIXES, Fetched, decoded, fetch, is_web_address, read_file
from corpus.jats import MEDIA_TYPE as JATS_MEDIA_TYPE
from corpus.jats import ArticleText, read_jats
from corpus.pdf import PdfText, read_pdf
from corpus.plain_text import MarkedText, read_markdown, read_plain_text
from corpus.records import AUDIENCES, KINDS, Document, Source, document_id
from corpus.visits import Visits
from corpus.web_page import read_web_page

# Raised when a reader or the cutting into sentences changes what is made of the same bytes, so that libraries read them anew.
READER_VERSION = 11
_ARTICLES = {
    JATS_MEDIA_TYPE: read_jats,
    PUBMED_MEDIA_TYPE: read_pubmed_record,
    EUROPE_PMC_MEDIA_TYPE: read_europe_pmc_record,
}


def expand(source: Source) -> Iterator[Source]:
    """`source` itself, or where it is a folder, each readable file below it in name order.

    Raises `ReadError` for a folder that holds nothing readable.
    """
    path = local_path(source)
    if path is None or not path.is_dir():
        yield source
        return
    found = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in READABLE_SUFFIXES)
    if not found:
        known = ", ".join(sorted(READABLE_SUFFIXES))
        raise ReadError("nothing to read in this folder", str(path), f"Readable are {known}")
    for file in found:
        yield replace(source, url=str(file), path=None)


def retrieve(source: Source, allowed_hosts: frozenset[str] = frozenset(), visits: Visits | None = None) -> Fetched:
    """The bytes of `source`, under the address that answers will link to. Raises `ReadError`.

    `allowed_hosts` are the hosts that may be asked though their address is not public. Pages that are asked for one after
    the other are asked for by the same `visits`, which has hosts of its own.
    """
    path = local_path(source)
    if path is None:
        return visits.fetch(source.url) if visits else fetch(source.url, allowed_hosts)
    fetched = read_file(path)
    return replace(fetched, url=source.url) if source.path and source.url != source.path else fetched


def read(
    source: Source,
    fetched: Fetched | None = None,
    *,
    allowed_hosts: frozenset[str] = frozenset(),
    menu_lines: frozenset[str] = frozenset(),
) -> Document:
    """The document that `source` holds, read from `fetched` bytes where they are at hand.

    What the source states (title, kind, year …) goes before what the text states of itself. `allowed_hosts`
    is for `retrieve`; `menu_lines` are those that a site repeats from page to page, and that are left out of web pages.
    Raises `ReadError` for what cannot be read or holds no text.
    """
    fetched = fetched or retrieve(source, allowed_hosts)
    url = fetched.url
    kind = "web page"
    year: int | None = None
    topics: tuple[str, ...] = ()
    stated: dict[str, Any] = {}
    pdf: PdfText | None = None
    article: ArticleText | None = None
    if fetched.media_type == "application/pdf":
        pdf = read_pdf(fetched.content, url)
        builder, title, year = pdf.builder, pdf.details.title, pdf.details.year
    elif fetched.media_type == "text/html":
        page = read_web_page(fetched.content, url, fetched.charset, menu_lines)
        if page is None:
            raise _no_text(url)
        builder, title, year = page.builder, page.title, page.year
        if page.canonical_url and not is_web_address(url):
            url = page.canonical_url
    elif fetched.media_type in _ARTICLES:
        article = _ARTICLES[fetched.media_type](fetched.content, url)
        builder, title, year, kind = article.builder, article.title, article.year, article.kind
        stated = {"audience": "research", "licence": article.licence}
    else:
        marked = _marked_text(fetched, url)
        builder, title, stated = marked.builder, marked.title, marked.stated
        stated_url, kind, year, topics = _front_matter(stated, url, kind)
        if not is_web_address(url):  # what others serve may not take another document's place
            url = stated_url
    text, sections, pages = builder.finish()
    if not text or not sections:
        raise _no_text(url)
    if pdf is not None and _is_paper(builder):
        kind = "review" if pdf.details.is_review else "study"
    return Document(
        id=document_id(url),
        url=url,
        title=canonical_line(source.title or title or "") or _name(url),
        kind=source.kind or kind,
        year=source.year if source.year is not None else year,
        audience=source.audience or str(stated.get("audience", "everyone")),
        licence=source.licence or (str(stated["licence"]) if stated.get("licence") else None),
        retrieved=date.today().isoformat(),
        text=text,
        sections=sections,
        pages=pages,
        sha256=hashlib.sha256(fetched.content).hexdigest(),
        media_type=fetched.media_type,
        topics=topics,
        authors=pdf.details.authors if pdf else article.authors if article else None,
        doi=pdf.details.doi if pdf else article.doi if article else None,
        notes=pdf.notes if pdf else (),
        pmid=article.pmid if article else None,
    )


def _marked_text(fetched: Fetched, where: str) -> MarkedText:
    text = decoded(fetched.content, fetched.charset)
    return read_markdown(text, where) if fetched.media_type == "text/markdown" else read_plain_text(text)


def _front_matter(stated: dict[str, Any], url: str, kind: str) -> tuple[str, str, int | None, tuple[str, ...]]:
    """Address, kind, year and topics as front matter states them; `url` and `kind` where it is silent."""
    kind = str(stated.get("kind", kind))
    if kind not in KINDS:
        raise ReadError(f"front matter: kind {kind!r} is not known", url, f"Use one of {', '.join(KINDS)}")
    if stated.get("audience", "everyone") not in AUDIENCES:
        raise ReadError(f"front matter: audience {stated['audience']!r} is not known", url, f"Use one of {', '.join(AUDIENCES)}")
    year = stated.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        raise ReadError(f"front matter: year {year!r} is not a number", url, "Write it as four digits")
    topics = stated.get("topics", [])
    return str(stated.get("url", url)), kind, year, tuple(map(str, topics if isinstance(topics, list) else [topics]))


def _is_paper(builder: TextBuilder) -> bool:
    headings = {text.lower().strip("0123456789. ") for text in builder.headings}
    return "abstract" in headings and bool(headings & {"references", "introduction", "methods"})


def local_path(source: Source) -> Path | None:
    """The path of a source that is no web address; None for one that is."""
    if source.path:
        return Path(source.path)
    if is_web_address(source.url):
        return None
    if source.url.startswith("file:"):
        return Path(url2pathname(urlsplit(source.url).path))
    return Path(source.url)


def _name(url: str) -> str:
    return canonical_line(unquote(url.rstrip("/").rsplit("/", 1)[-1])) or url


def _no_text(url: str) -> MyositisError:
    return ReadError("no text was found in it", url, "Open it and see whether it has words, or is pictures or a script only")
