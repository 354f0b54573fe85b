"""Web pages: the main text as a browser shows it, without what surrounds it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.web_page import WebPage, read_web_page

HEAD = """<title>Swallowing | A Site</title><meta name="date" content="2021-05-06">
<link rel="canonical" href="https://example.org/swallowing">"""
BODY = """
<nav><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li><li><a href="/give">Donate now</a></li></ul></nav>
<div id="cookie-banner" class="cookie-consent"><p>We use cookies to improve your experience.</p><button>Accept all</button></div>
<main><article><h1>Swallowing in inclusion body myositis</h1>
<p>Many people with inclusion body myositis find that food gets stuck in the throat. It is called dysphagia, and it can be
the <em>first</em> sign of <a href="/ibm">the disease</a>.</p>
<h2>What helps</h2>
<p>A speech and language therapist can test swallowing and teach safer ways to eat. These may help:</p>
<ul><li>Take small bites and chew well.</li><li>Sip water between bites.
<ul><li>Thickened drinks are for some people.</li></ul></li><li>Sit upright for half an hour after a meal.</li></ul>
<h3>Tests</h3>
<p>The clinic is at 12 Some Street<br>Second floor<br><br>A new paragraph follows two breaks. It has two sentences.</p>
<table><tr><th>Test</th><th>What it shows</th></tr><tr><td>Videofluoroscopy</td><td>Moving X-ray of a swallow</td></tr>
<tr><td>FEES</td><td>Camera through the nose</td></tr></table>
<h2>Doses</h2>
<p>SPECIAL &mdash; 5&nbsp;mg, p &lt; 0.05, 10&nbsp;m&sup2; and a swal&shy;low.</p><p><a href="#top">Return to top</a></p>
</article></main>
<aside><h4>Related posts</h4><ul><li><a href="/x">Ten tips for you</a></li></ul></aside>
<footer><p>Copyright 2021. All rights reserved. <a href="/privacy">Privacy policy</a></p></footer>
<script>var hidden = "secret";</script><style>.hidden{}</style></body>"""


def page(special: str = "A café", head: str = HEAD) -> str:
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{BODY}</html>'.replace("SPECIAL", special)


def read_page(content: bytes, charset: str | None = None) -> WebPage:
    found = read_web_page(content, "https://example.org/", charset)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def text() -> str:
    return read_page(page().encode()).builder.finish()[0]


@pytest.mark.parametrize(
    "surrounding",
    [
        "Home",
        "About us",
        "Donate",
        "cookies",
        "Accept",
        "Related",
        "Ten tips",
        "Copyright",
        "Privacy",
        "secret",
        "hidden",
        "Return to top",
    ],
)
def test_what_surrounds_the_main_text_is_dropped(text: str, surrounding: str) -> None:
    assert surrounding not in text


def test_headings_part_the_sections() -> None:
    text, sections, pages = read_page(page().encode()).builder.finish()
    title = "Swallowing in inclusion body myositis"
    assert [section.path for section in sections] == [
        (title,),
        (title, "What helps"),
        (title, "What helps", "Tests"),
        (title, "Doses"),
    ]
    assert text[sections[0].start :].startswith("Many people")
    assert pages == ()


def test_words_inside_a_paragraph_stay_together(text: str) -> None:
    assert "It is called dysphagia, and it can be the first sign of the disease." in text


def test_list_items_are_lines_and_inner_lists_follow_their_item(text: str) -> None:
    assert (
        "These may help:\n\nTake small bites and chew well.\nSip water between bites.\nThickened drinks are for some people.\n"
        "Sit upright for half an hour after a meal."
    ) in text


def test_table_rows_are_lines(text: str) -> None:
    assert "Test | What it shows\nVideofluoroscopy | Moving X-ray of a swallow\nFEES | Camera through the nose" in text


def test_line_breaks_are_kept_where_a_line_ends(text: str) -> None:
    assert "The clinic is at 12 Some Street\nSecond floor\nA new paragraph follows two breaks. It has two sentences." in text


def test_entities_are_what_they_stand_for(text: str) -> None:
    assert "A café — 5 mg, p < 0.05, 10 m² and a swallow." in text


def test_a_page_states_title_year_and_address() -> None:
    found = read_page(page().encode())
    assert found.title == "Swallowing in inclusion body myositis"
    assert found.year == 2021
    assert found.canonical_url == "https://example.org/swallowing"


def test_a_page_may_state_nothing() -> None:
    found = read_page(b"<html><body><div>Food gets stuck in the throat.</div></body></html>")
    assert found.builder.finish()[0] == "Food gets stuck in the throat."
    assert (found.title, found.year, found.canonical_url) == (None, None, None)


@pytest.mark.parametrize("link", ["/relative", "javascript:alert(1)", "", "ftp://example.org/a"])
def test_only_a_web_address_is_canonical(link: str) -> None:
    assert read_page(page(head=f'<link rel="canonical" href="{link}">').encode()).canonical_url is None


_LATIN = "Café naïve über Größe"
_META = '<meta charset="{}">'


@pytest.mark.parametrize(
    ("special", "meta", "stated", "encoding"),
    [
        (_LATIN, "", None, "utf-8"),
        (_LATIN, "", None, "utf-8-sig"),
        (_LATIN, "", None, "utf-16"),
        (_LATIN, "", None, "windows-1252"),
        (_LATIN, _META.format("iso-8859-1"), None, "windows-1252"),
        ("naïve", _META.format("windows-1252"), None, "windows-1252"),
        ("Słabość mięśni", _META.format("iso-8859-2"), None, "iso-8859-2"),
        ("Слабость мышц", _META.format("windows-1251"), None, "windows-1251"),
        ("Слабость мышц", "", "windows-1251", "windows-1251"),
        ("Слабость мышц", _META.format("iso-8859-5"), "windows-1251", "windows-1251"),
        ("筋力低下", _META.format("shift_jis"), None, "shift_jis"),
        (_LATIN, _META.format("no-such-set"), "nor-this", "utf-8"),
        (_LATIN, _META.format("utf-16"), None, "utf-8"),
    ],
)
def test_the_character_set_is_the_one_a_browser_takes(special: str, meta: str, stated: str | None, encoding: str) -> None:
    content = page(special, HEAD + meta).replace("&mdash;", "-").encode(encoding)
    assert f"{special} - 5 mg" in read_page(content, stated).builder.finish()[0]


def test_an_xhtml_page_with_a_declaration_is_read() -> None:
    content = ('<?xml version="1.0" encoding="iso-8859-1"?>\n' + page("naïve")).encode("iso-8859-1")
    assert "naïve — 5 mg" in read_page(content).builder.finish()[0]


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"<html></html>", b"<html><body><script>x()</script></body></html>", b"\x00\x01\x02"]
)
def test_a_page_without_words_is_none(content: bytes) -> None:
    assert read_web_page(content, None) is None


def test_a_layout_table_is_read_as_paragraphs() -> None:
    left = "Inclusion body myositis is a slow disease of the muscles, which begins after fifty in most people who have it. " * 2
    right = "Its first signs are a weak grip and thighs that give way, so that stairs and low chairs become hard to manage. " * 2
    cells = f"<table><tr><td><p>{left}</p></td><td><p>{right}</p></td></tr></table>"
    text = read_page(f"<html><body><h1>IBM</h1>{cells}</body></html>".encode()).builder.finish()[0]
    assert left.strip() in text
    assert right.strip() in text
    assert "|" not in text


def sections_of(markup: str) -> dict[tuple[str, ...], str]:
    text, sections, _ = read_page(markup.encode()).builder.finish()
    return {section.path: text[section.start : section.end] for section in sections}


def test_an_exponent_stays_one_and_a_mark_that_leads_to_a_reference_is_left_out() -> None:
    markup = (
        "<body><p>Above 10<sup>9</sup> cells<sup><a href='#r1'>12</a>,<a href='#r2'>13</a></sup> per m<sup>2</sup> it was "
        "counted<a href='#n'><sup>a</sup></a>, on the 1<sup>st</sup> of May, in CO<sub>2</sub>.</p></body>"
    )
    assert sections_of(markup) == {(): "Above 10⁹ cells per m² it was counted, on the 1st of May, in CO2."}


def test_on_a_page_without_headings_bold_lines_are_headings_and_bold_words_are_not() -> None:
    words = "A chair with arms is easier to leave, and a raised seat spares the thighs. "
    markup = (
        f"<body><font face=Arial><b>Chairs</b><br>{words}<br><br><b>Note</b> {words}<b>not</b> so<br><br>"
        f"<b><font size=4>At night</font></b><br>{words * 3}</font></body>"
    )
    found = sections_of(markup)
    assert list(found) == [("Chairs",), ("At night",)]
    assert "Note A chair" in found["Chairs",]


def test_a_short_page_keeps_its_shape() -> None:
    """The extractor has rules for long texts; what is too short for them is no lump of words all the same."""
    markup = """<body><nav><a href=/>Home</a></nav><div class="cookie-note">We use cookies.</div><h1>Words</h1><dl><dt>CK</dt>
        <dd>An enzyme of the muscle.</dd></dl><table><tr><th>Year</th><th>Aid</th></tr><tr><td>1999</td><td>Cane</td></tr></table>
        <h2>Letter</h2><p>Dear all.</p><blockquote>Be careful on the stairs.</blockquote></body>"""
    assert sections_of(markup) == {
        ("Words",): "CK\nAn enzyme of the muscle.\n\nYear | Aid\n1999 | Cane",
        ("Words", "Letter"): "Dear all.\n\nBe careful on the stairs.",
    }


def test_a_page_that_is_called_after_its_cookies_is_read_all_the_same() -> None:
    assert sections_of("<body class='x'><div class='page cookies-off'><h1>Falls</h1><p>Mind the step.</p></div></body>") == {
        ("Falls",): "Mind the step."
    }


def test_a_year_among_the_words_is_not_the_year_of_the_page() -> None:
    words = "<p>This site is kept by one person since 2003, who was told of the disease on 5 May 1999.</p>"
    assert read_page(f"<body>{words}<footer>Copyright 2001</footer></body>".encode()).year is None
    assert read_page(f"<body><p>Last updated: <time datetime='2019-03-04'>4 March</time></p>{words}</body>".encode()).year == 2019


MARK = "<sup><a href='#n'>1</a></sup>\x01 and more"
DAMAGE = [
    MARK,
    "&#1;",
    "&#x1f;",
    "<b<",
    "<br<sup>",
    "</p>",
    "<table>",
    "<td>",
    "<dl><dt>",
    "<h1>",
    "<frameset>",
    "<!--",
    "<a name=x>",
]


@given(st.lists(st.tuples(st.integers(0, len(page())), st.sampled_from(DAMAGE)), max_size=8), st.integers(0, 3000))
@example([(0, f"<p>A short page{MARK}</p>")], 3000)
@example([(0, "<b<><p>One line.</p><p>And another.</p>")], 3000)
def test_damaged_markup_is_read_or_is_none_and_never_an_error(damage: list[tuple[int, str]], dropped: int) -> None:
    markup = page()[dropped:]
    for place, piece in damage:
        markup = markup[:place] + piece + markup[place:]
    found = read_web_page(markup.encode(), "https://example.org/")
    if found is not None:
        text, sections, _ = found.builder.finish()
        assert all(text[section.start : section.end].strip() for section in sections)
