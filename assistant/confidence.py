"""Whether what was found answers the question: strongly, possibly, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.quoting import Candidate
from assistant.records import Match

# First thresholds, on `evidence` below; docs/architecture.md says how they were chosen.
_STRONG = 0.62
_POSSIBLE = 0.45


def evidence(candidate: Candidate, unknown_share: float) -> float:
    """How much speaks for a candidate, roughly 0 to 1: the cosines of passage and sentences, the question's words in it.

    `unknown_share` is the share of the question's content words that the library has never seen: such a word is often
    what the question is about, so it weighs against every candidate.
    """
    likeness = 0.4 * candidate.passage + 0.4 * candidate.window + 0.2 * candidate.sentence
    return 0.75 * likeness + 0.25 * candidate.words + 0.12 - 0.35 * unknown_share


def match(candidate: Candidate, unknown_share: float) -> Match | None:
    """How well a candidate answers; None where it should not be shown as an answer."""
    amount = evidence(candidate, unknown_share)
    if amount >= _STRONG:
        return "strong"
    return "possible" if amount >= _POSSIBLE else None


def answered(ranked: Sequence[Candidate], unknown_share: float) -> bool:
    """Whether the best candidate is good enough for the question to count as answered."""
    return bool(ranked) and match(ranked[0], unknown_share) is not None
