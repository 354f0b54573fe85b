"""The records that leave this room: where a text comes from, the text itself, and the passages cut from it.

All offsets are 0-based code-point offsets into `Document.text`, end exclusive; pages count from 1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["guide", "review", "study", "trial", "news", "web page"]
Audience = Literal["everyone", "research"]
KINDS: tuple[str, ...] = get_args(Kind)
AUDIENCES: tuple[str, ...] = get_args(Audience)


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read: a web address or a path, and what its owner knows about it.

    `url` is an http(s) address or a path; with `path` set, the bytes are read from there and `url` is only the address
    that answers link to. Fields left `None` are taken from the text itself where it states them.
    """

    url: str = ""
    path: str | None = None
    title: str | None = None
    kind: str | None = None
    year: int | None = None
    audience: str | None = None
    licence: str | None = None

    def __post_init__(self) -> None:
        """Fill in the address of a source that was given as a path alone; refuse what no library could hold."""
        if not self.url and not self.path:
            raise ValueError("a Source needs a url or a path")
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is not one of {', '.join(KINDS)}")
        if self.audience is not None and self.audience not in AUDIENCES:
            raise ValueError(f"audience {self.audience!r} is not one of {', '.join(AUDIENCES)}")
        if not self.url:
            object.__setattr__(self, "url", self.path)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of body text under one heading; `path` holds the headings above it, outermost first.

    `start` and `end` span the body only: the heading's own text lies outside every section, so it is never quoted.
    A section that is not `quotable` (a reference list, say) is kept in the text but no passage is cut from it.
    """

    path: tuple[str, ...]
    start: int
    end: int
    quotable: bool = True


@dataclass(frozen=True, slots=True)
class PageSpan:
    """The stretch of the text that stands on one page of a PDF. Pages follow each other without overlap."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One text as its reader sees it, with where it came from.

    `text` is canonical: NFC, one space between words, a newline between the items of a list or the rows of a table, a blank
    line between blocks. `url` is a web address, or a `file:` or `starter:` address. `retrieved` is an ISO 8601 date.
    `sha256` and `media_type` are those of the bytes it was read from. `pages` is empty for texts without pages. `authors`
    (names, joined by commas), `doi` and `pmid` (PubMed's number) are None where the text does not state them. `notes` say
    what a reader could not read, such as pages that are pictures of text, one phrase each.
    """

    id: str
    url: str
    title: str
    kind: str
    year: int | None
    audience: str
    licence: str | None
    retrieved: str
    text: str
    sections: tuple[Section, ...]
    pages: tuple[PageSpan, ...]
    sha256: str
    media_type: str
    topics: tuple[str, ...] = ()
    authors: str | None = None
    doi: str | None = None
    notes: tuple[str, ...] = ()
    pmid: str | None = None

    def page_at(self, offset: int) -> int | None:
        """The page number that holds `offset`, or None where the document has no pages."""
        for page in self.pages:
            if offset < page.end:
                return page.number
        return self.pages[-1].number if self.pages else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one section: what is indexed and found. `page` is that of its first character.

    `sentences` are the spans of its sentences, in order; they cover the passage but for white space, the marks
    of list items, what is left of a bracket, and the numbers of notes between them.
    """

    document_id: str
    start: int
    end: int
    text: str
    section: tuple[str, ...]
    page: int | None
    sentences: tuple[tuple[int, int], ...]

    @property
    def sentence_texts(self) -> list[str]:
        """The words of each sentence, in order."""
        return [self.text[start - self.start : end - self.start] for start, end in self.sentences]


def document_id(url: str) -> str:
    """The stable id of the document at `url`: the first 16 hexadecimal digits of the address' SHA-256."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
