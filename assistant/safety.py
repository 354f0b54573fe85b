"""The look at every message before anything else: emergencies, and requests that no quote may answer.

The rules are data (safety_rules.toml); this is only how they are read.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from assistant.records import Notice, NoticeKind
from assistant.texts import NOTICES

Action = Literal["emergency", "decline", "notice"]
# The contract has five kinds of notice; these fixed texts are told apart by what they say, not by their kind.
_KINDS: dict[str, NoticeKind] = {
    "emergency": "emergency",
    "crisis": "emergency",
    "medication": "medication",
    "diagnosis": "diagnosis",
    "decision": "medication",
    "instructions": "diagnosis",
    "distress": "distress",
    "dated": "dated",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of safety_rules.toml, its patterns compiled."""

    name: str
    notice: str
    action: Action
    says: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """The rule that a message met, and what follows from it."""

    rule: str
    action: Action
    notice: Notice


def look(message: str, emergency_number: str) -> Finding | None:
    """The first rule that `message` meets, dangers first; None for a message that is simply a question."""
    plain = _plain(message)
    now, rules = _rules()
    urgent = now.search(plain) is not None
    for rule in rules:
        if any(pattern.search(plain) for pattern in rule.says):
            excused = any(pattern.search(plain) for pattern in rule.unless)
            if not excused or (urgent and rule.action == "emergency"):
                return Finding(rule.name, rule.action, notice(rule.notice, emergency_number))
    return None


def notice(name: str, emergency_number: str) -> Notice:
    """The fixed notice of that name, with the operator's emergency number in it."""
    return Notice(_KINDS[name], NOTICES[name].format(number=emergency_number))


def _plain(message: str) -> str:
    message = re.sub(r"['’‘`´]", "", message.lower())
    return re.sub(r"\s+", " ", message).strip()


@cache
def _rules() -> tuple[re.Pattern[str], tuple[Rule, ...]]:
    with (Path(__file__).parent / "safety_rules.toml").open("rb") as file:
        loaded = tomllib.load(file)

    def compiled(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
        spelt_out = [one for pattern in patterns for one in (loaded["hypothetical"] if pattern == "@hypothetical" else [pattern])]
        return tuple(map(re.compile, spelt_out))

    rules = tuple(
        Rule(entry["name"], entry["notice"], entry["action"], compiled(entry["says"]), compiled(entry["unless"]))
        for entry in loaded["rule"]
    )
    return re.compile(loaded["now"]), rules
