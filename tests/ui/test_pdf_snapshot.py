"""The library's copy of a PDF: the picture of the page with the quote marked, its text beside it, and the way to other pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
import typst
from lxml import html
from PIL import Image
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from assistant import Assistant
from corpus import Document, Source
from corpus.isolated import IsolatedReader, PageLayout
from index import Library
from tests.index.word_embedder import WordEmbedder
from tests.serving import serving
from tests.ui.measures import findings
from ui.pdf_snapshot import pdf_page
from ui.server import build_app

_SENTENCES = [f"In week {number} the finger flexors of group {number * 7} were measured once more." for number in range(40)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("shelf")
    body = f"= Strength of the hands\n{' '.join(_SENTENCES)}\n#pagebreak()\n#pagebreak()\nEnd."
    source = f"#set page(width: 9cm, height: 17cm, margin: 1.2cm)\n#set text(size: 10pt)\n{body}"
    (folder / "hands.pdf").write_bytes(typst.compile(source.encode(), ignore_system_fonts=True))
    (folder / "hands.md").write_text("# Hands\n\nFingers grow weak.\n", encoding="utf-8")
    with Library.open(folder / "library", embedder=WordEmbedder()) as opened:
        added = opened.add([Source(path=str(folder / "hands.pdf")), Source(path=str(folder / "hands.md"))])
        assert {one.status for one in added} == {"added"}
        yield opened


@pytest.fixture(scope="module")
def document(library: Library) -> Document:
    return next(one for one in library.documents() if one.pages)


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(build_app(Assistant(library), root_path="/ibm"), base_url="http://testserver/ibm/") as opened:
        yield opened


def span_of(document: Document, words: str) -> tuple[int, int]:
    start = document.text.index(words)
    return start, start + len(words)


def address(document: Document, words: str, place: str = "") -> str:
    start, end = span_of(document, words)
    return f"source/{document.id}{place}?start={start}&end={end}"


def test_a_quote_leads_to_the_picture_and_the_text_of_its_page(client: TestClient, document: Document) -> None:
    found = client.get(address(document, _SENTENCES[3]))
    assert found.status_code == 200
    tree = html.fromstring(found.text)
    place = tree.get_element_by_id("quote")
    assert place.tag == "g"
    assert _SENTENCES[3] in place.get("aria-label")
    assert len(place.findall("rect")) >= 2
    assert "".join(mark.text for mark in tree.iter("mark")) == _SENTENCES[3]
    (picture,) = tree.iter("img")
    assert "marked" in picture.get("alt")
    for address_, scale in re.findall(r"(\S+) (\d)x", picture.get("srcset")):
        image = client.get(f"source/{address_}")  # relative to the page, so that it holds below any sub-path
        assert image.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(image.content)).width == pytest.approx(9 / 2.54 * 96 * int(scale), abs=2)
    (original,) = [link for link in tree.iter("a") if "original" in link.get("href")]
    assert original.get("href") == f"../original/{document.id}#page=1"
    assert original.text == "Open the PDF at page 1"
    assert "Strength of the hands" not in [one.text for one in tree.iter("h2")]  # the title stands above


def test_the_marks_are_where_links_lead_to(client: TestClient, document: Document) -> None:
    tree = html.fromstring(client.get(address(document, _SENTENCES[3])).text)
    (picture,) = tree.iter("img")
    view = [float(number) for number in tree.find(".//svg").get("viewbox").split()]
    marked, plain = (
        np.asarray(Image.open(io.BytesIO(client.get(f"source/{one}").content))).astype(int)
        for one in (picture.get("src"), f"{document.id}/page/1.png?scale=2")
    )
    tinted = (marked[:, :, 2] < plain[:, :, 2] - 100).any(axis=1).nonzero()[0] * view[3] / marked.shape[0]
    rects = [(float(one.get("y")), float(one.get("y")) + float(one.get("height"))) for one in tree.iter("rect")]
    assert abs(tinted.min() - min(top for top, _ in rects)) < 3
    assert abs(tinted.max() - max(bottom for _, bottom in rects)) < 3


def test_a_quote_over_a_page_s_end_shows_both_pages(client: TestClient, document: Document) -> None:
    boundary = document.pages[1].start
    across = next(one for one in _SENTENCES if span_of(document, one)[0] < boundary < span_of(document, one)[1])
    tree = html.fromstring(client.get(address(document, across)).text)
    assert [one.get("id") for one in tree.iter("h2")] == ["page-1", "page-2"]
    assert " ".join("".join(mark.text for mark in tree.iter("mark")).split()) == across
    assert len(tree.xpath("//*[@id='quote']")) == 1
    assert all(picture.getparent().find("svg") is not None for picture in tree.iter("img"))


def test_pages_are_turned_and_the_quote_is_found_again(client: TestClient, document: Document) -> None:
    here = client.get(address(document, _SENTENCES[3]))
    links = {one.text: one.get("href") for one in html.fromstring(here.text).find(".//nav").iter("a")}
    assert "Page before: 0" not in links
    following = html.fromstring(client.get(f"source/{links['Next page: 2']}").text)
    assert [one.get("id") for one in following.iter("h2")] == ["page-2"]
    assert next(following.iter("mark"), None) is None
    assert "marked" not in following.find(".//main").text_content().split("Back to the marked words")[0]
    back = {one.text: one.get("href") for one in following.find(".//nav").iter("a")}["Back to the marked words"]
    assert html.fromstring(client.get(f"source/{back}").text).get_element_by_id("quote").tag == "g"
    whole = html.fromstring(client.get(f"source/{links['Read the whole text']}").text)
    assert next(whole.iter("img"), None) is None
    assert whole.get_element_by_id("quote").text == _SENTENCES[3]
    assert "End." in whole.text_content()


def test_a_page_without_text_is_shown_as_it_is(client: TestClient, document: Document) -> None:
    blank = {1, 2, 3, 4, 5}.difference(page.number for page in document.pages)
    found = html.fromstring(client.get(f"source/{document.id}?page={min(blank)}").text)
    assert "No text was read on this page." in found.text_content()
    assert next(found.iter("img")) is not None


@pytest.mark.parametrize("place", ["?page=0", "?page=99", "?page=x", "?page=-1"])
def test_a_page_that_is_not_there_is_said_to_be_missing(client: TestClient, document: Document, place: str) -> None:
    found = client.get(f"source/{document.id}{place}")
    assert found.status_code == 404
    assert "no such page" in found.text


@pytest.mark.parametrize(
    "place",
    ["0.png", "99.png", "x.png", "1.png?scale=4", "1.png?scale=x", "1.png?start=5&end=5", "1.png?start=1", "1.png?end=9999999"],
)
def test_a_picture_that_is_not_there_is_said_to_be_missing(client: TestClient, document: Document, place: str) -> None:
    found = client.get(f"source/{document.id}/page/{place}")
    assert found.status_code == 404
    assert found.headers["content-type"].startswith("text/html")
    assert html.fromstring(found.text).find(".//a").get("href") == "../../../"


def test_only_pdfs_of_the_library_have_pictures(client: TestClient, library: Library) -> None:
    page = next(one for one in library.documents() if not one.pages)
    for name in (page.id, "0000000000000000", ".."):
        assert client.get(f"source/{name}/page/1.png").status_code == 404


def test_a_picture_is_drawn_once_for_a_browser_that_keeps_it(client: TestClient, document: Document) -> None:
    first = client.get(address(document, _SENTENCES[3], "/page/1.png"))
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get(address(document, _SENTENCES[3], "/page/1.png"), headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address(document, _SENTENCES[4], "/page/1.png")).headers["etag"] != first.headers["etag"]


def test_a_span_that_is_not_in_the_text_is_said_not_guessed(client: TestClient, document: Document) -> None:
    found = html.fromstring(client.get(f"source/{document.id}?start=5&end=99999999").text)
    assert "nothing is marked" in found.text_content()
    assert not found.xpath("//mark | //svg")


def test_where_the_place_is_in_doubt_only_the_text_is_marked(document: Document) -> None:
    page = pdf_page(document, PageLayout(((255.0, 482.0),) * 5, ()), *span_of(document, _SENTENCES[3]))
    assert page is not None
    tree = html.fromstring(page)
    assert "is not certain" in tree.text_content()
    assert tree.find(".//svg") is None
    assert tree.get_element_by_id("quote").text == _SENTENCES[3]


def test_a_file_that_cannot_be_drawn_is_still_read(library: Library, document: Document, client: TestClient) -> None:
    path = library.original_path(document)
    aside = path.rename(path.with_suffix(".aside"))
    try:
        found = client.get(address(document, _SENTENCES[3]))
        picture = client.get(address(document, _SENTENCES[3], "/page/1.png"))
    finally:
        aside.rename(path)
    tree = html.fromstring(found.text)
    assert "cannot be drawn" in tree.text_content()
    assert tree.get_element_by_id("quote").text == _SENTENCES[3]
    assert picture.status_code == 503


def test_drawing_ends_with_the_server(library: Library, document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []
    monkeypatch.setattr(IsolatedReader, "close", lambda reader, close=IsolatedReader.close: (ended.append(reader), close(reader)))
    with TestClient(build_app(Assistant(library))) as opened:
        assert opened.get(f"source/{document.id}/page/1.png").status_code == 200
        before = len(ended)
    assert len(ended) > before


def test_show_me_where_opens_at_the_marked_words(library: Library, document: Document, browser: Browser) -> None:
    complaints: list[str] = []
    with serving(build_app(Assistant(library))) as place:
        for width in (1400, 390):
            page = browser.new_page(viewport={"width": width, "height": 700})
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.goto(f"{place}{address(document, _SENTENCES[14])}#quote")
            page.locator("img").evaluate("picture => picture.decode()")
            assert page.locator("img").evaluate("picture => picture.naturalWidth") > 300
            assert page.evaluate("document.activeElement.id") == "quote"
            seen = page.locator("#quote").bounding_box()
            assert seen is not None
            assert 0 <= seen["y"] < 700 - seen["height"]
            assert 0 <= seen["x"] < width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert findings(page) == []
            page.close()
    assert complaints == []
