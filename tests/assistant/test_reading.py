"""Reading: what it adds to a candidate depends on question and sentence alone, and it tells what answers from what does not."""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant import ranking, reading
from assistant.evaluation import load_questions
from assistant.query import Query
from assistant.ranking import Candidate
from assistant.reading import KNOWN_TO_ANSWER, READ, SAME_QUESTION, Pairs, any_of, pairs_of, read
from assistant.retrieval import DEPTH, asked_of, retrieved
from index import Library

QUESTIONS = ["What helps when food gets stuck?", "hands", "and what is it", "I keep falling in the bathroom, what can we put in?"]
EVAL = Path(__file__).parent.parent / "eval"


def unread(library: Library, question: str) -> tuple[Query, list[Candidate], dict[str, str]]:
    query = asked_of(library, question)
    found = ranking.candidates(library, query, library.search(query.expanded, DEPTH, query.vector))
    return query, found, {document.id: document.title for document in library.summaries()}


def sha256(library: Library) -> str:
    return library.embedder.identity.sha256


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_read_ones_stand_first_by_their_sums_and_the_others_follow_in_their_order(
    starter_library: Library, question: str
) -> None:
    query, found, titles = unread(starter_library, question)
    again = read(query, found, titles, sha256(starter_library))
    places = {(id(one.hit), one.first, one.last): place for place, one in enumerate(found)}
    before = [places[id(one.hit), one.first, one.last] for one in again]
    assert sorted(before) == list(range(len(found)))
    assert set(before[:READ]) == set(range(min(READ, len(found))))
    assert before[READ:] == sorted(before[READ:])
    assert all(one.score >= other.score for one, other in pairwise(again))
    for one, place in zip(again, before, strict=True):
        assert one.score == pytest.approx(found[place].score + one.read, abs=1e-5)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_candidate_reads_the_same_alone_and_among_longer_ones(starter_library: Library, question: str) -> None:
    query, found, titles = unread(starter_library, question)
    _, network = reading._network()
    pairs = pairs_of(query, found, titles, READ)
    together = reading._scores(network, pairs)
    for row, candidate in enumerate(found[:READ]):
        length = max(1, len(candidate.piece_vectors))
        cut = {"sentence": length, "said": length}
        parts = {field.name: getattr(pairs, field.name)[row : row + 1] for field in fields(Pairs)}
        alone = Pairs(**{name: part[:, : cut[name]] if name in cut else part for name, part in parts.items()})
        assert reading._scores(network, alone) == [pytest.approx(together[row], abs=1e-3)]


@pytest.mark.parametrize(
    "question", ["Is IBM hereditary?", "is inclusion body myositis hereditary", "Is there an alert card for IBM?"]
)
def test_what_is_expected_to_answer_that_very_question_stands_first(starter_library: Library, question: str) -> None:
    query, found, titles = unread(starter_library, question)
    again = read(query, found, titles, sha256(starter_library))
    _, network = reading._network()
    alone = reading._scores(network, pairs_of(query, found, titles, READ))
    asked = reading._asked(again)
    assert reading._is_known(again[0], asked)
    assert not all(reading._is_known(one, asked) for one in again)
    for one, score in zip(found[:READ], alone, strict=True):
        (same,) = (two for two in again if (two.hit, two.first, two.last) == (one.hit, one.first, one.last))
        gain = KNOWN_TO_ANSWER if reading._is_known(same, asked) else 0.0
        assert same.read == pytest.approx(score + gain, abs=1e-4)


@pytest.mark.parametrize(("number", "other"), [("third", "fourth"), ("fourth", "third")])
def test_of_two_expected_questions_that_are_nearly_the_same_the_nearer_one_is_asked(
    starter_library: Library, number: str, other: str
) -> None:
    query, found, titles = unread(starter_library, f"What is the {number} phase of life with IBM?")
    again = read(query, found, titles, sha256(starter_library))
    known = [one.text.split() for one in again if one.read > KNOWN_TO_ANSWER / 2]
    assert known
    assert all(number in words and other not in words for words in known if {"third", "fourth"} & {*words})
    assert sum(one.expected_as_asked >= SAME_QUESTION for one in again) > len(reading._asked(again))


def test_what_says_the_same_in_another_document_is_known_to_answer_as_well(starter_library: Library) -> None:
    asked = "Would you kindly tell me which foods are hardest to swallow in inclusion body myositis?"
    query, found, titles = unread(starter_library, asked)
    again = read(query, found, titles, sha256(starter_library))
    (known,) = (one for one in again if one.expected_as_asked >= SAME_QUESTION)
    home = next(document.id for document in starter_library.summaries() if document.title.startswith("Swallowing day to day"))
    twin = next(one for one in again if one.hit.passage.document_id == home and one.text.startswith("Hard and dry foods"))
    assert known.text.startswith("Hard and dry foods")
    assert known.hit.passage.document_id != home
    assert twin.read > KNOWN_TO_ANSWER / 2
    others = [one.read for one in again if one is not known and one is not twin]
    assert max(others) < KNOWN_TO_ANSWER / 2


def test_with_another_embedding_model_nothing_is_read(starter_library: Library) -> None:
    query, found, titles = unread(starter_library, QUESTIONS[0])
    assert read(query, found, titles, "another model's") == found
    assert read(query, [], titles, sha256(starter_library)) == []


def test_any_of_several_is_likelier_than_the_likeliest() -> None:
    assert any_of([-1.0, -1.0]) == pytest.approx(math.log(2) - 1)
    assert any_of([-2.0, 1.0, 0.5]) > 1.0
    assert any_of([0.0, 0.0]) == any_of([]) == 0.0


def test_questions_that_sound_alike_are_told_apart_by_what_is_read(starter_library: Library) -> None:
    """Of questions that no fit has seen: those that a page answers, and twins of others, in the same words, that none does."""
    answered, twins = (
        [
            one.standalone or one.turns[-1]
            for one in load_questions(EVAL / name)
            if (one.split, one.expects) == ("held_back", expects)
        ]
        for name, expects in (("questions.jsonl", "answer"), ("starter_twins.jsonl", "abstain"))
    )
    read_any = [
        [
            any_of([one.read for one in retrieved(starter_library, asked_of(starter_library, text))[0].ranked[:READ]])
            for text in texts
        ]
        for texts in (answered, twins)
    ]
    pairs = np.greater.outer(read_any[0], read_any[1])
    assert len(answered) > 40
    assert len(twins) > 30
    assert pairs.mean() > 0.75  # the area under the ROC curve
