"""The library's own copy of a text as a page: all of it as it was read, with a quoted span marked.

Pages on the web change and move; this copy is what a quote was taken from, so a quote can always be checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.texts import DISCLAIMER
from corpus import Document
from corpus.starter import SCHEME
from ui.fixed_texts import fixed_html
from ui.markup import escaped, link, whole_page
from ui.texts import text

# From /source/ID, where a snapshot stands, to the first page.
_ROOT = "../"
_DEEPEST_HEADING = 6
# Lines that follow each other without a blank one between: a paragraph, a list, the rows of a table, a heading.
_BLOCK = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_LINE = re.compile(r"[^\n]+")


def snapshot_page(document: Document, start: int | None = None, end: int | None = None) -> str:
    """The whole text of `document`, with `start:end` marked; the first mark is `id="quote"`.

    A span that does not lie inside the text is not marked, and the page says so; without a span nothing is said.
    """
    span = span_in(document, start, end)
    drawing = TextDrawing(document, span)
    copy = "".join(drawing.blocks())
    if drawing.marks:
        note = marked_note(text("snapshot.marked"))
    elif start is not None or end is not None:
        note = notice(text("snapshot.unmarked"))
    else:
        note = ""
    return copy_page(document, f'{note}<article class="copy" lang="en">{copy}</article>', document.page_at(start or 0))


def span_in(document: Document, start: int | None, end: int | None) -> tuple[int, int] | None:
    """`start:end` where it lies inside the text, None where it does not."""
    return (start, end) if start is not None and end is not None and 0 <= start < end <= len(document.text) else None


def marked_note(words: str) -> str:
    """That the quote is marked, in `words`, with a link to the mark."""
    return f'<p class="found">{escaped(words)}<a class="button-link" href="#quote">{escaped(text("snapshot.go_to_mark"))}</a></p>'


def notice(words: str) -> str:
    """What readers must know of what they see."""
    return f'<p class="notice">{escaped(words)}</p>'


def copy_page(document: Document, copy: str, page: int | None) -> str:
    """The whole page around a `copy`: what the text is above, the way back below. The stored original opens at `page`."""
    home = f'<p><a class="button-link" href="{_ROOT}">{escaped(text("snapshot.home"))}</a></p>'
    body = f"{_head(document, page)}{copy}<p>{escaped(text('snapshot.back'))}</p>{home}"
    return whole_page(document.title, body, _ROOT)


def missing_page(reason: str, root: str = _ROOT) -> str:
    """A friendly page for an address that leads nowhere, with the `reason` in plain words."""
    title = escaped(text("missing.title"))
    home = f'<p><a class="button-link" href="{root}">{escaped(text("snapshot.home"))}</a></p>'
    return whole_page(text("missing.title"), f"<h1>{title}</h1><p>{escaped(reason)}</p>{home}", root)


def _head(document: Document, page: int | None) -> str:
    """What the text is, where it comes from, and the disclaimer. The stored original opens at `page`."""
    facts = [
        text(f"kinds.{document.kind}"),
        str(document.year) if document.year else text("answer.no_year"),
        text("snapshot.retrieved", date=document.retrieved),
    ]
    source = "" if document.url.startswith(("file:", SCHEME)) else link(document.url, text("snapshot.source"), document.title)
    label = text("pdf.open", page=page) if page else text("snapshot.original")
    original = link(f"{_ROOT}original/{document.id}{f'#page={page}' if page else ''}", label, document.title)
    return (
        f'<p class="asked">{escaped(text("snapshot.copy"))}</p><h1 lang="en">{escaped(document.title)}</h1>'
        f'<ul class="source">{"".join(f"<li>{escaped(fact)}</li>" for fact in facts)}</ul>'
        f'<p class="links">{source}{original}</p>'
        f'<p class="disclaimer"><strong>{escaped(text("answer.disclaimer"))}:</strong> {fixed_html(DISCLAIMER)}</p>'
    )


class TextDrawing:
    """Draws the blocks of a text, putting marks and page numbers in their places. `marks` counts the marks drawn so far.

    The first mark is where links lead, `id="quote"`, unless that is elsewhere on the page: then `anchored` is false.
    `first_level` is that of the outermost heading. Page numbers are left out where `numbered` is false.
    """

    def __init__(
        self,
        document: Document,
        span: tuple[int, int] | None,
        *,
        anchored: bool = True,
        numbered: bool = True,
        first_level: int = 2,
    ) -> None:
        self.marks = 0
        self._document = document
        self._span = span
        self._anchored = anchored
        self._first_level = first_level
        self._pages = {page.start: page.number for page in document.pages} if numbered else {}

    def blocks(self, first: int = 0, last: int | None = None) -> Iterator[str]:
        """The text, or its characters `first:last`, as HTML, block by block.

        The title is left out where the text begins with it: the page shows it above.
        """
        drawn_to = 0
        for match in _BLOCK.finditer(self._document.text, first, len(self._document.text) if last is None else last):
            start, end = match.span()
            for offset, number in self._pages.items():
                if drawn_to <= offset <= start:
                    yield _page_label(number, "p")
            drawn_to = start + 1
            if start == 0 and match[0] == self._document.title:
                continue
            if level := self._heading_level(start, match[0]):
                yield f"<h{level}>{self._words(start, end)}</h{level}>"
            elif "\n" in match[0]:
                lines = (line.span() for line in _LINE.finditer(self._document.text, start, end))
                yield f"<ul>{''.join(f'<li>{self._words(*line)}</li>' for line in lines)}</ul>"
            else:
                yield f"<p>{self._words(start, end)}</p>"
            drawn_to = end

    def _heading_level(self, start: int, words: str) -> int:
        """2 to 6 for a heading, 0 for body text: only headings lie outside every section."""
        path: tuple[str, ...] = ()
        for section in self._document.sections:
            if section.start <= start < section.end:
                return 0
            if section.start > start:
                path = section.path
                break
        depth = path.index(words) if words in path else 0
        level = self._first_level + depth - (1 if path[:1] == (self._document.title,) else 0)
        return min(_DEEPEST_HEADING, max(self._first_level, level))

    def _words(self, start: int, end: int) -> str:
        """The text `start:end`, escaped, with what lies in the span marked and page numbers where a page begins inside it."""
        first, last = self._span or (0, 0)
        cuts = {start, end, *(offset for offset in (*self._pages, first, last) if start < offset < end)}
        parts = []
        for begin, stop in pairwise(sorted(cuts)):
            if begin != start and begin in self._pages:
                parts.append(f"{_page_label(self._pages[begin], 'span')} ")
            words = escaped(self._document.text[begin:stop])
            parts.append(f"<mark{self._mark_name()}>{words}</mark>" if first <= begin < last else words)
        return "".join(parts)

    def _mark_name(self) -> str:
        """The first mark is where links lead, so it can hold the focus; the others are only marked."""
        self.marks += 1
        return ' id="quote" tabindex="-1"' if self._anchored and self.marks == 1 else ""


def _page_label(number: int, tag: str) -> str:
    return f'<{tag} class="page-number" id="page-{number}">{escaped(text("snapshot.page", page=number))}</{tag}>'
