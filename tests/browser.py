"""The Chromium that the page tests use: found, or installed by `python -m tests.browser`, and launched without a screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A machine that is busy with something else for a while is no fault of the page: for actions and for expectations.
_PATIENCE_MILLISECONDS, _EXPECTED_WITHIN_MILLISECONDS = 120_000, 30_000
# Without a sandbox (the tests may run as root) and without anything that would look for the network by itself.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """The Chromium to use: one on PATH, else the one that playwright downloaded, else None."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium with a new profile, closed and forgotten at the end."""
    path = chromium_path()
    if path is None:
        raise RuntimeError("there is no Chromium; install one with: python -m tests.browser")
    with tempfile.TemporaryDirectory(prefix="chromium-home-") as home, sync_playwright() as playwright:
        # Playwright gives each launch a user-data-dir of its own; HOME keeps the rest (crash reports, caches) there too.
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS), env={**os.environ, "HOME": home})
        expect.set_options(timeout=_EXPECTED_WITHIN_MILLISECONDS)
        browser.on("context", lambda context: context.set_default_timeout(_PATIENCE_MILLISECONDS))
        try:
            yield browser
        finally:
            browser.close()


def main() -> int:
    """Make sure that there is a Chromium, and print which."""
    path = chromium_path()
    if path is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=False)
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "chromium"], check=False)
        path = chromium_path()
    if path is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        path = chromium_path()
    if path is None:
        print("No Chromium was found, and none could be installed. Install one and put it on PATH.", file=sys.stderr)
        return 1
    print(f"The page tests use {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
