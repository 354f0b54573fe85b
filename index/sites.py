"""Whole sites: what a crawl brings goes into the library page by page, and is asked for again only where it changed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from corpus import Source, document_id
from corpus.crawl_state import CrawlLimits, CrawlState
from corpus.isolated import IsolatedReader
from corpus.site import Crawled, crawl
from index.library import Library, Progress, or_left_out
from index.records import Added
from index.store import clear_errors

_FOLDER = "crawls"


def add_site(
    library: Library,
    source: Source,
    limits: CrawlLimits,
    allowed_hosts: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> list[Added]:
    """Crawl the site that begins at `source.url` and take in its pages; `source` also states what holds for all of them.

    A crawl that was stopped goes on where it stood; one that was done begins a new round, which asks for changes only, and
    removes pages that the site says are gone. Raises `ReadError` when the site forbids it, is silent, or no public one.
    """
    notes = library.directory / _FOLDER / f"{document_id(source.url)}.json"
    state = CrawlState.from_json(notes.read_text(encoding="utf-8"), str(notes)) if notes.is_file() else CrawlState(source.url)
    outcomes: list[Added] = []
    with IsolatedReader() as reader, library.changing():
        for page in crawl(state, limits, allowed_hosts=allowed_hosts, held=library.holds):
            if progress:
                progress(state.pages, state.pages + len(state.frontier), page.url)
            outcomes += _dealt_with(library, source, page, state, reader)
            _keep(notes, state)
    return outcomes


def _dealt_with(library: Library, source: Source, page: Crawled, state: CrawlState, reader: IsolatedReader) -> list[Added]:
    if page.status == "gone":
        return [Added(page.url, "removed", document_id(page.url))] if library.drop(page.url) else []
    if page.status == "left out":
        return [Added(page.url, "left out", reason=page.reason)]
    if page.status == "unchanged":
        return [Added(page.url, "unchanged", document_id(page.url))]
    if page.status != "fetched" or page.fetched is None:
        return []  # a frame, or the same page under another address
    take_in = partial(library.take_in, source, page.fetched, reader, menu_lines=state.menu_lines())
    return [or_left_out(page.url, take_in)]


def _keep(notes: Path, state: CrawlState) -> None:
    with clear_errors(notes):
        notes.parent.mkdir(exist_ok=True)
        draft = notes.with_suffix(".new")
        draft.write_text(state.to_json(), encoding="utf-8")
        draft.replace(notes)
