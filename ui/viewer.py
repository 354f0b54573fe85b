"""The library's copy beside an answer: one page of a PDF, or one part of a text without pages, with the quote marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Document
from ui.markup import escaped, link
from ui.snapshot import TextDrawing, notice, span_in
from ui.texts import text

# Characters of a part: it ends with its section once it has the first number, and after a block at the second.
_ENOUGH = 1_200
_MOST = 5_000
_BLANK_LINE = re.compile(r"\n\n")
# Pixels per point: sharp at three times the width of a column.
_PICTURE_SCALE = 3
# Below the heading of the viewer, which stands below that of its card.
_TOP_HEADING = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a document that is shown at once. `number` counts from 1; `page` is that of the PDF, if it is one."""

    number: int
    start: int
    end: int
    page: int | None = None


def parts_of(document: Document) -> list[Part]:
    """The pages of a document, or the parts it is cut into where it has none; together they cover the text."""
    if document.pages:
        return [Part(number, page.start, page.end, page.number) for number, page in enumerate(document.pages, start=1)]
    cuts = [*_cuts(document), len(document.text)]
    starts = [0, *cuts[:-1]]
    return [Part(number, start, end) for number, (start, end) in enumerate(zip(starts, cuts, strict=True), start=1)]


def viewer_html(document: Document, start: int, end: int, number: int | None = None) -> str:
    """The part `number` of `document` as a fragment of HTML, or the one where the span `start:end` begins.

    A number beyond the last part is the last; a span outside the text is not marked, and that is said.
    """
    parts = parts_of(document)
    quoted = next((part for part in parts if start < part.end), parts[-1])
    part = parts[min(max(number, 1), len(parts)) - 1] if number else quoted
    unit = "page" if part.page is not None else "part"
    span = span_in(document, start, end)
    drawing = TextDrawing(document, span, numbered=False, first_level=_TOP_HEADING)
    copy = "".join(drawing.blocks(part.start, part.end))
    note = ""
    if span is None:
        note = notice(text("snapshot.unmarked"))
    elif not drawing.marks:
        place = text(f"viewer.{unit}", number=quoted.number, count=len(parts))
        note = notice(text("viewer.marked_elsewhere", place=place))
    whole = f"source/{document.id}?start={start}&end={end}#quote"
    return (
        f'<h4 tabindex="-1">{escaped(text("viewer.heading"))}: {escaped(document.title)}</h4>'
        f"{_toolbar(document, part, len(parts), unit)}{note}"
        f'<article class="copy" lang="en">{copy}</article>'
        f"{_picture(document, part, start, end)}{_turning(part.number, len(parts), unit)}"
        f'<p class="links">{link(whole, text("viewer.whole"), document.title)}</p>'
        f'<p class="links back">{_button("back", text("viewer.back"), "filled")}</p>'
    )


def _cuts(document: Document) -> Iterator[int]:
    """Where parts end, in order: at the end of a section that makes them long enough, or of a block that makes them too long."""
    ends = {section.end for section in document.sections}
    begun = 0
    for blank in _BLANK_LINE.finditer(document.text):
        length = blank.start() - begun
        if length >= _MOST or (length >= _ENOUGH and blank.start() in ends):
            begun = blank.end()
            yield begun


def _toolbar(document: Document, part: Part, count: int, unit: str) -> str:
    """Where this is, and what turns the pages and changes the size."""
    where = escaped(text(f"viewer.{unit}", number=part.number, count=count))
    picture = ""
    if part.page is not None:
        picture = (
            f'<button type="button" class="quiet" data-viewer="picture" data-back="{escaped(text("viewer.words"))}">'
            f"{escaped(text('viewer.picture'))}</button>"
        )
    return (
        f'<p class="place">{where}</p>{_turning(part.number, count, unit)}'
        f'<p class="links">{_button("smaller", text("viewer.smaller"))}{_button("larger", text("viewer.larger"))}{picture}</p>'
    )


def _picture(document: Document, part: Part, start: int, end: int) -> str:
    """The page as a picture, which js/viewer.js fetches when it is asked for; its words stand beside it as text."""
    if part.page is None:
        return ""
    marked = document.text[max(start, part.start) : min(end, part.end)].strip()
    words = f" {text('viewer.picture_marked', words=' '.join(marked.split()))}" if marked else ""
    alternative = text("viewer.picture_of", number=part.page, title=document.title) + words
    address = f"source/{document.id}/page/{part.page}.png?start={start}&end={end}&scale={_PICTURE_SCALE}"
    return f'<div class="picture" tabindex="0" hidden><img data-address="{escaped(address)}" alt="{escaped(alternative)}"></div>'


def _turning(number: int, count: int, unit: str) -> str:
    """Previous and next; at either end the one that leads nowhere stays in its place, so that no finger meets another."""
    if count == 1:
        return ""
    buttons = []
    for name, target, possible in (("previous", number - 1, number > 1), ("next", number + 1, number < count)):
        state = f' data-part="{target}"' if possible else ' aria-disabled="true"'
        label = escaped(text(f"viewer.{name}_{unit}"))
        buttons.append(f'<button type="button" class="quiet" data-viewer="{name}"{state}>{label}</button>')
    return f'<p class="links">{"".join(buttons)}</p>'


def _button(name: str, label: str, look: str = "quiet") -> str:
    return f'<button type="button" class="{look}" data-viewer="{name}">{escaped(label)}</button>'
