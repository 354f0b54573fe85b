"""The records that leave this room: an answer, its quotes and its notices."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["answered", "not_found", "emergency"]
Match = Literal["strong", "possible"]
NoticeKind = Literal["emergency", "medication", "diagnosis", "distress", "dated"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words of a quote stand as well: another document's title and address, and the two links to the place."""

    title: str
    url: str
    link: str
    snapshot: str


@dataclass(frozen=True, slots=True)
class Quote:
    """One to a few whole sentences of a document, word for word.

    `text` is `document.text[start:end]`; `before` and `after` are the rest of its passage. `link` leads to the place in
    the source, `snapshot` to the same place in the library's own copy, relative to the page's address. `also_at` are other
    documents that say the same in the same words, but for a word here and there.
    """

    text: str
    match: Match
    before: str
    after: str
    document_id: str
    title: str
    url: str
    kind: str
    year: int | None
    section: str
    page: int | None
    start: int
    end: int
    link: str
    snapshot: str
    also_at: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A fixed text that goes before an answer, and the kind of concern it meets."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question. `quotes` is empty unless `status` is "answered"."""

    status: Status
    question: str
    understood_as: str
    quotes: tuple[Quote, ...]
    notices: tuple[Notice, ...]
    closest_topics: tuple[str, ...]
    disclaimer: str

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain lists and dictionaries, in the form that `myositis ask --json` prints."""
        return asdict(self) | {
            "quotes": [asdict(quote) | {"also_at": list(map(asdict, quote.also_at))} for quote in self.quotes],
            "notices": [asdict(notice) for notice in self.notices],
            "closest_topics": list(self.closest_topics),
        }
