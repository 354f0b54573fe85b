"""The sheet itself: questions, quotes as the library holds them, and the full reference of every source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from assistant import Assistant
from assistant.texts import DISCLAIMER
from corpus import Document, MyositisError
from corpus.starter import SCHEME
from ui.fixed_texts import rendering
from ui.handout.request import HandoutRequest, QuotePlace
from ui.sources import named_in
from ui.texts import text


@dataclass(frozen=True, slots=True)
class SheetQuote:
    """A quote word for word, the number of its reference (from 1), and where in that source it stands.

    `cited` holds the references that a quote of a starter page names itself, each in full.
    """

    text: str
    reference: int
    place: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """One source: `short` (title, kind, year) to stand beside a quote, and `full`, all that is known of where it stands."""

    short: str
    full: str


@dataclass(frozen=True, slots=True)
class SheetTurn:
    """A question with its quotes; `remark` says that nothing was found where there are none."""

    question: str
    quotes: tuple[SheetQuote, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on the paper, in reading order. `made` is an ISO 8601 date.

    `rendered` is what the English disclaimer says in the language of the page, "" where that is English.
    """

    made: str
    disclaimer: str
    rendered: str
    turns: tuple[SheetTurn, ...]
    references: tuple[Reference, ...]


def make_sheet(request: HandoutRequest, assistant: Assistant) -> Sheet:
    """The sheet of what was asked for.

    Raises `MyositisError` for a place that the library does not hold, and for one that is not made of whole sentences: half
    a sentence can say the opposite of the whole.
    """
    numbers: dict[str, int] = {}
    documents: dict[str, Document] = {}
    edges: dict[str, tuple[set[int], set[int]]] = {}
    turns = []
    for turn in request.turns:
        quotes = []
        for place in turn.quotes:
            if place.document not in documents:
                documents[place.document] = assistant.library.document(place.document)
                edges[place.document] = _edges(place.document, assistant)
            document = documents[place.document]
            _check(place, *edges[place.document])
            words = document.text[place.start : place.end]
            number = numbers.setdefault(document.id, len(numbers) + 1)
            quotes.append(SheetQuote(words, number, _place(document, place.start), _cited(words, document)))
        turns.append(SheetTurn(turn.question.strip(), tuple(quotes), "" if quotes else text("handout.no_quotes")))
    references = tuple(_reference(documents[document_id]) for document_id in numbers)
    return Sheet(date.today().isoformat(), DISCLAIMER, rendering(DISCLAIMER) or "", tuple(turns), references)


def _edges(document_id: str, assistant: Assistant) -> tuple[set[int], set[int]]:
    """Where the sentences of a document begin, and where they end."""
    sentences = [span for passage in assistant.library.passages_of(document_id) for span in passage.sentences]
    return {start for start, _ in sentences}, {end for _, end in sentences}


def _check(place: QuotePlace, begins: set[int], ends: set[int]) -> None:
    if place.start >= place.end or place.start not in begins or place.end not in ends:
        raise MyositisError(
            "there is no quote at this place of the library",
            f"{place.document} from {place.start} to {place.end}",
            "Ask the question again: the library may have been read anew since",
        )


def _place(document: Document, start: int) -> str:
    """Section and page, as far as there are any."""
    path = next((section.path for section in document.sections if section.start <= start < section.end), ())
    section = " › ".join(heading for heading in path if heading != document.title)
    page = document.page_at(start)
    facts = [text("answer.section", section=section) if section else "", text("answer.page", page=page) if page else ""]
    return ", ".join(filter(None, facts))


def _cited(words: str, document: Document) -> tuple[str, ...]:
    """The sources that a page of the starter library names in `words`, in the order in which they stand there."""
    if not document.url.startswith(SCHEME):
        return ()
    return tuple(reference.line().removeprefix("- ") for reference in named_in(words))


def _reference(document: Document) -> Reference:
    """Authors, title, kind, year, DOI, address, and the day it was copied, as far as they are known."""
    if document.url.startswith(SCHEME):
        address = text("handout.starter")
    elif document.url.startswith("file:"):
        # The path would tell how the disk of the page's owner is laid out.
        address = text("handout.file", name=unquote(document.url.rpartition("/")[2]))
    else:
        address = document.url
    doi = f"https://doi.org/{document.doi}" if document.doi else None
    known = [text(f"kinds.{document.kind}"), str(document.year) if document.year else text("answer.no_year")]
    parts = [document.authors, document.title, *known, doi, address, text("snapshot.retrieved", date=document.retrieved)]
    return Reference(", ".join([document.title, *known]), ". ".join(part.rstrip(".") for part in parts if part) + ".")
