"""The gate: what the answers to the project's own questions must reach. tests/eval/test_gate.py asks for it on every run.

    python -m tests.eval.gate [--library DIR]                      measure, and compare with floors.json
    python -m tests.eval.gate --update [--lower REASON]            measure, and raise the floors to what is reached

Without --library the starter library is built first (a minute or two). A floor lies `SLACK` questions below what was measured, so
that small numeric differences between machines do not break it. Floors only rise: where a new measure lies below the old floor,
--update refuses, unless a reason is given, which the file keeps. Floors hold for one corpus, named by its SHA-256: after a change
of the starter texts or of the questions they have to be measured again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.evaluation import (
    DEFAULT_PHRASINGS,
    DEFAULT_QUESTIONS,
    Outcome,
    Report,
    agreement,
    ask_all,
    load_phrasings,
    load_questions,
    report_on,
)
from assistant.evaluation.report import LESS_IS_BETTER
from corpus.starter import starter_sources
from index import Library

FLOORS = Path(__file__).parent / "floors.json"
UPDATE = "python -m tests.eval.gate --update"
SLACK = 2
# These must be what they are, to the last question.
STRICT = frozenset({"emergency_recall", "wrong_spans"})
_AT_MOST = LESS_IS_BETTER | {"wrong_spans"}


class GateError(Exception):
    """The floors would be lowered without a reason."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and of how many questions it is."""

    value: float
    of: int


@dataclass(frozen=True, slots=True)
class Floors:
    """What each figure must reach on the corpus of that SHA-256 (where less is better: may not exceed), and what was lowered."""

    corpus: str
    floors: Mapping[str, float]
    lowered: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def load(cls, path: Path = FLOORS) -> Floors:
        """The floors of a file; none where there is no file yet."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else cls("", {})

    def save(self, path: Path = FLOORS) -> None:
        """Write the floors to a file."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def faults(self, corpus: str, measured: Mapping[str, Measured]) -> list[str]:
        """What is wrong, a sentence each: another corpus, or figures that do not reach their floor."""
        if corpus != self.corpus:
            return [f"The starter texts or the questions are not those the floors were measured on. Measure again: {UPDATE}"]
        if set(measured) != set(self.floors):
            return [f"Other figures are measured than have floors. Measure again: {UPDATE}"]
        return [
            f"{name} is {measured[name].value:.3f}, {'at most' if name in _AT_MOST else 'at least'} {floor:.3f} is asked for"
            for name, floor in self.floors.items()
            if _better(name, floor, measured[name].value)
        ]

    def updated(self, corpus: str, measured: Mapping[str, Measured], reason: str | None = None) -> Floors:
        """Floors for `measured`, none lower than before. Raises `GateError` where one would be and there is no `reason`."""
        floors: dict[str, float] = {}
        lowered: list[Mapping[str, Any]] = []
        for name, one in measured.items():
            new = round(_floor(name, one), 4)
            old = self.floors.get(name)
            if old is None or not _better(name, old, new):
                floors[name] = new
            elif not _better(name, old, one.value):
                floors[name] = old
            else:
                floors[name] = new
                lowered.append({"figure": name, "from": old, "to": new, "reason": reason})
        if lowered and not reason:
            names = ", ".join(f"{one['figure']} from {one['from']} to {one['to']}" for one in lowered)
            raise GateError(f"This would lower {names}. If it has to be, say why: {UPDATE} --lower REASON")
        return Floors(corpus, floors, [*self.lowered, *lowered])


def _better(name: str, one: float, other: float) -> bool:
    return one < other if name in _AT_MOST else one > other


def _floor(name: str, measured: Measured) -> float:
    slack = 0.0 if name in STRICT else SLACK / measured.of
    return min(1.0, measured.value + slack) if name in _AT_MOST else max(0.0, measured.value - slack)


def corpus_sha256() -> str:
    """The SHA-256 of the starter library's sources and of the questions that are put to it."""
    sources = sorted(Path(source.path) for source in starter_sources() if source.path)
    everything = hashlib.sha256()
    for path in (*sources, DEFAULT_QUESTIONS, DEFAULT_PHRASINGS):
        everything.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return everything.hexdigest()


def measured(report: Report) -> dict[str, Measured]:
    """The figures of a report that have floors."""
    found = {name: Measured(estimate.value, estimate.of) for name, estimate in report.figures.items() if estimate}
    found["wrong_spans"] = Measured(report.wrong_spans, report.questions)
    if report.phrasings:
        found["phrasings"] = Measured(report.phrasings.agreeing / report.phrasings.sets, report.phrasings.sets)
    return found


def measure(library: Library) -> tuple[list[Outcome], Report]:
    """What became of each question, and the report that the gate looks at."""
    assistant = Assistant(library)
    outcomes = ask_all(assistant, load_questions(DEFAULT_QUESTIONS))
    return outcomes, report_on(outcomes, agreement(assistant, load_phrasings(DEFAULT_PHRASINGS)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and compare, or update; the exit code is 1 where the gate is shut."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a starter library that was built from these very sources")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--lower", metavar="REASON")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(options.library or Path(folder) / "library", create=options.library is None) as library,
    ):
        if options.library is None:
            library.add(starter_sources())
        found = measured(measure(library)[1])
    corpus, floors = corpus_sha256(), Floors.load()
    for name, one in found.items():
        print(f"{name:24} {one.value:.3f} of {one.of:3}   floor {floors.floors.get(name, float('nan')):.3f}")
    if options.update:
        try:
            floors.updated(corpus, found, options.lower).save()
        except GateError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    faults = floors.faults(corpus, found)
    for fault in faults:
        print(fault, file=sys.stderr)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
