"""Questions to go on with: headings of the library that are questions, nearest first. None is made up."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import islice

from assistant import Answer
from assistant.safety import is_met_by_a_notice
from assistant.subject import documents_about_it
from corpus import MyositisError
from corpus.records import document_id
from corpus.starter import whom_to_ask
from index import Library
from index.full_names import in_full
from ui.cards import Subject

# How many passages are looked through for headings; the nearest ones are far fewer.
_DEPTH = 40
_RELATED = 4
_PER_SUBJECT = 2


def related_questions(library: Library, answer: Answer, asked: Collection[str]) -> list[str]:
    """At most four questions whose answers stand nearest to those quoted, without what was `asked` or is quoted already."""
    if not answer.quotes:
        return []
    known = [_words(question) for question in asked]
    known += [_words(quote.section.split(" › ")[-1]) for quote in answer.quotes]
    found: list[str] = []
    for hit in library.search(answer.understood_as, _DEPTH, within=_part_of(library, answer.quotes[0].document_id)):
        question = _question(hit.passage.section)
        # A question that another one holds, word by word, would be answered with the same quotes.
        if question is None or any(_words(question) <= words or words <= _words(question) for words in known if words):
            continue
        if not is_met_by_a_notice(question, library.embedder):
            known.append(_words(question))
            found.append(question)
        if len(found) == _RELATED:
            break
    return found


def nearest_subjects(library: Library, answer: Answer) -> list[Subject]:
    """`answer.closest_topics`, each with its address and the questions it answers, those nearest to the asked one first."""
    if not answer.closest_topics:
        return []
    hits = library.search(answer.understood_as, _DEPTH)
    ids = {summary.title: summary.id for summary in library.summaries()}
    subjects = []
    for title in answer.closest_topics:
        found = ids.get(title)
        if found is None:
            continue
        near = [_question(hit.passage.section) for hit in hits if hit.passage.document_id == found]
        try:
            others = [_question(section.path) for section in library.document(found).sections if section.quotable]
        except MyositisError:  # it was removed a moment ago
            continue
        asked = dict.fromkeys(filter(None, [*near, *others]))
        answered = (question for question in asked if not is_met_by_a_notice(question, library.embedder))
        subjects.append(Subject(title, tuple(islice(answered, _PER_SUBJECT)), f"source/{found}"))
    return subjects


def organisations_address(library: Library) -> str | None:
    """The library's page of organisations that can help, None where it has none."""
    found = document_id(whom_to_ask())
    return f"source/{found}" if library.summaries([found]) else None


def _part_of(library: Library, found: str) -> frozenset[str]:
    """The documents on the library's subject, if the one that was `found` is among them; none, which means all, if not."""
    about_it = documents_about_it(library)
    return about_it if found in about_it else frozenset()


def _question(headings: Sequence[str]) -> str | None:
    """The innermost of `headings`, where it is a question."""
    return headings[-1] if headings and headings[-1].endswith("?") else None


def _words(question: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", in_full(question).casefold()))
