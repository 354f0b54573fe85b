"""Links to the very place: in the source as it stands elsewhere, and in the library's own copy."""

from __future__ import annotations

from urllib.parse import quote as percent_encoded

from corpus import Document

# A quote longer than this is named by its first and last words, as the specification of text fragments allows.
_LONGEST_FRAGMENT = 200
_EDGE_WORDS = 6


def snapshot_link(document_id: str, start: int, end: int) -> str:
    """The place `start:end` in the library's copy, relative to the address the page is served at."""
    return f"source/{document_id}?start={start}&end={end}#quote"


def source_link(document: Document, start: int, end: int) -> str:
    """The place `start:end` in the source itself: a PDF's page, a text fragment of a web page or file.

    A document that stands nowhere else (a starter page) has only the library's copy to link to.
    """
    if not document.url.startswith(("http://", "https://", "file:")):
        return snapshot_link(document.id, start, end)
    address = document.url.split("#")[0]
    page = document.page_at(start)
    if page is not None:
        return f"{address}#page={page}"
    return f"{address}#:~:text={_fragment(document.text[start:end])}"


def _fragment(text: str) -> str:
    """A text directive (https://wicg.github.io/scroll-to-text-fragment/); each of its terms must lie within one block."""
    lines = [line.split() for line in text.split("\n") if line.strip()]
    if len(lines) == 1 and len(text) <= _LONGEST_FRAGMENT:
        return _term(" ".join(lines[0]))
    return f"{_term(' '.join(lines[0][:_EDGE_WORDS]))},{_term(' '.join(lines[-1][-_EDGE_WORDS:]))}"


def _term(text: str) -> str:
    # A dash or a comma left as it is would end the term.
    return percent_encoded(text, safe="").replace("-", "%2D")
