"""Which candidates are quoted: the first few that say something those before them do not, and why each other one is not.

A candidate is as short as can be read alone. Where one stands beside a better one in the text and is not much less likely to
answer, both are one quote: an answer often takes two or three sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.quoting import MOST_SENTENCES
from assistant.ranking import Candidate
from assistant.repeats import Copies, Spot

# Two quotes nearer to each other than this (cosine) say the same thing twice.
_SAME = 0.93
# A neighbour is quoted along whose score (a logarithm of odds) is at most so much less than that of the best sentence. Reading
# drives scores apart, and where nothing is read so do expected questions; each was chosen for quotes of about the same length
# (docs/evaluation.md).
NEARLY = 7.0
NEARLY_UNREAD, NEARLY_UNREAD_WHERE_EXPECTED = 2.0, 3.0

Fate = Literal["quoted", "joined", "overlaps", "copy", "alike", "no room", "not sure enough", "not looked at"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a candidate. `like` is the rank, from 0, of the one before it that it was joined to, shares a sentence with
    or says the same as, None where there is none. The candidate of a "quoted" one is the whole quote.
    """

    candidate: Candidate
    fate: Fate
    like: int | None = None


@dataclass(slots=True)
class _Group:
    """Candidates that are one quote: `whole` is the best of them, the `head`, made as long as all. Ranks count from 0."""

    head: int
    whole: Candidate
    members: list[int]


def selected(ranked: Sequence[Candidate], copies: Copies, most: int) -> list[Verdict]:
    """What becomes of each of `ranked`, best first, when at most `most` are quoted.

    A "copy" says in another document what one before it says in the same words, "alike" the same in much the same way. One that
    "overlaps" shares a sentence with one before it and could not be "joined" to it.
    """
    groups, overlapping = _grouped(ranked)
    verdicts = {rank: Verdict(ranked[rank], "overlaps", head) for rank, head in overlapping.items()}
    kept: list[_Group] = []
    said: list[tuple[int, Spot]] = []
    for group in groups:
        fate, like = _fate(group, ranked, kept, said, most)
        if fate == "quoted":
            kept.append(group)
            said += [(group.head, spot) for spot in copies.of(group.whole.text, group.whole.hit.passage.document_id)]
        own = ("joined", group.head) if fate == "quoted" else (fate, like)
        verdicts |= {rank: Verdict(ranked[rank], *own) for rank in group.members}
        verdicts[group.head] = Verdict(group.whole, fate, like)
    return [verdicts[rank] for rank in range(len(ranked))]


def first_quote(ranked: Sequence[Candidate]) -> Candidate | None:
    """The first quote that `selected` makes of `ranked`, whatever copies there are; None where there is no candidate."""
    groups, _ = _grouped(ranked)
    return groups[0].whole if groups else None


def none_selected(ranked: Sequence[Candidate]) -> list[Verdict]:
    """The verdicts where the best of `ranked` does not answer: the others are not asked."""
    return [Verdict(candidate, "not looked at" if rank else "not sure enough") for rank, candidate in enumerate(ranked)]


def _grouped(ranked: Sequence[Candidate]) -> tuple[list[_Group], dict[int, int]]:
    """`ranked` as quotes, best first, no two of which share a sentence; and the rank of each candidate left out because it would,
    with that of the head of the quote it shares one with.
    """
    nearly = (NEARLY, NEARLY) if any(one.read for one in ranked) else (NEARLY_UNREAD, NEARLY_UNREAD_WHERE_EXPECTED)
    by_passage: dict[tuple[str, int], list[_Group]] = defaultdict(list)
    overlapping: dict[int, int] = {}
    for rank, candidate in enumerate(ranked):
        passage = candidate.hit.passage
        groups = by_passage[passage.document_id, passage.start]
        beside = [group for group in groups if _gap(group.whole, candidate) <= 0]
        overlapped = next((group for group in beside if _gap(group.whole, candidate) < 0), None)
        for joining in (beside, *([group] for group in beside)):
            if joining and (whole := _whole(joining, candidate, groups, nearly)):
                first, *others = joining
                first.whole = whole
                first.members += [rank, *(member for other in others for member in (other.head, *other.members))]
                gone = {other.head for other in others}
                groups[:] = [group for group in groups if group.head not in gone]
                break
        else:
            if overlapped:
                overlapping[rank] = overlapped.head
            else:
                groups.append(_Group(rank, candidate, []))
    found = [group for groups in by_passage.values() for group in groups]
    return sorted(found, key=lambda group: group.head), overlapping


def _whole(
    joining: Sequence[_Group], candidate: Candidate, groups: Sequence[_Group], nearly: tuple[float, float]
) -> Candidate | None:
    """What the groups `joining`, among a passage's `groups`, are with `candidate`; None where they are better left apart."""
    best, *others = [group.whole for group in joining]
    parts = [best, *others, candidate]
    first, last = min(one.first for one in parts), max(one.last for one in parts)
    if (first, last) == (best.first, best.last):
        return best
    enough = best.score - nearly[bool(best.expected)]
    if last - first >= MOST_SENTENCES or any(one.score < enough for one in (*others, candidate)):
        return None
    whole = replace(best, first=first, last=last)
    heads = {group.head for group in joining}
    left = (group.whole for group in groups if group.head not in heads)
    return None if any(_gap(one, whole) < 0 for one in left) else whole


def _fate(
    group: _Group, ranked: Sequence[Candidate], kept: Sequence[_Group], said: Sequence[tuple[int, Spot]], most: int
) -> tuple[Fate, int | None]:
    if len(kept) == most:
        return "no room", None
    copied = next((head for head, spot in said if _is_in(spot, group.whole)), None)
    if copied is not None:
        return "copy", copied
    own = ranked[group.head]
    alike = next((one.head for one in kept if any(_alike(own, ranked[rank]) for rank in (one.head, *one.members))), None)
    return ("quoted", None) if alike is None else ("alike", alike)


def _gap(one: Candidate, other: Candidate) -> int:
    """How many sentences stand between two runs of one passage, less than 0 where they share some."""
    return max(one.first, other.first) - min(one.last, other.last) - 1


def _is_in(spot: Spot, candidate: Candidate) -> bool:
    same_document = spot.passage.document_id == candidate.hit.passage.document_id
    return same_document and spot.start < candidate.end and candidate.start < spot.end


def _alike(candidate: Candidate, other: Candidate) -> bool:
    return float(candidate.vector @ other.vector) >= _SAME or candidate.text == other.text
