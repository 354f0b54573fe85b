"""A whole site over real HTTP: all of it, in order, within bounds, again, and after a break."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from corpus import ReadError, Source, read
from corpus.crawl_state import CrawlLimits, CrawlState
from corpus.site import Crawled, crawl
from tests.corpus.site_server import PLAIN_PAGES, Answer, Site, add_sitemaps, make_site, old_page, prose, served

LOOPBACK = frozenset({"127.0.0.1"})
LIMITS = CrawlLimits(depth=4, seconds_per_page=0.8, delay=0.0, page_bytes=1024 * 1024, queries_per_path=5)


@pytest.fixture
def site() -> Iterator[Site]:
    """The site without its slow and its huge pages: the first round shows those."""
    with served(make_site()) as running:
        add_sitemaps(running)
        for path in ("/slow-head", "/slow-body", "/endless.html", "/huge.html", "/bomb.html", "/bomb2.html"):
            del running.answers[path]
        yield running


def crawled(state: CrawlState, limits: CrawlLimits = LIMITS) -> tuple[dict[str, Crawled], list[float]]:
    """Each page by the path it was asked for, and the pauses that were made."""
    pauses: list[float] = []
    return {path_of(page.asked): page for page in crawl(state, limits, allowed_hosts=LOOPBACK, pause=pauses.append)}, pauses


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def one_page_site(body: str, **others: Answer) -> Site:
    site = Site()
    site.answers["/"] = Answer(old_page("Home", prose("home") + body).encode())
    site.answers |= {"/" + path.replace("_", "."): answer for path, answer in others.items()}
    return site


@pytest.fixture(scope="module")
def first_round() -> Iterator[tuple[Site, CrawlState, dict[str, Crawled], list[float]]]:
    with served(make_site()) as running:
        add_sitemaps(running)
        state = CrawlState(running.url)
        pages, pauses = crawled(state)
        yield running, state, pages, pauses


class TestFirstRound:
    """One crawl of the whole site, looked at from all sides."""

    @pytest.fixture(autouse=True)
    def _take(self, first_round: tuple[Site, CrawlState, dict[str, Crawled], list[float]]) -> None:
        self.site, self.state, self.pages, self.pauses = first_round

    def test_every_page_is_fetched_once(self) -> None:
        expected = {f"/page/{n}.html" for n in range(1, PLAIN_PAGES + 1)} | {f"/hidden/{n}.html" for n in (1, 2, 3)}
        expected |= {"/", "/hop1", "/busy", "/flaky", "/zipped.html", "/print/orphan.html", "/behind.html", "/links.html"}
        expected |= {
            "/frame-menu.html",
            "/frame-text.html",
            "/papers/one.pdf",
            "/papers/two.PDF",
            "/anchors.html",
            "/charsets.html",
        }
        expected |= {f"/cs/{name}.html" for name in ("meta", "wrong", "latin", "mark", "none", "russian")}
        expected |= {f"/trap?n={n}" for n in range(1, LIMITS.depth + 1)}
        assert {path for path, page in self.pages.items() if page.status == "fetched"} == expected
        assert len(expected) > 60
        # Twice: those whose first answer said "later", and the one whose canonical address turned out to be missing.
        twice = {path for path, times in Counter(self.site.asked()).items() if times > 1}
        assert twice == {"/busy", "/flaky", "/broken", "/cut.html", "/print/orphan.html"}

    def test_near_pages_come_first_and_each_in_its_page_s_order(self) -> None:
        depths = [page.depth for page in self.pages.values()]
        assert depths == sorted(depths)
        order = list(self.pages)
        assert order[:6] == ["/", "/page/1.html", "/links.html", "/page/2.html", "/page/3.html", "/page/4.html"]
        second = [path for path in order if path.startswith("/page/") and self.pages[path].depth == 2]
        assert second == [
            f"/page/{n}.html" for n in (5, *range(7, 21), *range(25, 29))
        ]  # the sixth came early: another gave way to it

    def test_what_is_left_out_is_named_with_its_reason(self) -> None:
        reasons = {path: page.reason for path, page in self.pages.items() if page.status == "left out"}
        expected = {
            "/private/a.html": "robots.txt",
            "/loop-a": "circle",
            "/away": "another site: http://other.example/",
            "/inside": "another site: http://127.0.0.1:1/secrets",
            "/HTTP": "another site: ftp:",
            "/broken": "500 Internal Server Error",
            "/slow-head": "does not answer",
            "/slow-body": "does not answer",
            "/cut.html": "does not answer",
            "/huge.html": "too large",
            "/endless.html": "too large",
            "/bomb.html": "too large",
            "/bomb2.html": "encoding",
            "/unindexed.html": "not to be indexed",
            "/picture": "image/png",
        }
        assert reasons.keys() == expected.keys()
        for path, part in expected.items():
            assert part in reasons[path]
            assert "\n" not in reasons[path]
        assert {path for path, page in self.pages.items() if page.status == "gone"} == {"/missing.html", "/nowhere.html"}

    def test_doubles_are_known_by_bytes_redirect_and_canonical_address(self) -> None:
        doubles = {path: path_of(page.reason) for path, page in self.pages.items() if page.status == "duplicate"}
        assert doubles == {"/moved": "/page/3.html", "/copy.html": "/page/2.html", "/print/6.html": "/page/6.html"}

    def test_a_frameset_is_followed_by_its_frames(self) -> None:
        order = list(self.pages)
        at = order.index("/frames.html")
        assert self.pages["/frames.html"].status == "frames"
        assert order[at + 1 : at + 3] == ["/frame-menu.html", "/frame-text.html"]

    def test_the_final_address_is_given(self) -> None:
        assert self.pages["/hop1"].url == f"{self.site.url}/last.html"
        assert self.pages["/papers/two.PDF"].fetched.media_type == "application/pdf"  # type: ignore[union-attr]

    def test_robots_rules_are_kept(self) -> None:
        assert not [path for path in self.site.asked() if path.startswith("/private")]
        assert set(self.pauses) - {7.0} <= {pause for pause in self.pauses if 2.0 < pause <= 3.0}
        assert 7.0 in self.pauses  # Retry-After
        assert len(self.pauses) >= len(self.site.requests) - 1

    def test_it_stays_within_its_bounds(self) -> None:
        assert self.site.bytes_sent < 30 * 1024 * 1024
        assert self.state.bytes < 8 * 1024 * 1024

    def test_character_sets_are_found(self) -> None:
        for name in ("meta", "wrong", "latin", "mark", "none"):
            page = self.pages[f"/cs/{name}.html"]
            assert "naïve café – “Größe”" in read(Source(url=page.url), page.fetched).text, name
        page = self.pages["/cs/russian.html"]
        assert "Слабость мышц начинается" in read(Source(url=page.url), page.fetched).text

    def test_lines_that_stand_on_most_pages_are_left_out(self) -> None:
        menu = self.state.menu_lines()
        assert menu == {"Home", "Questions", "Links to others", "Return to top", "This site is kept by one person since 2003"}
        page = self.pages["/page/12.html"]
        text = read(Source(url=page.url), page.fetched, menu_lines=menu).text
        paragraphs = prose("matter number 12").replace("<BR><BR>", "\n\n").strip()
        assert text == paragraphs

    def test_anchors_are_sections(self) -> None:
        page = self.pages["/anchors.html"]
        document = read(Source(url=page.url), page.fetched, menu_lines=self.state.menu_lines())
        assert [section.path for section in document.sections] == [("Signs",), ("Help",)]


def test_a_second_round_asks_only_for_what_changed(site: Site) -> None:
    state = CrawlState(site.url)
    before, _ = crawled(state)
    site.requests.clear()
    state = CrawlState.from_json(state.to_json())
    site.answers["/page/30.html"] = Answer(old_page("nine", prose("something new")).encode())
    del site.answers["/page/40.html"]
    after, _ = crawled(state)
    assert [path for path, page in after.items() if page.status == "fetched"] == ["/page/30.html"]
    assert after["/page/40.html"].status == "gone"
    assert list(after) == [path for path in before if path != "/nowhere.html"]  # known to be missing by now
    unchanged = [
        path for path, page in before.items() if page.status == "fetched" and path not in ("/page/30.html", "/page/40.html")
    ]
    assert all(after[path].status == "unchanged" for path in unchanged)
    same = ("duplicate", "frames", "left out")
    assert all(after[path].status == page.status for path, page in before.items() if page.status in same)
    full = {
        path
        for path in site.asked(200)
        if not path.startswith(("/trap", "/slow", "/endless", "/cut", "/huge", "/bomb", "/picture"))
    }
    assert full == {"/page/30.html"}


def test_without_etags_the_bytes_tell_what_is_unchanged(site: Site) -> None:
    site.conditional = False
    state = CrawlState(site.url)
    crawled(state, CrawlLimits(depth=1, pages=6, delay=0.0))
    after, _ = crawled(state, CrawlLimits(depth=1, pages=6, delay=0.0))
    assert {page.status for page in after.values()} == {"unchanged"}
    assert all(page.fetched for page in after.values())


def test_what_is_no_longer_held_is_fetched_again(site: Site) -> None:
    limits = CrawlLimits(depth=1, pages=4, delay=0.0)
    state = CrawlState(site.url)
    crawled(state, limits)
    again = crawl(state, limits, allowed_hosts=LOOPBACK, pause=lambda _: None, held=lambda url: not url.endswith("/page/1.html"))
    assert [page.status for page in again] == ["unchanged", "fetched", "unchanged", "unchanged"]


@pytest.mark.parametrize("stops", [(1,), (7, 30), (3, 4, 5, 50)])
def test_a_crawl_that_is_killed_goes_on_where_it_was(site: Site, stops: tuple[int, ...]) -> None:
    del site.answers["/cut.html"], site.answers["/broken"]  # they are asked for twice in any case
    saved = CrawlState(site.url).to_json()
    pages: list[str] = []
    for stop in (*stops, 1000):
        state = CrawlState.from_json(saved)
        for page in crawl(state, LIMITS, allowed_hosts=LOOPBACK, pause=lambda _: None):
            if len(pages) >= stop:
                break  # killed before this page was dealt with: it is asked for again
            pages.append(page.asked)
            saved = state.to_json()
    # The one that gave way to a page that turned out to be missing is given out again.
    assert [page for page, times in Counter(pages).items() if times > 1] == [f"{site.url}/print/orphan.html"]
    times = Counter(site.asked())
    assert sum(times.values()) - len(times) <= 2 * len(stops) + 4  # the page at each stop, and those that said "later"
    whole, _ = crawled(CrawlState(site.url))
    assert [path_of(page) for page in dict.fromkeys(pages)] == list(whole)


def test_the_caps_on_pages_and_bytes_hold(site: Site) -> None:
    state = CrawlState(site.url)
    assert len(crawled(state, CrawlLimits(pages=5, delay=0.0))[0]) == 5
    assert len(site.asked()) == 5
    assert list(crawled(state, CrawlLimits(pages=8, delay=0.0))[0]) == ["/page/4.html", "/moved", "/hop1"]
    site.requests.clear()
    few = CrawlState(site.url)
    got, _ = crawled(few, CrawlLimits(all_bytes=8000, delay=0.0))
    assert 2 <= len(got) < 40
    assert sum(len(page.fetched.content) for page in got.values() if page.fetched) <= 8000
    more, _ = crawled(few, CrawlLimits(all_bytes=16000, pages=60, delay=0.0))
    assert not more.keys() & got.keys()


def test_depth_zero_is_the_page_alone(site: Site) -> None:
    assert list(crawled(CrawlState(site.url), CrawlLimits(depth=0, delay=0.0))[0]) == ["/"]
    assert [path for path, _ in site.requests] == ["/robots.txt", "/"]


def test_a_path_with_endless_queries_is_capped(site: Site) -> None:
    pages, _ = crawled(CrawlState(f"{site.url}/trap?n=1"), CrawlLimits(depth=50, pages=100, delay=0.0, queries_per_path=5))
    assert sum(path.startswith("/trap") for path in pages) == 5


def test_folders_that_repeat_without_end_are_not_entered() -> None:
    site = one_page_site('<a href="x/">on</a>')
    for depth in range(1, 12):
        body = old_page("x", prose(f"level {depth}") + '<a href="x/">on</a>').encode()
        site.answers["/" + "x/" * depth] = Answer(body)
    with served(site):
        pages, _ = crawled(CrawlState(site.url), CrawlLimits(depth=50, delay=0.0))
    assert [path for path, page in pages.items() if page.status == "fetched"] == ["/", "/x/", "/x/x/", "/x/x/x/"]


def test_a_site_that_falls_silent_is_gone_on_with_later(site: Site) -> None:
    state = CrawlState(site.url)
    pages = crawl(state, CrawlLimits(depth=1, delay=0.0, seconds_per_page=0.8), allowed_hosts=LOOPBACK, pause=lambda _: None)
    got = [next(pages).asked for _ in range(3)]
    waiting = list(state.frontier)
    site.down = True
    with pytest.raises(ReadError, match="does not answer"):
        got += [page.asked for page in pages if page.status != "left out"]
    assert len(got) == 3
    assert list(state.frontier) == waiting
    assert state.pages == 3
    site.down = False
    following = next(crawl(state, LIMITS, allowed_hosts=LOOPBACK, pause=lambda _: None))
    assert (following.asked, following.status) == (waiting[0][0], "fetched")


def test_a_site_whose_robots_file_is_ill_is_left_alone() -> None:
    site = one_page_site("", robots_txt=Answer(status=503))
    with served(site), pytest.raises(ReadError, match="rules for crawlers"):
        crawled(CrawlState(site.url))
    assert site.asked() == []


def test_a_site_that_forbids_all_is_not_read() -> None:
    site = one_page_site("", robots_txt=Answer(b"User-agent: *\nDisallow: /", "text/plain"))
    with served(site):
        assert crawled(CrawlState(site.url))[0]["/"].reason.endswith("robots.txt asks not to read it")
    assert site.asked() == []


def test_the_first_page_may_lead_to_where_the_site_really_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.addresses.resolve", lambda host, port: ["127.0.0.1"])
    site = one_page_site('<a href="a.html">a</a><a href="//old.example:PORT/b.html">b</a>')
    site.answers["/start"] = Answer(status=301, headers={"Location": "x"})
    for name in "ab":
        site.answers[f"/{name}.html"] = Answer(old_page(name, prose(name)).encode())
    with served(site):
        port = urlsplit(site.url).port
        site.answers["/start"].headers["Location"] = f"http://www.old.example:{port}/"
        site.answers["/"].body = site.answers["/"].body.replace(b"PORT", str(port).encode())
        allowed = frozenset({"old.example", "www.old.example"})
        pages = list(crawl(CrawlState(f"http://old.example:{port}/start"), LIMITS, allowed_hosts=allowed))
    home = f"http://www.old.example:{port}"
    assert [page.url for page in pages] == [
        f"{home}/",
        f"{home}/page/1.html",
        f"{home}/links.html",
        f"{home}/a.html",
        f"{home}/b.html",
    ]


def test_two_pages_that_give_way_to_each_other_are_not_both_lost() -> None:
    site = one_page_site('<a href="a.html">a</a>')
    for name, other in ("ab", "ba"):
        head = f'<link rel="canonical" href="/{other}.html">'
        site.answers[f"/{name}.html"] = Answer(old_page(name, prose(name), head).encode())
    with served(site):
        pages, _ = crawled(CrawlState(site.url))
    assert pages["/a.html"].status == "duplicate"
    assert pages["/b.html"].status == "fetched"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 0}', '{"version": 1, "start": "x", "frontier": [1]}'])
def test_notes_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ReadError, match=r"notes of an earlier crawl.*notes\.json"):
        CrawlState.from_json(text, "notes.json")


@pytest.mark.parametrize("start", ["", "ftp://a.example/", "example.org", "http://", "mailto:a@b.example"])
def test_what_is_no_web_address_is_refused(start: str) -> None:
    with pytest.raises(ReadError, match="no web address"):
        list(crawl(CrawlState(start)))


def test_a_private_host_is_refused_unless_it_is_allowed(site: Site) -> None:
    with pytest.raises(ReadError, match=r"not public \(127\.0\.0\.1\).*--allow-private 127\.0\.0\.1|port"):
        list(crawl(CrawlState(site.url)))
    assert site.requests == []
