"""The glossary, and the places where a text uses its terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.starter.glossary import glossary, mentions
from corpus.starter.references import references

TERMS = glossary()


def found(text: str) -> list[tuple[str, str]]:
    return [(text[mention.start : mention.end], mention.term.term) for mention in mentions(text)]


def test_every_term_is_explained_in_one_plain_line() -> None:
    assert len(TERMS) >= 120
    assert [term.term.lower() for term in TERMS] == sorted(term.term.lower() for term in TERMS)
    for term in TERMS:
        assert term.meaning.endswith("."), term.term
        assert len(term.meaning) <= 140, term.term
        assert "\n" not in term.meaning, term.term
        assert term.said, term.term


def test_what_a_meaning_claims_has_a_source() -> None:
    known = references()
    assert {term.reference for term in TERMS if term.reference} <= set(known)
    # What a meaning says of IBM, of a study or of numbers is more than the word itself says.
    for term in TERMS:
        if "tried in" in term.meaning or "people with IBM" in term.meaning or "trial of" in term.meaning:
            assert term.reference, term.term


def test_every_form_is_found_whole_and_stands_for_its_own_term() -> None:
    for term in TERMS:
        for form in (term.term, *term.forms):
            assert found(f"It says {form}, here.") == [(form, term.term)]


def test_the_longest_form_wins() -> None:
    text = "A muscle biopsy, not a biopsy, showed LGL leukaemia and vacuoles."
    assert found(text) == [
        ("muscle biopsy", "biopsy"),
        ("biopsy", "biopsy"),
        ("LGL leukaemia", "LGL leukaemia"),
        ("vacuoles", "rimmed vacuole"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An AFO or two AFOs", [("AFO", "AFO"), ("AFOs", "AFO")]),
        ("as afo and the MRI, not mri", [("MRI", "MRI")]),
        ("DYSPHAGIA and Dysphagia", [("DYSPHAGIA", "dysphagia"), ("Dysphagia", "dysphagia")]),
        ("Anti-cN1A and CN1A", [("Anti-cN1A", "anti-cN1A"), ("CN1A", "anti-cN1A")]),
        ("of Sjogren’s  syndrome", [("Sjogren’s  syndrome", "Sjogren's syndrome")]),
        ("by a Sjögren's\nsyndrome", [("Sjögren's\nsyndrome", "Sjogren's syndrome")]),
        ("TDP‑43 (with a hyphen that does not break)", [("TDP‑43", "TDP-43")]),
        ("statin-induced, but not non-inflammatory or biopsying", [("statin", "statin")]),
        ("MUSCLE is a trial's name", []),
        ("", []),
    ],
)  # fmt: skip
def test_forms_in_texts(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@given(st.lists(st.sampled_from([form for term in TERMS for form in (term.term, *term.forms)] + ["-", "x", ". ", "é", "\n"])))
def test_mentions_never_overlap_and_stand_where_they_say(parts: list[str]) -> None:
    text = " ".join(parts)
    end = 0
    for mention in mentions(text):
        assert end <= mention.start < mention.end <= len(text)
        forms = {form.lower() for form in (mention.term.term, *mention.term.forms)}
        written = " ".join(text[mention.start : mention.end].lower().split())
        assert forms & {written, written.removesuffix("s"), written.removesuffix("es")}
        end = mention.end
