"""While the library is being read, visitors see how far it is; then the page comes by itself."""

from __future__ import annotations

import socket

import httpx
from playwright.sync_api import Browser, expect

from assistant import Assistant
from tests.serving import serving
from tests.ui.measures import faults
from ui.server import build_app
from ui.waiting import waiting_page


def test_visitors_see_how_far_it_is_and_then_the_page(assistant: Assistant, browser: Browser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        page = browser.new_page(reduced_motion="reduce")
        with waiting_page(listener) as progress:
            assert httpx.get(f"{address}healthz").status_code == 503
            assert httpx.get(f"{address}ibm/style.css").status_code == 200
            assert httpx.get(address, headers={"accept-language": "de"}).text.count("Bibliothek") == 1
            watched = httpx.head(address)
            assert (watched.status_code, watched.content) == (503, b"")
            asked = httpx.post(f"{address}gradio_api/queue/join", json={"data": ["by a page that was open before"]})
            assert (asked.status_code, asked.json()) == (503, {"status": "starting"})
            page.goto(address)
            bar = page.get_by_role("progressbar", name="How far it is")
            progress(3, 31, "https://example.org/private")
            expect(bar).to_have_js_property("value", 3)
            expect(bar).to_have_js_property("max", 31)
            assert "private" not in httpx.get(f"{address}healthz").text
            assert faults(page) == []
        with serving(build_app(assistant), listener=listener):
            page.get_by_label("Your question").wait_for()
        page.context.close()
