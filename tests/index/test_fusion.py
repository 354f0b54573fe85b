"""That several rankings become one as the paper says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from index.fusion import CONSTANT, reciprocal_rank_fusion

RANKINGS = some.lists(some.lists(some.integers(0, 20), unique=True).map(lambda ids: [(one, 0.5) for one in ids]), max_size=3)


@given(RANKINGS)
def test_each_passage_has_the_sum_of_its_damped_ranks_and_the_best_stands_first(rankings: list[list[tuple[int, float]]]) -> None:
    fused = reciprocal_rank_fusion(*rankings)
    for passage, score in fused.items():
        ranks = [[one for one, _ in ranking].index(passage) for ranking in rankings if passage in dict(ranking)]
        assert abs(score - sum(1 / (CONSTANT + rank + 1) for rank in ranks)) < 1e-9
    assert set(fused) == {passage for ranking in rankings for passage, _ in ranking}
    assert list(fused) == sorted(fused, key=lambda passage: (-fused[passage], passage))
