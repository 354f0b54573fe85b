"""What the page tests measure in a real Chromium: what axe-core finds, contrast, the size of targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

_COLOURS: tuple[tuple[Literal["light", "dark"], Literal["more", "no-preference"]], ...] = (
    ("light", "no-preference"),
    ("dark", "no-preference"),
    ("dark", "more"),
)
_WIDTHS = (1280, 390)
LEAST_TARGET = 44
LEAST_CONTRAST = 7.0

# Every piece of visible text with the contrast to the nearest opaque background behind it, where that is below a limit.
FAINT = """(limit) => {
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

SMALL = """(limit) => [...document.querySelectorAll("a, button, summary, textarea, input")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.textContent.trim().slice(0, 40), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < limit || box.height < limit)
  .map(([words, box]) => [words, box.width, box.height])"""


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


def faults(page: Page) -> list[object]:
    """What axe-core finds, text that is faint, and targets that are small."""
    return [*findings(page), *page.evaluate(FAINT, LEAST_CONTRAST), *page.evaluate(SMALL, LEAST_TARGET)]


def assert_faultless(page: Page, where: str) -> None:
    """In light, dark and high contrast, on a wide and a narrow screen."""
    for colours in in_all_colours(page):
        for width in _WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # Where a resized page comes to stand is chance, and what is half above its edge counts as too small.
            page.evaluate("window.scrollTo(0, 0)")
            found = faults(page)
            assert found == [], f"{where}, {colours}, {width} pixels: {found}"


def in_all_colours(page: Page) -> Iterator[str]:
    """Set the page to each of its colours, and name them; afterwards it is light again."""
    for scheme, contrast in _COLOURS:
        page.emulate_media(color_scheme=scheme, contrast=contrast)
        yield f"{scheme}, {contrast}"
    page.emulate_media(color_scheme="light", contrast="no-preference")
