"""Asking when things are not as they should be: nothing to answer, too much, too fast, too slow, or a failure."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant import Answer, Assistant
from corpus import MyositisError
from index import Library
from tests.serving import serving
from tests.ui.test_page import QUESTION, ask
from ui.server import build_app
from ui.texts import speaking, text


def test_an_empty_question_gets_a_kind_word(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()
    assert "the question is empty. Write what you would like to know." in page.locator("#status [role=alert]").inner_text()
    assert page.locator(".turn").count() == 0
    ask(page, QUESTION)
    expect(page.locator("#status [role=alert]")).to_have_count(0)


@pytest.mark.parametrize("question", ["", "w" * 4001])
def test_a_question_that_is_refused_is_refused_in_the_readers_language(browser: Browser, address: str, question: str) -> None:
    page = browser.new_page(locale="de-DE")
    page.goto(address)
    page.locator("#question textarea").fill(question)
    page.locator("#ask").click()
    with speaking("de"):
        told = text("problem.long", count="4,001", most="4,000") if question else text("problem.empty")
    expect(page.locator("#status [role=alert]")).to_have_text(told)
    page.close()


class _Failing(Assistant):
    """Fails in the two ways a page can meet."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        if "known" in question:
            raise MyositisError("the library is being written to", "/secret/place", "Wait a moment")
        raise ValueError(f"cannot answer {question}")


def test_failures_are_told_kindly_and_not_in_detail(
    assistant: Assistant, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(build_app(_Failing(assistant.library))) as address:
        page = browser.new_page()
        page.goto(address)
        box = page.get_by_label("Your question")
        for question, told in (
            ("known private words", "the library is being written to. Wait a moment."),
            ("private words", "Sorry, something went wrong"),
        ):
            box.fill(question)
            page.keyboard.press("Enter")
            expect(page.locator("#status [role=alert]")).to_contain_text(told)
            assert box.input_value() == question, "the question can be tried again"
            words = page.locator("body").inner_text()
            assert "secret" not in words
            assert "ValueError" not in words
        page.close()
    assert "ValueError" in caplog.text
    assert "private words" not in caplog.text


class _Slow(Assistant):
    """Answers when it is let."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.begun, self.let = threading.Event(), threading.Event()
        self.asked: list[str] = []

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        self.asked.append(question)
        self.begun.set()
        assert self.let.wait(30)
        return super().ask(question, history)


def test_the_page_says_that_it_is_looking_and_asks_once(assistant: Assistant, browser: Browser) -> None:
    slow = _Slow(assistant.library)
    with serving(build_app(slow)) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_label("Your question").fill(QUESTION)
        looking = page.get_by_text("Looking in the library")
        expect(looking).to_be_hidden()
        page.keyboard.press("Enter")
        expect(looking).to_be_visible()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Ask", exact=True).click()
        slow.let.set()
        page.locator("#turn-1").wait_for()
        expect(looking).to_be_hidden()
        page.wait_for_timeout(1000)
        assert slow.asked == [QUESTION]
        assert page.locator(".turn").count() == 1
        page.close()


def test_what_is_written_while_an_answer_is_made_is_kept_and_written_on(assistant: Assistant, browser: Browser) -> None:
    slow = _Slow(assistant.library)
    with serving(build_app(slow)) as address:
        page = browser.new_page()
        page.goto(address)
        box = page.locator("#question textarea")
        box.fill(QUESTION)
        page.keyboard.press("Enter")
        slow.begun.wait(30)
        box.fill("and when he sleeps, to")
        page.keyboard.press("Enter")  # too early: one question at a time
        slow.let.set()
        page.locator("#turn-1").wait_for()
        expect(box).to_be_focused()
        page.keyboard.type("p?")
        expect(box).to_have_value("and when he sleeps, top?")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.locator("#turn-2 h2")).to_be_focused()
        expect(box).to_have_value("")
        assert slow.asked == [QUESTION, "and when he sleeps, top?"]
        box.fill("half a ques")
        page.locator("#turn-2 .related button").first.click()
        expect(page.locator("#turn-3 h2")).to_be_focused()
        expect(box).to_have_value("half a ques")
        page.get_by_role("button", name="Start over").click()
        page.get_by_role("button", name="Yes, start over").click()
        expect(page.locator(".turn")).to_have_count(0)
        expect(box).to_have_value("")
        page.close()


def test_a_long_conversation_keeps_the_last_answers(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    monkeypatch.setattr("ui.page._MOST_TURNS", 2)
    with serving(build_app(assistant)) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_label("Your question").wait_for()
        for number, question in enumerate(("who won the world cup", "who won the league", "who won the race"), start=1):
            page.locator("#question textarea").fill(question)
            page.keyboard.press("Enter")
            page.locator(f"#turn-{number}").wait_for()
        assert [turn.get_attribute("id") for turn in page.locator(".turn").all()] == ["turn-2", "turn-3"]
        assert "Only the last 2 answers" in page.locator("#conversation").inner_text()
        page.close()
