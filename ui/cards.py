"""An answer as HTML: notices, quote cards, what to ask next, and the disclaimer. All that comes from outside is escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant import Answer, Notice, Quote
from assistant.texts import NOT_FOUND, NOT_FOUND_HELP, nothing_quoted
from ui.fixed_texts import fixed_html, rendering
from ui.markup import escaped, link, safe_address
from ui.sources import facts, is_dated, is_written_here, opened_source, source_address, who_says_it, years_apart
from ui.texts import text
from ui.tools import turn_tools
from ui.words import WordsInAnswer

# Characters of context shown on each side of a quote; the rest is in the library's copy, one press away.
_CONTEXT = 220
# The word that a cut may have gone through, with the white space on its inner side.
_FIRST_WORD = re.compile(r"^\S*\s*")
# Between two sentences; what follows begins one.
_BETWEEN = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][)”\"]))\s+(?=[A-Z(“\"])|\n+")
_LAST_WORD = re.compile(r"\s*\S*$")
# A telephone number in a notice: three figures at least, in groups or not.
_NUMBER = re.compile(r"\b\d{3,}(?: \d{2,})*\b")


@dataclass(frozen=True, slots=True)
class Subject:
    """Something the library covers: questions to ask about it, or the address of the text that does, or only its name."""

    name: str
    questions: tuple[str, ...] = ()
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the library knows around an answer.

    `authors` are those of the quoted documents, by document id. `related` are questions to go on with, `closest` stands for
    `answer.closest_topics`, and `organisations` is the address of the text that names whom to ask, None where there is none;
    `is_empty` says that the library holds nothing at all.
    """

    authors: Mapping[str, str] = field(default_factory=dict)
    related: Sequence[str] = ()
    closest: Sequence[Subject] = ()
    organisations: str | None = None
    is_empty: bool = False


def turn_html(answer: Answer, number: int, around: Surroundings = Surroundings()) -> str:
    """One turn of the conversation. `number` counts the turns from 1.

    `data-announce` is what a screen reader is told once, and is empty for an emergency: the notice itself
    is an alert. A notice of an emergency comes before everything, even the question.
    """
    urgent = "".join(_notice(notice) for notice in answer.notices if notice.kind == "emergency")
    calm = "".join(_notice(notice) for notice in answer.notices if notice.kind != "emergency")
    verdict = "" if answer.status == "emergency" else _verdict(answer)
    heading = f"turn-{number}-question"
    announced = escaped(rendering(verdict) or verdict)
    data = f' data-turn="{number}" data-question="{escaped(answer.question)}" data-announce="{announced}"'
    words = WordsInAnswer(number)
    asked = f'<span class="asked">{escaped(text("answer.asked"))}</span>'
    parts = [
        f'<div class="turn" role="group" id="turn-{number}" aria-labelledby="{heading}"{data}>',
        urgent,
        f'<h2 id="{heading}" tabindex="-1">{asked} {escaped(answer.question)}</h2>',
        calm,
        _understood(answer),
        f'<p class="verdict">{fixed_html(verdict)}</p>' if verdict else "",
        _whom_to_ask(around) if verdict == NOT_FOUND else "",
        _years(answer.quotes),
        *(
            _card(quote, f"turn-{number}-quote-{position}", _label(position, len(answer.quotes)), words, around.authors)
            for position, quote in enumerate(answer.quotes, start=1)
        ),
        subjects_html(around.closest),
        _related(around.related),
        words.list_html(),
        _unreviewed(answer.quotes),
        f'<p class="disclaimer"><strong>{escaped(text("answer.disclaimer"))}:</strong> {fixed_html(answer.disclaimer)}</p>',
        turn_tools(answer, [subject.address for subject in around.closest if subject.address]),
        "</div>",
    ]
    return "".join(parts)


def asks(question: str) -> str:
    """What makes an element ask `question`, as an attribute."""
    return f'data-ask="{escaped(question)}"'


def question_buttons(questions: Sequence[str]) -> str:
    """A list of buttons, each of which asks its own words."""
    items = (
        f'<li><button type="button" class="ask-this" {asks(question)}>{escaped(question)}</button></li>' for question in questions
    )
    return f'<ul class="questions" lang="en">{"".join(items)}</ul>'


def subjects_html(subjects: Sequence[Subject]) -> str:
    """What the library does cover, nearest first; "" where nothing is near."""
    if not subjects:
        return ""
    items = []
    for subject in subjects:
        if subject.questions:
            items.append(f"<li><span>{escaped(subject.name)}</span>{question_buttons(subject.questions)}</li>")
        else:
            items.append(f"<li>{link(subject.address, subject.name) or f'<span>{escaped(subject.name)}</span>'}</li>")
    return f'<p class="next">{escaped(text("answer.closest"))}</p><ul class="subjects">{"".join(items)}</ul>'


def _related(questions: Sequence[str]) -> str:
    if not questions:
        return ""
    return f'<div class="related"><h3>{escaped(text("answer.related"))}</h3>{question_buttons(questions)}</div>'


def _notice(notice: Notice) -> str:
    if notice.kind == "emergency":
        title = f"<strong>{escaped(text('notice.emergency'))}</strong>"
        return f'<div class="notice emergency" role="alert">{title}<p>{fixed_html(notice.text)}</p>{_calls(notice)}</div>'
    return f'<div class="notice"><p>{fixed_html(notice.text)}</p></div>'


