"""Whether the first document stays the same when a question is put in other words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from corpus import MyositisError

DEFAULT_PHRASINGS = Path(__file__).parents[2] / "tests" / "eval" / "phrasings.jsonl"
# The share of a set's wordings that should lead to the same first document.
SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Agreement:
    """`agreeing` of `sets` have the same first document in four of five wordings; `by_set` holds the share in each.

    A wording that gets no quote agrees with none.
    """

    sets: int
    agreeing: int
    by_set: dict[str, float]


def load_phrasings(path: Path) -> dict[str, list[str]]:
    """The wordings of each set, by its id. Raises `MyositisError` for a file that is not as it should be."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return {str(row["id"]): [str(wording) for wording in row["phrasings"]] for row in rows}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise MyositisError("the wordings cannot be read", str(path), f"See docs/evaluation.md ({error})") from error


def agreement(
    assistant: Assistant, phrasings: Mapping[str, Sequence[str]], tell: Callable[[int, int, str], None] = lambda *_: None
) -> Agreement:
    """Ask every wording of every set, each by itself. `tell` hears how many sets of how many are done, and the next one's id."""
    by_set = {}
    for done, (name, wordings) in enumerate(phrasings.items()):
        tell(done, len(phrasings), name)
        answers = [assistant.ask(wording) for wording in wordings]
        first = Counter(answer.quotes[0].document_id for answer in answers if answer.quotes)
        by_set[name] = round(max(first.values(), default=0) / len(wordings), 2)
    return Agreement(len(by_set), sum(share >= SHARE for share in by_set.values()), by_set)
