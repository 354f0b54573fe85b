"""Which candidates are quoted: neighbours that are not much less likely to answer as one quote, nothing twice, none too long."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import selection
from assistant.quoting import MOST_SENTENCES
from assistant.ranking import Candidate
from assistant.repeats import Copies
from assistant.selection import NEARLY, NEARLY_UNREAD, NEARLY_UNREAD_WHERE_EXPECTED, Verdict, first_quote, selected
from corpus import Passage
from index import Hit

SENTENCES = 8
TELLS = (
    "Weak hands make jars hard to open in the kitchen at home.",
    "A rubber mat under the jar gives a weak hand more grip.",
    "Many people ask a neighbour for the lids that will not turn.",
    "Falls come when the knee gives way without any warning.",
    "A brace that locks the knee can hold it on level ground.",
    "Soft food goes down more easily than bread that is dry.",
    "Sips of water between two bites help some people to swallow.",
    "Rest after a meal, and sit upright for half an hour or so.",
)
TEXT = " ".join(TELLS)


def hit(name: str, sentences: tuple[str, ...]) -> Hit:
    text = " ".join(sentences)
    starts = np.cumsum([0, *(len(one) + 1 for one in sentences[:-1])]).tolist()
    spans = tuple((start, start + len(one)) for start, one in zip(starts, sentences, strict=True))
    return Hit(Passage(name, 0, len(text), text, (), None, spans), 0.0, 0.0, 0.0)


ONE, TWO = hit("one", TELLS), hit("two", tuple(f"Elsewhere number {at} is said of it." for at in range(SENTENCES)))
COPY = hit("copy", (TELLS[3], "Nothing else on this page is known from anywhere."))


def run(first: int, last: int, score: float, of: Hit = ONE, *, expected: float = 0.0, read: float = 1.0) -> Candidate:
    """A candidate whose best sentence is its last one, as it is where sentences lean on what stands before them."""
    vector = np.zeros(3 * SENTENCES, dtype=np.float32)
    vector[last + SENTENCES * (ONE, TWO, COPY).index(of)] = 1.0
    no_pieces = np.zeros((0, 1), dtype=np.int8)
    return Candidate(
        of, first, last, score, score - read, 0.0, 0.0, 0.0, 0.0, 0.0, expected, 0.0, 0.0, vector, no_pieces, vector, read
    )


def fates(ranked: list[Candidate], most: int = 3) -> list[tuple[str, int | None]]:
    copies = Copies(one.passage for one in (ONE, TWO, COPY))
    return [(verdict.fate, verdict.like) for verdict in selected(ranked, copies, most)]


def quoted(verdicts: list[Verdict]) -> list[tuple[str, int, int]]:
    chosen = [verdict.candidate for verdict in verdicts if verdict.fate == "quoted"]
    return [(one.hit.passage.document_id, one.first, one.last) for one in chosen]


@pytest.mark.parametrize("beside", [(0, 1), (3, 3), (1, 2), (3, 4), (2, 4)])
def test_a_neighbour_that_is_nearly_as_likely_is_quoted_along_and_another_is_not(beside: tuple[int, int]) -> None:
    near, far = ([run(2, 2, 9.0), run(*beside, 9.0 - NEARLY + add)] for add in (0.1, -0.1))
    assert quoted(selected(near, Copies(()), 3)) == [("one", min(2, beside[0]), max(2, beside[1]))]
    assert fates(near) == [("quoted", None), ("joined", 0)]
    overlaps = beside[0] <= 2 <= beside[1]
    assert fates(far) == [("quoted", None), ("overlaps", 0) if overlaps else ("quoted", None)]


def test_scores_lie_nearer_where_nothing_was_read_and_nearest_where_no_questions_are_expected_either() -> None:
    apart, near = [("quoted", None), ("quoted", None)], [("quoted", None), ("joined", 0)]
    score = 9.0 - NEARLY_UNREAD_WHERE_EXPECTED + 0.1
    assert fates([run(2, 2, 9.0, expected=0.5, read=0.0), run(3, 3, score, read=0.0)]) == near
    assert fates([run(2, 2, 9.0, read=0.0), run(3, 3, score, read=0.0)]) == apart
    score = 9.0 - (NEARLY + NEARLY_UNREAD) / 2
    assert fates([run(2, 2, 9.0), run(3, 3, score)]) == near
    assert fates([run(2, 2, 9.0, read=0.0), run(3, 3, score, read=0.0)]) == apart


def test_an_answer_in_three_sentences_takes_one_place_whatever_their_order() -> None:
    assert fates([run(2, 2, 9.0), run(4, 4, 8.9), run(3, 3, 8.8)]) == [("quoted", None), ("joined", 0), ("joined", 0)]
    assert fates([run(2, 2, 9.0), run(5, 5, 8.9), run(3, 3, 8.8)], most=1) == [("quoted", None), ("no room", None), ("joined", 0)]


def test_what_lies_in_a_quote_is_part_of_it_and_what_would_make_it_too_long_is_not() -> None:
    assert fates([run(2, 3, 9.0), run(3, 3, 9.0 - 2 * NEARLY)]) == [("quoted", None), ("joined", 0)]
    assert fates([run(1, 3, 9.0), run(3, 4, 8.9)]) == [("quoted", None), ("overlaps", 0)]


def test_the_same_place_in_another_document_is_no_neighbour() -> None:
    assert fates([run(2, 2, 9.0), run(3, 3, 8.9, TWO)]) == [("quoted", None), ("quoted", None)]


def test_what_was_quoted_or_quoted_along_is_not_quoted_again_from_elsewhere() -> None:
    best, along, copy = run(2, 2, 9.0), run(3, 3, 8.9), run(0, 0, 8.8, COPY)
    assert fates([best, along, copy]) == [("quoted", None), ("joined", 0), ("alike", 0)]
    assert fates([along, copy]) == [("quoted", None), ("copy", 0)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, SENTENCES - 1),
            st.integers(0, MOST_SENTENCES - 1),
            st.floats(-20, 20),
            st.sampled_from([ONE, TWO]),
        ),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 4),
)
def test_quotes_never_overlap_grow_too_long_or_too_many(drawn: list[tuple[int, int, float, Hit]], most: int) -> None:
    runs = [run(max(0, last - more), last, score, of) for last, more, score, of in drawn]
    ranked = sorted(runs, key=lambda one: -one.score)
    verdicts = selected(ranked, Copies(()), most)
    chosen = quoted(verdicts)
    assert verdicts[0].fate == "quoted"
    assert first_quote(ranked) is not None
    assert first_quote(ranked) == verdicts[0].candidate
    assert 1 <= len(chosen) <= most
    assert all(last - first < MOST_SENTENCES for _, first, last in chosen)
    for (name, first, last), (other, other_first, other_last) in combinations(chosen, 2):
        assert name != other or last < other_first or other_last < first
    for rank, (verdict, candidate) in enumerate(zip(verdicts, ranked, strict=True)):
        assert verdict.candidate.score == candidate.score
        assert (verdict.like is not None) == (verdict.fate in ("joined", "overlaps", "copy", "alike"))
        if verdict.like is None:
            continue
        assert verdict.like < rank
        head = verdicts[verdict.like]
        if verdict.fate == "joined":
            assert head.fate == "quoted"
            assert head.candidate.first <= candidate.first <= candidate.last <= head.candidate.last
        elif verdict.fate == "overlaps":
            assert selection._gap(head.candidate, candidate) < 0
