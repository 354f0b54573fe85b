"""Plain text and Markdown."""

from __future__ import annotations

import pytest

from corpus import ReadError, Source, read
from corpus.fetch import Fetched
from corpus.plain_text import MarkedText, read_markdown, read_plain_text
from corpus.records import Document


def shown(marked: MarkedText) -> str:
    return marked.builder.finish()[0]


def quotable(marked: MarkedText) -> list[str]:
    text, sections, _ = marked.builder.finish()
    return [text[section.start : section.end] for section in sections if section.quotable]


def markdown_document(text: str) -> Document:
    return read(Source(url="file:///page.md"), Fetched(text.encode(), "file:///page.md", "text/markdown"))


PAGE = """---
title: Swallowing and IBM
kind: guide
year: 2025
audience: everyone
topics: [Swallowing, Eating]
licence: CC BY 4.0
url: https://example.org/swallowing
note: "Not reviewed by a clinician."
---

# Swallowing

Food *gets* **stuck**, says [a paper](https://example.org/paper "its title")
and the `cN1A` study.

## What helps

- Small bites
- Sips of water
  1. thickened
  2. cool
- Sitting upright

| Test | Shows |
|------|-------|
| FEES | the *throat* |
| X-ray | the swallow |

> Quoted words.

```
a line of code
another line
```

![A glass](glass.png)

<div onclick="x()">Raw markup</div>

### Sources

- Somebody 2020
"""


def test_front_matter_is_read_and_left_out_of_the_text() -> None:
    document = markdown_document(PAGE)
    assert document.title == "Swallowing and IBM"
    assert (document.kind, document.year, document.audience) == ("guide", 2025, "everyone")
    assert document.topics == ("Swallowing", "Eating")
    assert document.licence == "CC BY 4.0"
    assert document.url == "https://example.org/swallowing"
    assert "---" not in document.text
    assert "audience" not in document.text


def test_blocks_are_shown_as_their_reader_sees_them() -> None:
    assert shown(read_markdown(PAGE, "page.md")) == (
        "Swallowing\n\nNot reviewed by a clinician.\n\nFood gets stuck, says a paper and the cN1A study.\n\nWhat helps\n\n"
        "Small bites\nSips of water\nthickened\ncool\nSitting upright\n\nTest | Shows\nFEES | the throat\nX-ray | the swallow\n\n"
        "Quoted words.\n\na line of code\nanother line\n\nA glass\n\nSources\n\nSomebody 2020"
    )


def test_the_note_and_the_sources_are_shown_but_never_quotable() -> None:
    marked = read_markdown(PAGE, "page.md")
    assert quotable(marked) == [
        "Food gets stuck, says a paper and the cN1A study.",
        (
            "Small bites\nSips of water\nthickened\ncool\nSitting upright\n\nTest | Shows\nFEES | the throat\nX-ray | the swallow"
            "\n\nQuoted words.\n\na line of code\nanother line\n\nA glass"
        ),
    ]


def test_sections_carry_their_headings() -> None:
    text, sections, _ = read_markdown(PAGE, "page.md").builder.finish()
    assert [section.path for section in sections if section.quotable] == [("Swallowing",), ("Swallowing", "What helps")]
    assert [text[section.start : section.end] for section in sections if section.path[-1] == "Sources"] == ["Somebody 2020"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_without_front_matter_the_first_heading_is_the_title(end: str) -> None:
    document = markdown_document(end.join(["Before.", "", "# Falls", "", "Get up.", "", "# Hands"]))
    assert (document.title, document.kind, document.year) == ("Falls", "web page", None)
    assert document.text == "Before.\n\nFalls\n\nGet up.\n\nHands"


def test_a_rule_further_down_is_no_front_matter() -> None:
    assert shown(read_markdown("# Falls\n\n---\n\nkind: of\n\n---\n\nEnd.", "page.md")) == "Falls\n\nkind: of\n\nEnd."


@pytest.mark.parametrize(
    ("front_matter", "named"),
    [
        ("title: [unclosed", "not valid YAML"),
        ("title: a: b", "not valid YAML"),
        ("title: !!python/object/apply:os.system [id]", "not valid YAML"),
        ("kind: leaflet", "'leaflet'"),
        ("audience: doctors", "'doctors'"),
        ("year: last year", "'last year'"),
        ("year: true", "True"),
    ],
)
def test_wrong_front_matter_is_an_error_that_names_it(front_matter: str, named: str) -> None:
    with pytest.raises(ReadError, match=named) as raised:
        markdown_document(f"---\n{front_matter}\n---\n\n# Title\n\nWords.")
    assert "file:///page.md" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("front_matter", ["- a list", "only words", "licence: 4\ntopics: Falls", 'title: "half \\uD83D"'])
def test_odd_front_matter_still_makes_a_document_of_text(front_matter: str) -> None:
    document = markdown_document(f"---\n{front_matter}\n---\n\n# Title\n\nWords.")
    assert document.text == "Title\n\nWords."
    for value in (document.title, document.licence, *document.topics):
        assert value is None or value.encode()


def test_plain_text_has_headings_paragraphs_and_lists() -> None:
    text = (
        "Living with IBM\n\n"
        "This paragraph was wrapped\nat the margin by its writer.\nA new line after a stop.\n\n"
        "What helps:\n\n"
        "- small bites\n- sips of\n  water\n1. upright\n\n"
        "a short line in lower case\n\n"
        "A whole sentence, short.\n"
    )
    marked = read_plain_text(text)
    assert marked.title == "Living with IBM"
    assert shown(marked) == (
        "Living with IBM\n\nThis paragraph was wrapped at the margin by its writer.\nA new line after a stop.\n\nWhat helps\n\n"
        "- small bites\n- sips of water\n1. upright\n\na short line in lower case\n\nA whole sentence, short."
    )
    assert marked.builder.headings == ("Living with IBM", "What helps")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_parts_paragraphs(end: str) -> None:
    assert shown(read_plain_text(f"One is here.{end}{end}Two is here.{end}")) == "One is here.\n\nTwo is here."


def test_navigation_that_comes_back_is_dropped() -> None:
    blocks = [f"Paragraph {number} says something.\n\nReturn to top" for number in range(3)]
    assert "Return to top" not in shown(read_plain_text("\n\n".join(blocks)))
    assert shown(read_plain_text("\n\n".join(blocks[:2]))).count("Return to top") == 2


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Größe – “weak”.".encode(), "Größe – “weak”."),
        ("Größe – “weak”.".encode("utf-8-sig"), "Größe – “weak”."),
        ("Größe – “weak”.".encode("cp1252"), "Größe – “weak”."),
        ("Größe – “weak”.".encode("utf-16"), "Größe – “weak”."),
        (b"It is\x00weak.", "It is weak."),
    ],
)
def test_the_character_set_is_found(content: bytes, text: str) -> None:
    assert read(Source(url="file:///a.txt"), Fetched(content, "file:///a.txt", "text/plain")).text == text


def test_a_stated_character_set_is_used() -> None:
    fetched = Fetched("Слабость мышц.".encode("windows-1251"), "https://example.org/a.txt", "text/plain", "windows-1251")
    assert read(Source(url=fetched.url), fetched).text == "Слабость мышц."


@pytest.mark.parametrize("text", ["", " \n\n ", "\ufeff", "# Only a heading"])
def test_a_text_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ReadError, match="no text was found"):
        markdown_document(text)
