"""Training of assistant/safety_model.json: python -m tests.assistant.safety_training MEDQUAD_FOLDER

It learns from the messages of safety_messages.toml and of safety_batches/train_*.txt, each also in two misspelt copies, and, as
calm ones, from the questions of tests/eval that are neither emergencies nor unsafe (only the part for tuning), every 64th
question of MedQuAD, and every fourth of tests/eval/reading_questions that no look took for anything (train_10.txt has the
others). The thresholds are the lowest at which calm questions and look-alikes, each judged by a network fitted without it,
raise no more false alarms than `_ALLOWED`. Other batches and the held-back questions are for safety_measure.py.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import torch

from assistant.safety_model import DANGEROUS, DECLINED, KINDS, WEIGHTS, SafetyModel, from_json, windows
from index.embedding import Embedder
from index.records import Vectors
from tests.eval.learning import questions_of

_FOLDER = Path(__file__).parent
_EVALUATION = _FOLDER.parent / "eval"
# Other diseases in lay words: what is measured on them tells of strangers' words only while nothing is fitted to them.
MEASURED_ONLY = _EVALUATION / "medquad_questions_2.jsonl"
# Some questions of the later sets tell of a real danger that a page there speaks of: nothing to learn calm from.
_UNLEARNT = {MEASURED_ONLY, *(_EVALUATION / f"medquad_questions_{number}.jsonl" for number in (5, 6, 7, 8))}
_KIND_OF_RULE = {
    "suicide": "crisis",
    "violence": "crisis",
    "medicine": "medicine",
    "diagnosis": "diagnosis",
    "outlook": "calm",
    "decision": "decision",
    "override": "instructions",
    "distress": "distress",
}
# The calm questions of the first sound like no danger and no request, and those of the second are all that a look took for one:
# they are learnt, but say nothing of how many look-alikes are judged wrongly.
_TAKEN_FOR_SOMETHING = "train_10"
_NO_LOOK_ALIKES = ("train_8", _TAKEN_FOR_SOMETHING)
# Of calm messages: those that get nothing but the notice; those that get a notice beside the answer, as a whole or for a part
# of it; those that are declined, or get what is said then beside the answer; those that get the words of comfort. First of the
# questions of tests/eval, then of the messages that were written to sound like dangers and unsafe requests.
_ALLOWED = {
    "danger": (0.002, 0.02),
    "perhaps": (0.02, 0.12),
    "perhaps_within": (0.025, 0.13),
    "decline": (0.015, 0.05),
    "perhaps_decline": (0.035, 0.12),
    "distress": (0.005, 0.03),
}
# Below these the network sees nothing of what a rule has found, and the notice hides no answer: so it is with 1 of the 169
# dangers and 1 of the 59 requests of the measured batches that a rule finds, and with 31 of the 155 calm messages of lay.txt.
_NOTHING = {"no_danger": 0.07, "no_decline": 0.02}
# Below these, "dad falls a lot and can't get up by himself" hid the answer, "I feel really bad today" raised an alarm, and "gfr
# result 48 meaning" was declined.
_AT_LEAST = {"danger": 0.91, "perhaps": 0.5, "decline": 0.75, "distress": 0.12}
_NETWORKS, _UNITS, _ROUNDS, _WEIGHT_DECAY, _SEED, _PARTS = 4, 32, 24, 0.3, 7, 3
_WEIGHT_OF_MISSPELT, _WEIGHT_OF_GENERAL, _WEIGHT_OF_WINDOW = 0.3, 0.5, 0.3
# A unit vector of 384 numbers has small ones; without this the first layer learns slowly.
_SCALE = 8.0

Labelled = list[tuple[str, str]]
DANGERS = {"emergency", "crisis"}
UNSAFE = {"medicine", "diagnosis", "decision", "instructions", "decline"}


def batch(name: str) -> Labelled:
    """The messages of safety_batches/`name`.txt as (message, one of KINDS)."""
    messages, kind = [], ""
    for line in (_FOLDER / "safety_batches" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            messages.append((line, kind))
    return messages


def evaluation_messages(split: str) -> Labelled:
    """The last turn of every question of tests/eval in the part "tune" or "held_back", but for those of `_UNLEARNT`."""
    paths = sorted(set(_EVALUATION.glob("*questions*.jsonl")) - _UNLEARNT)
    return messages_of(row for path in paths for row in rows_of(path) if row.get("split", "tune") == split)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The questions of an evaluation file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def messages_of(rows: Iterable[dict[str, Any]]) -> Labelled:
    """The last turn of each question of an evaluation file with what it is: "calm", "emergency" or "decline"."""
    kinds = {"answer": "calm", "abstain": "calm"}
    return [(row["turns"][-1] if "turns" in row else row["question"], kinds.get(row["expects"], row["expects"])) for row in rows]


def calm_questions(split: str) -> list[str]:
    """Those of `evaluation_messages` that are to be answered or not found."""
    return [text for text, kind in evaluation_messages(split) if kind == "calm"]


def medquad_questions(folder: Path) -> list[str]:
    """Every question of MedQuAD, in the order of its files."""
    pages = sorted(folder.glob("*/*.xml"))
    return [node.text or "" for page in pages for node in ElementTree.parse(page).iter("Question")]  # noqa: S314  # our own data


def _unremarkable() -> list[str]:
    """Of the files of reading questions that were looked through, those that no look took for something."""
    paths = (_EVALUATION / "reading_questions").glob("nih_[12].txt")
    remarkable = {message for name in (_TAKEN_FOR_SOMETHING, "in_doubt") for message, _ in batch(name)}
    return [question for path in sorted(paths) for question, _ in questions_of(path) if question not in remarkable]


def vectors_of(embedder: Embedder, messages: list[str]) -> list[Vectors]:
    """Of each message the vectors of the whole and of its windows, as the assistant looks at them."""
    texts = [[message, *windows(message)] for message in messages]
    rows = iter(embedder.encode_expected([text for group in texts for text in group]))
    return [np.stack([next(rows) for _ in group]) for group in texts]


def _misspelt(message: str, chance: random.Random) -> str:
    words = [_mistyped(word, chance) if len(word) > 3 and chance.random() < 0.25 else word for word in message.split()]
    return " ".join(words) if chance.random() < 0.5 else " ".join(words).replace("'", "")


def _mistyped(word: str, chance: random.Random) -> str:
    """`word` with a letter left out, doubled, changed, or swapped with the next; the first stays, as it mostly does."""
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return before + chance.choice([after, letter * 2 + after, chance.choice("aeioustrn") + after, after[0] + letter + after[1:]])


def _training_messages() -> Labelled:
    with (_FOLDER / "safety_messages.toml").open("rb") as file:
        lists = tomllib.load(file)
    messages = [(text, _KIND_OF_RULE.get(rule, "emergency")) for rule, entry in lists.items() for text in entry["fires"]]
    messages += [(text, "calm") for entry in lists.values() for text in entry["quiet"]]
    for path in sorted((_FOLDER / "safety_batches").glob("train_*.txt")):
        messages += batch(path.stem)
    return messages


def train(embedder: Embedder, medquad: Path) -> SafetyModel:
    """Fit the network, and choose its thresholds by what it makes of calm messages that it was fitted without."""
    messages, plain = _training_messages(), {message for name in _NO_LOOK_ALIKES for message in batch(name)}
    chance = random.Random(_SEED)  # noqa: S311  # the same misspellings on every run, no secret
    misspelt = [(_misspelt(text, chance), kind) for text, kind in messages for _ in range(2)]
    general = [(text, "calm") for text in [*medquad_questions(medquad)[::64], *_unremarkable()[::4]]]
    rows = embedder.encode_expected([text for text, _ in messages + misspelt + general])
    kinds = np.array([KINDS.index(kind) for _, kind in messages + misspelt + general])
    weights = np.repeat([1.0, _WEIGHT_OF_MISSPELT, _WEIGHT_OF_GENERAL], [len(messages), len(misspelt), len(general)])
    # A message and its misspelt copies are left out together.
    part_of = np.concatenate([np.arange(len(messages)), np.repeat(np.arange(len(messages)), 2), np.arange(len(general))]) % _PARTS
    calm = vectors_of(embedder, calm_questions("tune"))
    alike = [kind == "calm" and (text, kind) not in plain for text, kind in messages]
    looking_alike = {at: row[None] for at, row in enumerate(rows[: len(messages)]) if alike[at]}

    def fitted(of: Vectors, questions: list[Vectors]) -> SafetyModel:
        shares = np.concatenate([[1.0] + [_WEIGHT_OF_WINDOW] * (len(each) - 1) for each in questions])
        layers = _fit(
            np.concatenate([rows[of], *questions]),
            np.concatenate([kinds[of], np.zeros(len(shares), dtype=kinds.dtype)]),
            np.concatenate([weights[of], shares]),
        )
        return from_json(
            {"embedding_sha256": embedder.identity.sha256, "first": layers[0], "second": layers[1], "thresholds": {}}
        )

    judged_without: tuple[list[Vectors], list[Vectors]] = [], []
    for part in range(_PARTS):
        model = fitted(part_of != part, [each for at, each in enumerate(calm) if at % _PARTS != part])
        judged_without[0].extend(model.probabilities(each) for each in calm[part::_PARTS])
        judged_without[1].extend(model.probabilities(row) for at, row in looking_alike.items() if at % _PARTS == part)
    thresholds = [_thresholds(shares, which) for which, shares in enumerate(judged_without)]
    highest = {name: max(_AT_LEAST.get(name, 0.0), *(each[name] for each in thresholds)) for name in _ALLOWED}
    return replace(fitted(np.ones(len(rows), dtype=bool), calm), thresholds=highest | _NOTHING)


def _fit(rows: Vectors, kinds: Vectors, weights: Vectors) -> tuple[list[list[float]], list[list[float]]]:
    """The mean of a few networks, which errs less than any of them; side by side they are one network of all their units."""
    inputs, targets, share = torch.tensor(rows * _SCALE), torch.tensor(kinds), torch.tensor(weights, dtype=torch.float32)
    networks = [_network(inputs, targets, share, _SEED + number) for number in range(_NETWORKS)]
    first = torch.cat([torch.cat([hidden.weight.T * _SCALE, hidden.bias[None]]) for hidden, _ in networks], dim=1)
    bias = torch.stack([output.bias for _, output in networks]).mean(dim=0)
    second = torch.cat([output.weight.T / _NETWORKS for _, output in networks] + [bias[None]])
    written = [[[round(float(number), 3) for number in row] for row in table] for table in (first, second)]
    return written[0], written[1]


def _network(
    inputs: torch.Tensor, targets: torch.Tensor, share: torch.Tensor, seed: int
) -> tuple[torch.nn.Linear, torch.nn.Linear]:
    torch.manual_seed(seed)
    hidden, output = torch.nn.Linear(inputs.shape[1], _UNITS), torch.nn.Linear(_UNITS, len(KINDS))
    network = torch.nn.Sequential(hidden, torch.nn.Tanh(), torch.nn.Dropout(0.4), output)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=_WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, _ROUNDS)
    loss = torch.nn.CrossEntropyLoss(reduction="none", label_smoothing=0.02)
    for _ in range(_ROUNDS):
        for some in torch.randperm(len(inputs)).split(256):
            optimiser.zero_grad()
            (loss(network(inputs[some]), targets[some]) * share[some]).mean().backward()
            optimiser.step()
        schedule.step()
    return hidden.requires_grad_(False), output.requires_grad_(False)


def _thresholds(shares: list[Vectors], which: int) -> dict[str, float]:
    """The lowest thresholds with which calm messages of those probabilities raise no more false alarms than `_ALLOWED`."""
    allowed = {name: both[which] for name, both in _ALLOWED.items()}
    dangers = np.array([found[0, DANGEROUS].sum() for found in shares])
    within = np.array([found[:, DANGEROUS].sum(axis=1).max() for found in shares])
    chosen = {name: _lowest(dangers, allowed[name]) for name in ("danger", "perhaps")}
    doubtful = np.where(dangers >= chosen["perhaps"], 1.0, within)
    chosen["perhaps_within"] = max(chosen["perhaps"], _lowest(doubtful, allowed["perhaps_within"]))
    declined = np.array([found[0, DECLINED].sum() for found in shares])
    chosen |= {name: _lowest(declined, allowed[name]) for name in ("decline", "perhaps_decline")}
    chosen["distress"] = _lowest(np.array([found[0, KINDS.index("distress")] for found in shares]), allowed["distress"])
    return chosen


def _lowest(scores: Vectors, allowed: float) -> float:
    """The lowest threshold, in hundredths, that no more than the `allowed` share of `scores` reach."""
    return next(at / 100 for at in range(5, 100) if (scores >= at / 100).mean() <= allowed)


def _main() -> None:
    medquad = Path(sys.argv[1])
    embedder = Embedder()
    model = train(embedder, medquad)
    layers = {name: [[round(float(x), 3) for x in row] for row in getattr(model, name)] for name in ("first", "second")}
    written = {"embedding_sha256": model.embedding_sha256, "thresholds": model.thresholds} | layers
    WEIGHTS.write_text(json.dumps(written, separators=(",", ":")) + "\n", encoding="utf-8")
    print(model.thresholds)


if __name__ == "__main__":
    _main()
