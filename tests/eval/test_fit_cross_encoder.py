"""The fit of the cross-encoder: what it learns from, its loss, and that it learns."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest

from assistant.cross_encoder import CrossEncoder
from assistant.reading_together import READ_TOGETHER
from index import Library
from index.embedding import Embedder
from tests.eval.fit_cross_encoder import AT_A_TIME, Example, examples, fit, loss_of
from tests.eval.learning import questions_of

STARTER = Path(__file__).parent / "reading_questions" / "starter.txt"


def made_up(number: int) -> Example:
    """Of two sentences, the one that names the animal of the question answers; every other question is of one that none names."""
    animals = ["cat", "dog", "horse", "cow", "sheep", "goat", "hen", "duck"]
    asked, other, third = (animals[(number * step + step) % 8] for step in (1, 3, 5))
    named = asked if number % 2 == 0 else third
    sentences = [f"Barn: The {other} sleeps.", f"Barn: The {named} eats hay."]
    is_right = np.array([False, number % 2 == 0])
    return Example(f"What does the {asked} eat?", sentences, np.zeros(2, dtype=np.float32), is_right)


def test_it_learns_from_what_readers_would_be_shown_first(starter_library: Library) -> None:
    questions = list(questions_of(STARTER))[::600]
    found = list(examples(starter_library, questions))
    assert 10 < len(found) <= len(questions)
    assert {one.is_answerable for one in found} == {True, False}
    for one in found:
        assert READ_TOGETHER <= len(one.sentences) <= READ_TOGETHER + 1
        assert one.scores.shape == one.is_right.shape == (len(one.sentences),)
        if len(one.sentences) > READ_TOGETHER:
            assert one.is_right.tolist() == [False] * READ_TOGETHER + [True]


def test_where_the_answer_is_not_found_its_page_is_asked(starter_library: Library) -> None:
    """In the words of another matter, which find other pages."""
    document = next(iter(starter_library.documents()))
    gold = (
        next(text for passage in starter_library.passages_of(document.id) for text in passage.sentence_texts if len(text) > 60),
    )
    (found,) = examples(starter_library, [("how do aeroplanes stay up in the air", gold)])
    assert found.is_answerable
    assert all(sentence.startswith(f"{document.title}: ") for sentence in found.sentences)
    assert not list(examples(starter_library, [("how do aeroplanes stay up", ("No page of the library says this.",))]))


def test_a_few_are_drawn_and_one_that_answers_is_among_them() -> None:
    chance = random.Random(1)  # noqa: S311
    for right in (0, 2, 6, None):
        is_right = np.array([place == right for place in range(8)])
        whole = Example("why?", [f"a: {place}" for place in range(8)], np.arange(8, dtype=np.float32), is_right)
        drawn = [whole.drawn(chance) for _ in range(40)]
        for one in drawn:
            assert one.sentences[: AT_A_TIME - 1] == whole.sentences[: AT_A_TIME - 1]
            assert one.is_answerable is whole.is_answerable
            assert [f"a: {int(score)}" for score in one.scores] == one.sentences
            assert len(one.sentences) == len(one.is_right) == AT_A_TIME
        assert len({one.sentences[-1] for one in drawn}) == (1 if right == 6 else 8 - AT_A_TIME + 1)
    assert whole.drawn(chance).drawn(chance).sentences != whole.sentences


def test_the_loss_is_that_of_the_choice_among_sentences_and_none(embedder: Embedder) -> None:
    encoder = CrossEncoder.untrained(embedder)
    encoder.head[-1], encoder.of_ranking[0] = 0.6, 0.5  # what it says of all, and what their places say
    answerable = Example("why?", ["a: b", "c: d"], np.array([2.0, -1.0], dtype=np.float32), np.array([False, True]))
    not_answerable = Example("who?", ["e: f"], np.array([1.0], dtype=np.float32), np.array([False]))
    scores = [0.6 + 0.5 * 2, 0.6 - 0.5], [0.6 + 0.5]
    by_hand = [math.log(1 + sum(map(math.exp, own))) for own in scores]
    by_hand[0] -= scores[0][1]
    loss = float(loss_of(encoder, [answerable, not_answerable]).detach())
    assert loss == pytest.approx(sum(by_hand) / 2, abs=0.01)


def test_it_learns_what_answers_and_leaves_the_embedding_model_as_it_is(embedder: Embedder) -> None:
    before = embedder.encode_question("What does the cat eat?")
    learnt = [made_up(number) for number in range(48)]
    untrained = CrossEncoder.untrained(embedder)
    trained = fit(learnt, untrained, passes=6)
    guessed, known = (float(loss_of(one, learnt).detach()) for one in (untrained, trained))
    assert known < 0.8 * guessed
    assert embedder.encode_question("What does the cat eat?").tolist() == before.tolist()
