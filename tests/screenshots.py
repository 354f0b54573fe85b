"""Pictures of the page for the README and the documentation: `make screenshots`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page

from assistant import Assistant
from corpus.starter import starter_sources
from index import Library
from tests.browser import chromium
from tests.serving import serving
from ui.server import build_app

_QUESTION = "Is exercise safe with IBM?"
_IN_A_PDF = "What did the trials of bimagrumab, arimoclomol and sirolimus show? Table of results"
_MOST_BYTES = 300_000
_WIDE = (1280, 1000)
_PHONE = (390, 844)


def _ask(page: Page, question: str = _QUESTION) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#ask").click()
    page.locator(".turn").last.wait_for()


def _show_where(page: Page) -> None:
    _ask(page)
    page.locator(".show-me").first.click()
    page.locator(".viewer #quote").wait_for()


def _show_picture(page: Page) -> None:
    _ask(page, _IN_A_PDF)
    page.locator(".card", has_text="Page ").first.locator(".show-me").click()
    page.get_by_role("button", name="Show the page as a picture").click()
    page.wait_for_function("document.querySelector('.viewer img').naturalWidth > 0")
    page.locator(".viewer").evaluate("(one) => one.scrollIntoView()")


def _explain(page: Page) -> None:
    _ask(page, "What does the antibody test show?")
    page.locator("a.term").first.click()


def _open_topic(page: Page) -> None:
    page.locator(".columns summary").first.click()


def _open_copy(page: Page) -> None:
    _ask(page)
    page.goto(page.locator(".show-me").first.evaluate("(one) => one.href"))
    page.locator("#quote").wait_for()


@dataclass(frozen=True, slots=True)
class Picture:
    """A view to be taken: its size in CSS pixels, the colours the device is set to, and what is done before."""

    name: str
    size: tuple[int, int]
    arrange: Callable[[Page], None] = _ask
    colours: Literal["light", "dark", "high contrast"] = "light"


PICTURES = (
    Picture("first-view", _WIDE, _open_topic),
    Picture("first-view-phone", _PHONE, lambda page: None),
    Picture("answer", _WIDE),
    Picture("answer-dark", _WIDE, colours="dark"),
    Picture("answer-high-contrast", _WIDE, colours="high contrast"),
    Picture("answer-phone", _PHONE),
    Picture("word-phone", _PHONE, _explain),
    Picture("not-found-phone", _PHONE, lambda page: _ask(page, "Who won the world cup?")),
    Picture("emergency-phone", _PHONE, lambda page: _ask(page, "He is choking right now and can't breathe")),
    Picture("show-me-where", _WIDE, _show_where),
    Picture("show-me-where-phone", _PHONE, _show_where),
    Picture("show-me-where-pdf", _WIDE, _show_picture),
    Picture("library-copy", _WIDE, _open_copy),
)


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> Path:
    """Take one picture as a PNG in `folder`."""
    context = browser.new_context(
        viewport={"width": picture.size[0], "height": picture.size[1]},
        color_scheme="light" if picture.colours == "light" else "dark",
        contrast="more" if picture.colours == "high contrast" else "no-preference",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    picture.arrange(page)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    path = folder / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    return _small(path)


def take_sheet(browser: Browser, address: str, folder: Path) -> Path:
    """The first page of the sheet for the doctor, as it is printed."""
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    _ask(page)
    page.locator("[data-opens=handout-dialog]").first.click()
    with page.expect_download() as download:
        page.locator("[data-pdf]").click()
    with pypdfium2.PdfDocument(download.value.path()) as sheet:
        path = folder / "sheet-for-the-doctor.png"
        sheet[0].render(scale=1.3).to_pil().save(path)
    page.context.close()
    return _small(path)


def _small(path: Path) -> Path:
    """The picture with 256 colours, which show all there is to see and belong in a repository."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
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
            taken = [take(browser, address, picture, arguments.folder) for picture in PICTURES]
            taken.append(take_sheet(browser, address, arguments.folder))
    too_large = [path for path in taken if path.stat().st_size > _MOST_BYTES]
    for path in too_large:
        print(f"{path} has {path.stat().st_size:,} bytes, at most {_MOST_BYTES:,} belong in a repository", file=sys.stderr)
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
