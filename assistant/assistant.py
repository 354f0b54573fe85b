"""The assistant: one question in, one answer out, every word of it quoted or fixed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from assistant import safety, spelling
from assistant.confidence import Confidence, model_for
from assistant.follow_up import asks_nothing, self_contained
from assistant.links import snapshot_link, source_link
from assistant.query import Query
from assistant.ranking import Candidate
from assistant.records import Answer, Match, Notice, Place, Quote, Status
from assistant.repeats import Copies, Spot
from assistant.retrieval import Found, asked_of, retrieved
from assistant.rewriting import rewritten
from assistant.selection import first_quote, none_selected, selected
from assistant.texts import DISCLAIMER
from assistant.trace import Trace
from corpus import MyositisError
from index import Library

_TOPICS = 3
# Sources older than this many years get the "dated" notice.
DATED_YEARS = 10
LONGEST_QUESTION = 4000


class Assistant:
    """Answers questions from one library. Asking is thread-safe and keeps nothing of what was asked."""

    def __init__(self, library: Library) -> None:
        """Answer from `library`, which the assistant closes in the end."""
        self.library = library

    @classmethod
    def open(cls, directory: str | Path) -> Assistant:
        """The assistant of the library in `directory`. Raises `LibraryError` where there is none."""
        return cls(Library.open(directory, create=False))

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to `question`; `history` holds the earlier questions of the conversation, oldest first.

        Raises `MyositisError` for a question that is empty or longer than a page.
        """
        return self.explain(question, history).answer

    def explain(self, question: str, history: Sequence[str] = ()) -> Trace:
        """The answer to `question` as `ask` gives it, with what each step made of it. Raises as `ask` does."""
        question = question.strip()
        if not question:
            raise MyositisError("the question is empty", "question", "Write what you would like to know")
        if len(question) > LONGEST_QUESTION:
            raise MyositisError(
                f"the question has {len(question):,} characters, at most {LONGEST_QUESTION:,} are read",
                "question",
                "Shorten it to what you would like to know",
            )
        number = self.library.settings.answers.emergency_number
        met = safety.first_look(question, lambda: self.library.embedder, number)
        if met and met[-1].action == "emergency":
            return Trace(self._without_quotes("emergency", question, question, [met[-1].notice], ()), question, met)
        rewrite = rewritten(question, history, self.library.settings.follow_ups)
        joined = rewrite or self_contained(question, history, self.library.embedder)
        understood = spelling.mend(joined, self.library)
        query = asked_of(self.library, understood)
        felt = safety.second_look(question, query.whole if understood == question else None, self.library.embedder, number)
        felt = safety.besides(met, felt)
        findings = (*met, felt) if felt else met
        action, said = safety.together([felt, *met]) or (None, ())
        if action == "emergency":
            return Trace(self._without_quotes("emergency", question, question, said, ()), joined, findings)
        found, confidence, first = self._likeliest(query)
        ranked = found.ranked
        if action == "decline":
            answer = self._without_quotes("not_found", question, understood, said, _closest_topics(found))
            return Trace(answer, joined, findings, found)
        if first is None or asks_nothing(understood) or confidence.match(first) is None:
            answer = self._without_quotes("not_found", question, understood, said, _closest_topics(found))
            unquoted = none_selected([first, *ranked[1:]]) if first else ()
            return Trace(answer, joined, findings, found, tuple(unquoted), confidence)
        copies = Copies(hit.passage for hit in found.hits)
        verdicts = selected(ranked, copies, self.library.settings.answers.quotes)
        chosen = [verdict.candidate for verdict in verdicts if verdict.fate == "quoted"]
        grades = _grades(chosen, confidence)
        quotes = tuple(self._quote(candidate, grade, copies) for candidate, grade in zip(chosen, grades, strict=True))
        old = any(quote.year and quote.year < date.today().year - DATED_YEARS for quote in quotes)
        notices = (*said, safety.notice("dated", number)) if old else tuple(said)
        answer = Answer("answered", question, understood, quotes, notices, (), DISCLAIMER)
        return Trace(answer, joined, findings, found, tuple(verdicts), confidence)

    def _likeliest(self, query: Query) -> tuple[Found, Confidence, Candidate | None]:
        """The first of what was retrieved that answers, else the last of it, with its confidence and its first quote, if any."""
        model = model_for(self.library.embedder.identity.sha256)
        *others, own = retrieved(self.library, query)
        for found in others:
            confidence, first = Confidence(found, model), first_quote(found.ranked)
            if first is not None and confidence.match(first) is not None:
                return found, confidence, first
        return own, Confidence(own, model), first_quote(own.ranked)

    def _without_quotes(
        self, status: Status, question: str, understood: str, notices: Sequence[Notice], closest: tuple[str, ...]
    ) -> Answer:
        return Answer(status, question, understood, (), tuple(notices), closest, DISCLAIMER)

    def _quote(self, candidate: Candidate, match: Match, copies: Copies) -> Quote:
        """The candidate as a quote, taken from the document itself; its text is checked against its span."""
        passage = candidate.hit.passage
        document = self.library.document(passage.document_id)
        start, end = candidate.start, candidate.end
        text = document.text[start:end]
        if text != passage.text[start - passage.start : end - passage.start]:
            raise MyositisError(
                "a quote does not match its source",
                f"{document.url} at {start}",
                "Run: myositis check, then add the source again",
            )
        return Quote(
            text=text,
            match=match,
            before=document.text[passage.start : start],
            after=document.text[end : passage.end],
            document_id=document.id,
            title=document.title,
            url=document.url,
            kind=document.kind,
            year=document.year,
            section=" › ".join(heading for heading in passage.section if heading != document.title),
            page=document.page_at(start),
            start=start,
            end=end,
            link=source_link(document, start, end),
            snapshot=snapshot_link(document.id, start, end),
            also_at=tuple(map(self._place, copies.of(text, document.id))),
        )

    def _place(self, spot: Spot) -> Place:
        document = self.library.document(spot.passage.document_id)
        link, snapshot = source_link(document, spot.start, spot.end), snapshot_link(document.id, spot.start, spot.end)
        return Place(document.title, document.url, link, snapshot)


def _grades(chosen: Sequence[Candidate], confidence: Confidence) -> list[Match]:
    """The match of each chosen candidate; one that ranks lower is never called the stronger.

    Once the best one may answer, the others are shown for what they are: further places that may help.
    """
    grades: list[Match] = []
    for candidate in chosen:
        still_strong = all(grade == "strong" for grade in grades)
        grades.append("strong" if still_strong and confidence.match(candidate) == "strong" else "possible")
    return grades


def _closest_topics(found: Found) -> tuple[str, ...]:
    """The titles of the documents whose passages come nearest, nearest first."""
    nearest = sorted(found.hits, key=lambda hit: -hit.dense)
    titles = found.titles
    return tuple(dict.fromkeys(titles[hit.passage.document_id] for hit in nearest if hit.passage.document_id in titles))[:_TOPICS]
