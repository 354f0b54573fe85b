"""How the command line shows an evaluation: a table with intervals, the bound, and the figures of each part."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.evaluation import Report
from assistant.evaluation.estimates import Estimate
from assistant.evaluation.phrasings import SHARE

# A table needs its columns, whatever the width of what its output goes to.
_WIDTH = 118
_PART_FIGURES = ("answer_at_1", "answer_at_3", "false_abstention", "abstention")


def show_evaluation(report: Report) -> None:
    """The report, as a person reads it."""
    out = Console(width=_WIDTH, highlight=False)
    whole = Table(title=f"{report.questions} questions", title_justify="left", title_style="bold")
    whole.add_column("figure")
    for name in ("all", *report.by_split):
        whole.add_column(escape(name), justify="right")
    for name, estimate in report.figures.items():
        whole.add_row(name, _cell(estimate), *(_cell(figures[name]) for figures in report.by_split.values()))
    out.print(whole)
    out.print("In brackets: the 95 % bootstrap interval; after them: of how many questions.")
    out.print(f"Quotes that differ from their span (wrong_spans): {report.wrong_spans}")
    if report.bound:
        out.print(report.bound.text())
    if report.phrasings:
        found = report.phrasings
        out.print(f"The same first document in at least {SHARE:.0%} of the wordings: {found.agreeing} of {found.sets} sets.")
    for what, parts in (("style", report.by_style), ("topic", report.by_topic)):
        if parts:
            out.print()
            out.print(_of_parts(what, parts))


def _of_parts(what: str, parts: Mapping[str, Mapping[str, Estimate | None]]) -> Table:
    table = Table(title=f"By {what}", title_justify="left", title_style="bold")
    table.add_column(what, no_wrap=True)
    for name in _PART_FIGURES:
        table.add_column(name, justify="right")
    for part, figures in parts.items():
        table.add_row(escape(part), *(_cell(figures[name]) for name in _PART_FIGURES))
    return table


def _cell(estimate: Estimate | None) -> str:
    return escape(f"{estimate.value:.3f} [{estimate.low:.2f}–{estimate.high:.2f}] {estimate.of:3}") if estimate else "–"
