"""Where the starter library answers the questions it was made for, and that each labelled sentence stands in its page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus import read
from corpus.starter import SCHEME, starter_sources
from tests.starter.content import starter_pages

TESTS = Path(__file__).resolve().parents[1]
DEV_LABELS = TESTS / "starter" / "dev_labels.jsonl"
QUESTIONS = [TESTS / "eval" / f"{name}.jsonl" for name in ("questions", "plain_questions", "plain_questions_2", "pair_questions")]


def labelled(path: Path) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def digests() -> dict[str, str]:
    """The text of each research digest as it is read from its PDF, which is what can be quoted, on one line."""
    sources = [source for source in starter_sources() if source.path.endswith(".pdf")]
    return {source.url.removeprefix(SCHEME): " ".join(read(source).text.split()) for source in sources}


@pytest.mark.parametrize("path", [DEV_LABELS, *QUESTIONS], ids=lambda path: path.name)
def test_every_labelled_sentence_stands_in_its_page(path: Path, digests: dict[str, str]) -> None:
    sentences = {page.name: set(page.sentences) for page in starter_pages()}
    for label in labelled(path):
        for gold in label["gold"]:
            page = gold["page"]
            assert gold["sentence"] in (digests[page] if page in digests else sentences[page]), (label["id"], gold)
        texts = [(gold["page"], gold["sentence"]) for gold in label["gold"]]
        assert len(texts) == len(set(texts)), label["id"]


def test_95_of_the_111_questions_have_their_answer_and_the_others_say_what_is_missing() -> None:
    answerable = [label for label in labelled(DEV_LABELS) if label["expects"] == "answer"]
    answered = [label for label in answerable if label["gold"] and not label["partial"]]
    assert len(answerable) == 111
    assert len(answered) >= 95
    for label in answerable:
        assert bool(label["missing"]) is (label not in answered), label["id"]
    assert not any(label["gold"] for label in labelled(DEV_LABELS) if label["expects"] != "answer")
