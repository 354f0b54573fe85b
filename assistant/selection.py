"""Which candidates are quoted: the first few that say something those before them do not, and why each other one is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.ranking import Candidate
from assistant.repeats import Copies, Spot

# Two quotes nearer to each other than this (cosine) say the same thing twice.
_SAME = 0.93

Fate = Literal["quoted", "copy", "alike", "no room", "not sure enough", "not looked at"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a candidate. `like` is the rank, from 0, of the one before it that says the same, None where none does."""

    candidate: Candidate
    fate: Fate
    like: int | None = None


def selected(ranked: Sequence[Candidate], copies: Copies, most: int) -> list[Verdict]:
    """What becomes of each of `ranked`, best first, when at most `most` are quoted.

    A "copy" says in another document what one before it says in the same words, "alike" the same in much the same way.
    """
    verdicts: list[Verdict] = []
    kept: list[int] = []
    said: list[tuple[int, Spot]] = []
    for rank, candidate in enumerate(ranked):
        if len(kept) == most:
            verdicts.append(Verdict(candidate, "no room"))
            continue
        copied = next((other for other, spot in said if _overlap(spot, candidate)), None)
        if copied is not None:
            verdicts.append(Verdict(candidate, "copy", copied))
            continue
        said += [(rank, spot) for spot in copies.of(candidate.text, candidate.hit.passage.document_id)]
        alike = next((other for other in kept if _alike(candidate, ranked[other])), None)
        if alike is not None:
            verdicts.append(Verdict(candidate, "alike", alike))
            continue
        kept.append(rank)
        verdicts.append(Verdict(candidate, "quoted"))
    return verdicts


def none_selected(ranked: Sequence[Candidate]) -> list[Verdict]:
    """The verdicts where the best of `ranked` does not answer: the others are not asked."""
    return [Verdict(candidate, "not looked at" if rank else "not sure enough") for rank, candidate in enumerate(ranked)]


def _overlap(spot: Spot, candidate: Candidate) -> bool:
    same_document = spot.passage.document_id == candidate.hit.passage.document_id
    return same_document and spot.start < candidate.end and candidate.start < spot.end


def _alike(candidate: Candidate, other: Candidate) -> bool:
    return float(candidate.vector @ other.vector) >= _SAME or candidate.text == other.text
