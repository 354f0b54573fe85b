"""Pictures of the page for the README and the documentation: `python -m tests.screenshots docs/screenshots`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from assistant import Assistant
from corpus.starter import starter_sources
from index import Library
from tests.browser import chromium
from tests.serving import serving
from ui.server import build_app

_QUESTION = "Food gets stuck in his throat. What helps?"
_MOST_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A view to be taken: `question` None is the first view, `copy` the library's copy behind the first quote."""

    name: str
    width: int
    height: int
    question: str | None = _QUESTION
    dark: bool = False
    copy: bool = False


PICTURES = (
    Picture("first-view", 1280, 1000, question=None),
    Picture("answer", 1280, 1000),
    Picture("answer-dark", 1280, 1000, dark=True),
    Picture("answer-phone", 390, 844),
    Picture("first-view-phone", 390, 844, question=None),
    Picture("emergency-phone", 390, 844, question="He is choking right now and can't breathe"),
    Picture("library-copy", 1280, 1000, copy=True),
)


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> Path:
    """Take one picture as a PNG in `folder`."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    page: Page = context.new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    if picture.question:
        page.locator("#question textarea").fill(picture.question)
        page.keyboard.press("Enter")
        page.locator("#turn-1").wait_for()
    if picture.copy:
        with context.expect_page() as opened:
            page.get_by_role("link", name="Show in the library").first.click()
        page = opened.value
        page.locator("#quote").wait_for()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    path = folder / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size:,} bytes, at most {_MOST_BYTES:,} belong in a repository")
    return path


def main() -> int:
    """Build the starter library in a temporary folder, or take the one that is named, and picture the page it gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--library", type=Path, help="a library that is there already")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as temporary:
        library = Library.open(arguments.library or Path(temporary), create=arguments.library is None)
        if arguments.library is None:
            print("Building the starter library …", file=sys.stderr)
            library.add(starter_sources())
        with Assistant(library) as assistant, serving(build_app(assistant)) as address, chromium() as browser:
            for picture in PICTURES:
                print(take(browser, address, picture, arguments.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
