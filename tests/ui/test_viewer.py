"""The library's copy beside an answer: its parts cover the text, and the quote is marked in the part that is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from corpus import Document
from index import Library
from ui.texts import text
from ui.viewer import parts_of, viewer_html


@pytest.fixture(scope="module")
def copies(starter_library: Library) -> list[Document]:
    return list(starter_library.documents())


def test_parts_cover_the_text_in_order_and_are_short(copies: list[Document]) -> None:
    for document in copies:
        parts = parts_of(document)
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        assert [part.page for part in parts] == [page.number for page in document.pages] or not document.pages
        covered = "".join(document.text[part.start : part.end] for part in parts)
        assert covered.split() == document.text.split()
        if not document.pages:
            assert max(part.end - part.start for part in parts) < 7_000
            assert len(parts) > 1


@given(data=st.data())
def test_the_quote_is_marked_in_the_part_it_begins_in(copies: list[Document], data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(copies))
    start = data.draw(st.integers(0, len(document.text) - 2))
    end = data.draw(st.integers(start + 1, min(start + 300, len(document.text))))
    drawn = html.fragment_fromstring(viewer_html(document, start, end), create_parent=True)
    part = next(part for part in parts_of(document) if start < part.end)
    marked = "".join("".join(mark.itertext()) for mark in drawn.iter("mark"))
    title_length = len(document.title) if document.text.startswith(document.title) else 0
    quoted = document.text[max(start, part.start, title_length) : min(end, part.end)]
    assert marked.split() == quoted.split() or "".join(marked.split()) == "".join(quoted.split())


def test_other_parts_say_where_the_quote_is_and_a_number_beyond_is_the_last(copies: list[Document]) -> None:
    document = next(one for one in copies if not one.pages)
    count = len(parts_of(document))
    last = html.fragment_fromstring(viewer_html(document, 0, 10, 99), create_parent=True)
    assert last.findtext(".//p[@class='place']") == f"Part {count} of {count}"
    assert f"Part 1 of {count}" in last.text_content()
    assert not list(last.iter("mark"))
    turning = [button.get("aria-disabled") for button in last.iter("button") if button.get("data-viewer") == "next"]
    assert turning == ["true", "true"]
    assert text("snapshot.unmarked") in viewer_html(document, 0, len(document.text) + 1)


def test_nothing_of_a_text_becomes_markup(copies: list[Document]) -> None:
    from dataclasses import replace

    nasty = replace(copies[0], title="<img src=x onerror=alert(1)>", text="<script>1</script> swallowing", sections=(), pages=())
    drawn = viewer_html(nasty, 0, 10)
    assert "<script" not in drawn
    assert "<img" not in drawn
