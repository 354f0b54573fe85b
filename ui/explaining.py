"""How the command line shows the way of a question, for whoever looks after a library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from ui.terminal import out

# So many candidates are shown with all their figures; of the others a line each.
_IN_FULL = 6
_LONGEST = 110


def show_explanation(explanation: Mapping[str, Any]) -> None:
    """What `Trace.explanation` tells, in the order of the steps."""
    understanding = explanation["understanding"]
    out.print("[bold]How this came about[/bold]")
    _line("asked", understanding["asked"])
    if understanding["made_to_stand_alone"] != understanding["asked"]:
        _line("stand-alone", understanding["made_to_stand_alone"])
    _line("mended", ", ".join(f"{one['written']} → {one['read']}" for one in understanding["mended"]))
    _line("understood as", understanding["understood_as"])
    _line("words added", ", ".join(understanding["added_words"]))
    _line("never seen", ", ".join(understanding["never_seen"]))
    _line("names", ", ".join(understanding["names"]))
    _line("safety", ", ".join(f"{one['found']} ({one['action']})" for one in explanation["safety"]))
    _line("thresholds", _figures(explanation["thresholds"] or {}))
    for position, candidate in enumerate(explanation["candidates"]):
        _show_candidate(candidate, in_full=position < _IN_FULL)
    out.print()
    _line("look at", f"{explanation['look_at']['step']}: {explanation['look_at']['why']}")


def _show_candidate(candidate: Mapping[str, Any], *, in_full: bool) -> None:
    verdict = f"[bold]{escape(candidate['verdict'])}[/bold]"
    probability = "" if candidate["probability"] is None else f" {candidate['probability']:.2f} {candidate['certainty']:.2f}"
    text = " ".join(candidate["text"].split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    lead = f"{candidate['rank'] or '–':>3}. {verdict}{probability}"
    if not in_full:
        out.print(f"{lead}  {escape(text)}")
        return
    like = f" (number {candidate['like']})" if candidate["like"] else ""
    out.print(f"\n{lead}  {escape(candidate['because'])}{like}")
    out.print(f"     {escape(text)}")
    out.print(f"     {escape(candidate['title'])}, {escape(candidate['section'])}")
    out.print(f"     scores    {_figures(candidate['scores'])}")
    if candidate["features"]:
        out.print(f"     features  {_figures(candidate['features'])}")


def _figures(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in figures.items())


def _line(name: str, said: str) -> None:
    out.print(f"  {name:13} {escape(said) or '–'}")
