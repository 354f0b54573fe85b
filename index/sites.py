"""Whole sites: what a crawl brings goes into the library page by page, and is asked for again only where it changed."""

from __future__ import annotations

import hashlib
import time
from functools import partial

from corpus import Fetched, ReadError, Source, document_id
from corpus.crawl_state import CrawlLimits, CrawlState
from corpus.isolated import IsolatedReader
from corpus.site import Crawled, crawl
from index.errors import clear_errors
from index.library import Library, or_left_out
from index.progress import Progress
from index.records import Added
from index.repeated import Repeated, is_unwanted, remember

_FOLDER = "crawls"
# The notes grow with the site, so they are written less often the longer that takes: a twentieth of the time at most.
_SHARE_OF_NOTES = 1 / 20


def add_site(
    library: Library,
    source: Source,
    limits: CrawlLimits,
    allowed_hosts: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    *,
    remove_gone: bool = False,
) -> list[Added]:
    """Crawl the site that begins at `source.url` and take in its pages; `source` also states what holds for all of them.

    A crawl that was stopped goes on where it stood, or a few pages before; one that was done begins a new round, which asks
    for changes only. A page that the site says is gone is kept, and reported as "gone", unless `remove_gone`. A site that
    forbids it, is silent or is no public one is left out, with the pages that it gave before.
    """
    notes = _Notes(library, source.url)
    state = notes.read()
    outcomes: list[Added] = []
    remember(library, Repeated(source, limits))
    with IsolatedReader() as reader, library.changing():
        try:
            for page in crawl(state, limits, allowed_hosts=allowed_hosts, held=partial(_is_known, library)):
                if progress:
                    progress(state.pages, state.pages + len(state.frontier), page.url)
                outcomes += _dealt_with(library, source, page, state, reader, remove_gone=remove_gone)
                notes.keep(state)
            _read_without_menus(library, source, state, reader)
        except ReadError as error:
            outcomes.append(Added(source.url, "left out", reason=str(error)))
        notes.keep(state, now=True)
    return outcomes


def _is_known(library: Library, url: str) -> bool:
    return library.holds(url) or is_unwanted(library, url)


def _dealt_with(
    library: Library, source: Source, page: Crawled, state: CrawlState, reader: IsolatedReader, *, remove_gone: bool
) -> list[Added]:
    if page.status == "gone":
        if library.find(page.url) is None:
            return []
        status = "removed" if remove_gone and library.drop(page.url) else "gone"
        return [Added(page.url, status, document_id(page.url), reason=page.reason)]
    if page.status == "left out":
        return [Added(page.url, "left out", reason=page.reason)]
    if is_unwanted(library, page.url):
        return []
    if page.status == "unchanged":
        return [Added(page.url, "unchanged", document_id(page.url))]
    if page.status != "fetched" or page.fetched is None:
        return []  # a frame, or the same page under another address
    menu = state.menu_lines()
    outcome = or_left_out(page.url, partial(library.take_in, source, page.fetched, reader, menu, source.url))
    if page.fetched.media_type == "text/html" and outcome.document_id is not None:
        # What the library knew already may have been read with other menus.
        state.read_without[page.url] = _digest(menu) if outcome.status != "unchanged" else state.read_without.get(page.url, "")
    return [outcome]


def _read_without_menus(library: Library, source: Source, state: CrawlState, reader: IsolatedReader) -> None:
    """Read those pages once more, from their kept originals, that were read when less was known of what the site repeats."""
    menu = state.menu_lines()
    for url, read_without in state.read_without.items():
        if read_without == _digest(menu):
            continue
        state.read_without[url] = _digest(menu)
        document = library.find(url)
        if document is None or document.media_type != "text/html":
            continue
        origin, original = library.origin(document), library.original_path(document)
        if not original.is_file():
            continue  # `check` names it
        content = original.read_bytes()
        fetched = Fetched(content, url, document.media_type, origin.charset, origin.etag, origin.last_modified)
        or_left_out(url, partial(library.take_in, origin.source, fetched, reader, menu, source.url, anew=True))


def menu_lines(library: Library, start: str) -> frozenset[str]:
    """What the site whose crawl began at `start` repeats from page to page, as far as is known."""
    return _Notes(library, start).read().menu_lines()


def _digest(lines: frozenset[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


class _Notes:
    """What is known of one site, kept in a file beside the library."""

    def __init__(self, library: Library, start: str) -> None:
        self._start = start
        self._path = library.directory / _FOLDER / f"{document_id(start)}.json"
        self._next = 0.0

    def read(self) -> CrawlState:
        """The notes of the crawl before; fresh ones where there are none that this program can read.

        Nothing is lost without them: the site is read anew, and what the library holds already is recognised.
        """
        try:
            return CrawlState.from_json(self._path.read_text(encoding="utf-8"), str(self._path))
        except (FileNotFoundError, UnicodeDecodeError, ReadError):
            return CrawlState(self._start)

    def keep(self, state: CrawlState, *, now: bool = False) -> None:
        """Write the notes, if it is time to, or `now`. What was dealt with since they were written is asked for again."""
        began = time.monotonic()
        if began < self._next and not now:
            return
        with clear_errors(self._path):
            self._path.parent.mkdir(exist_ok=True)
            draft = self._path.with_suffix(".new")
            draft.write_text(state.to_json(), encoding="utf-8")
            draft.replace(self._path)
        self._next = time.monotonic() + (time.monotonic() - began) / _SHARE_OF_NOTES
