"""Addresses in one spelling, and hand-made markup in the markup of today."""

from __future__ import annotations

import pytest

from corpus.fetch import decoded
from corpus.links import normalised, page_links
from corpus.web_page import read_web_page

LONG = (
    "Inclusion body myositis is a slow disease of the muscles, which begins after fifty in most of the people who have it. " * 2
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://Pages.Example:80", "http://pages.example/"),
        ("HTTPS://pages.example:443/a/../b/./c.html#part", "https://pages.example/b/c.html"),
        ("../x?utm_source=mail&id=3&fbclid=9", "http://pages.example/x?id=3"),
        ("a b%7ec%e9.html", "http://pages.example/d/a%20b~c%E9.html"),
        ("page;jsessionid=1A?x=1", "http://pages.example/d/page?x=1"),
        ("\\d\\new\nline", "http://pages.example/d/newline"),
        ("?n=2", "http://pages.example/d/e?n=2"),
        ("//bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("mailto:a@b.example", None),
        ("javascript:go()", None),
        ("http://[", None),
        ("http://a:b@c.example/", None),
        ("file:///etc/passwd", None),
        ("x/" * 5, None),
        ("a" * 3000, None),
    ],
)
def test_an_address_has_one_spelling(address: str, expected: str | None) -> None:
    assert normalised(address, "http://pages.example/d/e") == expected
    if expected:
        assert normalised(expected) == expected


def test_links_are_taken_from_all_that_leads_on() -> None:
    found = page_links(
        b"""<html><head><base href="/old/"><meta http-equiv="Refresh" content="5; URL='next.html'"></head><body>
        <map><area href="map.html"></map><a rel="nofollow" href="n.html">n</a><a href="a.html">a</a><a href="a.html#x">a</a>
        <a href="p.gif">p</a><iframe src="in.html"></iframe></body></html>""",
        "http://pages.example/",
    )
    assert found is not None
    assert found.links == tuple(f"http://pages.example/old/{name}.html" for name in ("next", "map", "a"))
    assert found.frames == ("http://pages.example/old/in.html",)
    assert not found.is_frameset


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "unicode_escape", "hex", "no\0name", "x" * 500])
def test_what_is_no_character_set_of_pages_is_not_used(charset: str) -> None:
    assert decoded(b"a+AGE-b " * 50000, charset) == "a+AGE-b " * 50000


def test_stray_bytes_do_not_spoil_the_rest() -> None:
    text = "naïve – Größe – café " * 3
    assert decoded(text.encode() + b"\x93quoted\x94", "utf-8") == text + "“quoted”"


def test_a_table_in_a_layout_table_is_read_once_and_stays_a_table() -> None:
    facts = "<table><tr><th>Test</th><th>Shows</th></tr><tr><td>FEES</td><td>Camera</td></tr></table>"
    words = f"{LONG}<br><br>{facts}{LONG.replace('slow', 'rare')}"
    markup = f"<body><table><tr><td><a href='/'>Home</a></td><td>{words}</td></tr></table></body>"
    page = read_web_page(markup.encode(), None)
    assert page is not None
    text = page.builder.finish()[0]
    assert "Test | Shows\nFEES | Camera" in text
    assert text.count("FEES") == text.count("slow disease") // 2 == text.count("rare disease") // 2 == 1


def test_an_anchor_within_a_sentence_is_no_heading() -> None:
    markup = f'<body><p>{LONG}<a name="x">Weak grip</a> is the first sign.</p><p><a name="y">Signs</a><br>{LONG}</p></body>'
    page = read_web_page(markup.encode(), None)
    assert page is not None
    assert page.builder.headings == ("Signs",)
    assert "Weak grip is the first sign." in page.builder.finish()[0]
