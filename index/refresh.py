"""Reading again what a library was made of: what changed is replaced, what is the same is left, what is gone is kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from corpus import Fetched, MyositisError, Source, document_id, expand, retrieve
from corpus.download import GoneError
from corpus.fetch import NotModifiedError, is_web_address
from corpus.isolated import IsolatedReader
from corpus.literature import is_query
from corpus.read import local_path
from corpus.starter import SCHEME, starter_sources
from corpus.visits import Visits
from index.library import Library, or_left_out
from index.literature import add_articles
from index.progress import Progress
from index.records import Added, DocumentSummary
from index.repeated import all_repeated, is_unwanted
from index.sites import add_site, menu_lines


def refresh(
    library: Library,
    allowed_hosts: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    *,
    remove_gone: bool = False,
    delay: float = 1.0,
) -> list[Added]:
    """Read every document's source again, and what crawls, searches and folders hold now; what became of each.

    A document whose source has changed is replaced in one transaction; the copy and the date of one that says the same stay.
    Its source may be "gone": a file that was deleted, a page that its server says is no more (404, 410) or that moved to
    another address. Such a document is kept, unless `remove_gone`. One whose source does not answer is "left out" and kept.
    Requests to one host are `delay` seconds apart, those of a crawl as it was added with.
    """
    outcomes: list[Added] = []
    new: list[Source] = []
    for one in all_repeated(library):
        if one.limits is None and not one.most:
            new += _new_files(library, one.source)
        elif one.limits is not None:
            outcomes += add_site(library, one.source, one.limits, allowed_hosts, progress, remove_gone=remove_gone)
        else:
            outcomes += add_articles(library, one.source, allowed_hosts, progress, most=one.most)
    if any(one.url.startswith(SCHEME) for one in library.summaries()):
        outcomes += library.add(starter_sources(), progress)
    # What a crawl leaves out besides was told when it was added.
    named = {one.source.url for one in all_repeated(library)}
    outcomes = [one for one in outcomes if one.status != "left out" or one.url in named or library.find(one.url)]
    outcomes += library.add(new, progress) if new else []
    seen = {outcome.document_id for outcome in outcomes} | {document_id(outcome.url) for outcome in outcomes}
    left = [one for one in library.summaries() if one.id not in seen]
    with IsolatedReader() as reader, library.changing(), Visits(allowed_hosts, delay) as visits:
        for done, summary in enumerate(left):
            if progress:
                progress(done, len(left), summary.url)
            for outcome in _read_again(library, summary, visits, reader):
                gone = outcome.status == "gone" and remove_gone and library.drop(outcome.url)
                outcomes.append(Added(outcome.url, "removed", outcome.document_id, reason=outcome.reason) if gone else outcome)
    return outcomes


def _new_files(library: Library, folder: Source) -> list[Source]:
    """The files of a folder that were never read, or could not be; none where the folder is gone."""
    if not Path(folder.url).is_dir():
        return []
    held = {str(local_path(library.origin(one).source)) for one in library.summaries()}
    try:
        found = list(expand(folder))
    except MyositisError:  # it is empty by now
        return []
    return [one for one in found if one.url not in held and not is_unwanted(library, Path(one.url).as_uri())]


def _read_again(library: Library, summary: DocumentSummary, visits: Visits, reader: IsolatedReader) -> list[Added]:
    origin = library.origin(summary)
    path = local_path(origin.source)
    gone = partial(Added, summary.url, "gone", summary.id)
    unchanged = Added(summary.url, "unchanged", summary.id)
    if summary.url.startswith(SCHEME):
        return [gone(reason="This program has no such page any more")]
    if is_query(origin.found_by or ""):
        return [unchanged]  # its search no longer finds it: no reason to doubt it
    if path is not None:
        if not path.exists():
            return [gone(reason="The file is not there any more")]
        return _and_moved(or_left_out(summary.url, lambda: library.take_in(origin.source, retrieve(origin.source), reader)), gone)
    if not is_web_address(origin.source.url):
        return [unchanged]
    held = library.holds(summary.url)
    try:
        fetched = visits.fetch(origin.source.url, origin.etag if held else None, origin.last_modified if held else None)
    except NotModifiedError:
        return [unchanged]
    except GoneError as error:
        return [gone(reason=str(error))]
    except MyositisError as error:
        return [Added(summary.url, "left out", reason=str(error))]
    return _and_moved(or_left_out(summary.url, partial(_taken_in, library, fetched, summary, reader)), gone)


def _and_moved(outcome: Added, gone: partial[Added]) -> list[Added]:
    """`outcome`, and that the document asked for is `gone` where another one came in its place."""
    moved = outcome.document_id not in (None, gone.args[2])
    return [outcome, gone(reason=f"It is at another address now: {outcome.url}")] if moved else [outcome]


def _taken_in(library: Library, fetched: Fetched, summary: DocumentSummary, reader: IsolatedReader) -> Added:
    origin = library.origin(summary)
    menus = menu_lines(library, origin.found_by) if origin.found_by else frozenset[str]()
    return library.take_in(origin.source, fetched, reader, menus, origin.found_by)
