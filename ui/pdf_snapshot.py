"""The library's copy of a PDF, page by page: a picture of the page with the quoted words marked, and its text beside it.

The picture shows what readers know from paper; the text is for those who read with their ears, their fingers or large type.
"""

from __future__ import annotations

from urllib.parse import urlencode

from assistant.links import snapshot_link
from corpus import Document
from corpus.isolated import PageLayout
from ui.markup import escaped
from ui.snapshot import TextDrawing, copy_page, marked_note, notice, span_in
from ui.texts import text

# A quote runs over a page's end now and then, never over many.
_MOST_PAGES = 3
_PICTURE_SCALES = (1, 2, 3)


def pdf_page(
    document: Document, layout: PageLayout | None, start: int | None = None, end: int | None = None, number: int | None = None
) -> str | None:
    """The copy opened at page `number`, or where that is None at the quote `start:end`; None where there is no such page.

    `layout` tells the sizes of the pages and the boxes of the quote, None where the file cannot be drawn: then the text
    stands alone. A span that does not lie inside the text is not marked, and the page says so.
    """
    span = span_in(document, start, end)
    count = len(layout.sizes) if layout else max(page.number for page in document.pages)
    boxed = sorted({box.page for box in layout.boxes}) if layout else []
    quoted = [page.number for page in document.pages if span and page.start < span[1] and span[0] < page.end]
    shown = [number] if number is not None else sorted({*boxed, *quoted})[:_MOST_PAGES] or [1]
    if not all(1 <= one <= count for one in shown):
        return None
    view = _View(document, layout, span, count)
    pages = "".join(view.page(one) for one in shown)
    notes = notice(text("pdf.undrawn")) if layout is None else ""
    if span is None and (start is not None or end is not None):
        notes += notice(text("snapshot.unmarked"))
    elif view.marks and layout is not None:
        notes += marked_note(text("pdf.marked")) if boxed else notice(text("pdf.marked_in_text"))
    elif view.marks:
        notes += marked_note(text("snapshot.marked"))
    above, below = (view.turning(shown[0], shown[-1], text(name)) for name in ("pdf.pages", "pdf.pages_below"))
    return copy_page(document, f"{notes}{above}{pages}{below}", shown[0])


class _View:
    """Draws pages. `marks` counts the marks drawn so far in their text."""

    def __init__(self, document: Document, layout: PageLayout | None, span: tuple[int, int] | None, count: int) -> None:
        self._document = document
        self._layout = layout
        self._span = span
        self._count = count
        self._drawing = TextDrawing(document, span, anchored=not (layout and layout.boxes), numbered=False, first_level=3)
        self._has_anchor = False

    @property
    def marks(self) -> int:
        """How many marks the text of the pages drawn so far has."""
        return self._drawing.marks

    def page(self, number: int) -> str:
        """The picture of page `number`, and its text."""
        title, name = escaped(text("pdf.page", page=number, count=self._count)), escaped(text("pdf.text", page=number))
        words = "".join(
            block
            for page in self._document.pages
            if page.number == number
            for block in self._drawing.blocks(page.start, page.end)
        )
        words = words or f"<p>{escaped(text('pdf.no_text'))}</p>"
        return (
            f'<section class="pdf-page" aria-labelledby="page-{number}"><h2 id="page-{number}">{title}</h2>'
            f'{self._picture(number)}<article class="copy" lang="en" aria-label="{name}">{words}</article>'
            "</section>"
        )

    def _picture(self, number: int) -> str:
        if self._layout is None:
            return ""
        width, height = self._layout.sizes[number - 1]
        boxes = [box for box in self._layout.boxes if box.page == number]
        addresses = {scale: self._picture_address(number, scale) for scale in _PICTURE_SCALES}
        sources = ", ".join(f"{escaped(address)} {scale}x" for scale, address in addresses.items())
        alternative = escaped(text("pdf.marked_picture" if boxes else "pdf.picture", page=number))
        drawn = (
            f'<img src="{escaped(addresses[2])}" srcset="{sources}" alt="{alternative}" '
            f'width="{round(width * 4 / 3)}" height="{round(height * 4 / 3)}">'
        )
        if boxes:
            # The picture itself bears the marks; these are where links lead to and the focus can rest.
            places = "".join(
                f'<rect x="{box.left:.2f}" y="{box.top:.2f}" width="{box.right - box.left:.2f}" '
                f'height="{box.bottom - box.top:.2f}"/>'
                for box in boxes
            )
            drawn += (
                f'<svg viewBox="0 0 {width:.2f} {height:.2f}" preserveAspectRatio="none"><g{self._anchor()}>{places}</g></svg>'
            )
        larger = (
            f'<p class="links"><a class="button-link" href="{escaped(addresses[3])}" target="_blank" rel="noopener">'
            f'{escaped(text("pdf.larger"))}<span class="unseen">{escaped(text("answer.new_tab"))}</span></a></p>'
        )
        # On a small screen the picture keeps the size it can be read at, and is moved sideways.
        frame = f'<div class="drawn-frame" tabindex="0" role="group" aria-label="{alternative}">'
        return f'<div class="pdf-picture">{frame}<div class="drawn">{drawn}</div></div>{larger}</div>'

    def _anchor(self) -> str:
        if self._has_anchor or self._span is None:
            return ' aria-hidden="true"'
        self._has_anchor = True
        words = self._document.text[self._span[0] : self._span[1]]
        return f' id="quote" tabindex="-1" role="img" aria-label="{escaped(text("pdf.marked_words", words=words))}"'

    def _picture_address(self, number: int, scale: int) -> str:
        return f"{self._document.id}/page/{number}.png?{urlencode({**self._stated_span(), 'scale': scale})}"

    def _stated_span(self) -> dict[str, int]:
        return {} if self._span is None else {"start": self._span[0], "end": self._span[1]}

    def turning(self, first: int, last: int, name: str) -> str:
        """Links to the page before `first`, the page after `last`, the quote and the whole text."""
        links = []
        for label, number in (("pdf.previous", first - 1), ("pdf.next", last + 1)):
            if 1 <= number <= self._count:
                address = f"{self._document.id}?{urlencode({**self._stated_span(), 'page': number})}"
                links.append(f'<a class="button-link" href="{escaped(address)}">{escaped(text(label, page=number))}</a>')
        if self._span is not None and not self._drawing.marks:
            address = snapshot_link(self._document.id, *self._span).removeprefix("source/")
            links.append(f'<a class="button-link" href="{escaped(address)}">{escaped(text("pdf.back_to_mark"))}</a>')
        address = f"{self._document.id}?{urlencode({**self._stated_span(), 'view': 'text'})}{'#quote' if self._span else ''}"
        links.append(f'<a class="button-link" href="{escaped(address)}">{escaped(text("pdf.whole"))}</a>')
        return f'<nav class="links" aria-label="{escaped(name)}">{"".join(links)}</nav>'
