"""Spelling repair on the starter library: what people mistype is read as they meant it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.spelling import mend
from corpus import Source
from index import Library
from index.embedding import Embedder


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pain in my thigs at night", "pain in my thighs at night"),
        ("how qickly do fingures loose strenth", "how quickly do fingers loose strength"),
        ("wat dus the needel test in the musles (emg) tell them", "wat dus the needle test in the muscles (emg) tell them"),
        ("is ther a test with a glas of water", "is there a test with a glass of water"),
        ("inclushun body myositas, wich blood test", "inclusion body myositis, which blood test"),
        ("a rollator or a zimmer, and prednisolone", "a rollator or a zimmer, and prednisolone"),
    ],
)
def test_a_question_is_mended_towards_what_people_ask_about(written: str, meant: str, starter_library: Library) -> None:
    assert mend(written, starter_library) == meant


@pytest.mark.parametrize("name", ["ivig", "emgs", "sibm"])
def test_a_short_name_stays_where_no_text_uses_it(name: str, tmp_path: Path, embedder: Embedder) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Garden\n\nIvy and eggs: the shop sims everything.\n", encoding="utf-8")
    with Library.open(tmp_path / "library", embedder=embedder) as library:
        library.add([Source(path=str(note))])
        assert not library.has_word(name)
        assert mend(f"does {name} help", library) == f"does {name} help"
