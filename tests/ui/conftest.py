"""The page served from the starter library and a browser, each made once for all page tests, and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from assistant import Assistant
from index import Library
from index.embedding import Embedder
from tests.browser import chromium
from tests.remembered import remembered_vectors
from tests.serving import serving
from tests.ui.commands import Run, command_line
from ui.server import build_app


@pytest.fixture(scope="session")
def assistant(starter_library: Library) -> Assistant:
    return Assistant(starter_library)


@pytest.fixture(scope="session")
def address(assistant: Assistant) -> Iterator[str]:
    with serving(build_app(assistant)) as found:
        yield found


# Not for the whole session: while it is open, playwright's event loop keeps others out of the main thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The first view in a browser context of its own; anything the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address)
    opened.get_by_label("Your question").wait_for()
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def remembering(embedder: Embedder, starter_folder: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """What an earlier run has embedded is not embedded again. (The starter library's own memory must be closed by then.)"""
    assert starter_folder.is_dir()
    with remembered_vectors(embedder, Path(request.config.cache.mkdir("vectors"))):  # type: ignore[union-attr]
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], embedder: Embedder) -> Run:
    """Runs a command line in this process: `run("ask", "Why?", library=folder)`."""
    return command_line(monkeypatch, capsys, embedder)
