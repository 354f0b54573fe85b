"""A whole site, page by page: polite, within bounds, breadth first, and able to go on where it was stopped."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from corpus.crawl_state import CrawlLimits, CrawlState, KnownPage
from corpus.download import USER_AGENT, Download, Downloads, GoneError, NoAnswerError, TooLargeError
from corpus.errors import ReadError
from corpus.fetch import Fetched, conditions, fetched, readable
from corpus.links import may_hold_text, normalised, page_links, site_of
from corpus.sitemap import MOST_BYTES as MOST_SITEMAP_BYTES
from corpus.sitemap import sitemap_entries

# As much of a robots.txt as RFC 9309 asks every crawler to read.
_MOST_ROBOTS_BYTES = 512 * 1024
_MOST_SITEMAPS = 50
_MOST_REDIRECTS = 10
_PASSING = frozenset({429, 500, 502, 503, 504})
# So many pages without an answer in a row mean that the site is down, not that they are missing.
_SILENT_PAGES = 5


@dataclass(frozen=True, slots=True)
class Crawled:
    """One page of a crawl and what became of it.

    | status | means |
    |---|---|
    | `fetched` | new, or changed since the last round: read `fetched` |
    | `unchanged` | the same bytes as in the last round; `fetched` is None where the server said so itself |
    | `duplicate` | it holds what `reason`, an address of this crawl, holds |
    | `frames` | nothing but a frame around other pages, which follow |
    | `gone` | the server says that there is no such page (404, 410) |
    | `left out` | for the `reason` |

    `url` is where the page was found in the end, after redirects; `asked` is the address that led there.
    """

    url: str
    asked: str
    depth: int
    status: Literal["fetched", "unchanged", "duplicate", "frames", "gone", "left out"]
    fetched: Fetched | None = None
    reason: str = ""


def crawl(
    state: CrawlState,
    limits: CrawlLimits | None = None,
    *,
    allowed_hosts: frozenset[str] = frozenset(),
    held: Callable[[str], bool] = lambda _: True,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Crawled]:
    """Each page of the site that begins at `state.start`, once, in the order of their distance from it.

    `state` is brought up to date before each page is given out: keep it (`CrawlState.to_json`) once that page is dealt with,
    and a later call goes on from there; what was not dealt with is fetched again. A state whose round is over begins a new
    round, which asks only for what has changed; `held(url)` says whether what was read from a page is still at hand.
    Raises `ReadError` where its rules for crawlers cannot be read, it does not answer, or it falls silent on the way.
    """
    limits = limits or CrawlLimits()
    if state.round_is_over(limits):
        start = normalised(state.start)
        if start is None:
            raise ReadError("this is no web address", state.start, "Give one like https://example.org/")
        state.start = start
        state.begin_round()
    with Downloads(allowed_hosts) as downloads:
        yield from _Crawl(state, limits, downloads, held, pause).pages()


class _Crawl:
    """The steps of one call of `crawl`."""

    def __init__(
        self,
        state: CrawlState,
        limits: CrawlLimits,
        downloads: Downloads,
        held: Callable[[str], bool],
        pause: Callable[[float], None],
    ) -> None:
        self._state = state
        self._limits = limits
        self._downloads = downloads
        self._held = held
        self._pause = pause
        self._last_request: float | None = None
        self._queries = Counter(url.partition("?")[0] for url in state.seen if "?" in url)
        self._delay = limits.delay
        self._robots = Protego.parse("")

    def pages(self) -> Iterator[Crawled]:
        state = self._state
        self._read_robots()
        silent: list[tuple[str, int]] = []
        while not state.round_is_over(self._limits):
            asked, depth = state.frontier.popleft()
            if asked in state.visited:
                continue
            first = not state.visited
            try:
                crawled = self._visit(asked, depth)
                silent.clear()
            except _BytesSpentError:
                state.frontier.appendleft((asked, depth))
                state.bytes = self._limits.all_bytes
                return
            except ReadError as error:
                crawled = Crawled(asked, asked, depth, "left out", reason=str(error))
                if isinstance(error, NoAnswerError):
                    silent.append((asked, depth))
                    if first or len(silent) == _SILENT_PAGES:
                        self._put_back(silent)
                        raise
            state.visited.add(asked)
            state.pages += 1
            self._return_to_waiting(crawled)
            if first and self._limits.depth > 0:
                self._read_sitemaps()
            yield crawled

    def _put_back(self, silent: list[tuple[str, int]]) -> None:
        """Have the next call begin with the pages that did not answer: it was the whole site that was silent."""
        self._state.frontier.extendleft(reversed(silent))
        self._state.visited.difference_update(asked for asked, _ in silent)
        self._state.pages -= len(silent) - 1  # the last was not counted yet

    # One page

    def _visit(self, asked: str, depth: int) -> Crawled:
        """Ask for one page, through redirects, and queue what it leads to."""
        state = self._state
        hops = [asked]
        while True:
            url = hops[-1]
            if not self._robots.can_fetch(url, USER_AGENT):
                return Crawled(url, asked, depth, "left out", reason="the site's robots.txt asks not to read it")
            answer = self._get(url)
            if answer.redirect is None:
                break
            target = normalised(answer.redirect)
            if not target or site_of(target) != site_of(state.origin):
                return Crawled(url, asked, depth, "left out", reason=f"it leads to another site: {answer.redirect}")
            if target in hops or len(hops) > _MOST_REDIRECTS:
                return Crawled(url, asked, depth, "left out", reason="its redirects lead in a circle")
            if not state.visited and _origin(target) != _origin(state.origin):
                state.origin = target
                self._read_robots()
            if target in state.visited:
                return Crawled(url, asked, depth, "duplicate", reason=target)
            hops.append(target)
        state.visited.update(hops)
        state.seen.update(hops)
        if answer.failure:
            if not isinstance(answer.failure, GoneError):
                raise answer.failure
            state.known.pop(url, None)
            return Crawled(url, asked, depth, "gone", reason=str(answer.failure))
        known = state.known.get(url)
        if answer.status != 304 or known is None:
            return self._read(answer, asked, depth)
        return self._placed(Crawled(url, asked, depth, "unchanged"), known)

    def _read(self, answer: Download, asked: str, depth: int) -> Crawled:
        """What a page's bytes say: of themselves, and of where to go next."""
        state = self._state
        url = answer.url
        page = fetched(answer)
        if page.media_type != "application/pdf" and len(page.content) > self._limits.page_bytes:
            raise TooLargeError("the page is too large", url, f"The limit is {self._limits.page_bytes:,} bytes")
        known = KnownPage(page.etag, page.last_modified, hashlib.sha256(page.content).hexdigest())
        before = state.known.get(url)
        links = page_links(page.content, url, page.charset) if page.media_type == "text/html" else None
        if links:
            known = replace(
                known,
                role="frames" if links.is_frameset else "page" if links.may_index else "unindexed",
                links=self._at_home(links.links),
                frames=self._at_home(links.frames),
                canonical=next(iter(self._at_home((links.canonical or "",))), None),
            )
            if before is None:
                state.learn_lines(links.lines)
        state.known[url] = known
        same = before is not None and before.sha256 == known.sha256 and self._held(url)
        return self._placed(Crawled(url, asked, depth, "unchanged" if same else "fetched", page), known)

    def _placed(self, crawled: Crawled, known: KnownPage) -> Crawled:
        """`crawled` as it stands among the other pages of this round, and its links queued.

        A duplicate's links are not followed: a server that answers every address with one page would never end.
        """
        state = self._state
        canonical = self._canonical(crawled.url, known)
        if canonical:
            if canonical not in state.visited:
                state.frontier.appendleft((canonical, crawled.depth))
                state.awaited[canonical] = crawled.url
            return replace(crawled, status="duplicate", reason=canonical)
        first = state.contents.setdefault(known.sha256, crawled.url)
        if first != crawled.url:
            return replace(crawled, status="duplicate", reason=first)
        for frame in reversed(known.frames):
            if self._is_new(frame):
                state.frontier.appendleft((frame, crawled.depth))
        if crawled.depth < self._limits.depth:
            self._queue(known.links, crawled.depth + 1)
        if known.role == "frames":
            return replace(crawled, status="frames")
        if known.role == "unindexed":
            return replace(crawled, status="left out", reason="the page asks not to be indexed")
        return crawled

    def _canonical(self, url: str, known: KnownPage) -> str | None:
        """The address of this site that the page at `url` gives way to, if any.

        Not the home page: many a site names it on all of its pages by mistake. Not one that gave way to this page.
        """
        state = self._state
        canonical = known.canonical
        if canonical in (None, url) or urlsplit(canonical).path == "/" or url in state.awaited or url in state.independent:
            return None
        return canonical if canonical not in state.visited or canonical in state.known else None

    def _return_to_waiting(self, crawled: Crawled) -> None:
        """Where a canonical address does not answer with a page, the page that gave way to it stands for itself."""
        state = self._state
        waiting = state.awaited.get(crawled.asked)
        if waiting and (crawled.status in ("gone", "left out") or crawled.reason == waiting):
            state.independent.add(waiting)
            state.visited.discard(waiting)
            state.known.pop(waiting, None)  # its bytes were not given out: they are asked for again
            state.frontier.appendleft((waiting, crawled.depth))

    # Links

    def _at_home(self, urls: Iterable[str]) -> tuple[str, ...]:
        """Those of `urls` that are on this site, in the spelling (scheme, "www.") that the site itself answered to."""
        origin = self._state.origin
        scheme, netloc = urlsplit(origin)[:2]
        mine = (url for url in urls if url and site_of(url) == site_of(origin))
        return tuple(dict.fromkeys(urlunsplit((scheme, netloc, *urlsplit(url)[2:])) for url in mine))

    def _queue(self, urls: Iterable[str], depth: int) -> None:
        self._state.frontier.extend((url, depth) for url in urls if self._is_new(url))

    def _is_new(self, url: str) -> bool:
        """Whether `url` was never queued and its path not too often with other queries; notes it."""
        path, _, query = url.partition("?")
        if url in self._state.seen or (query and self._queries[path] >= self._limits.queries_per_path):
            return False
        self._state.seen.add(url)
        self._queries[path] += bool(query)
        return True

    # Requests

    def _get(self, url: str) -> Download:
        """The answer to one request, after the delay that the site is owed, and to one more where the first went wrong."""
        state = self._state
        known = state.known.get(url)
        headers = conditions(known.etag, known.last_modified) if known and self._may_keep(url, known) else {}
        for last_try in (False, True):
            self._wait()
            began = time.monotonic()
            try:
                answer = self._downloads.get(url, self._most_bytes, headers=headers, seconds=self._limits.seconds_per_page)
            except NoAnswerError:
                if last_try or time.monotonic() - began > self._limits.seconds_per_page / 2:
                    raise
                continue
            except TooLargeError as error:
                state.bytes += error.read
                if self._limits.all_bytes - state.bytes < self._limits.page_bytes:
                    raise _BytesSpentError from error
                raise
            finally:
                self._last_request = time.monotonic()
            state.bytes += len(answer.content)
            if last_try or answer.status not in _PASSING:
                break
            asked_to_wait = min(_retry_after(answer), self._limits.longest_delay)
            if asked_to_wait > 0:
                self._pause(asked_to_wait)
        return answer

    def _may_keep(self, url: str, known: KnownPage) -> bool:
        """Whether nothing is lost where the server answers that the page at `url` is the same as before."""
        gives_way = known.canonical not in (None, url) and url not in self._state.independent
        return known.role != "page" or gives_way or self._held(url)

    def _wait(self) -> None:
        if self._last_request is not None:
            left = self._last_request + self._delay - time.monotonic()
            if left > 0:
                self._pause(left)

    def _most_bytes(self, media_type: str) -> int:
        if media_type.partition("/")[0] in ("image", "audio", "video", "font"):
            raise ReadError(f"no reader for this type of content ({media_type})", self._state.origin, "Leave it out")
        most = self._limits.page_bytes if (readable(media_type) or "").startswith("text/") else self._limits.pdf_bytes
        return min(most, self._limits.all_bytes - self._state.bytes)

    def _read_robots(self) -> None:
        """Read what the site asks of crawlers. A site that has no such file asks nothing; one that is ill is left alone."""
        url = _origin(self._state.origin) + "/robots.txt"
        answer = self._help(url, _MOST_ROBOTS_BYTES)
        if answer.status >= 500:
            raise NoAnswerError(f"the site's rules for crawlers cannot be read ({answer.status})", url, "Try again later")
        self._robots = Protego.parse(answer.content.decode("utf-8", "replace"))
        asked = self._robots.crawl_delay(USER_AGENT) or 0.0
        self._delay = max(self._limits.delay, min(asked, self._limits.longest_delay))

    def _read_sitemaps(self) -> None:
        """Queue the pages that the site lists. A sitemap is a help: what is wrong with it is no reason to stop."""
        origin = self._state.origin
        waiting = deque(self._at_home(normalised(url, origin) or "" for url in self._robots.sitemaps))
        waiting = waiting or deque([_origin(origin) + "/sitemap.xml"])
        read: set[str] = set()
        while waiting and len(read) < _MOST_SITEMAPS:
            url = waiting.popleft()
            if url in read:
                continue
            read.add(url)
            try:
                answer = self._help(url, MOST_SITEMAP_BYTES)
                pages, sitemaps = sitemap_entries(answer.content, url) if answer.content else ([], [])
            except ReadError:
                continue
            waiting.extend(self._at_home(normalised(sitemap, url) or "" for sitemap in sitemaps))
            self._queue(filter(may_hold_text, self._at_home(normalised(page, url) or "" for page in pages)), 1)

    def _help(self, url: str, most: int) -> Download:
        """A file for crawlers: it may stand anywhere on this site."""
        self._wait()
        here = site_of(self._state.origin)
        try:
            return self._downloads.follow(
                url, most, within=lambda target: site_of(target) == here, seconds=self._limits.seconds_per_page
            )
        finally:
            self._last_request = time.monotonic()


class _BytesSpentError(Exception):
    """The bytes of the whole crawl are spent."""


def _origin(url: str) -> str:
    return urlunsplit((*urlsplit(url)[:2], "", "", ""))


def _retry_after(answer: Download) -> float:
    """The seconds that the server asks to wait, 0 where it does not."""
    stated = answer.headers.get("retry-after", "").strip()
    try:
        if stated.isdecimal():
            return float(stated)
        return max(0.0, (parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):  # no date, or one without a time zone
        return 0.0
