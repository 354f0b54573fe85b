"""What weak hands, tired eyes and screen readers need, measured in a real Chromium on every kind of view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.measures import FAINT, LEAST_CONTRAST, assert_faultless, faults, in_all_colours, opened

ANSWER = "food gets stuck in his throat, what helps?"
# Every kind of turn, one after the other.
CONVERSATION = [
    "How is swallowing tested?",
    "and at night?",
    "who won the world cup",
    "should I stop taking prednisone?",
    "What did the trials of bimagrumab, arimoclomol and sirolimus show? Table of results",
    "he is choking right now and can't breathe",
]

_MOVING = """() => [...document.querySelectorAll("a, button, summary, textarea, dialog, section, article")]
  .filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0.01 || getComputedStyle(one).animationName !== "none")
  .map((one) => one.outerHTML.slice(0, 80))"""


def test_axe_finds_nothing_on_the_first_view(browser: Browser, address: str) -> None:
    page = opened(browser, address, [], reduced_motion="reduce")
    page.locator(".columns summary").first.click()
    assert_faultless(page, "first view")
    page.context.close()


@pytest.fixture(scope="module")
def conversation(browser: Browser, address: str) -> Iterator[Page]:
    page = opened(browser, address, CONVERSATION, reduced_motion="reduce")
    yield page
    page.context.close()


def test_axe_finds_nothing_on_any_kind_of_answer(conversation: Page) -> None:
    for name in (".card a.term", ".card .show-me"):
        conversation.locator(name).first.click()
    conversation.locator(".viewer").wait_for()
    assert_faultless(conversation, "conversation with the copy beside it")
    for place in (".turn .emergency", ".subjects", ".understood", ".meaning dl", ".viewer mark"):
        assert conversation.locator(place).first.is_visible(), place


def test_axe_finds_nothing_on_a_picture_of_a_page(conversation: Page) -> None:
    card = conversation.locator(".card", has_text="Page ").first
    card.locator(".show-me").click()
    conversation.get_by_role("button", name="Show the page as a picture").click()
    picture = conversation.locator(".viewer img")
    expect(picture).to_be_visible()
    conversation.wait_for_function("document.querySelector('.viewer img').naturalWidth > 0")
    assert "marked words are:" in picture.get_attribute("alt")
    assert faults(conversation) == []
    conversation.get_by_role("button", name="Show the page as text").click()
    expect(picture).to_be_hidden()
    conversation.keyboard.press("Escape")


def test_axe_finds_nothing_on_the_dialogs(conversation: Page) -> None:
    for name in ("Remove the last question", "Start over"):
        conversation.get_by_role("button", name=name).click()
        assert_faultless(conversation, name)
        conversation.keyboard.press("Escape")


def test_axe_finds_nothing_on_the_librarys_copy(conversation: Page, address: str) -> None:
    page = conversation.context.new_page()
    for where in (conversation.locator(".show-me").first.get_attribute("href"), "source/none"):
        page.goto(f"{address}{where}")
        assert_faultless(page, where)
    page.close()


def test_words_stay_clear_under_the_pointer(conversation: Page) -> None:
    """On a phone what was tapped last counts as under the pointer."""
    kinds = (
        ".show-me",
        ".card .button-link:not(.show-me)",
        ".related button",
        ".turn-tools button",
        ".tools a",
        "#ask",
        "summary",
    )
    for name in kinds:
        thing = conversation.locator(name).locator("visible=true").first
        for colours in in_all_colours(conversation):
            thing.hover()
            assert conversation.evaluate(FAINT, LEAST_CONTRAST) == [], f"{name}, {colours}"


def test_words_stay_clear_on_paper_where_no_ground_is_printed(conversation: Page) -> None:
    conversation.emulate_media(color_scheme="dark", media="print")
    # The page hears of the darkness a little later; a printer asks long after that.
    expect(conversation.locator("html")).to_have_attribute("data-theme", "dark")
    conversation.evaluate("dispatchEvent(new Event('beforeprint'))")
    bare = conversation.add_style_tag(content="* { background: none !important }")
    assert conversation.locator("header h1, .turn .emergency").first.is_visible()
    assert conversation.evaluate(FAINT, LEAST_CONTRAST) == []
    bare.evaluate("(one) => one.remove()")
    conversation.evaluate("dispatchEvent(new Event('afterprint'))")
    conversation.emulate_media(color_scheme="light", media="screen")


@pytest.fixture(scope="module")
def narrow(conversation: Page) -> Page:
    """What is left of 1280 × 1024 pixels at 400 %."""
    conversation.set_viewport_size({"width": 320, "height": 256})
    return conversation


def test_nothing_scrolls_sideways_at_320_pixels(narrow: Page) -> None:
    width = "document.documentElement.scrollWidth"
    narrow.locator("#question textarea").fill("w" * 300)
    narrow.keyboard.press("Enter")
    narrow.locator(f"#turn-{len(CONVERSATION) + 1}").wait_for()
    for topic in narrow.locator(".columns summary").all():
        topic.click()
        assert narrow.evaluate(width) <= 320
    narrow.get_by_role("button", name="Start over").click()
    box = narrow.get_by_role("dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    narrow.keyboard.press("Escape")
    narrow.keyboard.press("Escape")  # a copy that another test opened is still there
    narrow.locator(".card", has_text="Page ").first.locator(".show-me").click()
    narrow.locator(".viewer").wait_for()
    assert narrow.evaluate(width) <= 320
    with narrow.context.expect_page() as found:
        narrow.get_by_role("link", name="Open the whole text").click()
    found.value.set_viewport_size({"width": 320, "height": 256})
    found.value.wait_for_load_state()
    assert found.value.evaluate(width) <= 320
    found.value.close()


def test_the_text_is_large_and_grows_with_the_readers_own_size(browser: Browser, address: str) -> None:
    page = opened(browser, address, [ANSWER], reduced_motion="reduce")
    assert page.evaluate(_MOVING) == [], "nothing moves for those who asked for stillness"
    size = "(name) => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)"
    places = (
        ".lead",
        ".disclaimer",
        "#question textarea",
        ".card blockquote",
        ".source",
        ".button-link",
        "#ask",
        "summary",
        ".info-text",
    )
    assert [place for place in places if page.evaluate(size, place) < 18] == []
    before = {place: page.evaluate(size, place) for place in places}
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    grown = 32 / 18
    assert [place for place in places if page.evaluate(size, place) < before[place] * grown * 0.99] == []
    page.context.close()
