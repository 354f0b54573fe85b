"""How the command line shows things: answers and lists on stdout, progress and errors on stderr."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column

from assistant import Answer
from assistant.texts import NOT_FOUND_HELP, nothing_quoted
from index import Added, DocumentSummary
from index.progress import Progress as Report
from ui.texts import text

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)
_WIDTH = 96


@contextmanager
def progress_bar(what: str) -> Iterator[Report]:
    """A bar on stderr for `Library.add`: how far it is, count, time left, the input at hand; gone when it is done.

    Bar and time go by the share of the work where that is told, else by the count. What stands last gives way on a narrow screen.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[address]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
    )
    with Progress(*columns, console=err, transient=True, expand=True, speed_estimate_period=120) as bar:
        task = bar.add_task(what, total=None, address="", count="")

        def report(done: int, total: int, address: str, share: float | None = None) -> None:
            far = share if share is not None else done / total if total else 0.0
            name = escape(address.rstrip("/").rsplit("/", 1)[-1] or address)
            bar.update(task, completed=far, total=1.0, count=f"{done}/{total}", address=name)

        yield report


def show_answer(answer: Answer, *, is_empty: bool = False) -> None:
    """One answer, as a person reads it; `is_empty` says that the library it comes from holds nothing."""
    for notice in answer.notices:
        _print(notice.text, style="bold")
    if answer.status == "not_found":
        _print(nothing_quoted(answer.notices))
        if is_empty:
            _print(text("not_found.empty"))
        elif not answer.notices:
            _print(NOT_FOUND_HELP)
            _print(text("not_found.rephrase"))
        if answer.closest_topics:
            out.print("The library does cover:")
            for topic in answer.closest_topics:
                out.print(f"  - {escape(topic)}")
            out.print()
    if answer.quotes and answer.understood_as != answer.question:
        _print(f"Understood as: {answer.understood_as}")
    for number, quote in enumerate(answer.quotes, start=1):
        lead = "Answers your question" if quote.match == "strong" else "May answer your question"
        out.print(f"{number}. {lead}:")
        out.print(escape(textwrap.indent(textwrap.fill(quote.text, _WIDTH), "   │ ")))
        place = ", ".join(
            filter(
                None, [quote.title, quote.kind, str(quote.year or ""), quote.section, f"page {quote.page}" if quote.page else ""]
            )
        )
        out.print(escape(textwrap.indent(textwrap.fill(place, _WIDTH), "   ")))
        out.print(f"   {escape(_address(quote.link))}")
        for also in quote.also_at:
            out.print(f"   Also at: {escape(also.title)}, {escape(_address(also.link))}")
        out.print()
    _print(answer.disclaimer, style="italic")


def _address(link: str) -> str:
    """A link that can be opened from a terminal: the library's own copy is there while the page is served."""
    return link if "://" in link else f"While myositis serve runs: http://127.0.0.1:7860/{link}"


def show_added(outcomes: Sequence[Added]) -> None:
    """What became of each input: the counts, then each that was left out and why."""
    counts = {
        status: sum(outcome.status == status for outcome in outcomes)
        for status in ("added", "replaced", "unchanged", "gone", "removed", "left out")
    }
    out.print(", ".join(f"{count} {status}" for status, count in counts.items() if count or status == "added"))
    for outcome in outcomes:
        if outcome.status == "left out":
            out.print(f"left out: {escape(outcome.url)}\n  {escape(outcome.reason)}")
        elif outcome.status in ("gone", "removed"):
            what = "removed" if outcome.status == "removed" else "gone, and kept"
            out.print(f"{what}: {escape(outcome.url)}\n  {escape(outcome.reason)}")
        elif outcome.reason:
            out.print(f"in part: {escape(outcome.url)}\n  {escape(outcome.reason)}")


def show_refreshed(outcomes: Sequence[Added]) -> None:
    """What became of each document that was read again: the counts, then all that is not as it was."""
    names = {"unchanged": "unchanged", "replaced": "changed", "added": "added", "gone": "gone", "removed": "removed"}
    names["left out"] = "not read again"
    counts = {name: sum(outcome.status == status for outcome in outcomes) for status, name in names.items()}
    out.print(", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "unchanged"))
    for outcome in outcomes:
        if outcome.status in names and outcome.status != "unchanged":
            reason = f"\n  {escape(outcome.reason)}" if outcome.reason else ""
            out.print(f"{names[outcome.status]}: {escape(outcome.url)}{reason}")
    if counts["gone"]:
        out.print("What is gone is kept in the library; `myositis refresh --remove-gone` removes it.")


def show_list(summaries: Sequence[DocumentSummary]) -> None:
    """The documents of a library, a line each: id, year, kind, passages, title, address."""
    for one in summaries:
        print(f"{one.id}  {one.year or '':4}  {one.kind:8}  {one.passages:4}  {one.title}  <{one.url}>")


def show_feedback(asking: bool, found: dict[str, Any]) -> None:
    """The verdicts on answers, and the subjects that readers missed; how to ask for verdicts where nobody was asked."""
    counts = found["verdicts"]
    print(f"Did this answer your question? yes {counts['yes']}, no {counts['no']}, something is wrong {counts['wrong']}")
    if not asking:
        print("The page does not ask. To turn it on, write in the library's settings.toml:\n  [feedback]\n  ask = true")
    for name, lead in (
        ("unanswered", "Not answered; the nearest that the library has, most often first:"),
        ("wrong", "Something is wrong in answers from:"),
    ):
        if found[name]:
            print(lead)
        for one in found[name]:
            print(f"  {one['times']:4}  {one['subject'] or '(nothing near)'}")


def _print(text: str, style: str | None = None) -> None:
    out.print(escape(textwrap.fill(text, _WIDTH)), style=style)
    out.print()
