"""Follow-ups: a question that leans on the ones before it is made to stand alone.

What it leans on goes before it, and no more: what a person told, in their sentences, and of what they asked only the subject,
so that the old question does not drown the new one. Where the new words take the place of old ones ("what about walking?", "no,
I meant his hands"), the old question is asked again with the new words in it. Every word of the result is the person's own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from index.embedding import Embedder
from index.full_names import in_full
from index.words import STOP_WORDS, content_words, stems

_SENTENCE_GAP = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
# New words take the place of old ones that are at least so like them (cosine): "walking" that of "exercise". Those of a
# correction are said to take a place, so they take the likeliest.
_LIKE = 0.34
# New words longer than this are a question of their own.
_FEW = 4


@dataclass(frozen=True, slots=True)
class _Context:
    """What the turns so far left to lean on, oldest first.

    `told` are sentences, `subjects` those that were asked about, `asked` is the last question, `put_aside` holds subjects whose
    place others took: "are they the same?" asks about both.
    """

    told: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    asked: str = ""
    put_aside: tuple[str, ...] = ()


def self_contained(question: str, history: Sequence[str], embedder: Embedder) -> str:
    """`question` as it is if it stands alone, else with what it leans on in the earlier questions.

    `history` holds these, oldest first; the last few are read (`reach` of follow_up.toml), from the last that stood alone on.
    `embedder` tells which words of an earlier question are like those that take their place.
    """
    context = _Context()
    for turn in [turn.strip() for turn in history if turn.strip()][-int(_patterns()["reach"]) :]:
        _, context = _read(turn, context, embedder)
    return _read(question, context, embedder)[0]


def names_subject(text: str) -> bool:
    """Whether `text` names the subject of the whole library."""
    return _patterns()["subject"].search(_plain(text)) is not None


def asks_nothing(question: str) -> bool:
    """Whether `question` holds no word that could be looked for, or only those of a greeting, of thanks or of fear."""
    small_talk: frozenset[str] = _patterns()["small_talk"]
    return small_talk.issuperset(content_words(question))


def leans(question: str) -> bool:
    """Whether `question` points at something that only an earlier question names."""
    patterns = _patterns()
    plain = patterns["courtesy"].sub("", _plain(question)) or _plain(question)
    if patterns["turns_away"].search(plain):
        return False
    if patterns["opens"].search(plain) or patterns["kind"].search(plain):
        return True
    named = names_subject(plain)
    pointing = patterns["points"].search(patterns["empty"].sub(" ", _opening(plain))) is not None
    words = content_words(plain)
    if pointing:
        # A long question that names its subject may say "it" of something inside itself.
        return len(words) < (4 if named else 9)
    explained = patterns["explain"].search(plain) and _subjects(plain)
    return not named and not explained and len(words) < int(patterns["few_words"])


def _read(turn: str, context: _Context, embedder: Embedder) -> tuple[str, _Context]:
    """`turn` made to stand alone after `context`, and what is there to lean on after it."""
    patterns = _patterns()
    if context == _Context():
        return turn, _fresh(turn)
    correction = patterns["correction"].search(turn)
    instead = correction or patterns["instead"].search(turn)
    if instead and context.asked:
        new = instead["new"].strip(" ,.?!")
        replaced = _replaced(context.asked, new, embedder, -1.0 if correction else _LIKE)
        if replaced:
            again, old = replaced
            put_aside = context.put_aside if correction else (*context.put_aside, old)
            return " ".join([*context.told, again]), _Context(context.told, _subjects(again), again, put_aside)
        if correction:
            # What was meant in its stead is a question of its own, about the same.
            turn = new
    fresh = _fresh(turn)
    told = (*context.told, *fresh.told)
    if correction or leans(turn):
        aside = context.put_aside if patterns["several"].search(_plain(turn)) else ()
        before = _Context(context.told, (*aside, *context.subjects))
        subjects = (*context.subjects, *fresh.subjects)[-int(patterns["most_subjects"]) :]
        joined = _joined(turn, before)
        if joined == turn and instead:
            # "What age does it come on?", "and the hereditary sort?": the old question has no words of its own to be replaced.
            joined = f"{context.asked} {turn}".strip()
        return joined, _Context(told, subjects, fresh.asked or context.asked, context.put_aside)
    if _is_about_person_told_of(turn, context):
        return _joined(turn, _Context(context.told)), _Context(told, fresh.subjects, fresh.asked)
    return turn, fresh


def _fresh(turn: str) -> _Context:
    told, asked = _told_and_asked(turn)
    return _Context(told, _subjects(" ".join(asked)), turn if asked else "")


def _is_about_person_told_of(turn: str, context: _Context) -> bool:
    """Whether `turn` says "he" or "she" of someone whose illness was told, and names none itself."""
    patterns = _patterns()
    plain = _plain(turn)
    ill = any(patterns["illness"].search(_plain(sentence)) for sentence in context.told)
    return ill and patterns["person"].search(plain) is not None and not names_subject(plain)


def _joined(turn: str, context: _Context) -> str:
    said = stems(" ".join([*context.told, turn]))
    named: dict[str, str] = {}
    for subject in context.subjects:
        named.setdefault(in_full(subject).lower(), subject)
    subjects = [subject for full, subject in named.items() if not stems(full) <= said]
    told = [sentence if sentence[-1] in ".?!" else f"{sentence}." for sentence in context.told]
    return " ".join([*told, f"{', '.join(subjects)}: {turn}" if subjects else turn])


def _told_and_asked(turn: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sentences of `turn` that tell, the last of them as far as there is room, and those that ask."""
    patterns = _patterns()
    told: list[str] = []
    asked: list[str] = []
    for sentence in _SENTENCE_GAP.split(turn):
        asks = sentence.endswith("?") or patterns["asks"].search(_plain(sentence))
        (asked if asks else told).append(sentence)
    room = int(patterns["most_told_words"])
    kept: list[str] = []
    for sentence in reversed(told):
        room -= len(content_words(sentence))
        if room < 0 and kept:
            break
        kept.insert(0, sentence)
    return tuple(kept), tuple(asked)


