"""An answer as HTML: notices, quote cards, and the disclaimer. Everything that comes from outside is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import Answer, Notice, Quote
from assistant.texts import DECLINED, NOT_FOUND, NOT_FOUND_HELP
from corpus.starter import SCHEME
from ui.markup import escaped, link
from ui.texts import text

# Characters of context shown on each side of a quote; the rest of its passage is one press away.
_CONTEXT = 180
# The word that a cut may have gone through, with the white space on its inner side.
_FIRST_WORD = re.compile(r"^\S*\s*")
_LAST_WORD = re.compile(r"\s*\S*$")


@dataclass(frozen=True, slots=True)
class Subject:
    """Something the library covers: questions to ask about it, or the address of the text that does, or only its name."""

    name: str
    questions: tuple[str, ...] = ()
    address: str | None = None


def turn_html(answer: Answer, number: int, closest: Sequence[Subject] = ()) -> str:
    """One turn of the conversation. `number` counts the turns from 1; `closest` stands for `answer.closest_topics`.

    The section's `data-announce` is what a screen reader is told once, and is empty for an emergency: the notice itself
    is an alert. A notice of an emergency comes before everything, even the question.
    """
    urgent = "".join(_notice(notice) for notice in answer.notices if notice.kind == "emergency")
    calm = "".join(_notice(notice) for notice in answer.notices if notice.kind != "emergency")
    verdict = "" if answer.status == "emergency" else _verdict(answer)
    heading = f"turn-{number}-question"
    data = f' data-turn="{number}" data-announce="{escaped(verdict)}"'
    parts = [
        f'<section class="turn" id="turn-{number}" aria-labelledby="{heading}"{data}>',
        urgent,
        f'<h2 id="{heading}"><span class="asked">{escaped(text("answer.asked"))}</span> {escaped(answer.question)}</h2>',
        calm,
        _understood(answer),
        f'<p class="verdict">{escaped(verdict)}</p>' if verdict else "",
        f"<p>{escaped(NOT_FOUND_HELP)}</p>" if verdict == NOT_FOUND else "",
        *(_card(quote, position, len(answer.quotes)) for position, quote in enumerate(answer.quotes, start=1)),
        subjects_html(closest),
        f'<p class="disclaimer"><strong>{escaped(text("answer.disclaimer"))}:</strong> {escaped(answer.disclaimer)}</p>',
        '<div class="turn-tools"></div>',
        "</section>",
    ]
    return "".join(parts)


def question_buttons(questions: Sequence[str]) -> str:
    """A list of buttons, each of which asks its own words."""
    items = (
        f'<li><button type="button" class="ask-this" data-ask="{escaped(question)}">{escaped(question)}</button></li>'
        for question in questions
    )
    return f'<ul class="questions">{"".join(items)}</ul>'


def subjects_html(subjects: Sequence[Subject]) -> str:
    """What the library does cover, nearest first; "" where nothing is near."""
    if not subjects:
        return ""
    items = []
    for subject in subjects:
        name = link(subject.address, subject.name) or f"<span>{escaped(subject.name)}</span>"
        items.append(f"<li>{name}{question_buttons(subject.questions) if subject.questions else ''}</li>")
    return f'<p>{escaped(text("answer.closest"))}</p><ul class="subjects">{"".join(items)}</ul>'


def _notice(notice: Notice) -> str:
    if notice.kind == "emergency":
        title = f"<strong>{escaped(text('notice.emergency'))}</strong>"
        return f'<div class="notice emergency" role="alert">{title}<p>{escaped(notice.text)}</p></div>'
    return f'<div class="notice"><p>{escaped(notice.text)}</p></div>'


def _verdict(answer: Answer) -> str:
    """What came of the search, in one sentence: how many quotes, or why there are none."""
    if answer.quotes:
        count = len(answer.quotes)
        return text("answer.found_one") if count == 1 else text("answer.found_many", count=count)
    # A request that no quote may answer comes with the notice that says so; being sad about it does not decline it.
    declined = any(notice.kind in ("medication", "diagnosis") for notice in answer.notices)
    return DECLINED if declined else NOT_FOUND


def _understood(answer: Answer) -> str:
    if answer.status == "emergency" or answer.understood_as.strip() == answer.question.strip():
        return ""
    return f'<p class="understood">{escaped(text("answer.understood_as"))} <q>{escaped(answer.understood_as)}</q></p>'


def _card(quote: Quote, position: int, count: int) -> str:
    label = text("answer.quote", number=position, count=count) if count > 1 else text("answer.only_quote")
    shown = _passage(quote, _end_of(quote.before), _start_of(quote.after))
    whole = _passage(quote, quote.before, quote.after)
    more = f"<details><summary>{escaped(text('answer.whole_passage'))}</summary>{whole}</details>" if shown != whole else ""
    match = f'<span class="match">{escaped(text(f"answer.{quote.match}"))}</span>'
    return (
        f'<article class="card {escaped(quote.match)}"><h3><span class="count">{escaped(label)}</span> {match}</h3>'
        f"{shown}{more}"
        f'<p class="title">{escaped(quote.title)}</p>{_source(quote)}'
        f'<p class="links">{_source_link(quote)}{link(quote.snapshot, text("answer.open_copy"), quote.title)}</p>'
        "</article>"
    )


def _passage(quote: Quote, before: str, after: str) -> str:
    return f"<blockquote>{escaped(before)}<mark>{escaped(quote.text)}</mark>{escaped(after)}</blockquote>"


def _end_of(context: str) -> str:
    """The last whole words of what stands before a quote, with the white space that parts it from the quote."""
    if len(context) <= _CONTEXT:
        return context
    words = _FIRST_WORD.sub("", context[-_CONTEXT:])
    return f"… {words}" if words.strip() else ""


def _start_of(context: str) -> str:
    """The first whole words of what stands after a quote, with the white space that parts it from the quote."""
    if len(context) <= _CONTEXT:
        return context
    words = _LAST_WORD.sub("", context[:_CONTEXT])
    return f"{words} …" if words.strip() else ""


def _source(quote: Quote) -> str:
    """Kind, year, section and page: who says it, when and where."""
    facts = [text(f"kinds.{quote.kind}"), str(quote.year) if quote.year else text("answer.no_year")]
    if quote.section:
        facts.append(text("answer.section", section=quote.section))
    if quote.page is not None:
        facts.append(text("answer.page", page=quote.page))
    return f'<ul class="source">{"".join(f"<li>{escaped(fact)}</li>" for fact in facts)}</ul>'


def _source_link(quote: Quote) -> str:
    """The way to the source itself.

    A browser opens no `file:` address from a web page, so files are served from the library's stored originals. A starter
    page stands nowhere else than in the library, whose copy is the next link; a starter PDF can be opened at its page.
    """
    if quote.page is not None and quote.url.startswith(("file:", SCHEME)):
        return link(f"original/{quote.document_id}#page={quote.page}", text("answer.open_page", page=quote.page), quote.title)
    if quote.url.startswith("file:"):
        return link(f"original/{quote.document_id}", text("answer.open_source"), quote.title)
    if quote.url.startswith(SCHEME):
        return ""
    return link(quote.link, text("answer.open_source"), quote.title)
