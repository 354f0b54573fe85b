"""Pictures of a PDF's pages, drawn in a child process from the library's stored original, with the quoted words marked."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from corpus import Document, MyositisError, ReadError
from corpus.isolated import IsolatedReader, PageLayout
from corpus.pdf_picture import SCALES
from index import Library
from ui.snapshot import missing_page, span_in
from ui.texts import text

# One page takes a tenth of a second, finding a quote in a book of some hundred pages a few.
_SECONDS = 30
# From /source/ID/page/N.png to the first page.
_ROOT = "../../../"


class PagePictures:
    """What the viewer shows of the PDFs of `library`. One child draws for all visitors, one picture after the other."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._reader = IsolatedReader(seconds=_SECONDS)

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """For as long as the server runs; then the child is ended."""
        yield
        self._reader.close()

    def layout(self, document: Document, start: int | None, end: int | None) -> PageLayout | None:
        """The pages of `document`, and the boxes of `start:end` where it is a span; None where the file cannot be drawn."""
        try:
            content = self._original(document)
            return self._reader.layout(content, document.url, document.text, *(span_in(document, start, end) or (0, 0)))
        except MyositisError:
            return None

    def answer(self, request: Request, document: Document, number: str) -> Response:
        """The picture of page `number` as a PNG of the `scale` in the address' query, `start:end` there marked.

        The browser may keep it, and asks each time whether it still holds.
        """
        span = (request.query_params.get("start", ""), request.query_params.get("end", ""))
        marked = span_in(document, *map(whole_number, span))
        page, size = whole_number(number), whole_number(request.query_params.get("scale", "2"))
        if document.media_type != "application/pdf" or page is None or size not in SCALES or (marked is None and any(span)):
            return _missing()
        named = f"{document.sha256} {hashlib.sha256(document.text.encode()).hexdigest()} {page} {marked} {size}"
        tag = f'"{hashlib.sha256(named.encode()).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        try:
            content = self._original(document)
            layout = self._reader.layout(content, document.url, document.text, *(marked or (0, 0)))
            if not 1 <= page <= len(layout.sizes):
                return _missing()
            picture = self._reader.picture(content, document.url, page, layout.boxes, size)
        except MyositisError:
            return HTMLResponse(missing_page(text("pdf.undrawn"), _ROOT), 503)
        return Response(picture, media_type="image/png", headers=headers)

    def _original(self, document: Document) -> bytes:
        try:
            return self._library.original_path(document).read_bytes()
        except OSError as error:
            raise ReadError("its original is missing", document.url, "Add it again") from error


def whole_number(stated: str) -> int | None:
    """The number in an address, None where it is none that a text could need."""
    return int(stated) if stated.isdecimal() and len(stated) < 12 else None


def _missing() -> Response:
    return HTMLResponse(missing_page(text("pdf.no_picture"), _ROOT), 404)
