"""The page by keys alone and by taps alone, and with few of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.test_accessibility import ANSWER
from ui.texts import text

_MOST_ACTIONS = 4

_FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight && style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3;
  return one === document.body ? "lost" : seen ? "seen" : one.outerHTML.slice(0, 120);
}"""


def focused(page: Page) -> Locator:
    return page.locator("*:focus")


def tab_to(page: Page, wanted: Locator, most: int = 40) -> None:
    """Press Tab until `wanted` has the focus, which is to be seen at every step."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(_FOCUSED) == "seen"
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab do not lead to {wanted}")


def test_the_whole_way_by_keys_alone(page: Page) -> None:
    tab_to(page, page.locator("#question textarea"))
    page.keyboard.type(ANSWER)
    page.keyboard.press("Enter")
    turn = page.locator("#turn-1")
    expect(turn.get_by_role("heading", level=2)).to_be_focused()
    assert page.evaluate(_FOCUSED) == "seen"
    second = turn.get_by_role("article").nth(1)
    opener = second.get_by_role("button", name="Show me where")
    tab_to(page, opener)
    for closing in ("Escape", "Enter"):
        page.keyboard.press("Space")
        viewer = page.locator(".viewer")
        expect(viewer.locator("#quote")).to_be_focused()
        assert page.evaluate(_FOCUSED) == "seen"
        page.keyboard.press("Shift+Tab")
        assert focused(page).get_attribute("data-viewer") == "larger"
        page.keyboard.press("Enter")
        assert page.evaluate(_FOCUSED) == "seen"
        if closing == "Enter":
            tab_to(page, viewer.get_by_role("button", name="Back to the answer"))
        page.keyboard.press(closing)
        expect(opener).to_be_focused()
        assert page.evaluate(_FOCUSED) == "seen"
    related = turn.locator(".related button").first
    tab_to(page, related)
    page.keyboard.press("Space")
    expect(page.locator("#turn-2 h2")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Start over"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Yes, start over"))
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    assert page.locator(".turn").count() == 0
    # To the end of the page and out of it: nothing holds the focus back, and nothing hides it.
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(_FOCUSED) == "lost":
            break
        assert page.evaluate(_FOCUSED) == "seen"
    assert page.evaluate(_FOCUSED) == "lost"


def test_an_answer_is_read_out_in_its_order(page: Page) -> None:
    page.get_by_label("Your question").fill(ANSWER)
    page.keyboard.press("Enter")
    turn = page.locator("#turn-1")
    turn.wait_for()
    spoken = turn.aria_snapshot()
    order = [
        f'heading "{text("answer.asked")} {ANSWER}" [level=2]',
        "word for word.",
        'article "Quote 1 of',
        "Who says it:",
        'button "Show me where ',
        'link "Open the source',
        'article "Quote 2 of',
        f'heading "{text("answer.related")}" [level=3]',
        f'heading "{text("words.heading")}" [level=3]',
        text("answer.disclaimer"),
    ]
    places = [spoken.index(words) for words in order]
    assert places == sorted(places)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    yield page
    context.close()


def test_the_whole_way_by_taps_alone(phone: Page) -> None:
    phone.locator("summary", has_text="Swallowing").tap()
    phone.locator("details[open] button").first.tap()
    turn = phone.locator("#turn-1")
    turn.wait_for()
    assert 0 <= turn.bounding_box()["y"] < 80, "the answer is shown from its start"
    turn.locator("a.term").first.tap()
    expect(turn.locator(".meaning:not([hidden])")).to_be_in_viewport()
    card = turn.get_by_role("article").first
    card.get_by_role("button", name="Show me where").tap()
    viewer = phone.locator(".viewer")
    expect(viewer.locator("#quote")).to_be_in_viewport()
    assert viewer.bounding_box()["y"] > card.bounding_box()["y"] + card.bounding_box()["height"], "below the card"
    place = viewer.locator(".place")
    before = place.inner_text()
    viewer.locator("button[data-part]").last.tap()
    expect(place).not_to_have_text(before)
    viewer.get_by_role("button", name="Larger").tap()
    viewer.get_by_role("button", name="Back to the answer").tap()
    expect(card.get_by_role("button", name="Show me where")).to_be_in_viewport()
    turn.locator(".related button").first.tap()
    phone.locator("#turn-2").wait_for()
    phone.get_by_role("button", name="Remove the last question").tap()
    phone.get_by_role("button", name="Yes, remove it").tap()
    expect(phone.locator(".turn")).to_have_count(1)
    phone.get_by_role("button", name="Start over").tap()
    phone.get_by_role("button", name="Yes, start over").tap()
    expect(phone.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize(
    ("question", "said", "beside"),
    # A measure to take; what trials ask of those who join, and beside it in the source a trial by its name with its rules.
    [
        ("what can we do about falls at night", "lighting", "rugs and clutter"),
        ("is there a trial he can join", "trial", "the optimism in ibm trial of sirolimus asked people"),
    ],
)
def test_a_task_takes_few_actions(phone: Page, question: str, said: str, beside: str) -> None:
    """From the first view to the place in the source, which is open and marked."""
    taken = []

    def act(action: Callable[..., None], *arguments: str) -> None:
        action(*arguments)
        taken.append(action)

    act(phone.get_by_label("Your question").fill, question)
    act(phone.get_by_role("button", name="Ask", exact=True).tap)
    card = phone.get_by_role("article").first
    assert said in card.locator("mark").inner_text().lower()
    act(card.get_by_role("button", name="Show me where").tap)
    expect(phone.locator(".viewer #quote")).to_be_in_viewport()
    assert beside in phone.locator(".viewer .copy").inner_text().lower()
    assert len(taken) <= _MOST_ACTIONS