def _calls(notice: Notice) -> str:
    """One press on a phone to dial each number that the notice names."""
    calls = (
        f'<a class="call" href="tel:{number.replace(" ", "")}">{escaped(text("notice.call", number=number))}</a>'
        for number in dict.fromkeys(_NUMBER.findall(notice.text))
    )
    found = "".join(calls)
    return f'<p class="calls">{found}</p>' if found else ""


def _verdict(answer: Answer) -> str:
    """What came of the search, in one sentence: how many quotes, or why there are none."""
    if answer.quotes:
        count = len(answer.quotes)
        found = "found" if any(quote.match == "strong" for quote in answer.quotes) else "perhaps"
        return text(f"answer.{found}_one") if count == 1 else text(f"answer.{found}_many", count=count)
    return nothing_quoted(answer.notices)


def _understood(answer: Answer) -> str:
    if answer.status == "emergency" or answer.understood_as.strip() == answer.question.strip():
        return ""
    return f'<p class="understood">{escaped(text("answer.understood_as"))} <q>{escaped(answer.understood_as)}</q></p>'


def _whom_to_ask(around: Surroundings) -> str:
    """How to ask again, and who else can be asked; where there is nothing to be found, that."""
    if around.is_empty:
        return f"<p>{escaped(text('not_found.empty'))}</p>"
    whom = link(around.organisations, text("not_found.organisations"))
    lines = [fixed_html(NOT_FOUND_HELP), escaped(text("not_found.rephrase")), whom]
    return "".join(f"<p>{line}</p>" for line in lines if line)


def _years(quotes: Sequence[Quote]) -> str:
    years = years_apart(quotes)
    if years is None:
        return ""
    return f'<p class="notice">{escaped(text("answer.years_apart", first=years[0], last=years[1]))}</p>'


def _unreviewed(quotes: Sequence[Quote]) -> str:
    """What is to be known of the starter library's own pages, where one of them is quoted."""
    own = any(is_written_here(quote) for quote in quotes)
    return f'<p class="unreviewed">{escaped(text("source.unreviewed"))}</p>' if own else ""


def _label(position: int, count: int) -> str:
    return text("answer.quote", number=position, count=count) if count > 1 else text("answer.only_quote")


def _card(quote: Quote, name: str, label: str, words: WordsInAnswer, authors: Mapping[str, str]) -> str:
    """A card and the place beside it for the library's copy, which js/viewer.js opens there."""
    match = f'<span class="match">{escaped(text(f"answer.{quote.match}"))}</span>'
    sources = "".join(f"<li>{escaped(one)}</li>" for one in who_says_it(quote, authors.get(quote.document_id)))
    who = f'<div class="who"><span>{escaped(text("source.who"))}</span> <ul>{sources}</ul></div>' if sources else ""
    old = f'<p class="old">{escaped(text("answer.old", year=quote.year))}</p>' if is_dated(quote) else ""
    return (
        f'<div class="pair"><article class="card {escaped(quote.match)}" id="{name}" aria-labelledby="{name}-heading">'
        f'<h3 id="{name}-heading"><span class="count">{escaped(label)}</span> {match}</h3>'
        f'<blockquote lang="en">'
        f"{escaped(_end_of(quote.before))}<mark>{words.marked(quote.text)}</mark>"
        f"{escaped(_start_of(quote.after))}</blockquote>"
        '<div class="meaning" hidden></div>'
        f'<p class="title" lang="en">{escaped(quote.title)}</p>'
        f'<ul class="source">{"".join(f"<li>{escaped(fact)}</li>" for fact in facts(quote))}</ul>'
        f"{who}{old}"
        f'<p class="links">{_show_me(quote)}{_open_source(quote)}</p>{_also_at(quote)}'
        "</article></div>"
    )


def _also_at(quote: Quote) -> str:
    """The other documents that hold the same words; of a file the library's copy, as no browser opens it from a page."""
    places = [
        link(place.link if place.url.startswith(("http://", "https://")) else place.snapshot, place.title, place.url)
        for place in quote.also_at
    ]
    return f'<p class="also"><span>{escaped(text("answer.also_at"))}</span> {" ".join(places)}</p>' if places else ""


def _open_source(quote: Quote) -> str:
    """Opens the source itself, and says which one where the quote names several."""
    which = opened_source(quote)
    label = f"{text('answer.open_source')}: {which}" if which else text("answer.open_source")
    return link(source_address(quote), label, quote.title)


def _show_me(quote: Quote) -> str:
    """Opens the library's copy beside the card; without the script, in a tab of its own."""
    address = safe_address(quote.snapshot)
    if address is None:
        return ""
    return (
        f'<a class="button-link filled show-me" role="button" aria-expanded="false" href="{escaped(address)}" target="_blank" '
        f'rel="noopener">{escaped(text("answer.show_me"))}<span class="unseen"> {escaped(quote.title)}</span></a>'
    )


def _end_of(context: str) -> str:
    """The last sentences of what stands before a quote, or words where none is short enough, and the space before the quote."""
    if len(context) <= _CONTEXT:
        return context
    begin = _BETWEEN.search(context, len(context) - _CONTEXT, len(context.rstrip()))
    words = context[begin.end() :] if begin else _FIRST_WORD.sub("", context[-_CONTEXT:])
    return f"… {words}" if words.strip() else ""


def _start_of(context: str) -> str:
    """The first sentences of what stands after a quote, or words where none is short enough, and the space after the quote."""
    if len(context) <= _CONTEXT:
        return context
    blank = len(context) - len(context.lstrip())
    ends = [between.start() for between in _BETWEEN.finditer(context, blank, _CONTEXT)]
    words = context[: ends[-1]] if ends else _LAST_WORD.sub("", context[:_CONTEXT])
    return f"{words} …" if words.strip() else ""
