"""The starter library's expected questions fit its sentences, and are none of those that it is measured with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assistant.quoting import quotable
from corpus.expected_questions import ExpectedQuestions
from corpus.starter import EXPECTED_QUESTIONS, starter_sources
from index import Library

ROOT = Path(__file__).resolve().parents[1]
# Sentences that only send the reader elsewhere answer nothing.
_MOST_WITHOUT = 0.03


@pytest.fixture(scope="module")
def questions() -> ExpectedQuestions:
    return ExpectedQuestions.load([EXPECTED_QUESTIONS])


def test_there_is_a_file_for_each_page_and_digest() -> None:
    names = {source.url.rpartition(":")[2] for source in starter_sources()}
    assert {path.stem for path in EXPECTED_QUESTIONS.glob("*.txt")} == names


def test_each_asks_for_a_sentence_that_stands_in_the_library(starter_library: Library, questions: ExpectedQuestions) -> None:
    standing = {" ".join(text.split()) for texts in sentences(starter_library) for text in texts}
    assert set(questions.sentences()) - standing == set()


def test_nearly_every_sentence_that_can_be_quoted_has_some(starter_library: Library, questions: ExpectedQuestions) -> None:
    counts = [len(questions.of(texts[at])) for texts in sentences(starter_library) for at in quotable(texts)]
    assert sum(count == 0 for count in counts) < _MOST_WITHOUT * len(counts)
    assert sum(count >= 3 for count in counts) > 0.9 * len(counts)


def test_none_is_a_question_that_the_library_is_measured_with(questions: ExpectedQuestions) -> None:
    measured: set[str] = set()
    for name in ("questions", "phrasings", "plain_questions", "plain_questions_2", "pair_questions"):
        for line in (ROOT / "eval" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            measured |= {plain(text) for text in strings(json.loads(line))}
    # first_questions.txt is left out: the confidence is fitted to most of it, and it has no labels.
    for name in ("first_questions_2.txt", "first_questions_3.txt", "twin_questions.tsv", "twin_questions_2.tsv"):
        for line in (ROOT / "eval" / name).read_text(encoding="utf-8").splitlines():
            measured |= {plain(question) for question in line.split("\t")}
    expected = {plain(question) for sentence in questions.sentences() for question in questions.of(sentence)}
    assert expected & measured == set()


def sentences(library: Library) -> list[list[str]]:
    return [list(passage.sentence_texts) for document in library.documents() for passage in library.passages_of(document.id)]


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in strings(one)]


def plain(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.casefold()))
