"""What weak hands, tired eyes and screen readers need, measured in a real Chromium on every kind of view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

VIEWS = {
    "first view": [],
    "answer": ["food gets stuck in his throat, what helps?"],
    "not found": ["who won the world cup"],
    "emergency": ["he is choking right now and can't breathe"],
    "declined": ["should I stop taking prednisone?"],
    "conversation": ["How is swallowing tested?", "and at night?", "who won the world cup"],
}
_LEAST_TARGET = 44
_LEAST_CONTRAST = 7.0

# Every piece of visible text with the contrast to the nearest opaque background behind it, where that is below a limit.
_FAINT = """(limit) => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, style, noscript, .unseen, .sr-only")) continue;
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < limit) found.push([walker.currentNode.data.trim().slice(0, 60), contrast]);
  }
  return found;
}"""

_SMALL = """(limit) => [...document.querySelectorAll("a, button, summary, textarea, input")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.textContent.trim().slice(0, 40), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < limit || box.height < limit)
  .map(([words, box]) => [words, box.width, box.height])"""

_FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  return one === document.body ? null : [one.textContent.trim().slice(0, 30), style.outlineStyle, parseFloat(style.outlineWidth)];
}"""

_MOVING = """() => [...document.querySelectorAll("a, button, summary, textarea, dialog, section, article")]
  .filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0.01 || getComputedStyle(one).animationName !== "none")
  .map((one) => one.outerHTML.slice(0, 80))"""


def opened(browser: Browser, address: str, questions: list[str], **context: object) -> Page:
    page = browser.new_context(**context).new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    for number, question in enumerate(questions, start=1):
        page.locator("#question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(f"#turn-{number}").wait_for()
    return page


def findings(page: Page) -> list[str]:
    """What axe-core finds, of any level, best practices and the stricter (AAA) rules for contrast and targets among it."""
    strict = {"rules": {name: {"enabled": True} for name in ("color-contrast-enhanced", "target-size")}}
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in Axe().run(page, options=strict).response["violations"]
    ]


@pytest.fixture(
    scope="module", params=[("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)], ids=lambda one: f"{one[0]}-{one[1]}"
)
def view(request: pytest.FixtureRequest) -> dict[str, object]:
    scheme, width = request.param
    return {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_and_all_is_legible_and_large(
    browser: Browser, address: str, view: dict[str, object], name: str
) -> None:
    page = opened(browser, address, VIEWS[name], **view)
    for topic in page.locator("summary").all():
        topic.click()
        if topic.locator("xpath=ancestor::article").count() == 0:
            break
    assert findings(page) == []
    assert page.evaluate(_FAINT, _LEAST_CONTRAST) == []
    assert page.evaluate(_SMALL, _LEAST_TARGET) == []
    page.context.close()


def test_the_librarys_copy_and_the_dialog_are_as_good(browser: Browser, address: str, view: dict[str, object]) -> None:
    page = opened(browser, address, VIEWS["answer"], **view)
    page.locator("a.term").first.click()
    page.get_by_role("button", name="Show me where").first.click()
    with page.context.expect_page() as found:
        page.get_by_role("link", name="Open the whole text").click()
    copy = found.value
    copy.wait_for_load_state()
    missing = page.context.new_page()
    missing.goto(f"{address}source/none")
    for one in (copy, page, missing):
        assert findings(one) == []
        assert one.evaluate(_FAINT, _LEAST_CONTRAST) == []
        assert one.evaluate(_SMALL, _LEAST_TARGET) == []
    page.context.close()


@pytest.fixture(scope="module")
def narrow(browser: Browser, address: str) -> Iterator[Page]:
    page = opened(browser, address, [*VIEWS["conversation"], "w" * 300], viewport={"width": 320, "height": 640})
    yield page
    page.context.close()


def test_nothing_scrolls_sideways_at_320_pixels(narrow: Page) -> None:
    for topic in narrow.locator(".columns summary").all():
        topic.click()
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    narrow.get_by_role("button", name="Start over").click()
    box = narrow.get_by_role("dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    narrow.keyboard.press("Escape")
    narrow.get_by_role("button", name="Show me where").first.click()
    narrow.locator(".viewer").wait_for()
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    with narrow.context.expect_page() as found:
        narrow.get_by_role("link", name="Open the whole text").click()
    found.value.wait_for_load_state()
    assert found.value.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_text_is_large_and_grows_with_the_readers_own_size(browser: Browser, address: str) -> None:
    page = opened(browser, address, VIEWS["answer"], reduced_motion="reduce")
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


def test_the_focus_can_always_be_seen(browser: Browser, address: str) -> None:
    page = opened(browser, address, VIEWS["answer"])
    page.evaluate(
        "scrollTo(0, 0); document.querySelector('h1').setAttribute('tabindex', '-1'); document.querySelector('h1').focus()"
    )
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        style = page.evaluate(_FOCUSED)
        if style is None:
            break
        reached.append(style)
    assert len(reached) > 12
    assert [one for one in reached if one[1] != "solid" or one[2] < 3] == []
    page.context.close()


def test_nothing_moves_for_those_who_asked_for_stillness(browser: Browser, address: str) -> None:
    page = opened(browser, address, VIEWS["answer"], reduced_motion="reduce")
    assert page.evaluate(_MOVING) == []
    page.context.close()
