"""Which document goes first where answers come out level."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from assistant.level import LEVEL, LEVEL_BY_YEAR, SAYS_THE_SAME, settled
from assistant.ranking import Candidate
from corpus import Passage
from index import DocumentSummary, Hit

DOCUMENTS = {
    "guide": DocumentSummary("guide", "guide", "Guide", "guide", 2020, "everyone", (), 1),
    "newer": DocumentSummary("newer", "newer", "Newer guide", "guide", 2025, "everyone", (), 1),
    "undated": DocumentSummary("undated", "undated", "Undated guide", "guide", None, "everyone", (), 1),
    "review": DocumentSummary("review", "review", "Review", "review", 2026, "everyone", (), 1),
    "digest": DocumentSummary("digest", "digest", "Digest", "web page", 2026, "research", (), 1),
}


def found(*scored: tuple[str, float], likeness: float = 0.0) -> list[Candidate]:
    """The best sentence of each document; the cosine of any two is `likeness`."""
    nothing, no_pieces = np.zeros(1, dtype=np.float32), np.zeros((0, 1), dtype=np.int8)
    hits = [(Hit(Passage(name, 0, 4, "Text", (), None, ((0, 4),)), 0.0, 0.0, 0.0), score) for name, score in scored]
    vectors = np.linalg.cholesky((1 - likeness) * np.eye(len(scored)) + likeness).astype(np.float32) if scored else []
    return [
        Candidate(hit, 0, 0, score, score, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, vector, no_pieces, nothing)
        for (hit, score), vector in zip(hits, vectors, strict=True)
    ]


def order(
    *scored: tuple[str, float], question: str = "does it hurt?", likeness: float = 0.0, near: Mapping[str, float] | None = None
) -> list[str]:
    """The ids in the order they come in; `near` holds how near titles are to the question, 0 where it holds none."""

    def nearness(title: str) -> float:
        return (near or {}).get(title, 0.0)

    return [one.hit.passage.document_id for one in settled(found(*scored, likeness=likeness), question, DOCUMENTS, nearness)]


@pytest.mark.parametrize("research", ["review", "digest"])
def test_what_is_for_everyone_goes_before_research_that_is_level(research: str) -> None:
    assert order((research, 9.0), ("guide", 9.0 - LEVEL / 2)) == ["guide", research]


def test_research_goes_first_where_the_question_asks_for_it() -> None:
    assert order(("guide", 9.0), ("review", 8.5), question="what did the studies find?") == ["review", "guide"]


def test_the_newer_goes_first_and_the_undated_last() -> None:
    lower = LEVEL_BY_YEAR / 2
    assert order(("undated", 9.0), ("guide", 9.0 - lower / 2), ("newer", 9.0 - lower)) == ["newer", "undated", "guide"]


def test_what_answers_better_is_not_put_back_by_its_year() -> None:
    assert order(("guide", 9.0), ("newer", 8.9 - LEVEL_BY_YEAR)) == ["guide", "newer"]
    # But what is for everyone is by no better research, and then the newer counts.
    assert order(("review", 9.0), ("guide", 8.8), ("newer", 8.7)) == ["newer", "review", "guide"]


def test_what_is_not_level_stays_where_it_is() -> None:
    assert order(("review", 9.0), ("guide", 8.9 - LEVEL)) == ["review", "guide"]


def test_the_best_of_a_document_speaks_for_it_and_nothing_is_lost() -> None:
    ranked = found(("review", 9.0), ("guide", 8.8), ("guide", 8.6), ("review", 5.0))
    assert settled(ranked, "does it hurt?", DOCUMENTS, len) == [ranked[1], ranked[0], ranked[2], ranked[3]]


def test_the_order_does_not_depend_on_which_of_two_is_a_little_better() -> None:
    assert order(("newer", 9.0), ("guide", 8.8))[0] == order(("guide", 9.0), ("newer", 8.8))[0]


def test_a_document_removed_meanwhile_goes_last_and_nothing_found_is_nothing() -> None:
    assert order(("gone", 9.0), ("review", 8.9)) == ["review", "gone"]
    assert order(("gone", 9.0)) == ["gone"]
    assert settled([], "does it hurt?", DOCUMENTS, len) == []


@pytest.mark.parametrize("scores", [(9.0, 8.9), (8.9, 9.0)], ids=["one is better", "the other is"])
def test_of_what_says_the_same_the_title_nearest_to_the_question_goes_first(scores: tuple[float, float]) -> None:
    ranked = sorted(zip(("guide", "newer"), scores, strict=True), key=lambda one: -one[1])
    near = {"Guide": 0.6, "Newer guide": 0.4}
    assert order(*ranked, likeness=SAYS_THE_SAME + 0.01, near=near)[0] == "guide"
    assert order(*ranked, likeness=SAYS_THE_SAME - 0.01, near=near)[0] == "newer", "they say different things, so the year counts"


def test_of_what_says_the_same_the_newer_goes_first_unless_its_title_is_much_further_off() -> None:
    same = SAYS_THE_SAME + 0.01
    assert order(("guide", 9.0), ("newer", 9.0 - LEVEL / 2), likeness=same)[0] == "newer"
    assert order(("guide", 9.0), ("newer", 8.9), likeness=same, near={"Guide": 0.52, "Newer guide": 0.5})[0] == "newer"
    assert order(("guide", 9.0), ("newer", 8.9 - LEVEL), likeness=same)[0] == "guide", "but it must be level"
    assert order(("undated", 9.0), ("guide", 8.9), likeness=same, near={"Undated guide": 1.0})[0] == "guide"
