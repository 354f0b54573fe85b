"""The page as people meet it, in a real Chromium: asking, reading on, and nothing that leaves the machine."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant import Assistant
from assistant.texts import DISCLAIMER, NOT_FOUND, NOTICES
from corpus.starter import topics
from tests.serving import serving
from ui.page import build_page
from ui.server import build_app

QUESTION = "food gets stuck in his throat, what helps?"


def without_space(words: str) -> str:
    return "".join(words.split())


def ask(page: Page, question: str) -> Locator:
    """Type, press Enter, and give the new turn once it stands on the page."""
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(before)
    turn.wait_for()
    return turn


def test_the_first_view_says_what_it_is_and_offers_what_to_ask(page: Page) -> None:
    assert page.get_by_role("heading", level=1).inner_text() == "Myositis assistant"
    assert DISCLAIMER in page.locator("header").inner_text()
    assert page.get_by_role("textbox").count() == 1
    assert page.get_by_role("button", name="Ask", exact=True).is_visible()
    assert [one.strip() for one in page.locator("summary").all_inner_texts()] == [topic.name for topic in topics()]
    assert page.locator("#loading").count() == 0
    assert page.get_by_role("button", name="Start over").count() == 0


def test_a_question_is_answered_and_the_quote_is_found_in_the_copy(page: Page, assistant: Assistant) -> None:
    turn = ask(page, QUESTION)
    answer = assistant.ask(QUESTION)
    cards = turn.get_by_role("article")
    assert cards.count() == len(answer.quotes) > 0
    quoted = cards.first.locator("mark").first.text_content()
    assert quoted == answer.quotes[0].text
    assert DISCLAIMER in turn.inner_text()
    cards.first.get_by_role("button", name="Show me where").click()
    viewer = turn.get_by_role("region", name="Where it stands")
    mark = viewer.locator("#quote")
    expect(mark).to_be_in_viewport(ratio=1)
    expect(mark).to_be_focused()
    assert without_space("".join(viewer.locator("mark").all_text_contents())) == without_space(quoted)
    assert answer.quotes[0].title in viewer.get_by_role("heading").first.inner_text()
    assert viewer.bounding_box()["x"] > cards.first.bounding_box()["x"] + 300, "beside the card"
    with page.context.expect_page() as opened:
        viewer.get_by_role("link", name="Open the whole text").click()
    copy = opened.value
    expect(copy.locator("#quote")).to_be_in_viewport(ratio=1)
    expect(copy.locator("#quote")).to_be_focused()
    assert without_space("".join(copy.locator("mark").all_text_contents())) == without_space(quoted)
    assert copy.get_by_role("heading", level=1).inner_text() == answer.quotes[0].title
    copy.close()
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(cards.first.get_by_role("button", name="Show me where")).to_be_focused()


def test_a_pdf_quote_leads_to_its_page(page: Page, assistant: Assistant) -> None:
    question = "What did the trials of bimagrumab, arimoclomol and sirolimus show? Table of results"
    answer = assistant.ask(question)
    place = next(position for position, quote in enumerate(answer.quotes) if quote.page)
    quote = answer.quotes[place]
    card = ask(page, question).get_by_role("article").nth(place)
    assert f"Page {quote.page}" in card.inner_text()
    link = card.get_by_role("link", name="Open the source")
    assert link.get_attribute("href") == f"original/{quote.document_id}#page={quote.page}"
    card.get_by_role("button", name="Show me where").click()
    viewer = page.locator(".viewer")
    count = len(assistant.library.document(quote.document_id).pages)
    expect(viewer.locator(".place")).to_have_text(f"Page {quote.page} of {count}")
    expect(viewer.locator("mark").first).to_be_in_viewport()
    viewer.get_by_role("button", name="Next page").first.click()
    expect(viewer.locator(".place")).to_have_text(f"Page {quote.page + 1} of {count}")
    expect(viewer.get_by_role("button", name="Next page").first).to_be_focused()
    viewer.get_by_role("button", name="Previous page").first.click()
    expect(viewer.locator("mark").first).to_be_visible()
    size = "document.querySelector('.viewer .copy').getBoundingClientRect().height"
    before = page.evaluate(size)
    viewer.get_by_role("button", name="Larger").click()
    assert page.evaluate(size) > before * 1.2
    viewer.get_by_role("button", name="Back to the answer").click()
    expect(card.get_by_role("button", name="Show me where")).to_be_focused()


def test_a_follow_up_is_understood_and_both_turns_stay(page: Page, assistant: Assistant) -> None:
    ask(page, QUESTION)
    second = ask(page, "and at night?")
    understood = assistant.ask("and at night?", [QUESTION]).understood_as
    assert second.locator(".understood").inner_text() == f"Understood as: {understood}"
    assert all(word in understood for word in ("stuck", "throat", "at night"))
    headings = page.locator(".turn h2").all_inner_texts()
    assert [heading.split("\n")[-1].strip() for heading in headings] == [QUESTION, "and at night?"]


def test_the_newest_answer_is_shown_from_its_start_and_announced_once(page: Page) -> None:
    page.evaluate(
        "() => { window.said = []; for (const one of document.querySelectorAll('[role=status], [aria-live]'))"
        " new MutationObserver(() => one.textContent && window.said.push(one.textContent))"
        ".observe(one, { childList: true, characterData: true, subtree: true }); }"
    )
    for number in (1, 2):
        turn = ask(page, QUESTION)
        page.wait_for_function(f"window.said.length >= {number}")
        page.wait_for_timeout(500)
        assert page.evaluate("window.said") == [turn.get_attribute("data-announce")] * number
        assert 0 <= turn.bounding_box()["y"] < 80
        expect(turn.get_by_role("heading", level=2)).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.turn')?.id") == f"turn-{number}", "Tab goes on inside the answer"


def test_a_topic_opens_its_questions_and_a_press_asks_one(page: Page) -> None:
    topic = topics()[1]
    question = page.get_by_role("button", name=topic.questions[0])
    assert not question.is_visible()
    page.locator("summary", has_text=topic.name).press("Enter")
    assert page.locator("details[open] button").all_inner_texts() == list(topic.questions)
    question.click()
    turn = page.locator("#turn-1")
    turn.wait_for()
    assert topic.questions[0] in turn.locator("h2").inner_text()
    assert turn.get_by_role("article").count() > 0


def test_an_emergency_comes_first_even_in_the_middle(page: Page) -> None:
    ask(page, QUESTION)
    turn = ask(page, "he is choking right now and can't breathe")
    alert = turn.get_by_role("alert")
    assert NOTICES["emergency"].split("{")[0] in alert.inner_text()
    expect(alert).to_be_in_viewport(ratio=1)
    assert alert.bounding_box()["y"] < turn.locator("h2").bounding_box()["y"]
    assert turn.get_by_role("article").count() == 0
    assert DISCLAIMER in turn.inner_text()


def test_not_found_is_said_and_what_is_near_can_be_opened(page: Page) -> None:
    turn = ask(page, "who won the world cup")
    assert NOT_FOUND in turn.inner_text()
    assert turn.get_by_role("article").count() == 0
    near = turn.locator(".subjects li")
    assert near.count() > 0
    question = near.first.get_by_role("button").first
    words = question.inner_text()
    with page.context.expect_page() as opened:
        turn.get_by_role("link", name="Whom you can ask").click()
    assert "rganisations" in opened.value.get_by_role("heading", level=1).inner_text()
    question.click()
    answered = page.locator("#turn-2")
    answered.wait_for()
    assert words in answered.locator("h2").inner_text()
    assert answered.get_by_role("article").count() > 0


def test_taking_back_and_starting_over_ask_first(page: Page) -> None:
    ask(page, QUESTION)
    assert page.get_by_role("button", name="Remove the last question").count() == 0
    ask(page, "who won the world cup")
    page.get_by_role("button", name="Remove the last question").click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("#turn-1 h2")).to_be_focused()
    page.get_by_role("button", name="Start over").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="No, keep them")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert page.locator(".turn").count() == 1
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Yes, start over").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.get_by_role("button", name="Start over")).to_have_count(0)
    assert "Understood as:" not in ask(page, "and at night?").inner_text(), "the earlier question is forgotten"


def test_a_reload_keeps_the_conversation_and_clearing_empties_it(page: Page) -> None:
    ask(page, QUESTION)
    ask(page, "and at night?")
    before = [turn.inner_text() for turn in page.locator(".turn").all()]
    page.reload()
    page.locator("#turn-2").wait_for()
    assert [turn.inner_text() for turn in page.locator(".turn").all()] == before
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Yes, start over").click()
    expect(page.locator(".turn")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    page.get_by_label("Your question").wait_for()
    page.wait_for_timeout(500)
    assert page.locator(".turn").count() == 0


def test_a_hard_word_is_explained_in_place(page: Page) -> None:
    turn = ask(page, "What is dysphagia?")
    term = turn.locator("a.term").first
    term.focus()
    page.keyboard.press("Space")
    meaning = turn.locator(".meaning:not([hidden])")
    assert "say:" in meaning.inner_text()
    expect(term).to_have_attribute("aria-expanded", "true")
    expect(term).to_be_focused()
    page.keyboard.press("Escape")
    expect(meaning).to_have_count(0)


def test_an_open_copy_outlives_the_next_answer_and_escape_closes_one_thing_at_a_time(page: Page) -> None:
    turn = ask(page, "What does the antibody test show?")
    opener = turn.locator(".show-me").first
    opener.click()
    page.locator(".viewer #quote").wait_for()
    ask(page, "Can IBM affect breathing?")
    expect(page.locator("#turn-2 h2")).to_be_focused()
    assert 0 <= page.locator("#turn-2").bounding_box()["y"] < 80, "the new answer is shown from its start"
    viewer = page.locator("#turn-1 .viewer")
    expect(viewer).to_be_visible()
    page.locator("#turn-1 a.term").first.click()
    meaning = page.locator("#turn-1 .meaning:not([hidden])")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_have_count(0)
    expect(viewer).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(opener).to_be_focused()


def test_markup_in_a_question_stays_words(page: Page) -> None:
    nasty = "<img src=x onerror=\"document.title='it ran'\"><script>1</script> ${1+1} {{value}} swallowing"
    turn = ask(page, nasty)
    assert nasty in turn.locator("h2").inner_text()
    assert turn.locator("img, script").count() == 0
    assert page.title() == "Myositis assistant"


def test_a_press_before_the_page_is_drawn_breaks_nothing(page: Page, address: str) -> None:
    """Gradio draws bit by bit, and on a slow machine the button stands before the line that says it is looking."""
    press = "const early = document.body.appendChild(document.createElement('button')); early.id = 'ask'; early.click()"
    note = "window.pressedEarly = !document.querySelector('#looking')"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {press}; {note}; early.remove() }})")
    page.goto(address)
    assert ask(page, QUESTION).locator("blockquote").count() > 0
    assert page.evaluate("window.pressedEarly"), "that the press came before the line"


def test_no_request_leaves_this_machine(browser: Browser, address: str) -> None:
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Show me where").first.click()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Open the whole text").click()
    opened.value.wait_for_load_state("networkidle")
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("Object.entries(sessionStorage)") == [["myositis-questions", json.dumps([QUESTION])]]
    assert page.evaluate("indexedDB.databases()") == []
    assert context.cookies() == []
    context.close()


def test_two_visitors_never_see_each_other(browser: Browser, address: str, assistant: Assistant) -> None:
    contexts = [browser.new_context() for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    questions = ["How is swallowing tested?", "Which brace helps with a dropping foot?"]
    for page in pages:
        page.goto(address)
        page.get_by_label("Your question").wait_for()
    for page, question in zip(pages, questions, strict=True):
        page.locator("#question textarea").fill(question)
    for page in pages:
        page.keyboard.press("Enter")
    for page in pages:
        page.locator("#turn-1").wait_for()
    for page, own, other in zip(pages, questions, reversed(questions), strict=True):
        assert own in page.locator("#conversation").inner_text()
        follow_up = ask(page, "what about that at night?")
        assert page.locator(".turn").count() == 2
        understood = assistant.ask("what about that at night?", [own]).understood_as
        assert follow_up.locator(".understood").inner_text() == f"Understood as: {understood}"
        assert ("swallowing" in understood, "brace" in understood) == ("swallowing" in own, "brace" in own)
        assert other.rstrip("?") not in page.locator("#conversation").inner_text()
    for context in contexts:
        context.close()


def test_the_page_offers_no_programming_interface(assistant: Assistant) -> None:
    config = build_page(assistant).get_config_file()
    assert {one["api_visibility"] for one in config["dependencies"]} == {"private"}


class Proxy:
    """What nginx does for `location /ibm/ { proxy_pass http://page/; }`, where the prefix goes, or with no path after the
    host's name, where it stays. Everything else is not found."""

    def __init__(self, app: ASGIApp, takes_off: bool) -> None:
        self.app = app
        self.takes_off = takes_off

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert scope["path"].startswith("/ibm/"), f"a request beside the sub-path: {scope['path']}"
            if self.takes_off:
                scope = dict(scope, path=scope["path"].removeprefix("/ibm"), raw_path=scope["raw_path"].removeprefix(b"/ibm"))
        await self.app(scope, receive, send)


@pytest.fixture(params=[True, False], ids=["taken off", "left on"])
def below(assistant: Assistant, request: pytest.FixtureRequest) -> Iterator[str]:
    with serving(Proxy(build_app(assistant, root_path="/ibm"), request.param), wait_for="ibm/healthz") as address:
        yield f"{address}ibm/"


def test_everything_works_below_a_sub_path(browser: Browser, below: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(below)
    page.get_by_label("Your question").wait_for()
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Show me where").first.click()
    expect(page.locator(".viewer #quote")).to_be_in_viewport()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the whole text").click()
    expect(opened.value.locator("#quote")).to_be_in_viewport()
    assert opened.value.evaluate("getComputedStyle(document.querySelector('mark')).backgroundColor") != "rgb(255, 255, 0)"
    opened.value.get_by_role("link", name="Go to the first page").click()
    opened.value.get_by_label("Your question").wait_for()
    assert [url for url in asked if not url.startswith(below)] == []
    page.context.close()
