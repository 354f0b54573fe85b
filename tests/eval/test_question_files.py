"""That the files of questions are well formed and that every sentence said to answer one stands in its page.

All MedQuAD sets but the first were written without asking the assistant: `split` is "tune" for four questions of a style in five
and "held_back" for the fifth, which is never looked at while the assistant is changed; the seventh set is held back whole. A
follow-up gives every turn of its talk in `turns` (the last is `question`) and the same question by itself in `standalone`. So
were the starter questions from t241 on.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from corpus.starter import starter_sources

FOLDER = Path(__file__).parent
STARTER = FOLDER / "questions.jsonl"
FIRST = FOLDER / "medquad_questions.jsonl"
LATER = {number: FOLDER / f"medquad_questions_{number}.jsonl" for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)}
HELD_BACK = (7, 8, 9, 10, 11, 12)
TWINS = {
    STARTER: FOLDER / "starter_twins.jsonl",
    FIRST: FOLDER / "medquad_twins.jsonl",
    **{LATER[number]: FOLDER / f"medquad_twins_{number}.jsonl" for number in (2, 3, 4)},
}
PHRASINGS = FOLDER / "phrasings.jsonl"
# Plain questions, of which the second file is held back as a whole.
PLAIN = tuple(FOLDER / f"{name}.jsonl" for name in ("plain_questions", "plain_questions_2"))
# Pairs in one manner. Where a pair is not held back, its answered question is expected of the sentences that answer it, and only
# the other one is left.
PAIRS = FOLDER / "pair_questions.jsonl"
ANSWERED = {"lay", "typo", "long story", "keywords", "plain", "yes/no", "follow-up"}
UNANSWERED = {"near-miss", "gap", "off-topic"}
# Of the sets that lack one.
STYLES = dict.fromkeys((5, 6), (ANSWERED | UNANSWERED) - {"follow-up"})
KEYS = {"id", "question", "style", "expects", "split", "gold"}
STARTER_KEYS = {"id", "turns", "topic", "style", "expects", "split", "gold"}
# The first starter question of those that were added later, where the assistant was weakest.
ADDED = "t241"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def pages(name: str) -> list[str]:
    return (FOLDER / name).read_text(encoding="utf-8").split()


def test_no_two_sets_share_a_page() -> None:
    sets = [pages("medquad_pages.txt"), *(pages(f"medquad_pages_{number}.txt") for number in LATER)]
    everything = [page for each in sets for page in each]
    assert len(everything) == len(set(everything)) == 60 + 121 + 60 + 60 + 120 + 120 + 86 + 55 + 54 + 54 + 60 + 59
    # For the last ones there were no unasked pages left in most collections.
    for each in sets[1:-6]:
        assert len({page.split("/")[0] for page in each}) == 9, "pages of all nine collections"


def test_no_two_medquad_questions_are_alike() -> None:
    everything = [one for path in (FIRST, *LATER.values()) for one in lines(path)]
    assert len({one["id"] for one in everything}) == len({one["question"].casefold() for one in everything}) == len(everything)


@pytest.mark.parametrize("number", LATER)
def test_every_question_of_the_later_sets_has_its_keys(number: int) -> None:
    listed = set(pages(f"medquad_pages_{number}.txt"))
    for one in lines(LATER[number]):
        talk = {"turns", "standalone"} if one["style"] == "follow-up" else set()
        assert set(one) == KEYS | talk, one["id"]
        assert one["expects"] == ("answer" if one["style"] in ANSWERED else "abstain"), one["id"]
        assert one["style"] in ANSWERED | UNANSWERED, one["id"]
        assert bool(one["gold"]) is (one["expects"] == "answer"), one["id"]
        assert {gold["file"] for gold in one["gold"]} <= listed, one["id"]
        sentences = [(gold["file"], gold["sentence"]) for gold in one["gold"]]
        assert len(sentences) == len(set(sentences)), one["id"]
        if talk:
            assert len(one["turns"]) > 1
            assert one["turns"][-1] == one["question"]
            assert one["standalone"].endswith("?")


@pytest.mark.parametrize("number", [number for number in LATER if number not in HELD_BACK])
def test_one_question_in_five_of_every_style_is_held_back(number: int) -> None:
    styles = Counter((one["style"], one["split"]) for one in lines(LATER[number]))
    for style in STYLES.get(number, ANSWERED | UNANSWERED):
        tune, held_back = styles.pop((style, "tune")), styles.pop((style, "held_back"))
        assert held_back == (tune + held_back) // 5 > 0, style
    assert not styles


@pytest.mark.parametrize("number", HELD_BACK)
def test_the_last_sets_are_held_back_as_a_whole(number: int) -> None:
    assert {one["split"] for one in lines(LATER[number])} == {"held_back"}


@pytest.mark.parametrize("answered", TWINS, ids=lambda path: path.stem)
def test_a_twin_is_another_question_that_nothing_answers(answered: Path) -> None:
    originals = {one["id"]: one for one in lines(answered)}
    twins = lines(TWINS[answered])
    assert len({one["id"] for one in twins}) == len({one["question"].casefold() for one in twins}) == len(twins) > 150
    for one in twins:
        original = originals[one["id"].removesuffix("-twin")]
        assert set(one) == KEYS
        assert (one["style"], one["expects"], one["gold"], original["expects"]) == ("twin", "abstain", [], "answer")
        assert one["question"].casefold() not in {turn.casefold() for turn in original.get("turns", [original.get("question")])}
        assert answered == STARTER or one["split"] == original.get("split", "tune"), one["id"]


def test_every_starter_question_has_its_keys_and_no_two_are_alike() -> None:
    questions = lines(STARTER)
    assert [one["id"] for one in questions] == [f"t{number:03}" for number in range(1, len(questions) + 1)]
    assert len({tuple(turn.casefold() for turn in one["turns"]) for one in questions}) == len(questions)
    for one in questions:
        talk = {"standalone"} if len(one["turns"]) > 1 else set()
        assert set(one) == STARTER_KEYS | talk, one["id"]
        assert bool(one["gold"]) is (one["expects"] in {"answer", "decline"}), one["id"]
        assert one["split"] in {"tune", "held_back"}, one["id"]


def test_every_fifth_of_the_added_starter_questions_of_a_style_is_held_back() -> None:
    styles: dict[str, list[str]] = {}
    for one in lines(STARTER):
        if one["id"] >= ADDED:
            styles.setdefault(one["style"], []).append(one["split"])
    assert {style: len(splits) for style, splits in styles.items()} == {
        "lay synonym": 70,
        "follow-up": 25,
        "near-miss": 35,
        "in-domain gap": 15,
        "off-topic": 10,
    }
    for style, splits in styles.items():
        expected = ["held_back" if place % 5 == 0 else "tune" for place in range(1, len(splits) + 1)]
        assert splits == expected, style


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
def test_plain_questions_have_their_keys_and_a_part_or_all_of_them_is_held_back(path: Path) -> None:
    questions = lines(path)
    seen: Counter[tuple[str, str]] = Counter()
    for one in questions:
        assert set(one) == KEYS, one["id"]
        assert one["expects"] == ("answer" if one["gold"] else "abstain"), one["id"]
        seen[one["style"], one["expects"]] += 1
        fifth = seen[one["style"], one["expects"]] % 5 == 0
        assert one["split"] == ("held_back" if fifth or path == PLAIN[1] else "tune"), one["id"]
    assert len({one["id"] for one in questions}) == len(questions) > 300


def test_every_fifth_pair_is_held_back_and_of_the_others_there_is_the_question_without_an_answer() -> None:
    pairs: dict[str, dict[str, str]] = {}
    for one in lines(PAIRS):
        assert set(one) == KEYS, one["id"]
        pair, _, twin = one["id"].partition("-")
        assert one["expects"] == ("abstain" if twin else "answer"), one["id"]
        assert bool(one["gold"]) == (one["expects"] == "answer"), one["id"]
        pairs.setdefault(pair, {})[one["expects"]] = one["split"]
    held_back = [splits for pair, splits in pairs.items() if int(pair.removeprefix("b")) % 5 == 0]
    assert held_back == [{"answer": "held_back", "abstain": "held_back"}] * 178
    assert [splits for splits in pairs.values() if splits not in held_back] == [{"abstain": "tune"}] * 714


def test_no_two_plain_questions_are_alike() -> None:
    everything = [one["question"].casefold() for path in (*PLAIN, PAIRS) for one in lines(path)]
    assert len(set(everything)) == len(everything)


def test_every_sentence_of_the_medquad_sets_stands_in_its_page(shared_data: Path) -> None:
    texts: dict[str, str] = {}
    for one in (one for path in (FIRST, *LATER.values()) for one in lines(path)):
        for gold in one["gold"]:
            file = gold["file"]
            if file not in texts:
                answers = ElementTree.parse(shared_data / "medquad" / file).iter("Answer")  # noqa: S314  # the file is one of our own data
                texts[file] = "\n".join(" ".join((answer.text or "").split()) for answer in answers)
            assert gold["sentence"] in texts[file], (one["id"], gold)


def test_every_set_of_wordings_asks_a_starter_page_ten_ways() -> None:
    sets = lines(PHRASINGS)
    known = {Path(source.path).stem for source in starter_sources()}
    wordings = [wording.strip() for one in sets for wording in one["phrasings"]]
    assert len(sets) == len({one["id"] for one in sets}) == len({one["page"] for one in sets}) == 20
    assert len(wordings) == len(set(wordings)) == 200
    for one in sets:
        assert set(one) == {"id", "page", "phrasings"}
        assert one["page"] in known, one["id"]
        assert len(one["phrasings"]) == 10, one["id"]
