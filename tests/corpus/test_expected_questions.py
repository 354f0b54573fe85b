"""Files of expected questions: which sentence each question asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import ReadError
from corpus.expected_questions import ExpectedQuestions

FALLS = """> Take up loose rugs.
why do i keep tripping at home

will my slippery mats be the end of me

> Lights on the stairs help
at night.
"""


def written(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_each_sentence_has_the_questions_below_it(tmp_path: Path) -> None:
    found = ExpectedQuestions.load([written(tmp_path / "asked", falls=FALLS)])
    assert found.of("Take up loose rugs.") == ("why do i keep tripping at home", "will my slippery mats be the end of me")
    assert found.of("Take up\n  loose rugs.") == found.of("Take up loose rugs.")
    assert found.of("Take up loose rugs") == ()
    assert found.of("Lights on the stairs help") == ("at night.",)


def test_several_files_may_ask_for_one_sentence_and_a_question_counts_once(tmp_path: Path) -> None:
    first = written(tmp_path / "first", falls=FALLS)
    second = written(tmp_path / "second", own="\ufeff> Take up loose rugs.\nwhy do i keep tripping at home\nis the carpet safe")
    found = ExpectedQuestions.load([first, tmp_path / "there is none", second])
    assert found.of("Take up loose rugs.")[1:] == ("will my slippery mats be the end of me", "is the carpet safe")
    assert set(found.sentences()) == {"Take up loose rugs.", "Lights on the stairs help"}


def test_the_digest_tells_whether_anything_changed(tmp_path: Path) -> None:
    folder = written(tmp_path / "asked", falls=FALLS)
    before = ExpectedQuestions.load([folder]).digest
    assert ExpectedQuestions.load([written(folder, falls=FALLS.replace("\n\nwill", "\nwill"))]).digest == before
    assert ExpectedQuestions.load([written(folder, falls=FALLS.replace("mats", "rugs"))]).digest != before
    assert ExpectedQuestions.load([]).digest != before


def test_a_question_without_a_sentence_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    folder = written(tmp_path / "asked", falls="\nwhy do i trip\n> Take up loose rugs.\n")
    with pytest.raises(ReadError, match=r"falls\.txt, line 2"):
        ExpectedQuestions.load([folder])


def test_what_is_no_text_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (written(tmp_path / "asked") / "picture.txt").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(ReadError, match=r"picture\.txt"):
        ExpectedQuestions.load([tmp_path / "asked"])
