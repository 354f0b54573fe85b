"""What a PDF states of itself outside its pages, as pypdf reads it: document information, XMP metadata, and its outline."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import pypdf
from pypdf.generic import Destination

from corpus.pdf_outline import OutlineEntry

# Publishers' own words for an article's data, within XMP: the PRISM basic metadata specification, version 2 and 3, and what
# older programs of Adobe's make of it.
_SPACES = (
    "http://prismstandard.org/namespaces/basic/2.0/",
    "http://prismstandard.org/namespaces/basic/3.0/",
    "http://ns.adobe.com/pdfx/1.3/",
)
_PRISM_DATES = ("publicationDate", "coverDate", "coverDisplayDate")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
# Longer outlines list a book's every paragraph; a damaged one may have no end.
_MOST_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class PdfInformation:
    """What the file states of itself, "" or None where it is silent. `date` is that of publication, in any form."""

    title: str = ""
    authors: str = ""
    subject: str = ""
    doi: str | None = None
    date: str = ""
    outline: tuple[OutlineEntry, ...] = ()


def information(content: bytes) -> PdfInformation:
    """What the PDF in `content` states of itself; nothing for one that pypdf cannot open. Never raises for a damaged file."""
    found: PdfInformation | None = _tried(lambda: _information(pypdf.PdfReader(io.BytesIO(content), strict=False)))
    return found or PdfInformation()


def _information(reader: pypdf.PdfReader) -> PdfInformation:
    if reader.is_encrypted:
        reader.decrypt("")  # many are for all to read, and only their changing asks for a password
    stated = _tried(lambda: reader.metadata) or pypdf.DocumentInformation()
    xmp = _tried(lambda: reader.xmp_metadata)
    doi, date = None, ""
    title, authors, subject = (str(_tried(partial(stated.get, key)) or "") for key in ("/Title", "/Author", "/Subject"))
    if xmp is not None:
        creators = _tried(lambda: [name for name in xmp.dc_creator or [] if name]) or []
        if len(creators) > 1 or not authors:
            authors = "; ".join(creators)
        title = title or _any_language(_tried(lambda: xmp.dc_title))
        subject = subject or _any_language(_tried(lambda: xmp.dc_description))
        identifiers = [*_stated(xmp, "doi"), _tried(lambda: xmp.dc_identifier) or ""]
        doi = next((match[0] for one in identifiers if (match := _DOI.search(str(one)))), None)
        dates = [one for name in _PRISM_DATES for one in _stated(xmp, name)]
        date = " ".join(dates)
    outline = _tried(lambda: tuple(islice(_entries(reader, reader.outline, 0), _MOST_ENTRIES))) or ()
    return PdfInformation(title, authors, subject, doi, date, outline)


def _any_language(texts: Any) -> str:  # noqa: ANN401  # a damaged file's XMP holds anything
    return next((str(text) for text in texts.values() if text), "") if isinstance(texts, dict) else ""


def _stated(xmp: Any, name: str) -> list[str]:  # noqa: ANN401  # pypdf names no type for what it gives
    """What XMP states under one of PRISM's names, as elements and as attributes."""
    found: list[str] = []
    for space in _SPACES:
        for node in _tried(partial(_nodes, xmp, space, name)) or []:
            found.append(
                getattr(node, "value", None) or "".join(child.data for child in node.childNodes if hasattr(child, "data"))
            )
    return [text.strip() for text in found if text]


def _nodes(xmp: Any, space: str, name: str) -> list[Any]:  # noqa: ANN401  # as above
    return list(xmp.get_element("", space, name))


def _entries(reader: pypdf.PdfReader, level: list[Any], depth: int) -> Iterator[OutlineEntry]:
    for entry in level:
        if isinstance(entry, list):
            yield from _entries(reader, entry, depth + 1)
        elif isinstance(entry, Destination) and entry.title:
            page = _tried(partial(reader.get_destination_page_number, entry))
            if page is not None and page >= 0:
                yield OutlineEntry(str(entry.title), page + 1, depth)


def _tried(get: Callable[[], Any]) -> Any:  # noqa: ANN401  # whatever `get` gives
    """What `get` gives, None where it fails: a damaged file fails in any way, and its text may be sound all the same."""
    with contextlib.suppress(Exception):
        return get()
    return None
