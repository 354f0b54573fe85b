"""Abstracts as literature services hand them out: PubMed's records in XML, Europe PMC's in JSON."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from lxml import etree

from corpus.canonical import TextBuilder, canonical_line
from corpus.errors import ReadError, RetractedError
from corpus.jats import ArticleText, flat
from corpus.safe_xml import xml_tree

PUBMED_MEDIA_TYPE = "application/pubmed+xml"
EUROPE_PMC_MEDIA_TYPE = "application/vnd.europepmc+json"
# Publication types of PubMed (https://www.nlm.nih.gov/mesh/pubtypes.html), the telling ones first.
_KINDS = (
    (re.compile(r"review|meta-analysis", re.IGNORECASE), "review"),
    (re.compile(r"practice guideline|guideline|consensus", re.IGNORECASE), "guide"),
    (re.compile(r"clinical trial|randomi[sz]ed controlled trial", re.IGNORECASE), "trial"),
    (re.compile(r"news", re.IGNORECASE), "news"),
)


def read_pubmed_record(content: bytes, where: str) -> ArticleText:
    """The abstract of one `PubmedArticle` record. Raises `ReadError`."""
    record = xml_tree(content, where)
    if is_retracted(pubmed_types(record)):
        raise RetractedError.of(where, record.findtext("MedlineCitation/PMID"))
    builder = TextBuilder()
    builder.heading("Abstract", 1)
    for part in record.iterfind("MedlineCitation/Article/Abstract/AbstractText"):
        label = canonical_line(part.get("Label") or "")
        if label and label.upper() != "UNLABELLED":
            builder.heading(label.capitalize(), 2)
        builder.paragraph(flat(part))
    article = record.find("MedlineCitation/Article")
    ids = {str(one.get("IdType")): canonical_line(flat(one)) for one in record.iterfind("PubmedData/ArticleIdList/ArticleId")}
    return ArticleText(
        builder,
        _title(flat(record.find("MedlineCitation/Article/ArticleTitle"))),
        ", ".join(filter(None, map(_author, article.iterfind("AuthorList/Author") if article is not None else ()))) or None,
        _year(" ".join(flat(one) for one in record.iterfind("MedlineCitation/Article/Journal/JournalIssue/PubDate/*"))),
        ids.get("doi"),
        canonical_line(flat(record.find("MedlineCitation/PMID"))) or None,
        _kind(pubmed_types(record)),
    )


def read_europe_pmc_record(content: bytes, where: str) -> ArticleText:
    """The abstract of one result of Europe PMC's search (resultType "core"). Raises `ReadError`."""
    try:
        record: dict[str, Any] = json.loads(content)
        authors = [str(one.get("fullName", "")) for one in record.get("authorList", {}).get("author", [])]
    except (AttributeError, ValueError) as error:
        raise ReadError("the record is damaged", where, f"Try again later ({error})") from error
    if is_retracted(europe_pmc_types(record)):
        raise RetractedError.of(where, record.get("pmid"))
    builder = TextBuilder()
    builder.heading("Abstract", 1)
    for place, part in enumerate(re.split(r"<h\d>(.*?)</h\d>", str(record.get("abstractText") or ""), flags=re.DOTALL)):
        if place % 2:
            builder.heading(_plain(part), 2)
        else:
            for paragraph in re.split(r"<(?:p|br) ?/?>|</p>", part):
                builder.paragraph(_plain(paragraph))
    return ArticleText(
        builder,
        _title(_plain(str(record.get("title") or ""))),
        ", ".join(filter(None, authors)) or str(record.get("authorString") or "").rstrip(".") or None,
        _year(str(record.get("pubYear") or "")),
        record.get("doi"),
        record.get("pmid"),
        _kind(europe_pmc_types(record)),
        record.get("license"),
    )


def pubmed_types(record: etree._Element) -> list[str]:
    """What kinds of publication PubMed says that a `PubmedArticle` is."""
    return [flat(one) for one in record.iterfind("MedlineCitation/Article/PublicationTypeList/PublicationType")]


def europe_pmc_types(record: dict[str, Any]) -> list[str]:
    """What kinds of publication Europe PMC says that a result is."""
    listed = record.get("pubTypeList")
    types = listed.get("pubType", []) if isinstance(listed, dict) else []
    return [str(one) for one in ([types] if isinstance(types, str) else types)]


def is_retracted(types: list[str]) -> bool:
    """Whether a publication of those kinds was taken back."""
    return any(one.lower() == "retracted publication" for one in types)


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"</?\w+>", "", markup))


def _title(title: str) -> str | None:
    return canonical_line(title).removesuffix(".") or None


def _author(author: etree._Element) -> str:
    given = author.find("ForeName") if author.find("ForeName") is not None else author.find("Initials")
    return canonical_line(f"{flat(given)} {flat(author.find('LastName'))}") or canonical_line(flat(author.find("CollectiveName")))


def _year(date: str) -> int | None:
    found = re.search(r"\b(?:18|19|20)\d\d\b", date)
    return int(found[0]) if found else None


def _kind(types: list[str]) -> str:
    return next((kind for pattern, kind in _KINDS if any(map(pattern.search, types))), "study")
