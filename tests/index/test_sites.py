"""A whole site in a library: taken in, looked at again, killed half way, and freed of the menus that it repeats."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import Source
from corpus.crawl_state import CrawlLimits, CrawlState
from corpus.starter import FOLDER
from index import Library
from index.sites import _Notes, add_site
from tests.conftest import ROOT
from tests.corpus.site_server import Answer, Site, add_sitemaps, make_site, old_page, prose, served
from tests.index.looking import everything, rows
from tests.index.word_embedder import WordEmbedder

LOOPBACK = frozenset({"127.0.0.1"})
LIMITS = CrawlLimits(depth=4, seconds_per_page=0.5, delay=0.0, page_bytes=1024 * 1024, queries_per_path=5, longest_delay=0.0)
KILLED = """
import sys
from pathlib import Path
from corpus import Source
from index import Library
from index.sites import _Notes, add_site
from tests.index.test_sites import LIMITS, LOOPBACK
from tests.index.word_embedder import WordEmbedder
with Library.open(Path(sys.argv[1]), embedder=WordEmbedder()) as library:
    add_site(library, Source(url=sys.argv[2], kind="guide"), LIMITS, LOOPBACK)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Library, WordEmbedder, dict[str, str]]]:
    """The test site, taken in: with a real PDF behind its links, without what is slow (tests/corpus/test_site.py bears that)."""
    made = make_site()
    slow = (
        "/slow-head",
        "/slow-body",
        "/endless.html",
        "/cut.html",
        "/broken",
        "/huge.html",
        "/bomb.html",
        "/bomb2.html",
        "/busy",
    )
    for path in slow:
        del made.answers[path]
    made.answers["/papers/one.pdf"].body = next((FOLDER / "digests").glob("*.pdf")).read_bytes()
    embedder = WordEmbedder()
    with served(made) as site, Library.open(tmp_path_factory.mktemp("whole"), embedder=embedder) as library:
        add_sitemaps(site)
        yield site, library, embedder, take_in(library, site, kind="guide")


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of eight pages under one menu."""
    made = Site()
    links = "".join(f'<a href="/{number}.html">{number}</a> ' for number in range(7))
    made.answers["/"] = Answer(old_page("Home", prose("home") + links).encode())
    for number in range(7):
        made.answers[f"/{number}.html"] = Answer(old_page(str(number), prose(f"matter {number}")).encode())
    with served(made) as running:
        yield running


def take_in(library: Library, site: Site, **stated: str) -> dict[str, str]:
    outcomes = add_site(library, Source(url=site.url, **stated), LIMITS, LOOPBACK)  # type: ignore[arg-type]
    return {outcome.url.removeprefix(site.url): outcome.status for outcome in outcomes}


def test_a_site_is_taken_in_whole_and_the_second_time_nothing_is_embedded(
    whole: tuple[Site, Library, WordEmbedder, dict[str, str]],
) -> None:
    site, library, embedder, first = whole
    added = [url for url, status in first.items() if status == "added"]
    assert len(added) > 55
    assert {"/papers/one.pdf", "/page/40.html", "/frame-text.html", "/hidden/3.html", "/cs/russian.html"} <= set(added)
    assert first["/papers/two.PDF"] == first["/private/a.html"] == "left out"
    assert {document.kind for document in library.documents()} == {"guide"}
    assert library.check().problems == ()
    before, read = everything(library), embedder.passages_read

    again = take_in(library, site, kind="guide")
    assert {url for url, status in again.items() if status == "unchanged"} == set(added)
    assert "added" not in again.values()
    assert embedder.passages_read == read
    assert everything(library) == before


def test_no_page_keeps_a_menu_that_was_known_only_later(whole: tuple[Site, Library, WordEmbedder, dict[str, str]]) -> None:
    site, library, embedder, _ = whole
    menu = {"Home", "Questions", "Links to others", "This site is kept by one person since 2003"}
    texts = [document.text for document in library.documents() if document.media_type == "text/html"]
    assert texts
    assert not [text for text in texts if menu & set(text.split("\n"))]
    # Five pages were read before there was a menu to know, and nothing but their few passages was embedded twice.
    assert embedder.passages_read <= rows(library, "SELECT count(*) FROM passages")[0][0] + 8  # type: ignore[operator]
    assert site.asked(200).count("/page/1.html") == 1


def test_what_only_looked_like_a_menu_is_put_back(library: Library, site: Site) -> None:
    line = "<p>Ask your doctor about a brace for the knee.</p>"
    for number in range(4):
        site.answers[f"/{number}.html"].body = old_page(str(number), prose(f"{number}") + line * (number < 4)).encode()
    take_in(library, site)
    for number in range(7):
        document = library.find(f"{site.url}/{number}.html")
        assert document is not None
        assert ("Ask your doctor about a brace" in document.text) == (number < 4), number


def test_a_page_that_is_gone_is_kept_and_told_unless_it_is_to_be_removed(library: Library, site: Site) -> None:
    take_in(library, site)
    gone = site.answers.pop("/6.html")
    assert take_in(library, site)["/6.html"] == "gone"
    assert library.find(f"{site.url}/6.html") is not None
    site.answers["/6.html"] = gone
    assert take_in(library, site)["/6.html"] == "unchanged"
    del site.answers["/6.html"]
    outcomes = add_site(library, Source(url=site.url), LIMITS, LOOPBACK, remove_gone=True)
    assert [outcome.url for outcome in outcomes if outcome.status == "removed"] == [f"{site.url}/6.html"]
    assert library.find(f"{site.url}/6.html") is None


def test_a_site_that_is_silent_is_left_out_with_what_it_gave_before(library: Library, site: Site) -> None:
    site.down = True
    (outcome,) = add_site(library, Source(url=site.url), LIMITS, LOOPBACK)
    assert outcome.status == "left out"
    assert "does not answer" in outcome.reason


def test_a_crawl_that_was_killed_goes_on_where_it_was(
    whole: tuple[Site, Library, WordEmbedder, dict[str, str]], tmp_path: Path
) -> None:
    site, complete, *_ = whole
    site.requests.clear()
    command = [sys.executable, "-c", KILLED, str(tmp_path), site.url]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}) as child:
        deadline = time.monotonic() + 60
        while len(site.asked()) < 40 and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    asked = set(site.asked(200))
    with Library.open(tmp_path, embedder=WordEmbedder()) as library:
        assert library.check().problems == ()
        kept = {document.url for document in library.documents()}
        assert 10 < len(kept) < 40
        site.requests.clear()
        statuses = take_in(library, site, kind="guide")
        assert kept.isdisjoint(site.url + url for url, status in statuses.items() if status == "added")
        # What was dealt with is not sent again, but for the pages since the notes were written last.
        assert len(asked & set(site.asked(200))) < len(asked)
        assert _texts(library) == _texts(complete)


def _texts(library: Library) -> dict[str, str]:
    return {document.url: document.text for document in library.documents()}


def test_notes_that_cannot_be_read_cost_a_second_look_and_nothing_else(
    library: Library, word_embedder: WordEmbedder, site: Site
) -> None:
    take_in(library, site)
    read = word_embedder.passages_read
    for notes in (library.directory / "crawls").iterdir():
        notes.write_text(json.dumps({"version": 1}))
    assert "added" not in take_in(library, site).values()
    assert word_embedder.passages_read == read


def test_the_notes_take_a_small_share_of_the_time(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large they grow: a site of many pages must not cost the square of their number."""
    notes = _Notes(library, "http://127.0.0.1/")
    written = []
    replace_file = Path.replace

    def replace(self: Path, target: Path) -> Path:
        time.sleep(0.01)  # a slow disk
        written.append(target)
        return replace_file(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    state = CrawlState("http://127.0.0.1/")
    began = time.monotonic()
    while len(written) < 3 and time.monotonic() - began < 30:
        notes.keep(state)
        time.sleep(0.002)
    assert len(written) == 3
    assert time.monotonic() - began >= 2 * 20 * 0.01
    state.pages = 7
    notes.keep(state, now=True)
    assert notes.read().pages == 7
