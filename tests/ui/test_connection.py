"""What becomes of a page while the way to its server is broken, and of what is too long to be sent."""

from __future__ import annotations

import socket

from playwright.sync_api import Browser, Page, Route, expect

from assistant import Assistant
from tests.serving import serving
from ui.server import build_app
from ui.texts import text

QUESTION, NEXT, LAST = "How is swallowing tested?", "Can IBM affect breathing?", "Does prednisone help?"


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def _ask(page: Page, question: str, number: int) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(f"#turn-{number} h2")).to_contain_text(question)


def _asked_of_a_server_that_went(page: Page, assistant: Assistant) -> int:
    """The port where the first question was answered, and nobody listens any more."""
    with _listener(0) as listener, serving(build_app(assistant), listener=listener) as address:
        page.goto(address)
        _ask(page, QUESTION, 1)
        port: int = listener.getsockname()[1]
    return port


def test_a_page_whose_server_was_away_comes_back_with_its_conversation(assistant: Assistant, browser: Browser) -> None:
    page = browser.new_page()
    port = _asked_of_a_server_that_went(page, assistant)
    box = page.locator("#question textarea")
    box.fill(NEXT)
    page.keyboard.press("Enter")
    expect(page.locator(".toast-body")).to_be_visible()
    with _listener(port) as listener, serving(build_app(assistant), listener=listener):
        expect(page.locator(".toast-body")).to_have_count(0)
        expect(page.locator("#turn-1 h2")).to_contain_text(QUESTION)
        expect(box).to_have_value(NEXT)
        box.press("Enter")
        expect(page.locator("#turn-2 h2")).to_contain_text(NEXT)
        expect(box).to_have_value("")
    page.close()


def test_a_conversation_that_the_server_forgot_is_not_lost(assistant: Assistant, browser: Browser) -> None:
    page = browser.new_page()
    port = _asked_of_a_server_that_went(page, assistant)
    with _listener(port) as listener, serving(build_app(assistant), listener=listener):
        _ask(page, NEXT, 2)
        expect(page.locator("#turn-1 h2")).to_contain_text(QUESTION)
        expect(page.locator("#question textarea")).to_have_value("")
        expect(page.locator(".turn")).to_have_count(2)
    page.close()


def test_whoever_asks_before_a_reload_is_done_loses_nothing(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    for number, question in enumerate((QUESTION, NEXT), start=1):
        _ask(page, question, number)
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held or '"questions"' not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    page.route("**/queue/join*", hold_the_first)
    page.reload()
    page.locator("#question textarea").fill(LAST)
    page.keyboard.press("Enter")
    expect(page.locator("#turn-3 h2")).to_contain_text(LAST)
    assert [turn.get_attribute("data-question") for turn in page.locator(".turn").all()] == [QUESTION, NEXT, LAST]
    page.close()


def test_a_whole_book_in_the_box_gets_a_kind_word(browser: Browser, address: str) -> None:
    page: Page = browser.new_page()
    page.goto(address)
    box = page.locator("#question textarea")
    box.evaluate("(box) => { box.value = 'swallow '.repeat(200_000); box.dispatchEvent(new Event('input', { bubbles: true })); }")
    page.locator("#ask").click()
    expect(page.locator(".toast-body")).to_contain_text(text("problem.too_long"))
    expect(page.get_by_text("Looking in the library")).to_be_hidden()
    page.close()