def _subjects(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[start:end] for start, end in _runs(text)))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """The spans of words side by side that name what `text` is about; the subject of the whole library is one of its own."""
    patterns = _patterns()
    known = [match.span() for match in patterns["subject_words"].finditer(text)]
    start, end = -1, -1
    for match in _WORD.finditer(text):
        word = match[0].lower().replace("’", "'")
        inside = next((span for span in known if span[0] <= match.start() < span[1]), None)
        empty = not inside and (word in STOP_WORDS or word in patterns["generic"] or (len(word) == 1 and not word.isdigit()))
        apart = inside is not None or start < 0 or text[end : match.start()].strip() != ""
        if start >= 0 and (empty or apart):
            yield start, end
            start = -1
        if inside is not None:
            if match.start() == inside[0]:
                yield inside
        elif not empty:
            start, end = (match.start() if start < 0 else start), match.end()
    if start >= 0:
        yield start, end


def _replaced(question: str, new: str, embedder: Embedder, like: float) -> tuple[str, str] | None:
    """`question` with `new` in the place of those of its words that are most like it, and these; None where none are."""
    patterns = _patterns()
    if not 0 < len(content_words(new)) <= _FEW:
        return None
    runs = list(_runs(question))
    opening = patterns["no_name"].match(new)
    if opening:
        # "for the arms?" takes the place of what stood after "for".
        again = re.search(rf"\b{re.escape(opening[0])}\b", question, re.IGNORECASE)
        place = next((run for run in runs if again and again.end() < run[0]), None)
        new = new[opening.end() :].strip()
    else:
        place = _likest(question, [part for run in runs for part in _parts(question, run)], new, embedder, like)
    if place is None:
        return None
    before = question[: place[0]]
    if patterns["determiner"].match(new):
        before = patterns["determiner_before"].sub("", before)
    return f"{before}{new}{question[place[1] :]}", question[slice(*place)]


def _likest(question: str, spans: Sequence[tuple[int, int]], new: str, embedder: Embedder, like: float) -> tuple[int, int] | None:
    """Which of `spans` is most like `new`, at least `like`; only the subject of the whole library stands for itself."""
    named = names_subject(new)
    # A word in "-ed" is something done, not a thing.
    spans = [
        span for span in spans if names_subject(question[slice(*span)]) == named and not question[slice(*span)].endswith("ed")
    ]
    first, *others = embedder.encode_questions([new, *(question[slice(*span)] for span in spans)])
    likeness = [float(first.vector @ other.vector) for other in others]
    return spans[likeness.index(max(likeness))] if likeness and max(likeness) >= like else None


def _parts(text: str, run: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The span of every one or more words side by side within `run`."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text, *run)]
    for first, (start, _) in enumerate(words):
        for _, end in words[first:]:
            yield start, end


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower()).strip()


def _opening(plain: str) -> str:
    """The first sentence of a message where it says enough for the others to point at it, else the whole message."""
    first, *others = _SENTENCE_GAP.split(plain)
    return first if others and len(content_words(first)) > 1 else plain


@cache
def _patterns() -> dict[str, Any]:
    with (Path(__file__).parent / "follow_up.toml").open("rb") as file:
        loaded = tomllib.load(file)
    read: dict[str, Any] = {
        key: re.compile(value, re.IGNORECASE) if isinstance(value, str) else value for key, value in loaded.items()
    }
    return read | {key: frozenset(loaded[key].split()) for key in ("generic", "small_talk")}
