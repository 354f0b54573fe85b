"""Several rankings of the same passages as one: reciprocal rank fusion.

Cormack, Clarke and Büttcher 2009, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods",
SIGIR 2009, section 2. It asks for no scores that can be compared, which BM25 and cosines cannot.
"""

from __future__ import annotations

from collections.abc import Sequence

# Damps the first ranks. The paper took 60, for rankings of a thousand; here a passage that is first by its words must not sink
# below those that are fiftieth in other rankings.
CONSTANT = 10


def reciprocal_rank_fusion(*rankings: Sequence[tuple[int, float]]) -> dict[int, float]:
    """The passages of all `rankings`, each of passage ids with their scores, best first: their fused scores, best first."""
    fused: dict[int, float] = {}
    for ranking in rankings:
        for rank, (passage_id, _) in enumerate(ranking, start=1):
            fused[passage_id] = fused.get(passage_id, 0.0) + 1.0 / (CONSTANT + rank)
    return dict(sorted(fused.items(), key=lambda one: (-one[1], one[0])))
