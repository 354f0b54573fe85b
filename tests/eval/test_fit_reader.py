"""The fit of the reading network: its files, its loss, and that it learns."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant import ranking
from assistant.evaluation import load_questions, stands_in
from assistant.query import Query
from assistant.reader_network import ReaderNetwork
from assistant.reading import PIECE_VALUES, SENTENCE_VALUES, Pairs
from assistant.retrieval import DEPTH
from index import Library
from tests.eval.fit_reader import Example, but_for_the_one_asked, fit, loss_of
from tests.eval.learning import questions_of

HERE = Path(__file__).parent
FILES = sorted((HERE / "reading_questions").glob("*.txt"))
DIMENSION = 8


def made_up(chance: np.random.Generator, *, answerable: bool) -> Example:
    """A question of three pieces with three sentences; the second one answers: it has the question's pieces, others have not."""
    question = chance.normal(size=(3, DIMENSION)).astype(np.float32)
    question /= np.linalg.norm(question, axis=1, keepdims=True)
    rows = chance.normal(size=(3, int(chance.integers(3, 6)), DIMENSION)).astype(np.float32)
    if answerable:
        rows[1, :3] = question
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    pairs = Pairs(
        question=np.repeat(question[None], 3, axis=0),
        piece_values=np.ones((3, 3, PIECE_VALUES), dtype=np.float32),
        asked=np.ones((3, 3), dtype=np.bool_),
        sentence=rows,
        said=np.ones(rows.shape[:2], dtype=np.bool_),
        values=chance.normal(size=(3, SENTENCE_VALUES)).astype(np.float32),
    )
    return Example(pairs, np.array([False, answerable, False]), answerable)


def test_a_file_names_for_each_question_the_sentences_above_it(tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("> One.\n> Two.\nwho?\n\nwhat?\n>\nhow?\n> Three.\nwhy?\n", encoding="utf-8")
    assert list(questions_of(path)) == [
        ("who?", ("One.", "Two.")),
        ("what?", ("One.", "Two.")),
        ("how?", ()),
        ("why?", ("Three.",)),
    ]
    (tmp_path / "a file before.txt").write_text("> Four.\nwhere?\n", encoding="utf-8")
    assert list(questions_of(tmp_path)) == [("where?", ("Four.",)), *questions_of(path)]


@pytest.mark.parametrize("path", [file for file in FILES if not file.stem.endswith("_pages")], ids=lambda path: path.stem)
def test_no_question_that_is_measured_with_is_learnt(path: Path) -> None:
    learnt = [question.casefold() for question, _ in questions_of(path)]
    assert len(learnt) == len(set(learnt)) > 500
    measured = {
        turn.casefold()
        for file in [*HERE.glob("*questions*.jsonl"), *HERE.glob("*twins*.jsonl")]
        for one in load_questions(file)
        for turn in one.turns
    }
    assert len(measured) > 2000
    assert measured.isdisjoint(learnt)


def test_an_expected_question_is_asked_as_if_it_were_not_expected(starter_library: Library) -> None:
    """What is expected besides, other questions of the same sentence, still finds it."""
    expected = starter_library.expected_questions()
    for sentence in list(expected.sentences())[::200]:
        question = expected.of(sentence)[0]
        query = Query.of(question, starter_library)
        known = _value(starter_library, query, sentence)
        with but_for_the_one_asked(query.whole):
            unknown = _value(starter_library, query, sentence)
        assert 0 < unknown < known, question
        assert _value(starter_library, query, sentence) == known


def _value(library: Library, query: Query, sentence: str) -> float:
    hits = library.search(query.expanded, DEPTH, query.vector)
    holding = [one for one in ranking.candidates(library, query, hits) if stands_in(one.text, (sentence,))]
    return min(holding, key=lambda one: len(one.text)).expected


def test_no_page_that_is_measured_with_is_learnt_from() -> None:
    learnt = [page for file in FILES if file.stem.endswith("_pages") for page in file.read_text(encoding="utf-8").split()]
    measured = [page for file in HERE.glob("medquad_pages*.txt") for page in file.read_text(encoding="utf-8").split()]
    assert len(learnt) == len(set(learnt)) > 800
    assert set(measured).isdisjoint(learnt)


def test_the_loss_is_that_of_the_choice_among_candidates_and_none() -> None:
    chance = np.random.default_rng(1)
    network = ReaderNetwork(DIMENSION).eval()
    batch = [made_up(chance, answerable=True), made_up(chance, answerable=False)]
    by_hand = []
    for example in batch:
        parts = {field.name: torch.from_numpy(getattr(example.pairs, field.name)) for field in fields(Pairs)}
        scores = network(**parts).tolist()
        whole = math.log(1 + sum(map(math.exp, scores)))
        by_hand.append(whole - (scores[1] if example.is_answerable else 0.0))
    assert float(loss_of(network, batch).detach()) == pytest.approx(sum(by_hand) / 2, abs=1e-4)


def test_it_learns_what_answers_and_that_nothing_may() -> None:
    chance = np.random.default_rng(2)
    examples = [made_up(chance, answerable=number % 2 == 0) for number in range(400)]
    network = fit(examples[:300], epochs=6)
    with torch.inference_mode():
        learnt, guessed = (float(loss_of(one, examples[300:])) for one in (network, ReaderNetwork(DIMENSION).eval()))
    assert learnt < 0.3 * guessed
