"""Figures with what chance leaves open: bootstrap intervals, the area under the risk–coverage curve, an exact bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
_DRAWS = 2000
_SEED = 7
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, the 95 % interval about it (percentiles of a seeded bootstrap), and how many questions it is `of`.

    Where all questions went the same way the interval has no width, and says nothing of how few they are.
    """

    value: float
    low: float
    high: float
    of: int


def mean_of(values: Sequence[float]) -> Estimate | None:
    """The mean of `values`, None where there are none."""
    if not values:
        return None
    each = np.array(values, dtype=np.float64)
    return _estimate(float(each.mean()), each[_draws(len(each))].mean(axis=1), len(each))


def area_under_risk_coverage(confidence: Sequence[float], wrong: Sequence[bool]) -> Estimate | None:
    """The mean of `risks` over all coverages (Geifman, Uziel & El-Yaniv 2019), 0 to 1, less is better; None without questions."""
    if not wrong:
        return None
    ordered = _surest_first(confidence, wrong)
    # A sample of an ordered list is put in order by sorting its positions.
    samples = ordered[np.sort(_draws(len(ordered)), axis=1)]
    areas = (np.cumsum(samples, axis=1) / np.arange(1, len(ordered) + 1)).mean(axis=1)
    return _estimate(float(risks(confidence, wrong).mean()), areas, len(ordered))


def risks(confidence: Sequence[float], wrong: Sequence[bool]) -> NDArray[np.float64]:
    """The share that is wrong among the 1, 2, … n surest."""
    ordered = _surest_first(confidence, wrong)
    return np.cumsum(ordered) / np.arange(1, len(ordered) + 1)


def _surest_first(confidence: Sequence[float], wrong: Sequence[bool]) -> NDArray[np.float64]:
    return np.array(wrong, dtype=np.float64)[np.argsort(-np.array(confidence), kind="stable")]


def highest_share(happened: int, of: int) -> float:
    """The upper end of Clopper and Pearson's exact interval, one-sided at 95 %, for a share of which `happened` were seen.

    The largest share with which so few would still be seen one time in twenty; 1.0 where nothing was looked at.
    """
    if happened >= of:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        share = (low + high) / 2
        at_most = sum(math.comb(of, seen) * share**seen * (1 - share) ** (of - seen) for seen in range(happened + 1))
        low, high = (share, high) if at_most > 1 - CONFIDENCE else (low, share)
    return high


def least_to_certify(share: float) -> int:
    """How many must be looked at, none of them wrong, before `highest_share` is at most `share`."""
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(1 - share))


def _draws(size: int) -> NDArray[np.int64]:
    return np.random.default_rng(_SEED).integers(0, size, (_DRAWS, size))


def _estimate(value: float, drawn: NDArray[np.float64], of: int) -> Estimate:
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, (outside, 1 - outside))
    return Estimate(round(value, 3), round(float(low), 3), round(float(high), 3), of)
