"""What the two looks make of the labelled messages: python -m tests.assistant.safety_measure MEDQUAD_FOLDER [QUESTIONS.jsonl ...]

Prints, for each list and kind, how many messages get the emergency notice alone, how many get it alone or with the answer, and
how many are declined, by the rules alone and by both looks, each share with its Clopper–Pearson interval at 95 %. With
--show LIST the misses and false alarms of a list follow.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from scipy.stats import beta

from assistant.safety import Finding, both_looks, look, together
from index.embedding import Embedder
from tests.assistant.safety_training import (
    DANGERS,
    MEASURED_ONLY,
    UNSAFE,
    Labelled,
    batch,
    evaluation_messages,
    medquad_questions,
    messages_of,
    rows_of,
)

_EVERY_MEDQUAD = 8
_HEADINGS = ("notice alone", "alone or with the answer", "declined")


def outcome(findings: Sequence[Finding | None]) -> tuple[bool, bool, bool]:
    """Whether the message gets the emergency notice alone, gets it at all, and is declined without a danger."""
    found = together(findings)
    if found is None:
        return False, False, False
    action, notices = found
    return action == "emergency", notices[0].kind == "emergency", action == "decline"


def interval(hits: int, of: int) -> tuple[float, float]:
    """The Clopper–Pearson interval at 95 % of a share."""
    low = float(beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
    return low, float(beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0


def _share(hits: int, of: int) -> str:
    low, high = interval(hits, of)
    return f"{hits}/{of} {hits / of:.1%} ({low:.1%}–{high:.1%})"


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("medquad", type=Path)
    parser.add_argument("questions", type=Path, nargs="*")
    parser.add_argument("--show", default="")
    asked = parser.parse_args()
    embedder = Embedder()
    lists: dict[str, Labelled] = {
        name: batch(name)
        for name in ("independent", "held_out", "afterwards", "later", "pairs", "understated", "settings", "lay")
    }
    lists |= {f"tests/eval, {split}": evaluation_messages(split) for split in ("tune", "held_back")}
    lists |= {path.stem: messages_of(rows_of(path)) for path in [MEASURED_ONLY, *asked.questions]}
    lists["MedQuAD"] = [(text, "calm") for text in medquad_questions(asked.medquad)[4::_EVERY_MEDQUAD]]
    for name, messages in lists.items():
        found: dict[str, list[tuple[str, tuple[bool, bool, bool], tuple[bool, bool, bool]]]] = {}
        for message, kind in messages:
            first, both = look(message, "112"), both_looks(message, embedder, "112")
            group = "danger" if kind in DANGERS else "unsafe" if kind in UNSAFE else kind
            found.setdefault(group, []).append((message, outcome([first]), outcome(both)))
        for group, rows in found.items():
            print(f"{name}, {group}")
            for at, heading in enumerate(_HEADINGS):
                rules, both = (sum(row[look_number][at] for row in rows) for look_number in (1, 2))
                print(f"    {heading}: rules {_share(rules, len(rows))}; both {_share(both, len(rows))}")
            if asked.show == name:
                for message, _, (alone, warned, declined) in rows:
                    as_it_should = {"danger": warned, "unsafe": declined}.get(group, not (alone or warned or declined))
                    if not as_it_should:
                        taken = "alone" if alone else "with the answer" if warned else "declined" if declined else "missed"
                        print(f"        {taken}: {message}")


if __name__ == "__main__":
    _main()
