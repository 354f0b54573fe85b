"""The two looks at every message: for emergencies, and for requests that no quote may answer.

The first look goes before anything else, by rules that anyone can read (safety_rules.toml); the second asks what the message
is like in meaning (safety_model.py). The second takes nothing away: where it sees nothing like what a rule has found, the notice
goes beside the answer instead of in its place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from assistant import safety_model
from assistant.records import Notice, NoticeKind
from assistant.texts import NOTICES
from index.embedding import Embedder
from index.records import Vectors
from index.words import content_words

_FEWEST_WORDS = 3
_ASKS_WHOM = re.compile(r"(?:^|[.?!,;:] ?|\b(?:and|or|so) )whom? (?:should|ought|can|could|do|does|would|might|must)\b")
Action = Literal["emergency", "decline", "notice"]
_GRAVITY: tuple[Action, ...] = ("emergency", "decline", "notice")
# The contract has five kinds of notice; these fixed texts are told apart by what they say, not by their kind.
_KINDS: dict[str, NoticeKind] = {
    "emergency": "emergency",
    "perhaps_emergency": "emergency",
    "crisis": "emergency",
    "medication": "medication",
    "diagnosis": "diagnosis",
    "outlook": "diagnosis",
    "decision": "medication",
    "instructions": "diagnosis",
    "distress": "distress",
    "dated": "dated",
}
# What follows from what the second look takes a message for: the notice, and the action.
_CONSEQUENCES: dict[str, tuple[str, Action]] = {
    "emergency": ("emergency", "emergency"),
    "crisis": ("crisis", "emergency"),
    # In doubt the answer is shown as well: whoever only asked loses nothing, whoever is in danger is told whom to call.
    "perhaps_emergency": ("perhaps_emergency", "notice"),
    "perhaps_crisis": ("crisis", "notice"),
    "medicine": ("medication", "decline"),
    "diagnosis": ("diagnosis", "decline"),
    "decision": ("decision", "decline"),
    "instructions": ("instructions", "decline"),
    # The same for what may only be a question on a medicine, a disease or a choice: the quotes, and what they cannot settle.
    "perhaps_medicine": ("medication", "notice"),
    "perhaps_diagnosis": ("diagnosis", "notice"),
    "perhaps_decision": ("decision", "notice"),
    "distress": ("distress", "notice"),
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
    """The rule that a message met, or what the second look takes it for, and what follows from it."""

    rule: str
    action: Action
    notice: Notice


def look(message: str, emergency_number: str) -> Finding | None:
    """The first rule that `message` meets, dangers first; None for a message that is simply a question."""
    plain = _plain(message)
    now, rules = _rules()
    urgent = now.search(plain) is not None
    for rule in rules:
        if _meets(rule, plain, excusable=not (urgent and rule.action == "emergency")):
            return Finding(rule.name, rule.action, notice(rule.notice, emergency_number))
    return None


def second_look(message: str, vector: Vectors | None, embedder: Embedder, emergency_number: str) -> Finding | None:
    """What `message` is like in meaning; None for a question, and with an embedding model the weights are not made for.

    `vector` is that of the whole message where it is known already, as `Embedder.encode_question` gives it.
    """
    vectors = _vectors(message, vector, embedder)
    concern = None if vectors is None else safety_model.concern(vectors)
    if concern not in _CONSEQUENCES:
        return None  # nothing, or perhaps an attempt on the rules: the quotes that it gets are quotes all the same
    name, action = _CONSEQUENCES[concern]
    if action == "decline" and _ASKS_WHOM.search(_plain(message)):
        return None  # whom to turn to is just what a declined request is told
    return Finding(concern, action, notice(name, emergency_number))


def looked_at_again(finding: Finding, message: str, embedder: Embedder, emergency_number: str) -> Finding:
    """`finding`, of a rule that `message` met, with its notice beside the answer where the message is not at all like that.

    Words like "right now" leave no doubt, and nothing else is read then.
    """
    if finding.action == "notice" or _rules()[0].search(_plain(message)):
        return finding
    vectors = _vectors(message, None, embedder)
    if vectors is None or not safety_model.sees_nothing(vectors, finding.action):
        return finding
    milder = notice("perhaps_emergency", emergency_number)
    said = finding.notice
    return Finding(finding.rule, "notice", milder if said == notice("emergency", emergency_number) else said)


def _vectors(message: str, vector: Vectors | None, embedder: Embedder) -> Vectors | None:
    """Those of the whole `message`, which may be at hand, and of its windows, as the second look takes them.

    None with an embedding model that the weights are not made for, and for a message of a word or two, which has no meaning that
    they were fitted to.
    """
    if not safety_model.fits(embedder.identity.sha256) or len(content_words(message)) < _FEWEST_WORDS:
        return None
    texts = ([message] if vector is None else []) + safety_model.windows(message)
    rows = [] if vector is None else [vector]
    return np.stack(rows + [read.vector for read in embedder.encode_questions(texts)])


def both_looks(message: str, embedder: Embedder, emergency_number: str) -> tuple[Finding | None, Finding | None]:
    """What a rule finds in `message`, looked at again, and what the second look does."""
    finding = look(message, emergency_number)
    rule = finding and looked_at_again(finding, message, embedder, emergency_number)
    return rule, second_look(message, None, embedder, emergency_number)


@lru_cache(maxsize=1024)
def is_met_by_a_notice(question: str, embedder: Embedder) -> bool:
    """Whether `question` gets a notice and no quote, so that nobody should be invited to ask it."""
    return any(found and found.action != "notice" for found in both_looks(question, embedder, ""))


def together(findings: Sequence[Finding | None]) -> tuple[Action, tuple[Notice, ...]] | None:
    """What follows from all that was found: the gravest action, and each notice once, dangers first; None for nothing."""
    found = [finding for finding in findings if finding]
    if not found:
        return None
    action = min((finding.action for finding in found), key=_GRAVITY.index)
    if action == "emergency":
        return action, tuple(finding.notice for finding in found if finding.action == action)[:1]
    notices = dict.fromkeys(finding.notice for finding in found)
    return action, tuple(sorted(notices, key=lambda each: each.kind != "emergency"))


def _meets(rule: Rule, plain: str, *, excusable: bool) -> bool:
    """Whether some sentence says what the rule is about and, if it is `excusable`, says nothing that excuses it."""
    for pattern in rule.says:
        for match in pattern.finditer(plain):
            sentences = _sentences_around(plain, match.start(), match.end())
            if not excusable or not any(excuse.search(sentences) for excuse in rule.unless):
                return True
    return False


def _sentences_around(plain: str, start: int, end: int) -> str:
    first = max(plain.rfind(mark, 0, start) for mark in ".?!;") + 1
    ends = [at for at in (plain.find(mark, max(start, end - 1)) for mark in ".?!;") if at >= 0]
    return plain[first : min(ends, default=len(plain))].strip()


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
        found: list[re.Pattern[str]] = []
        for pattern in patterns:
            if pattern.startswith("@"):
                found += compiled(loaded[pattern[1:]])
                continue
            spelt_out = pattern
            for name, alternatives in loaded["words"].items():
                spelt_out = spelt_out.replace(f"@{name}", alternatives)
            found.append(re.compile(spelt_out))
        return tuple(found)

    rules = tuple(
        Rule(entry["name"], entry["notice"], entry["action"], compiled(entry["says"]), compiled(entry["unless"]))
        for entry in loaded["rule"]
    )
    return re.compile(loaded["now"]), rules
