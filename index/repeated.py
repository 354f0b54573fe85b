"""What `refresh` does again: the crawls, searches and folders that were added, as the library's manifest remembers them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from corpus import Source, document_id
from corpus.crawl_state import CrawlLimits
from corpus.read import local_path
from index.library import Library

_MARK = "repeated."
_UNWANTED = "unwanted."


@dataclass(frozen=True, slots=True)
class Repeated:
    """A crawl with its `limits`, a search for `most` articles, or a folder, which has neither.

    `source.url` is the crawl's first address, the query, or the folder's absolute path.
    """

    source: Source
    limits: CrawlLimits | None = None
    most: int = 0


def remember(library: Library, repeated: Repeated) -> None:
    """Have `refresh` do it again, as it is now."""
    value = json.dumps(asdict(repeated))
    name = _MARK + document_id(repeated.source.url)
    if library.mark(name) != value:
        library.set_mark(name, value)


def all_repeated(library: Library) -> list[Repeated]:
    """Every crawl, search and folder of the library, in the order of their addresses."""
    found = []
    for value in library.marks(_MARK).values():
        held = json.loads(value)
        known = {field.name for field in fields(CrawlLimits)}
        limits = CrawlLimits(**{name: held["limits"][name] for name in known & held["limits"].keys()}) if held["limits"] else None
        found.append(Repeated(Source(**held["source"]), limits, held["most"]))
    return sorted(found, key=lambda one: one.source.url)


def remove(library: Library, names: Sequence[str]) -> tuple[int, list[str]]:
    """Remove the documents of those ids, addresses or paths; how many, and the names that nothing has.

    The address of a crawl, a search or a folder stands for all that it found, and it is not done again. What else one of
    them found stays out when it is done again, until it is added by its own address.
    """
    repeated = {one.source.url: one for one in all_repeated(library)}
    wanted: list[str] = []
    for name in names:
        one = repeated.pop(name, None) or repeated.pop(str(Path(name).resolve()), None)
        wanted += _found_by(library, one) if one else [name]
        if one:
            library.forget_mark(_MARK + document_id(one.source.url))
    found = {id_: address for address, one in repeated.items() for id_ in _found_by(library, one)}
    before = {summary.id for summary in library.summaries()}
    unknown = library.remove(dict.fromkeys(wanted))
    removed = before - {summary.id for summary in library.summaries()}
    for id_ in removed & found.keys():
        library.set_mark(_UNWANTED + id_, found[id_])
    return len(removed), unknown


def _found_by(library: Library, repeated: Repeated) -> list[str]:
    """The ids of the documents that it brought."""
    if repeated.limits or repeated.most:
        return library.found_by(repeated.source.url)
    inside = Path(repeated.source.url).as_uri() + "/"
    return [one.id for one in library.summaries() if one.url.startswith(inside)]


def is_unwanted(library: Library, url: str) -> bool:
    """Whether the document at that address was removed, though a crawl or a search would find it again."""
    return library.mark(_UNWANTED + document_id(url)) is not None


def want(library: Library, source: Source) -> None:
    """Let the document of `source` in again."""
    path = local_path(source)
    library.forget_mark(_UNWANTED + document_id(path.resolve().as_uri() if path else source.url))
