"""Quotes: whole sentences, word for word, from what may be quoted, each said once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant, Quote
from assistant.quoting import quotable, readable, says_something
from corpus import Document, Source
from corpus.sentences import sentence_spans
from index import Library
from index.embedding import Embedder

PAGE = """---
title: Falling and getting up
year: 2021
kind: guide
note: This note is about falls and getting up, and is not to be quoted.
---
# Falling and getting up

## How often do falls happen?

Falls are common when the thigh muscles are weak. In one study, 60 people (age 50 to 80; mean 67.5) fell 2.3 times a year. It
was the knee that gave way. Most falls happened at home.

## What helps after a fall?

These can help after a fall:

- Rest first, and look for injuries.
- A lifting cushion raises a person from the floor.
- A neighbour with a key can come.

Is it an emergency? Call for help if a fall hurt someone.

| Aid | Price |
|---|---|
| Lifting cushion after a fall | 900 |

## References

Miller A. Falls after a fall, and getting up after a fall. Journal of Falls 2019.
"""
COPY = """# Another page about falling

Falls are common when the thigh muscles are weak. A walking stick is a first aid against falls.
"""
QUESTIONS = [
    "How often do people with weak thighs fall?",
    "What helps after a fall?",
    "Which aid raises a person from the floor?",
    "What does the lifting cushion cost?",
    "What did Miller write in the Journal of Falls?",
    "What does the note say about falls?",
    "Are falls common when the thigh muscles are weak?",
    "Is it an emergency after a fall?",
    "Where do most falls happen?",
    "How many times a year did 60 people fall?",
]


@pytest.fixture(scope="module")
def small(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("small")
    for name, text in {"falling.md": PAGE, "another.md": COPY}.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library.open(folder / "library", embedder=embedder)
    assert [added.status for added in library.add([Source(str(folder / "falling.md")), Source(str(folder / "another.md"))])] == [
        "added",
        "added",
    ]
    with Assistant(library) as opened:
        yield opened


@pytest.fixture(scope="module")
def quotes(small: Assistant) -> list[tuple[str, tuple[Quote, ...]]]:
    asked = [(question, small.ask(question).quotes) for question in QUESTIONS]
    assert sum(bool(found) for _, found in asked) >= 6, "too few answers for these tests to mean anything"
    return asked


def _quotable_sentences(document: Document) -> set[tuple[int, int]]:
    return {
        span
        for section in document.sections
        if section.quotable
        for span in sentence_spans(document.text, section.start, section.end)
    }


def test_a_quote_is_its_span_of_the_document(small: Assistant, quotes: list[tuple[str, tuple[Quote, ...]]]) -> None:
    for _, found in quotes:
        for quote in found:
            document = small.library.document(quote.document_id)
            assert quote.text == document.text[quote.start : quote.end]
            context = quote.before + quote.text + quote.after
            assert document.text[quote.start - len(quote.before) : quote.end + len(quote.after)] == context


def test_a_quote_is_whole_sentences_of_a_quotable_section(small: Assistant, quotes: list[tuple[str, tuple[Quote, ...]]]) -> None:
    for _, found in quotes:
        for quote in found:
            sentences = _quotable_sentences(small.library.document(quote.document_id))
            assert quote.start in {start for start, _ in sentences}
            assert quote.end in {end for _, end in sentences}


def test_notes_tables_references_headings_and_questions_are_not_quoted(quotes: list[tuple[str, tuple[Quote, ...]]]) -> None:
    shown = " ".join(quote.text for _, found in quotes for quote in found)
    for unwanted in ("This note", "900", "Price", "Journal of Falls", "How often do falls happen", "Is it an emergency?"):
        assert unwanted not in shown


def test_a_list_is_quoted_with_the_line_that_leads_into_it(quotes: list[tuple[str, tuple[Quote, ...]]]) -> None:
    with_items = [quote.text for _, found in quotes for quote in found if "lifting cushion raises" in quote.text]
    assert with_items
    assert all("These can help after a fall:" in text for text in with_items)


def test_a_quote_does_not_begin_with_a_sentence_that_leans_on_the_one_before(quotes: list[tuple[str, tuple[Quote, ...]]]) -> None:
    assert not [quote.text for _, found in quotes for quote in found if quote.text.startswith("It was the knee")]


def test_no_quote_says_what_another_of_the_same_answer_says(quotes: list[tuple[str, tuple[Quote, ...]]]) -> None:
    for _, found in quotes:
        assert len({quote.text for quote in found}) == len(found)
        spans = [(quote.document_id, quote.start, quote.end) for quote in found]
        for position, (name, start, end) in enumerate(spans):
            for other, other_start, other_end in spans[position + 1 :]:
                assert name != other or end <= other_start or other_end <= start
    common = next(found for question, found in quotes if question.startswith("Are falls common"))
    assert sum("Falls are common when" in quote.text for quote in common) == 1


def test_a_quote_tells_where_it_stands(small: Assistant, quotes: list[tuple[str, tuple[Quote, ...]]]) -> None:
    by_title = {document.title: document for document in small.library.documents()}
    for _, found in quotes:
        for quote in found:
            document = by_title[quote.title]
            assert (quote.url, quote.kind, quote.year, quote.page) == (document.url, document.kind, document.year, None)
            section = next(section for section in document.sections if section.start <= quote.start < section.end)
            assert quote.section == " › ".join(heading for heading in section.path if heading != document.title)
            assert quote.url.startswith(Path("/").as_uri())


def test_the_operators_number_of_quotes_is_the_most(embedder: Embedder, small: Assistant) -> None:
    folder = small.library.directory
    (folder / "settings.toml").write_text("[answers]\nquotes = 1\n", encoding="utf-8")
    try:
        with Assistant(Library.open(folder, create=False, embedder=embedder)) as stricter:
            answer = stricter.ask("What helps after a fall?")
        assert len(answer.quotes) == 1
        assert answer.quotes[0].text == small.ask("What helps after a fall?").quotes[0].text
    finally:
        (folder / "settings.toml").unlink()


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("See also the page on look-alikes and inherited forms.", False),
        ("See the page on trials for the results of the study.", False),
        ("Read more about falls on our website.", False),
        ("For more information, visit https://example.org/falls today.", False),
        ("To learn more, click here to open the leaflet.", False),
        ("More information on getting up is in the section below.", False),
        ("Further details about the trial are on this page.", False),
        ("More detailed information on heart failure is available at http://www.example.org/dci", False),
        ("You can use the Medical Dictionary to look up the definitions for these medical terms.", False),
        (
            "These resources address the diagnosis of the disease: - Gene Review: Myopathy - Registry: Myopathy",
            False,
        ),
        (
            "For more information on the treatment options for this pain, click on the following link or on that of the society.",
            False,
        ),
        (
            "To learn more about these types click on the disease names below: Ataxia type 1 Ataxia type 2 There is a late form",
            False,
        ),
        ("See a doctor at once if the swelling comes back.", True),
        (
            "More information on the trial is available to people who take part in it and ask the nurse who sees them.",
            True,
        ),
        ("Read labels and look for thickened fluids.", True),
        ("More people fall at home than on the street.", True),
        ("See the doctor who knows your breathing before you fly.", True),
    ],
)
def test_a_line_that_only_points_elsewhere_says_nothing(sentence: str, *, says: bool) -> None:
    assert says_something(sentence) is says


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("National Eye Institute 2020 Vision Place Bethesda, MD 20892-3655 301-496-5248 www.nei.nih.gov.", False),
        ("Write to the Muscle Clinic, 12 High Street, London SW1A 1AA, for a leaflet.", False),
        ("- A Holter monitor, which is a small box that is attached to your chest.", False),
        ("____ My close relative has osteoporosis or has broken a bone.", False),
        (") Not a Normal Part of Aging for most people, doctors say.", False),
        ("or never started when you reached puberty.", False),
        ("include McArdle, Tarui, and DiMauro diseases and some others.", False),
        ("(Watch the animated video to learn more about the causes of glaucoma and of other diseases of the eyes.", False),
        ("NIH: National Institute on Deafness and Other Communication Disorders", False),
        ("Food Serving Size Iron Vitamin B12 Folic Acid Recommended Daily Value", False),
        ("or medicines for high blood pressure, allergies, and depression that are,", False),
        ("Signs and Symptoms Approximate number of patients (when available) Autoimmunity - Dysphagia - Hyporeflexia.", False),
        ("Muscle weakness 90% Feeding difficulties in infancy 50% Myalgia 7.5% Autosomal dominant inheritance.", False),
        ("The Human Phenotype Ontology (HPO) has collected information on how often a sign occurs in a condition.", False),
        ("Strength fell by 4% in the first, 8% in the second and 11% in the third year; 30% Of them fell.", True),
        ("Sit down while you dress and rest often between tasks", True),
        ("p62 is found in the muscle fibres of people with IBM.", True),
        ("(The body dissolves most blood clots with time.)", True),
        ("“I cannot swallow,” she said to her doctor.", True),
        ("In 20892 people of MD the test was done.", True),
        ("Some of the causes are:\nstroke\ndiabetes", True),
    ],
)
def test_an_address_a_menu_or_a_part_of_a_sentence_says_nothing(sentence: str, *, says: bool) -> None:
    assert says_something(sentence) is says


LISTED = [
    "This level is different for each person.",
    "They include - people over age 40 - people with a family history of glaucoma.",
    "Some people are at higher risk for the disease.",
    "They include - people over age 60 - people with a family history of glaucoma.",
    "People over age 60 people with a family history of glaucoma.",
    "In this test, drops are placed in the eyes.",
    "Tests for the Eyes",
    "During this exam, drops are placed in the eyes.",
]


def test_a_quote_is_made_around_no_sentence_that_leans_on_one_out_of_sight_nor_around_a_repetition() -> None:
    assert quotable(LISTED) == [2, 3]


def test_a_sentence_is_read_with_what_it_leans_on_and_with_no_repetition_of_it() -> None:
    assert [readable(LISTED, position) for position in (2, 3)] == [(2, 2), (2, 3)]


def test_what_comes_second_in_an_emergency_is_not_read_without_what_comes_first() -> None:
    steps = ["Call your local emergency number first.", "After the call, follow one current first aid guideline."]
    assert readable(steps, 1) == (0, 1)


def test_a_line_that_ends_with_a_colon_is_read_with_what_follows() -> None:
    listed = ["These can help after a fall:", "Rest first, and look for injuries.", "A neighbour with a key can come."]
    assert readable(listed, 0) == (0, 1)
    assert readable(listed[:1], 0) == (0, 0)


def test_no_line_of_the_starter_library_that_points_elsewhere_can_be_quoted(starter_library: Library) -> None:
    sentences = [
        document.text[start:end] for document in starter_library.documents() for start, end in _quotable_sentences(document)
    ]
    pointing = [sentence for sentence in sentences if sentence.startswith(("See also", "See the page", "Read more"))]
    assert len(pointing) > 5
    assert not [text for text in pointing if says_something(text)]
