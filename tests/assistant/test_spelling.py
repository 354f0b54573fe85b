"""Spelling repair on the starter library: what people mistype is read as they meant it."""

from __future__ import annotations

import pytest

from assistant.spelling import mend
from index import Library


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
