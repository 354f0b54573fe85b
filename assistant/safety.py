"""The two looks at every message: for emergencies, and for requests that no quote may answer.

The first look goes before anything else, by rules that anyone can read (safety_rules.toml); the second asks what the message
is like in meaning (safety_model.py). The second takes no notice away: where it sees nothing like what a rule has found, a notice
stands beside the answer, not in its place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from assistant import safety_model
from assistant.records import Notice, NoticeKind
from assistant.texts import NOTICES
from corpus import MyositisError
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
    # Hard to read, and nothing that is declined.
    "outlook": "distress",
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
    return next((finding for finding, _ in _met(message, emergency_number)), None)


def first_look(message: str, embedder: Callable[[], Embedder], emergency_number: str) -> tuple[Finding, ...]:
    """The rules that `message` meets, dangers first, as far as the first whose notice stands in the place of an answer.

    A rule goes by words, and people use these for other things. So where the message is not at all like what it is about, not as
    a whole, nor in any part, nor in the sentence that met it, its notice stands beside the answer. Words like "right now" leave
    no doubt. The `embedder` is asked for where there may be one; where it cannot be had, what a rule has found holds.
    """
    found = []
    hurried = _rules()[0].search(_plain(message)) is not None
    for finding, told in _met(message, emergency_number):
        doubtful = finding.action != "notice" and not hurried and _is_unlike(finding.action, message, told, embedder)
        found.append(_beside(finding, emergency_number) if doubtful else finding)
        if found[-1].action != "notice":
            break
    return tuple(found)


def _is_unlike(action: Action, message: str, told: str, embedder: Callable[[], Embedder]) -> bool:
    try:
        vectors = _vectors(message, None, embedder(), told)
    except MyositisError:
        return False  # the notice of an emergency needs no model
    return vectors is not None and safety_model.sees_nothing(vectors, danger=action == "emergency")


def _beside(finding: Finding, emergency_number: str) -> Finding:
    said = finding.notice
    milder = notice("perhaps_emergency", emergency_number) if said == notice("emergency", emergency_number) else said
    return Finding(finding.rule, "notice", milder)


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


def _vectors(message: str, vector: Vectors | None, embedder: Embedder, *besides: str) -> Vectors | None:
    """Those of the whole `message`, which may be at hand, of its windows, as the second look takes them, and of texts `besides`.

    None with an embedding model that the weights are not made for, and for a message of a word or two, which has no meaning that
    they were fitted to.
    """
    if not safety_model.fits(embedder.identity.sha256) or len(content_words(message)) < _FEWEST_WORDS:
        return None
    texts = ([message] if vector is None else []) + safety_model.windows(message) + list(besides)
    rows = [] if vector is None else [vector]
    return np.stack(rows + [read.vector for read in embedder.encode_questions(texts)])


def besides(first: Sequence[Finding], second: Finding | None) -> Finding | None:
    """What the second look finds besides the `first`: to it the outlook of a disease is a diagnosis."""
    is_outlook = any(finding.rule == "outlook" for finding in first)
    return None if is_outlook and second and second.rule in ("diagnosis", "perhaps_diagnosis") else second


def both_looks(message: str, embedder: Embedder, emergency_number: str) -> tuple[Finding, ...]:
    """What the two looks find in `message`, the second's last."""
    first = first_look(message, lambda: embedder, emergency_number)
    second = besides(first, second_look(message, None, embedder, emergency_number))
    return (*first, second) if second else first


@lru_cache(maxsize=1024)
def is_met_by_a_notice(question: str, embedder: Embedder) -> bool:
    """Whether `question` gets a notice and no quote, so that nobody should be invited to ask it."""
    return any(found.action != "notice" for found in both_looks(question, embedder, ""))


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


def _met(message: str, emergency_number: str) -> Iterator[tuple[Finding, str]]:
    """Each rule that `message` meets, dangers first, with the sentences that met it, in lower case."""
    plain = _plain(message)
    now, rules = _rules()
    urgent = now.search(plain) is not None
    for rule in rules:
        told = list(_told(rule, plain, excusable=not (urgent and rule.action == "emergency")))
        if told:
            yield Finding(rule.name, rule.action, notice(rule.notice, emergency_number)), " ".join(dict.fromkeys(told))


def _told(rule: Rule, plain: str, *, excusable: bool) -> Iterator[str]:
    """The sentences that say what the rule is about and, if it is `excusable`, nothing that excuses it."""
    for pattern in rule.says:
        for match in pattern.finditer(plain):
            sentences = _sentences_around(plain, match.start(), match.end())
            if not excusable or not any(excuse.search(sentences) for excuse in rule.unless):
                yield sentences


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
