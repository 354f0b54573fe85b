"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from corpus.starter import starter_sources

if TYPE_CHECKING:
    from index import Library
    from index.embedding import Embedder

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every run, so that a commit is judged by what it changes; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("repeatable", max_examples=50, deadline=None, derandomize=True, database=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the library, the settings or the caches of whoever runs it, nor asks a proxy for loopback."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in {"DATA": ".local/share", "CONFIG": ".config", "CACHE": ".cache", "STATE": ".local/state"}.items():
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    monkeypatch.setenv("MYOSITIS_LIBRARY", str(home / "library"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real pages and PDFs that stand beside the repository where it is developed, and are no part of it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the development data is not here: {folder}")
    return folder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The packaged model, loaded once."""
    from index.embedding import Embedder

    return Embedder()


@pytest.fixture(scope="session")
def starter_folder(embedder: Embedder, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a starter library, for tests that start a process on it; none of them may change it.

    It is made by the code as it is now; only the vectors, which take minutes, are kept in pytest's cache from run to run.
    """
    from index import Library
    from tests.remembered import remembered_vectors

    folder = tmp_path_factory.mktemp("starter") / "library"
    kept = Path(request.config.cache.mkdir("vectors"))  # type: ignore[union-attr]
    with remembered_vectors(embedder, kept), Library.open(folder, embedder=embedder) as library:
        left_out = [outcome for outcome in library.add(starter_sources()) if outcome.status != "added"]
    assert not left_out
    return folder


@pytest.fixture(scope="session")
def starter_library(starter_folder: Path, embedder: Embedder) -> Iterator[Library]:
    """The starter library, open; for reading only."""
    from index import Library

    with Library.open(starter_folder, create=False, embedder=embedder) as library:
        yield library


@pytest.fixture(scope="session")
def unexpected_library(starter_folder: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The same documents, of which no questions are expected, as of any that somebody adds; for reading only."""
    from index import Library
    from index.vectors import VectorIndex

    folder = tmp_path_factory.mktemp("unexpected") / "library"
    shutil.copytree(starter_folder, folder)
    with Library.open(folder, create=False, embedder=embedder) as library:
        with library._store.writing():
            library._store.forget_expected()
        VectorIndex.build(library._store).file(library._store)
        yield library
