"""Refreshing a library: what changed is replaced, what is the same keeps its date, what is gone is kept and told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Source
from corpus.crawl_state import CrawlLimits
from index import Library
from index.health import online_problems
from index.inputs import add_inputs
from index.refresh import refresh
from index.repeated import remove
from tests.corpus.literature_server import CONTACT, Literature
from tests.corpus.site_server import Answer, Site, old_page, prose, served
from tests.index.looking import add, everything, originals
from tests.index.word_embedder import WordEmbedder

LOOPBACK = frozenset({"127.0.0.1"})
LONG_AGO = "2001-02-03"


@pytest.fixture
def site() -> Iterator[Site]:
    """Three pages, the first of which leads to the second."""
    made = Site()
    for name in ("one", "two", "three"):
        link = '<a href="/two.html">two</a>' if name == "one" else ""
        made.answers[f"/{name}.html"] = Answer(old_page(name, prose(f"matter {name}") + link).encode())
    with served(made) as running:
        yield running


def again(library: Library, *, remove_gone: bool = False) -> dict[str, str]:
    outcomes = refresh(library, LOOPBACK, remove_gone=remove_gone, delay=0.0)
    return {outcome.url.rpartition("/")[2]: outcome.status for outcome in outcomes}


def age(library: Library) -> None:
    """Have all copies be read long ago."""
    with library._store.writing():
        library._store._db.execute("UPDATE documents SET retrieved = ?", (LONG_AGO,))


def dates(library: Library) -> dict[str, str]:
    return {document.url.rpartition("/")[2]: document.retrieved for document in library.documents()}


def test_pages_and_files_are_read_again_and_only_what_changed_is_replaced(
    library: Library, word_embedder: WordEmbedder, site: Site, leaflets: Path
) -> None:
    add(library, leaflets)
    library.add(
        [Source(url=f"{site.url}/{name}.html", kind="guide", year=2020) for name in ("one", "two")], None, LOOPBACK, delay=0.0
    )
    age(library)
    before, read = everything(library), word_embedder.passages_read
    names = ["falls.txt", "hands.html", "one.html", "swallowing.md", "two.html"]
    site.requests.clear()
    assert again(library) == dict.fromkeys(names, "unchanged")
    assert everything(library) == before
    assert [status for _, status in site.requests] == [304, 304]

    (leaflets / "falls.txt").write_text("Falls\n\nThe knees give way. A brace may hold them.\n")
    site.answers["/one.html"].body = old_page("one", prose("something else")).encode()
    # Other bytes that say the same: a page with a new date in its markup.
    site.answers["/two.html"].body = site.answers["/two.html"].body.replace(b"<BODY>", b"<BODY><!-- made at noon -->")
    assert again(library) == {**dict.fromkeys(names, "unchanged"), "falls.txt": "replaced", "one.html": "replaced"}
    assert {name for name, date in dates(library).items() if date != LONG_AGO} == {"falls.txt", "one.html"}
    changed = library.find(f"{site.url}/one.html")
    assert changed is not None
    assert "something else" in changed.text
    assert (changed.kind, changed.year) == ("guide", 2020)
    assert word_embedder.passages_read == read + len(library.passages_of(changed.id)) + 1
    assert library.check().problems == ()


def test_new_files_of_a_folder_are_found(library: Library, leaflets: Path) -> None:
    add_inputs(library, [Source(url=str(leaflets), kind="guide")])
    add_inputs(library, [Source(url=str(leaflets / "falls.txt"), kind="news")])
    (leaflets / "new").mkdir()
    (leaflets / "new" / "stairs.txt").write_text("Stairs\n\nA rail on both sides helps.\n")
    (leaflets / "new" / "broken.pdf").write_bytes(b"")
    assert remove(library, [str(leaflets / "hands.html")]) == (1, [])
    expected = {"stairs.txt": "added", "falls.txt": "unchanged", "swallowing.md": "unchanged"}
    assert {Path(name).name: status for name, status in again(library).items()} == expected | {"broken.pdf": "left out"}
    assert {one.title: one.kind for one in library.summaries()} == {"Stairs": "guide", "Falls": "news", "Swallowing": "guide"}
    assert remove(library, [str(leaflets)]) == (3, [])
    assert again(library) == {}


def test_starter_pages_are_those_of_this_program(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = []
    for name in ("old", "kept"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\nSome words about {name} things.\n")
        pages.append(Source(url=f"starter:{name}", path=str(tmp_path / f"{name}.md")))
    library.add(pages)
    (tmp_path / "kept.md").write_text("# Kept\n\nBetter words about kept things.\n")
    (tmp_path / "new.md").write_text("# New\n\nSome words about new things.\n")
    of_this_program = [pages[1], Source(url="starter:new", path=str(tmp_path / "new.md"))]
    monkeypatch.setattr("index.refresh.starter_sources", lambda: of_this_program)
    assert again(library) == {"starter:kept": "replaced", "starter:new": "added", "starter:old": "gone"}


def test_what_is_gone_is_kept_and_told_until_it_is_to_be_removed(library: Library, site: Site, leaflets: Path) -> None:
    add(library, leaflets)
    library.add([Source(url=f"{site.url}/{name}.html") for name in ("one", "two", "three")], None, LOOPBACK, delay=0.0)
    (leaflets / "falls.txt").unlink()
    del site.answers["/one.html"]
    site.answers["/two.html"] = Answer(status=500)
    site.answers["/three.html"] = Answer(status=301, headers={"Location": "/four.html"})
    site.answers["/four.html"] = Answer(old_page("four", prose("matter three")).encode())
    expected = {"falls.txt": "gone", "one.html": "gone", "two.html": "left out", "three.html": "gone", "four.html": "added"}
    kept = {"hands.html": "unchanged", "swallowing.md": "unchanged"}
    assert again(library) == expected | kept
    assert len(dates(library)) == 7
    assert again(library) == expected | kept | {"four.html": "unchanged"}
    removed = again(library, remove_gone=True)
    assert {name for name, status in removed.items() if status == "removed"} == {"falls.txt", "one.html", "three.html"}
    assert set(dates(library)) == {"hands.html", "swallowing.md", "two.html", "four.html"}


def test_a_crawled_site_is_crawled_again_and_a_lost_page_is_still_asked_for(library: Library, site: Site) -> None:
    site.answers["/"] = Answer(old_page("home", prose("home") + '<a href="/one.html">one</a>').encode())
    limits = CrawlLimits(depth=3, delay=0.0)
    add_inputs(library, [Source(url=site.url + "/", kind="guide")], limits, LOOPBACK, crawl=True)
    assert set(dates(library)) == {"", "one.html", "two.html"}
    # The first page leads to another one now, and to the one before no longer.
    site.answers["/"].body = old_page("home", prose("home") + '<a href="/three.html">three</a><a href="/no.html">x</a>').encode()
    assert again(library) == {"": "replaced", "three.html": "added", "one.html": "unchanged", "two.html": "unchanged"}
    assert {summary.kind for summary in library.summaries()} == {"guide"}
    # A page that was removed stays out, until it is added by its own address.
    assert remove(library, [f"{site.url}/three.html"]) == (1, [])
    assert "three.html" not in again(library)
    add_inputs(library, [Source(url=f"{site.url}/three.html")], limits, LOOPBACK)
    assert again(library)["three.html"] == "unchanged"
    assert remove(library, [site.url + "/"]) == (3, [])
    assert again(library) == {"three.html": "unchanged"}


def test_a_site_that_is_silent_is_asked_twice_and_no_more(library: Library, site: Site) -> None:
    library.add([Source(url=f"{site.url}/{name}.html") for name in ("one", "two", "three")], None, LOOPBACK, delay=0.0)
    site.down = True
    assert set(again(library).values()) == {"left out"}
    assert len(site.asked(0)) == 2
    site.down = False
    assert set(again(library).values()) == {"unchanged"}


@pytest.fixture
def literature(library: Library) -> Iterator[Literature]:
    with served(Literature()) as running:
        assert isinstance(running, Literature)
        stated = library.settings.literature
        at = {"pubmed_url": f"{running.url}/eutils", "europe_pmc_url": f"{running.url}/rest"}
        own = stated.model_copy(update={"contact": CONTACT, "ncbi_api_key": "for ten a second", **at})
        library.settings = library.settings.model_copy(update={"literature": own})
        yield running


def test_a_search_is_made_again_and_changes_and_new_articles_are_taken_in(
    library: Library, word_embedder: WordEmbedder, literature: Literature
) -> None:
    first = add_inputs(library, [Source(url="europepmc:falls"), Source(url="pubmed:falls")], None, LOOPBACK)
    assert [outcome.status for outcome in first].count("added") == 5
    assert [outcome.url for outcome in first if outcome.status == "left out"] == ["https://pubmed.ncbi.nlm.nih.gov/31000003/"]
    assert {summary.audience for summary in library.summaries()} == {"research"}
    assert library.check().problems == ()
    assert {Path(name).suffix for name in originals(library)} == {".xml", ".json"}
    read = word_embedder.passages_read

    literature.europe_pmc[1] = {**literature.europe_pmc[1], "citedByCount": 9}
    literature.europe_pmc.append({**literature.europe_pmc[1], "id": "PPR2", "abstractText": "The ankles are weak too."})
    outcomes = {one.url.rstrip("/").rpartition("/")[2]: one.status for one in refresh(library, LOOPBACK, delay=0.0)}
    assert outcomes == {
        "PMC7000001": "unchanged", "PPR12345": "unchanged", "PPR2": "added", "31000002": "unchanged", "31000004": "unchanged",
    }  # fmt: skip
    assert word_embedder.passages_read == read + 1
    # What its journal took back goes, in whatever form it came; here the full text of both services.
    literature.retracted.add("31000001")
    withdrawn = [one for one in refresh(library, LOOPBACK, delay=0.0) if one.status == "removed"]
    assert {one.url for one in withdrawn} == {
        "https://europepmc.org/article/PMC/PMC7000001",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC7000001/",
    }
    assert all("retracted" in one.reason for one in withdrawn)
    assert library.check().problems == ()
    assert remove(library, ["pubmed:falls"]) == (2, [])
    assert len(library.summaries()) == 2


def test_a_search_that_finds_too_much_or_nothing_says_so(library: Library, literature: Literature) -> None:
    assert isinstance(literature, Literature)
    outcomes = add_inputs(library, [Source(url="pubmed:falls"), Source(url="pubmed:nothing")], None, LOOPBACK, most_articles=2)
    assert [outcome.status for outcome in outcomes] == ["added", "added", "searched", "left out"]
    assert "4 articles match, the first 2" in outcomes[2].reason
    assert "No article matches" in outcomes[3].reason


def test_links_that_no_longer_hold_are_named(library: Library, site: Site) -> None:
    library.add([Source(url=f"{site.url}/{name}.html") for name in ("one", "two", "three")], None, LOOPBACK, delay=0.0)
    assert online_problems(library, LOOPBACK, delay=0.0) == ()
    site.answers["/one.html"].body = site.answers["/one.html"].body.replace(b"hard to manage", b"easy to manage")
    del site.answers["/two.html"]
    before = everything(library)
    problems = online_problems(library, LOOPBACK, delay=0.0)
    assert len(problems) == 2
    assert f"{site.url}/one.html: 1 of its 1 passages no longer stand there" in problems[0]
    assert "404" in problems[1]
    assert "/two.html" in problems[1]
    assert everything(library) == before


def test_a_page_of_a_library_of_an_earlier_layout_is_read_again_with_what_was_stated(library: Library, site: Site) -> None:
    library.add([Source(url=f"{site.url}/one.html", title="The first", kind="review", year=1999)], None, LOOPBACK, delay=0.0)
    with library._store.writing():
        library._store._db.execute("DELETE FROM origins")
    (summary,) = library.summaries()
    stated = Source(url=f"{site.url}/one.html", title="The first", kind="review", year=1999)
    assert library.origin(summary).source == stated
    assert again(library) == {"one.html": "unchanged"}
    assert library.origin(replace(summary)).etag
