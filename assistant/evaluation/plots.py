"""Pictures of an evaluation: risk against coverage, how far the probability is to be believed, and the styles of questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.estimates import risks
from assistant.evaluation.outcomes import FIRST, Outcome
from assistant.evaluation.report import Report, searched
from corpus import MyositisError

_BINS = 10
_DOTS_PER_INCH = 150


def write_plots(outcomes: Sequence[Outcome], report: Report, folder: Path) -> list[Path]:
    """Write risk-coverage.png, reliability.png and styles.png into `folder`; a plot that has nothing to show is left out.

    Raises `MyositisError` where matplotlib is missing (the extra `plots`) or `folder` cannot be made.
    """
    require(folder)
    from matplotlib.figure import Figure

    written = []
    drawings: dict[str, Callable[[Any], bool]] = {
        "risk-coverage": lambda axes: _risk_coverage(axes, outcomes),
        "reliability": lambda axes: _reliability(axes, outcomes),
        "styles": lambda axes: _styles(axes, report),
    }
    for name, draw in drawings.items():
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        if draw(figure.subplots()):
            path = folder / f"{name}.png"
            figure.savefig(path, dpi=_DOTS_PER_INCH)
            written.append(path)
    return written


def require(folder: Path) -> None:
    """Raise what `write_plots` would raise; to be asked before the questions are, which takes longer."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MyositisError("plots need matplotlib", "--plots", "Run: pip install 'myositis-assistant[plots]'") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MyositisError("the plots cannot be written", str(folder), f"Name another folder ({error.strerror})") from error


def _risk_coverage(axes: Any, outcomes: Sequence[Outcome]) -> bool:  # noqa: ANN401  # matplotlib is optional, so its types are too
    curve = searched(outcomes)
    if not curve:
        return False
    risk = risks([one.certainty for one in curve], [not one.would_be_found(FIRST) for one in curve])
    coverage = np.arange(1, len(curve) + 1) / len(curve)
    axes.plot(coverage, risk)
    answered = sum(one.answer.status == "answered" for one in curve)
    if answered:
        axes.plot(coverage[answered - 1], risk[answered - 1], "o", label="what is answered")
        axes.legend()
    axes.set(xlabel="share of questions answered, surest first", ylabel="share of these that are wrong", ylim=(0, None))
    return True


def _reliability(axes: Any, outcomes: Sequence[Outcome]) -> bool:  # noqa: ANN401
    curve = searched(outcomes)
    if not curve:
        return False
    probability = np.array([one.certainty for one in curve])
    answerable = np.array([one.is_answerable for one in curve])
    first = np.array([one.would_be_found(1) for one in curve])
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    used = np.unique(bins)
    said = [probability[bins == one].mean() for one in used]
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot(said, [answerable[bins == one].mean() for one in used], "o-", label="the library answers it")
    axes.plot(said, [first[bins == one].mean() for one in used], "s--", label="the first quote answers it")
    for place, one in zip(said, used, strict=True):
        axes.annotate(str(int((bins == one).sum())), (place, 0.01), fontsize=8, ha="center")
    axes.set(xlabel="probability (below: how many questions)", ylabel="share", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend()
    return True


def _styles(axes: Any, report: Report) -> bool:  # noqa: ANN401
    shown = {
        style: (figures["answer_at_3"] or figures["abstention"], "C0" if figures["answer_at_3"] else "C1")
        for style, figures in report.by_style.items()
    }
    bars = [(style, estimate, colour) for style, (estimate, colour) in shown.items() if estimate]
    if not bars:
        return False
    values = np.array([estimate.value for _, estimate, _ in bars])
    reach = np.array([(estimate.value - estimate.low, estimate.high - estimate.value) for _, estimate, _ in bars]).T
    names = [f"{style} ({estimate.of})" for style, estimate, _ in bars]
    axes.barh(names, values, xerr=np.maximum(reach, 0), color=[colour for _, _, colour in bars], ecolor="grey")
    axes.set(xlabel="answer@3 (blue) or abstention (orange), with 95 % intervals", xlim=(0, 1))
    axes.invert_yaxis()
    return True
