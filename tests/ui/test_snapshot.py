"""The library's copies: the whole text, page numbers, and exactly the quoted words marked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from assistant.texts import DISCLAIMER
from corpus import Document, PageSpan, Source, read
from corpus.starter import starter_sources
from ui.snapshot import missing_page, snapshot_page

_TEXT = (
    "Swallowing\n\nWhat helps\n\nSmall bites help. Sit up straight.\n\nsoft food\nthick drinks\n\n"
    "At night\n\nRaise the head of the bed."
)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("source") / "swallowing.md"
    path.write_text(
        "---\ntitle: Swallowing\nkind: guide\nyear: 2021\nurl: https://example.org/swallowing\n---\n"
        "# Swallowing\n\n## What helps\n\n"
        "Small bites help. Sit up straight.\n\n- soft food\n- thick drinks\n\n### At night\n\nRaise the head of the bed.\n",
        encoding="utf-8",
    )
    found = read(Source(path=str(path)))
    assert found.text == _TEXT
    return found


def marked(page: str) -> list[HtmlElement]:
    return list(html.fromstring(page).iter("mark"))


def bare(words: str) -> str:
    return re.sub(r"\s", "", words)


def test_headings_paragraphs_and_lists_are_what_they_were(document: Document) -> None:
    article = html.fromstring(snapshot_page(document)).find(".//article")
    assert [(element.tag, element.text_content()) for element in article] == [
        ("h2", "What helps"),
        ("p", "Small bites help. Sit up straight."),
        ("ul", "soft foodthick drinks"),
        ("h3", "At night"),
        ("p", "Raise the head of the bed."),
    ]


def test_title_kind_year_date_source_and_disclaimer_stand_above(document: Document) -> None:
    tree = html.fromstring(snapshot_page(document))
    assert tree.find(".//h1").text == "Swallowing"
    words = tree.text_content()
    assert all(part in words for part in ("Patient guide", "2021", document.retrieved, DISCLAIMER))
    addresses = [one.get("href") for one in tree.iter("a")]
    assert addresses[:2] == ["https://example.org/swallowing", f"../original/{document.id}"]


def test_the_quote_is_marked_word_for_word_and_can_hold_the_focus(document: Document) -> None:
    start = _TEXT.index("Small bites help.")
    (mark,) = marked(snapshot_page(document, start, start + len("Small bites help.")))
    assert mark.text == "Small bites help."
    assert (mark.get("id"), mark.get("tabindex")) == ("quote", "-1")


def test_a_quote_across_blocks_has_several_marks_and_one_name(document: Document) -> None:
    start, end = _TEXT.index("Sit up"), _TEXT.index(" the head")
    marks = marked(snapshot_page(document, start, end))
    assert [mark.text for mark in marks] == ["Sit up straight.", "soft food", "thick drinks", "At night", "Raise"]
    assert [mark.get("id") for mark in marks] == ["quote", None, None, None, None]


@given(st.data())
def test_the_marks_hold_exactly_the_span(document: Document, data: st.DataObject) -> None:
    after_title = len("Swallowing\n\n")
    start = data.draw(st.integers(after_title, len(_TEXT) - 1))
    end = data.draw(st.integers(start + 1, len(_TEXT)))
    page = snapshot_page(document, start, end)
    assert bare("".join(mark.text for mark in marked(page))) == bare(_TEXT[start:end])
    assert bare(html.fromstring(page).find(".//article").text_content()) == bare(_TEXT[after_title:])


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 3), (0, 10**9), (-3, 5), (None, 5), (5, None)])
def test_a_span_that_is_not_in_the_text_is_said_not_guessed(document: Document, start: int | None, end: int | None) -> None:
    page = snapshot_page(document, start, end)
    assert not marked(page)
    assert "nothing is marked" in page
    assert "Small bites help." in page


def test_without_a_span_nothing_is_said_of_marks(document: Document) -> None:
    page = snapshot_page(document)
    assert "marked" not in page


def test_page_numbers_stand_where_the_pages_begin(document: Document) -> None:
    cut = _TEXT.index("Sit up")
    paged = replace(document, pages=(PageSpan(4, 0, cut), PageSpan(5, cut, len(_TEXT))), media_type="application/pdf")
    start = _TEXT.index("help. Sit")
    page = snapshot_page(paged, start, start + len("help. Sit"))
    article = html.fromstring(page).find(".//article")
    assert [(one.get("id"), one.text) for one in article.iterfind(".//*[@class='page-number']")] == [
        ("page-4", "Page 4"),
        ("page-5", "Page 5"),
    ]
    assert [mark.text for mark in marked(page)] == ["help. ", "Sit"]
    assert "Small bites help. Page 5 Sit up straight." in article.text_content()
    assert f"../original/{document.id}#page=4" in page


def test_a_text_is_never_markup(document: Document) -> None:
    nasty = "<script>alert(1)</script> & <b>"
    page = snapshot_page(
        replace(document, title=nasty, text=_TEXT.replace("Small bites help.", nasty), url="javascript:alert(1)")
    )
    assert re.findall(r"<script[^>]*>", page) == ['<script src="../js/appearance.js">'], "the page's own, and none of the text's"
    assert "javascript:" not in page
    assert nasty in html.fromstring(page).find(".//h1").text


def test_every_starter_page_is_drawn_whole() -> None:
    for source in starter_sources()[::4]:
        found = read(source)
        middle = found.sections[len(found.sections) // 2]
        page = snapshot_page(found, middle.start, middle.end)
        assert bare("".join(mark.text for mark in marked(page))) == bare(found.text[middle.start : middle.end])
        tree = html.fromstring(page)
        for number in tree.xpath("//*[@class='page-number']"):
            number.drop_tree()
        assert bare(tree.find(".//article").text_content()) == bare(found.text.removeprefix(found.title))


def test_the_page_for_nothing_is_friendly_and_leads_home() -> None:
    tree = html.fromstring(missing_page("It was <removed>."))
    assert "It was <removed>." in tree.text_content()
    assert tree.find(".//a").get("href") == "../"
