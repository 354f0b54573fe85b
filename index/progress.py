"""How far an addition is: what is told, and how much of the work the inputs are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Protocol


class Progress(Protocol):
    """What is told how far an addition is."""

    def __call__(self, done: int, total: int, address: str, share: float | None = None) -> None:
        """`done` of `total` inputs are dealt with, that at `address` is next; `share` (0 to 1) of the work is done, if known."""


def shares_before(paths: Sequence[Path | None]) -> list[float] | None:
    """For each file what share (0 to 1) of all bytes stands in the files before it; None where one is no file.

    Pages differ in size a thousandfold, and the time they take goes with it.
    """
    try:
        sizes = [path.stat().st_size for path in paths if path is not None]
    except OSError:
        return None
    total = sum(sizes)
    if len(sizes) < len(paths) or not total:
        return None
    return [before / total for before in accumulate(sizes, initial=0)][:-1]
