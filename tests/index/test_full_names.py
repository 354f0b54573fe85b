"""Short names and full ones: whoever writes either means the same, and finds the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Source
from index import Library
from index.embedding import Embedder
from index.full_names import FULL_NAME, in_full

_WORDS = st.lists(
    st.sampled_from(["IBM", "sIBM", "ibm", "is", "(IBM)", FULL_NAME, "IBM's", ",", "CK", "(CPK)", "IVIG", "creatine kinase"]),
    max_size=8,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("What is IBM?", f"What is {FULL_NAME}?"),
        ("ibm outlook", f"{FULL_NAME} outlook"),
        ("sIBM and its look-alikes", f"sporadic {FULL_NAME} and its look-alikes"),
        ("Inclusion body myositis (IBM) is rare.", f"{FULL_NAME} is rare."),
        ("IBM-related falls", f"{FULL_NAME} related falls"),
        ("s-IBM and IBM (inclusion body myositis)", f"sporadic {FULL_NAME} and {FULL_NAME}"),
        ("Cure IBM is a charity for IBM", f"Cure IBM is a charity for {FULL_NAME}"),
        ("Analysed with IBM SPSS Statistics, see www.ibm.com", "Analysed with IBM SPSS Statistics, see www.ibm.com"),
        ("The INSPIRE-IBM study", "The INSPIRE-IBM study"),
        ("hIBM is another disease", "hereditary inclusion body myopathy is another disease"),
        ("IBMPFD is another one", "IBMPFD is another one"),
        ("the ibmmyositis.com site", "the ibmmyositis.com site"),
        ("Is my CK level (CPK) high?", "Is my creatine kinase level (creatine kinase) high?"),
        ("creatine kinase (CK) and CK (creatine kinase)", "creatine kinase and creatine kinase"),
        ("creatine phosphokinase (CPK), an electromyogram (EMG)", "creatine kinase, an electromyography"),
        ("Do IVIg, intravenous immunoglobulins (IVIG) help?", "Do intravenous immunoglobulin, intravenous immunoglobulin help?"),
        ("an EMG-guided test", "an electromyography-guided test"),
        ("see ck.example.com or 10.1002/ck.12, write to ck@x.org", "see ck.example.com or 10.1002/ck.12, write to ck@x.org"),
        ("tricky ivigo", "tricky ivigo"),
        ("", ""),
    ],
)
def test_the_short_name_is_written_in_full_and_nothing_else(written: str, read: str) -> None:
    assert in_full(written) == read


@given(_WORDS)
def test_what_is_in_full_stays_as_it_is(words: list[str]) -> None:
    full = in_full(" ".join(words))
    assert "ibm" not in full.lower().split()
    assert in_full(full) == full


def test_both_names_have_the_same_vector(embedder: Embedder) -> None:
    for by_letters, spelt in (("Does IBM hurt?", f"Does {FULL_NAME} hurt?"), ("Is CK high?", "Is creatine kinase high?")):
        short, full = embedder.encode_questions([by_letters, spelt])
        assert np.array_equal(short.vector, full.vector)
        assert short.words == full.words


def test_a_page_that_says_only_one_name_is_found_by_the_words_of_the_other(tmp_path: Path, embedder: Embedder) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Tea\n\nPeople with IBM like tea.\n", encoding="utf-8")
    with Library.open(tmp_path / "library", embedder=embedder) as library:
        library.add([Source(path=str(note))])
        (hit,) = library.search(FULL_NAME, 1)
        assert hit.lexical > 0
        assert library.rarity(["inclusion", "coffee"]) == [0.0, 1.0]
