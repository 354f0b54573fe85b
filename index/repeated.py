"""What `refresh` does again: the crawls and searches that were added, as the library's manifest remembers them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from corpus import Source, document_id
from corpus.crawl_state import CrawlLimits
from index.library import Library

_MARK = "repeated."
_UNWANTED = "unwanted."


@dataclass(frozen=True, slots=True)
class Repeated:
    """A crawl with its `limits`, or a search for `most` articles; `source.url` is its first address or its query."""

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
    """Every crawl and search of the library, in the order of their addresses."""
    found = []
    for value in library.marks(_MARK).values():
        held = json.loads(value)
        known = {field.name for field in fields(CrawlLimits)}
        limits = CrawlLimits(**{name: held["limits"][name] for name in known & held["limits"].keys()}) if held["limits"] else None
        found.append(Repeated(Source(**held["source"]), limits, held["most"]))
    return sorted(found, key=lambda one: one.source.url)


def remove(library: Library, names: Sequence[str]) -> tuple[int, list[str]]:
    """Remove the documents of those ids, addresses or paths; how many, and the names that nothing has.

    The address of a crawl or a search stands for all that it found, and it is not done again. What else one of them found
    stays out when it is done again, until it is added by its own address.
    """
    wanted: list[str] = []
    for name in names:
        was_repeated = library.forget_mark(_MARK + document_id(name))
        wanted += library.found_by(name) if was_repeated else [name]
    found = {id_: one.source.url for one in all_repeated(library) for id_ in library.found_by(one.source.url)}
    before = {summary.id for summary in library.summaries()}
    unknown = library.remove(dict.fromkeys(wanted))
    removed = before - {summary.id for summary in library.summaries()}
    for id_ in removed & found.keys():
        library.set_mark(_UNWANTED + id_, found[id_])
    return len(removed), unknown


def is_unwanted(library: Library, url: str) -> bool:
    """Whether the document at that address was removed, though a crawl or a search would find it again."""
    return library.mark(_UNWANTED + document_id(url)) is not None


def want(library: Library, url: str) -> None:
    """Let the document at that address in again."""
    library.forget_mark(_UNWANTED + document_id(url))
