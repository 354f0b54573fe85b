"""What `add` takes: files, folders, web pages, whole sites, searches of the literature, and manifests that list such."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from corpus import ReadError, Source
from corpus.crawl_state import CrawlLimits
from corpus.literature import is_query
from corpus.manifest import RECOMMENDED, Entry, is_manifest, read_manifest
from corpus.read import local_path
from index.library import Library
from index.literature import MOST_ARTICLES, add_articles
from index.progress import Progress
from index.records import Added
from index.repeated import Repeated, remember, want
from index.sites import add_site


def add_inputs(
    library: Library,
    sources: Iterable[Source],
    limits: CrawlLimits | None = None,
    allowed_hosts: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    *,
    crawl: bool = False,
    most_articles: int = MOST_ARTICLES,
) -> list[Added]:
    """Take in all `sources`, of whatever sort; with `crawl`, a web address stands for the whole site that begins there.

    A manifest ("….toml", or "recommended" for the one that comes with this program) stands for what it lists. A bad input is
    left out and the rest goes on.
    """
    limits = limits or CrawlLimits()
    entries: list[Entry] = []
    outcomes: list[Added] = []
    for source in sources:
        try:
            entries += _entries(source, limits, crawl=crawl)
        except ReadError as error:
            outcomes.append(Added(source.url, "left out", reason=str(error)))
    single = [one.source for one in entries if one.crawl is None and not is_query(one.source.url)]
    for source in single:
        want(library, source)
        path = local_path(source)
        if path is not None and path.is_dir():
            remember(library, Repeated(replace(source, url=str(path.resolve()), path=None)))
    outcomes += library.add(single, progress, allowed_hosts, delay=limits.delay) if single else []
    for one in entries:
        if is_query(one.source.url):
            outcomes += add_articles(library, one.source, allowed_hosts, progress, most=most_articles)
        elif one.crawl is not None:
            outcomes += add_site(library, one.source, one.crawl, allowed_hosts, progress)
    return outcomes


def _entries(source: Source, limits: CrawlLimits, *, crawl: bool) -> list[Entry]:
    """What `source` stands for: itself, or the entries of a manifest, to which it adds what they leave open."""
    recommended = source.url == RECOMMENDED.stem and not Path(source.url).exists()
    if recommended or is_manifest(source.url):
        listed = read_manifest(RECOMMENDED if recommended else Path(source.url), limits)
        stated = [replace(one.source, kind=one.source.kind or source.kind, year=one.source.year or source.year) for one in listed]
        return [replace(one, source=filled) for one, filled in zip(listed, stated, strict=True)]
    return [Entry(source, limits if crawl and not is_query(source.url) else None)]
