"""Links to the very place: what a browser reads out of them is what the quote says."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.links import snapshot_link, source_link
from corpus import Document, PageSpan, document_id

_WEB = "https://example.org/page"


def _document(text: str, url: str = _WEB, pages: tuple[PageSpan, ...] = ()) -> Document:
    return Document(
        id=document_id(url),
        url=url,
        title="A page",
        kind="guide",
        year=2024,
        audience="everyone",
        licence=None,
        retrieved="2026-01-01",
        text=text,
        sections=(),
        pages=pages,
        sha256="0" * 64,
        media_type="text/html",
    )


def _terms(address: str) -> tuple[str, str | None]:
    """The start and the end that a browser reads from a text directive, by the specification's own grammar.

    https://wicg.github.io/scroll-to-text-fragment/#syntax: text=[prefix-,]start[,end][,-suffix]; "&" parts directives.
    """
    fragment = address.partition("#")[2]
    directive = fragment.partition(":~:")[2].split("&")[0]
    assert directive.startswith("text=")
    terms = directive.removeprefix("text=").split(",")
    assert not terms[0].endswith("-"), "a browser would take the first term for a prefix"
    assert not terms[-1].startswith("-"), "a browser would take the last term for a suffix"
    assert 1 <= len(terms) <= 2
    return unquote(terms[0]), unquote(terms[1]) if len(terms) == 2 else None


def _found(page: str, address: str) -> str:
    """The stretch of `page` that a browser would mark for `address`, "" for none; white space counts as one space."""
    start, end = _terms(address)
    flat = " ".join(page.split())
    pattern = re.escape(start) if end is None else f"{re.escape(start)}.*?{re.escape(end)}"
    match = re.search(pattern, flat, re.DOTALL)
    return match[0] if match else ""


@pytest.mark.parametrize(
    "quote",
    [
        "Weakness comes slowly.",
        "A well-known sign - a weak grip - is common.",
        "Rest, warmth, and time help.",
        "Salt & pepper.",
        "About 50% of people (1 in 2) say so.",
        "-Minus stands first, and last-",
        "C# and a ? and a / and a = stand in it.",
        "Älter werden – naïve “quotes” … 日本語 🙂.",
        "text=:~:#&,- %2D",
    ],
)
def test_a_short_quote_is_named_whole(quote: str) -> None:
    text = f"Before it. {quote} After it."
    start = text.index(quote)
    link = source_link(_document(text), start, start + len(quote))
    assert link.startswith(f"{_WEB}#:~:text=")
    assert _terms(link) == (quote, None)
    assert _found(text, link) == quote


@given(
    words=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=12), min_size=1, max_size=90
    ),
)
def test_every_quote_of_one_block_is_found_again(words: list[str]) -> None:
    quote = " ".join(words)
    text = f"Anders {quote} Danach"
    link = source_link(_document(text), len("Anders "), len("Anders ") + len(quote))
    found = _found(text, link)
    assert found
    assert found in quote or quote.startswith(found.split(" ", maxsplit=1)[0])
    assert not set(link.partition("#:~:text=")[2]) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%,_.~")


def test_a_long_quote_is_named_by_its_two_ends() -> None:
    quote = " ".join(f"word{number}" for number in range(60)) + "."
    link = source_link(_document(quote), 0, len(quote))
    start, end = _terms(link)
    assert end is not None
    assert quote.startswith(start)
    assert quote.endswith(end)
    assert _found(quote, link) == quote


@pytest.mark.parametrize(
    "quote", ["It can help to:\nSit up straight\nTake small sips\nRest", "Yes:\nNo", "One two\n\nthree four five six seven."]
)
def test_a_quote_of_several_blocks_is_named_by_words_of_its_first_and_its_last(quote: str) -> None:
    # Browsers look for each term inside one block element: "find a string in range" of the same specification.
    start, end = _terms(source_link(_document(quote), 0, len(quote)))
    lines = [line for line in quote.split("\n") if line]
    assert lines[0].startswith(start)
    assert end is not None
    assert lines[-1].endswith(end)


def test_an_address_with_a_fragment_of_its_own_gets_the_one_of_the_quote() -> None:
    document = _document("Weakness comes slowly.", url="https://example.org/page?x=1#part")
    assert source_link(document, 0, 22).startswith("https://example.org/page?x=1#:~:text=")


def test_a_pdf_is_opened_at_the_page_where_the_quote_begins() -> None:
    text = "First page here. Second page here. Third page here."
    pages = (PageSpan(1, 0, 17), PageSpan(2, 17, 35), PageSpan(5, 35, len(text)))
    for url in ("https://example.org/paper.pdf", "file:///home/ann/paper.pdf"):
        document = _document(text, url=url, pages=pages)
        assert source_link(document, 0, 16) == f"{url}#page=1"
        assert source_link(document, 17, 51) == f"{url}#page=2"
        assert source_link(document, 35, 51) == f"{url}#page=5"


def test_a_starter_page_has_only_the_librarys_copy() -> None:
    document = _document("Weakness comes slowly.", url="starter:what-ibm-is")
    assert source_link(document, 3, 9) == snapshot_link(document.id, 3, 9)


def test_the_snapshot_link_is_relative_and_names_the_span() -> None:
    link = snapshot_link("0123456789abcdef", 12, 345)
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("", "", "quote")
    assert not parts.path.startswith("/")  # the page may stand below a sub-path of its host
    assert parts.path == "source/0123456789abcdef"
    assert parse_qs(parts.query) == {"start": ["12"], "end": ["345"]}
