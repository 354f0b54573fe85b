"""What a crawl knows: enough to go on after a break, and to ask a site the next time only for what has changed."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from corpus.errors import ReadError

_VERSION = 2
# A line is a menu's where it stands on more than half of the pages, and these are enough to tell.
_FEWEST_FOR_MENUS = 5
_MOST_FOR_MENUS = 200


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """The bounds of a crawl. `depth` counts links from the first page (0: that page alone); sizes are bytes, after decoding."""

    depth: int = 5
    pages: int = 2000
    page_bytes: int = 8 * 1024 * 1024
    pdf_bytes: int = 64 * 1024 * 1024
    all_bytes: int = 2 * 1024 * 1024 * 1024
    queries_per_path: int = 20
    seconds_per_page: float = 120.0
    delay: float = 1.0
    longest_delay: float = 60.0


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What the last visit to a page learnt: its validators, its bytes' SHA-256, where it leads, and its canonical address.

    `role` is "page", "frames" (nothing but a frame around others) or "unindexed" (it asks not to be indexed).
    """

    etag: str | None
    last_modified: str | None
    sha256: str
    links: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    canonical: str | None = None
    role: str = "page"


@dataclass(slots=True)
class CrawlState:
    """Where a crawl stands. A new one is made of its first address alone; `to_json` and `from_json` keep it.

    A round is one visit to all pages. A state whose round is done begins another when it is crawled again, and keeps what
    it knows of each page. `origin` is where the site really lives, once its first page has answered.
    """

    start: str
    origin: str = ""
    frontier: deque[tuple[str, int]] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)
    contents: dict[str, str] = field(default_factory=dict)
    # Canonical addresses that other pages gave way to, and pages that stand for themselves since theirs does not answer.
    awaited: dict[str, str] = field(default_factory=dict)
    independent: set[str] = field(default_factory=set)
    pages: int = 0
    bytes: int = 0
    known: dict[str, KnownPage] = field(default_factory=dict)
    lines: Counter[str] = field(default_factory=Counter)
    pages_with_lines: int = 0
    # Which lines each page was read without, as a digest: it is read once more when others turn out to be the site's menus.
    read_without: dict[str, str] = field(default_factory=dict)

    def begin_round(self) -> None:
        """Begin at the first page again, with what is known of each."""
        self.origin = self.start
        self.frontier = deque([(self.start, 0)])
        self.seen = {self.start}
        self.visited, self.contents, self.awaited = set(), {}, {}
        self.pages = self.bytes = 0

    def round_is_over(self, limits: CrawlLimits) -> bool:
        """Whether there is nothing left to visit within `limits`."""
        return not self.frontier or self.pages >= limits.pages or self.bytes >= limits.all_bytes

    def learn_lines(self, lines: frozenset[str]) -> None:
        """Count the short lines of one page; a sample of a site is enough."""
        if self.pages_with_lines < _MOST_FOR_MENUS:
            self.pages_with_lines += 1
            self.lines.update(lines)

    def menu_lines(self) -> frozenset[str]:
        """The lines that stand on most pages: menus, footers, banners. None before some pages have been seen."""
        if self.pages_with_lines < _FEWEST_FOR_MENUS:
            return frozenset()
        return frozenset(line for line, pages in self.lines.items() if pages > self.pages_with_lines / 2)

    def to_json(self) -> str:
        """The state as one JSON document."""
        held: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        held |= {name: sorted(held[name]) for name in ("seen", "visited", "independent")}
        held["frontier"] = list(self.frontier)
        held["known"] = {url: dataclasses.astuple(page) for url, page in self.known.items()}
        return json.dumps({"version": _VERSION, **held}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, where: str = "crawl state") -> CrawlState:
        """The state that `to_json` wrote. Raises `ReadError` for anything else."""
        try:
            held = json.loads(text)
            version = held.pop("version")
            for name in ("seen", "visited", "independent"):
                held[name] = set(held[name])
            held["frontier"] = deque((str(url), int(depth)) for url, depth in held["frontier"])
            held["lines"] = Counter(held["lines"])
            held["known"] = {
                url: KnownPage(etag, modified, sha256, tuple(links), tuple(frames), canonical, role)
                for url, (etag, modified, sha256, links, frames, canonical, role) in held["known"].items()
            }
            state = cls(**held)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ReadError("the notes of an earlier crawl cannot be read", where, f"Crawl anew ({error})") from error
        if version != _VERSION:
            raise ReadError("the notes of an earlier crawl are another version's", where, "Crawl anew")
        return state
