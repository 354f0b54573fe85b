"""Where a quote comes from, in words: who says it, when, in what kind of text, and the way to the source itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from urllib.parse import urlsplit

from assistant import Quote
from assistant.assistant import DATED_YEARS
from corpus.starter import SCHEME
from corpus.starter.references import Reference, cited_labels, references
from ui.texts import text

# Sources whose years lie further apart than this may well differ in what they know.
_YEARS_APART = 5


def who_says_it(quote: Quote, authors: str | None) -> list[str]:
    """Who stands behind the words: the sources they name, their authors, or the site they stand on; [] where none is known."""
    if is_written_here(quote):
        return [_spelt_out(reference) for reference in named_in(quote.text)] or [text("source.own_words")]
    if authors:
        return [authors]
    host = urlsplit(quote.url).hostname or ""
    return [host.removeprefix("www.")] if host else []


def is_written_here(quote: Quote) -> bool:
    """Whether the quote is of a page that was written for the starter library."""
    return quote.url.startswith(SCHEME)


def facts(quote: Quote) -> list[str]:
    """Kind, year, section and page, each as it is shown."""
    found = [text(f"kinds.{quote.kind}"), str(quote.year) if quote.year else text("answer.no_year")]
    if quote.section:
        found.append(text("answer.section", section=quote.section))
    if quote.page is not None:
        found.append(text("answer.page", page=quote.page))
    return found


def is_dated(quote: Quote) -> bool:
    """Whether the source is older than the assistant holds to be current."""
    return quote.year is not None and quote.year < date.today().year - DATED_YEARS


def years_apart(quotes: Sequence[Quote]) -> tuple[int, int] | None:
    """The oldest and the newest year of the quotes' sources, where they lie so far apart that readers should know."""
    years = [quote.year for quote in quotes if quote.year]
    if not years or max(years) - min(years) <= _YEARS_APART:
        return None
    return min(years), max(years)


def opened_source(quote: Quote) -> str:
    """The label of what `source_address` opens, where the quote names several sources and that is but one of them; else ""."""
    named = named_in(quote.text) if is_written_here(quote) and quote.page is None else []
    return next((reference.label for reference in named if reference.url), "") if len(named) > 1 else ""


def source_address(quote: Quote) -> str:
    """Where the source itself can be opened.

    A browser opens no `file:` address from a web page, so files are served from the library's stored originals. A starter
    page is written from the sources it names, so the first that the quote names and that has an address is the source; the
    page's copy stands for it where there is none.
    """
    if quote.page is not None and quote.url.startswith(("file:", SCHEME)):
        return f"original/{quote.document_id}#page={quote.page}"
    if quote.url.startswith("file:"):
        return f"original/{quote.document_id}"
    if is_written_here(quote):
        return next((reference.url for reference in named_in(quote.text) if reference.url), quote.snapshot)
    return quote.link


def citations_in(words: str) -> list[tuple[int, int]]:
    """The spans of `words` in which sources are named."""
    places = (re.finditer(re.escape(reference.label), words) for reference in named_in(words))
    return [match.span() for place in places for match in place]


def _spelt_out(reference: Reference) -> str:
    """The label as it stands in the quote, then the title and where it appeared, as far as the label does not say them."""
    said = reference.label.casefold()
    more = [part.rstrip(".") for part in (reference.title, reference.where) if part and part.casefold() not in said]
    return f"{reference.label}: {', '.join(more)}" if more else reference.label


def named_in(words: str) -> list[Reference]:
    """The references that `words` name in brackets, in the order of their first use."""
    known = _references()
    return [known[label] for label in cited_labels(words, known)]


@cache
def _references() -> dict[str, Reference]:
    return references()
