"""Small libraries made with vectors that can be checked by eye."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Library
from tests.index.word_embedder import WordEmbedder

LEAFLETS = {
    "swallowing.md": (
        "# Swallowing\n\nFood gets stuck in the throat.\n\n## What helps\n\nSmall bites help. Zanzibar is in no other leaflet.\n"
    ),
    "falls.txt": "Falls\n\nThe thighs give way without a warning. A brace may hold the knee.\n",
    "hands.html": (
        "<!doctype html><html><body><article><h1>Hands</h1><p>The grip weakens early, and bottles are hard to open.</p>"
        "</article></body></html>"
    ),
}


@pytest.fixture
def leaflets(tmp_path: Path) -> Path:
    """A folder with three short texts, one of each kind that is no PDF."""
    folder = tmp_path / "leaflets"
    folder.mkdir()
    for name, text in LEAFLETS.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def word_embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def library(tmp_path: Path, word_embedder: WordEmbedder) -> Iterator[Library]:
    """An empty library."""
    with Library.open(tmp_path / "library", embedder=word_embedder) as opened:
        yield opened
