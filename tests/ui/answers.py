"""Answers and quotes made up for tests, each field of which can be changed by name."""

from __future__ import annotations

from dataclasses import replace

from assistant import Answer, Quote
from assistant.texts import DISCLAIMER

_QUOTE = Quote(
    text="Small bites help.",
    match="strong",
    before="Eating takes time. ",
    after=" Ask a speech therapist.",
    document_id="0123456789abcdef",
    title="Swallowing",
    url="https://example.org/swallowing",
    kind="guide",
    year=2021,
    section="Day to day",
    page=None,
    start=19,
    end=36,
    link="https://example.org/swallowing#:~:text=Small%20bites%20help.",
    snapshot="source/0123456789abcdef?start=19&end=36#quote",
)


def a_quote(**changes: object) -> Quote:
    return replace(_QUOTE, **changes)


def an_answer(*quotes: Quote, **changes: object) -> Answer:
    question = "Food gets stuck. What helps?"
    return replace(Answer("answered" if quotes else "not_found", question, question, quotes, (), (), DISCLAIMER), **changes)
