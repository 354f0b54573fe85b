"""Searches of the literature: what PubMed and Europe PMC give for a query goes into the library, article by article."""

from __future__ import annotations

from corpus import ReadError, Source
from corpus.download import Downloads
from corpus.errors import RetractedError
from corpus.isolated import IsolatedReader
from corpus.literature import EUROPE_PMC, PUBMED, LiteratureAccess, LiteratureSearch
from index.library import Library
from index.progress import Progress
from index.records import Added
from index.repeated import Repeated, is_unwanted, remember
from index.settings import FILE_NAME

MOST_ARTICLES = 200


def add_articles(
    library: Library,
    source: Source,
    allowed_hosts: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    *,
    most: int = MOST_ARTICLES,
) -> list[Added]:
    """Take in at most `most` articles that the query `source.url` finds; `source` also states what holds for all of them.

    An article without an abstract is left out, and so is one that was retracted; that is removed where it was in. Where
    more match than were taken, the outcome of the query itself says so.
    A query is left out whose service does not answer, or where the settings do not say whom the service may write to.
    """
    outcomes: list[Added] = []
    with Downloads(allowed_hosts) as downloads, IsolatedReader() as reader, library.changing():
        try:
            search = LiteratureSearch(source.url, _access(library, source.url), downloads, most=most)
            remember(library, Repeated(source, most=most))
            for done, fetched in enumerate(search.articles()):
                if progress:
                    progress(done, max(done, min(most, search.total)), fetched.url)
                if is_unwanted(library, fetched.url):
                    continue
                try:
                    outcomes.append(library.take_in(source, fetched, reader, found_by=source.url))
                except RetractedError as error:
                    outcomes += _retracted(library, fetched.url, error)
                except ReadError as error:
                    outcomes.append(Added(fetched.url, "left out", reason=str(error)))
            if search.total > most:
                said = f"{search.total:,} articles match, the first {most:,} were asked for; narrow the query or raise the limit"
                outcomes.append(Added(source.url, "searched", reason=said))
            elif not search.total:
                outcomes.append(Added(source.url, "left out", reason="No article matches. Check the query's words."))
        except ReadError as error:
            outcomes.append(Added(source.url, "left out", reason=str(error)))
    return outcomes


def _retracted(library: Library, url: str, error: RetractedError) -> list[Added]:
    """What becomes of a retracted article, whatever form of it a search brought before: its abstract, its full text."""
    held = [one for one in library.summaries() if one.url == url or (error.pmid and one.pmid == error.pmid)]
    removed = [Added(one.url, "removed", one.id, reason=str(error)) for one in held if library.drop(one.url)]
    return removed or [Added(url, "left out", reason=str(error))]


def _access(library: Library, query: str) -> LiteratureAccess:
    settings = library.settings.literature
    service = {PUBMED: "PubMed", EUROPE_PMC: "Europe PMC"}[query.partition(":")[0] + ":"]
    if not settings.contact or "@" not in settings.contact:
        raise ReadError(
            f"{service} asks its readers for an e-mail address, and the settings have none",
            str(library.directory / FILE_NAME),
            'Write two lines into that file, with your own address: [literature] and contact = "you@example.org"',
        )
    return LiteratureAccess(settings.contact, settings.ncbi_api_key, settings.pubmed_url, settings.europe_pmc_url)
