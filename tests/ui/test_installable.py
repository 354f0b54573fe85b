"""Installed like an app, and shown inside another site: in a real Chromium, below a sub-path and without a server."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from assistant import Assistant
from corpus import Source
from index import Library
from index.embedding import Embedder
from tests.conftest import ROOT
from tests.serving import serving
from ui.server import build_app

_EXAMPLE = (ROOT / "docs" / "embed-example.html").read_text(encoding="utf-8")


def test_the_manifest_names_what_can_be_had_and_speaks_the_language(address: str) -> None:
    page = httpx.get(f"{address}?lang=de")
    assert "manifest-src 'self'" in page.headers["content-security-policy"]
    link = re.search(r'<link rel="manifest" href="([^"]+)">', page.text)[1]
    manifest = httpx.get(f"{address}{link}").json()
    assert (manifest["lang"], manifest["display"], manifest["scope"]) == ("de", "standalone", "./")
    assert manifest["start_url"].startswith("./")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        found = httpx.get(f"{address}{icon['src']}")
        assert found.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            picture = Image.open(io.BytesIO(found.content)).convert("RGB")
            assert "x".join(map(str, picture.size)) == icon["sizes"]
            assert len(set(picture.resize((32, 32)).getdata())) > 3, "something is drawn"


@pytest.fixture(scope="module")
def small(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library whose operator lets one other site show the page: this machine under its other name."""
    folder = tmp_path_factory.mktemp("embedded")
    (folder / "beds.md").write_text("# Beds\n\nA higher bed is easier to leave for people with weak thighs.\n", encoding="utf-8")
    (folder / "library").mkdir()
    (folder / "library" / "settings.toml").write_text('[page]\nembed_in = ["http://localhost:*"]\n', encoding="utf-8")
    with Library.open(folder / "library", embedder=embedder) as library:
        library.add([Source(path=str(folder / "beds.md"))])
        yield library


def _answered(context: BrowserContext, address: str) -> Page:
    """A page of `context` with its worker ready, which shows an answer."""
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    page.evaluate("navigator.serviceWorker.ready")
    page.locator("#question textarea").fill("Is a higher bed easier to leave?")
    page.keyboard.press("Enter")
    page.locator("#turn-1 .turn-tools").wait_for()
    return page


def test_the_worker_keeps_the_shell_alone_and_says_when_it_is_offline(small: Library, browser: Browser) -> None:
    with serving(build_app(Assistant(small))) as address:
        context = browser.new_context()
        page = _answered(context, address)
        source = page.locator("#turn-1 .show-me").first.get_attribute("href")
        other = context.new_page()
        other.goto(f"{address}{source}")
        other.close()
        kept = page.evaluate(
            "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => "
            "(await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat())"
        )
        assert set(kept) == {"/offline.html", "/style.css", "/icon.svg", "/js/appearance.js"}
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    assert page.evaluate("getComputedStyle(document.querySelector('.button-link')).borderTopWidth") == "2px", "in the page's look"
    context.close()


def test_a_change_of_language_stalls_no_page_and_the_notice_speaks_the_new_one(small: Library, browser: Browser) -> None:
    with serving(build_app(Assistant(small))) as address:
        context = browser.new_context()
        page = _answered(context, address)
        page.goto(f"{address}?lang=de")
        for _ in range(3):  # a worker for each language, each stepping in at once, held pages up that were on their way
            page.get_by_role("link", name="English").click()
            page.locator("html[lang=en] #turn-1").wait_for()
            page.goto(address)
            page.get_by_role("link", name="Deutsch").click()
            page.locator("html[lang=de] #turn-1").wait_for()
            page.goto(address)
        for language, notice in (("English", "You are offline"), ("Deutsch", "Sie sind offline")):
            page.get_by_role("link", name=language).click()
            expect(page.get_by_label("Ihre Frage" if language == "Deutsch" else "Your question")).to_be_visible()
            kept_notice = "async () => (await (await (await caches.open('shell')).match('offline.html')).text())"
            deadline = time.monotonic() + 30
            while notice not in page.evaluate(kept_notice):
                assert time.monotonic() < deadline, "the notice never speaks the page's language"
                page.wait_for_timeout(100)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind offline")
    context.close()


def test_only_a_site_that_the_operator_names_can_show_the_page(small: Library, address: str, browser: Browser) -> None:
    for path in ("", "source/none", "healthz"):
        assert "frame-ancestors 'self';" in f"{httpx.get(f'{address}{path}').headers['content-security-policy']};"
    with serving(build_app(Assistant(small))) as embeddable:
        example = _EXAMPLE.replace("http://127.0.0.1:7860/", embeddable)
        assert embeddable in example
        site = Starlette(routes=[Route("/", lambda _: HTMLResponse(example))])
        with serving(site, wait_for="") as outer:
            page = browser.new_page()
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.goto(outer)  # another origin that was not named: the browser refuses
            page.wait_for_load_state("networkidle")
            assert any("frame-ancestors" in one for one in complaints)
            assert page.frame_locator("iframe").locator("#question").count() == 0
            page.goto(outer.replace("127.0.0.1", "localhost"))
            frame = page.frame_locator("iframe")
            frame.get_by_label("Your question").fill("Is a higher bed easier to leave?")
            frame.get_by_role("button", name="Ask", exact=True).click()
            frame.locator("#turn-1 mark").first.wait_for()
            frame.get_by_role("button", name="Reading aids").click()
            frame.get_by_label("Dark", exact=True).check()
            page.close()
