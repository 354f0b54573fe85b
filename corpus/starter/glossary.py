"""The glossary: words of the library that need explaining, and where they stand in a text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from corpus.starter import FOLDER

# Typographic signs read as the plain ones the glossary is written with; each is one character, so offsets stay true.
_PLAIN = str.maketrans({"’": "'", "‐": "-", "‑": "-", "–": "-"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word explained: its `meaning` in one plain line, and how it is `said`, the stressed part in capitals.

    `forms` are other spellings, abbreviations and inflections that texts use for it; `synonyms` what people say instead.
    `reference` is the label of the source of what the meaning claims, None where it only says what the word means.
    """

    term: str
    meaning: str
    said: str
    forms: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text uses a term: `text[start:end]`."""

    start: int
    end: int
    term: Term


@cache
def glossary() -> tuple[Term, ...]:
    """Every term, in alphabetical order."""
    with (FOLDER / "glossary.toml").open("rb") as file:
        entries = tomllib.load(file)["term"]
    return tuple(
        Term(
            term=entry["term"],
            meaning=entry["meaning"],
            said=entry["said"],
            forms=tuple(entry.get("forms", ())),
            synonyms=tuple(entry.get("synonyms", ())),
            reference=entry.get("reference"),
        )
        for entry in entries
    )


def mentions(text: str) -> list[Mention]:
    """The terms that `text` uses, in order and without overlap: at each place the longest form, as a whole word.

    A plural stands for its singular. Capital letters count only in abbreviations: forms with two capitals or more.
    """
    pattern, by_form = _finder()
    found = []
    for match in pattern.finditer(text.translate(_PLAIN)):
        written = " ".join(match["form"].split())
        term = by_form.get(written) or by_form[written.lower()]
        found.append(Mention(match.start(), match.end(), term))
    return found


@cache
def _finder() -> tuple[re.Pattern[str], dict[str, Term]]:
    """One pattern for all forms, and the term of each form: abbreviations as written, other forms in lower case."""
    by_form: dict[str, Term] = {}
    for term in glossary():
        for form in (term.term, *term.forms):
            by_form.setdefault(form if _is_abbreviation(form) else form.lower(), term)
            if form[0].islower() and _is_abbreviation(form):  # at the beginning of a sentence
                by_form.setdefault(form[0].upper() + form[1:], term)
    longest_first = sorted(by_form, key=len, reverse=True)
    alternatives = [_spaced(form) if _is_abbreviation(form) else f"(?i:{_spaced(form)})" for form in longest_first]
    # A word after a hyphen may be the opposite of the term ("non-inflammatory"), so that is no place for it.
    return re.compile(rf"(?<![\w-])(?P<form>{'|'.join(alternatives)})(?:s|es)?(?!\w)"), by_form


def _is_abbreviation(form: str) -> bool:
    return any(sum(map(str.isupper, word)) >= 2 for word in form.split())


def _spaced(form: str) -> str:
    return r"\s+".join(map(re.escape, form.split()))
