"""Reading together: the first candidates are read once more, each with the question as one text, word by word.

Ranking and reading compare vectors that the model made of question and sentence apart; that a question in somebody's own words
and a sentence speak of the same thing shows only where both are read at once (assistant/cross_encoder.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.cross_encoder import CrossEncoder
from assistant.query import Query
from assistant.ranking import Candidate

# How many candidates are read so: each takes longer than all reading before.
READ_TOGETHER = 8


def read_together(
    query: Query, ranked: Sequence[Candidate], titles: Mapping[str, str], encoder: Callable[[], CrossEncoder | None]
) -> list[Candidate]:
    """`ranked`, best first, with what reading them together adds to their scores, best first again; `titles` is by document id.

    The first `READ_TOGETHER` are read; the others stay behind these, as far from each other as they were.
    Where questions are expected of the first, which tell more than that does, no `encoder` is called for; where that gives none,
    `ranked` as it is.
    """
    reader = encoder() if ranked and not ranked[0].expected else None
    if reader is None:
        return list(ranked)
    first = ranked[:READ_TOGETHER]
    found = reader.logits(query.text, titled(first, titles), [one.ranked for one in first]).tolist()
    again = [replace(one, together=more, score=one.score + more) for one, more in zip(first, found, strict=True)]
    read = sorted(again, key=lambda one: -one.score)
    rest = ranked[READ_TOGETHER:]
    behind = min(0.0, read[-1].score - rest[0].score) if rest else 0.0
    return read + [replace(one, score=one.score + behind) for one in rest]


def titled(candidates: Sequence[Candidate], titles: Mapping[str, str]) -> list[str]:
    """What is read of each, the title of its document before it: alone it often does not name what it speaks of."""
    return [f"{titles.get(one.hit.passage.document_id, '')}: {one.text}" for one in candidates]
