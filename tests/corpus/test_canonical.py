"""The canonical text: one spelling of what a reader sees, and offsets that stay."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.canonical import TextBuilder, canonical_line, is_bibliography
from corpus.records import PageSpan, Section


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("di\ufb03cult \ufb01nger \ufb02exors", "difficult finger flexors"),
        ("swal\u00adlow\u00ading", "swallowing"),
        ("\ufeffzero\u200bwidth\u2060", "zerowidth"),
        ("5\u00a0mg\u2009per\u3000day", "5 mg per day"),
        ("  many \t\r\n lines \x0b of \x0c it ", "many lines of it"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("10 m² and ½ cup, cN‑1A", "10 m² and ½ cup, cN‑1A"),
        ("null\x00bell\x07c1\x85del\x7f", "null bell c1 del"),
        ("half a pair \ud83d", "half a pair"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 family", "\U0001f468\u200d\U0001f469\u200d\U0001f467 family"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
        (" \u00ad\u200b ", ""),
    ],
)
def test_a_line_is_spelt_as_its_reader_sees_it(raw: str, seen: str) -> None:
    assert canonical_line(raw) == seen


@given(st.text())
def test_a_canonical_line_stays_as_it_is(text: str) -> None:
    once = canonical_line(text)
    assert canonical_line(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())
    once.encode()


@pytest.mark.parametrize(
    "heading", ["References", "5. References", "Sources:", "REFERENCES AND NOTES", "Further reading", "Bibliography"]
)
def test_reference_lists_are_known_by_their_heading(heading: str) -> None:
    assert is_bibliography(heading)


@pytest.mark.parametrize("heading", ["Sources of strength", "Cross-references in the body", "Reference ranges", "Results", ""])
def test_other_headings_open_no_reference_list(heading: str) -> None:
    assert not is_bibliography(heading)


def test_headings_stand_in_the_text_but_in_no_section() -> None:
    builder = TextBuilder()
    builder.paragraph("Before any heading.")
    builder.heading("Swallowing", 1)
    builder.paragraph("First.")
    builder.lines(["item one", "  ", "item two"])
    builder.heading("Tests", 2)
    builder.paragraph("Second.")
    builder.heading("Falls", 1)
    builder.paragraph("Third.")
    text, sections, pages = builder.finish()
    assert text == "Before any heading.\n\nSwallowing\n\nFirst.\n\nitem one\nitem two\n\nTests\n\nSecond.\n\nFalls\n\nThird."
    assert [(section.path, text[section.start : section.end]) for section in sections] == [
        ((), "Before any heading."),
        (("Swallowing",), "First.\n\nitem one\nitem two"),
        (("Swallowing", "Tests"), "Second."),
        (("Falls",), "Third."),
    ]
    assert all(section.quotable for section in sections)
    assert pages == ()
    assert builder.headings == ("Swallowing", "Tests", "Falls")


def test_a_skipped_level_closes_all_that_are_deeper() -> None:
    builder = TextBuilder()
    for level, heading in ((1, "One"), (4, "Four"), (2, "Two")):
        builder.heading(heading, level)
        builder.paragraph(f"Below {heading}.")
    assert [section.path for section in builder.finish()[1]] == [("One",), ("One", "Four"), ("One", "Two")]


def test_what_stands_below_a_reference_heading_is_not_quotable() -> None:
    builder = TextBuilder()
    builder.heading("Results", 2)
    builder.paragraph("Strength held.")
    builder.heading("References", 2)
    builder.heading("Books", 3)
    builder.paragraph("A book.")
    builder.heading("Afterword", 2)
    builder.paragraph("Thanks.")
    assert [(section.path[-1], section.quotable) for section in builder.finish()[1]] == [
        ("Results", True),
        ("Books", False),
        ("Afterword", True),
    ]


def test_an_aside_parts_its_section_and_is_not_quotable() -> None:
    builder = TextBuilder()
    builder.heading("Methods", 1)
    builder.paragraph("Before.")
    builder.aside([(0, "A footnote.")])
    builder.paragraph("After.")
    text, sections, _ = builder.finish()
    assert sections == (
        Section(("Methods",), 9, 16, quotable=True),
        Section(("Methods",), 18, 29, quotable=False),
        Section(("Methods",), 31, 37, quotable=True),
    )
    assert text == "Methods\n\nBefore.\n\nA footnote.\n\nAfter."


def test_pages_begin_where_their_first_word_stands() -> None:
    builder = TextBuilder()
    builder.heading("Title", 1, page=1)
    builder.paged_paragraph([(1, "It begins here"), (2, "and ends there.")])
    builder.paged_paragraph([(4, "Page three was blank.")])
    text, _, pages = builder.finish()
    assert pages == (PageSpan(1, 0, 22), PageSpan(2, 22, 39), PageSpan(4, 39, 60))
    assert text[22:].startswith("and ends there.")
    assert text[39:] == "Page three was blank."


def test_blank_blocks_add_nothing() -> None:
    builder = TextBuilder()
    builder.paragraph(" \n ")
    builder.lines([])
    builder.heading("\u00ad", 1)
    builder.paged_paragraph([(1, " "), (2, "")])
    builder.aside([(1, "")])
    assert not builder.has_text
    assert builder.finish() == ("", (), ())
