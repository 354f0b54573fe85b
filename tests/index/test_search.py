"""Searching the starter library: what is in it is found, and the order is that of both rankings together."""

from __future__ import annotations

import pytest

from index import Hit, Library
from index.store import EXPECTED
from index.words import content_words, match_expression
from tests.corpus.span_checks import check_passages

QUESTIONS = [
    "Food gets stuck in his throat. What helps?",
    "how do I get up after a fall",
    "cN1A antibody test negative",
    "is inclusion body myositis inherited",
    "TDP-43",
    "stairs",
]


def ids(hits: list[Hit]) -> list[tuple[str, int]]:
    return [(hit.passage.document_id, hit.passage.start) for hit in hits]


def test_a_passage_is_found_by_a_sentence_of_its_own(starter_library: Library) -> None:
    """Known-item search over every twelfth passage, by its longest sentence.

    Pages repeat each other's facts in other words, and plain questions are expected of all that say a thing, so a passage of
    another page may come first; measured: 54 % first, 95 % among the first five.
    """
    every = [passage for summary in starter_library.summaries() for passage in starter_library.passages_of(summary.id)]
    places = []
    for passage in every[::12]:
        start, end = max(passage.sentences, key=lambda span: span[1] - span[0])
        sentence = passage.text[start - passage.start : end - passage.start]
        holds = [sentence in hit.passage.text for hit in starter_library.search(sentence, 5)]
        places.append(holds.index(True) if True in holds else len(holds))
    assert len(places) > 30
    assert sum(place == 0 for place in places) >= 0.5 * len(places)
    assert sum(place < 5 for place in places) >= 0.9 * len(places)


def test_hits_are_passages_of_the_library(starter_library: Library) -> None:
    for question in QUESTIONS:
        for hit in starter_library.search(question):
            document = starter_library.document(hit.passage.document_id)
            assert hit.passage in starter_library.passages_of(document.id)
            assert document.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_every_stored_document_keeps_its_spans(starter_library: Library) -> None:
    for document in starter_library.documents():
        check_passages(document, starter_library.passages_of(document.id))
    assert starter_library.check().problems == ()


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_come_best_first_without_doubles(starter_library: Library, question: str) -> None:
    hits = starter_library.search(question, 20)
    assert len(hits) == len(set(ids(hits))) == 20
    assert [hit.fused for hit in hits] == sorted((hit.fused for hit in hits), reverse=True)
    assert all(-1.001 <= hit.dense <= 1.001 and hit.lexical >= 0 for hit in hits)


@pytest.mark.parametrize("question", QUESTIONS)
def test_asking_for_fewer_gives_the_first_of_them(starter_library: Library, question: str) -> None:
    hits = starter_library.search(question, 20)
    for k in (0, 1, 7):
        assert ids(starter_library.search(question, k)) == ids(hits)[:k]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_fused_score_is_that_of_all_three_ranks(starter_library: Library, question: str) -> None:
    """Each ranking gives 1/(10 + rank): worked out again here from the scores of sixty passages, words and questions."""
    vector = starter_library.embedder.encode_question(question)
    store = starter_library._store
    _, every_id, matrix = store.vectors()
    cosines = dict(zip(every_id.tolist(), (matrix @ vector).tolist(), strict=True))
    dense = sorted((number for number in cosines if number < EXPECTED), key=lambda number: -cosines[number])[:60]
    # Two passages may hold one question, so that only the index itself tells which comes first (test_expected.py has its order).
    expected = [number for number, _ in starter_library._vector_index().search_expected(vector, 60)]
    lexical = [number for number, _ in store.match(match_expression(question), 60)]
    rankings = (dense, lexical, expected)
    passages = store.passages([number for number in every_id.tolist() if number < EXPECTED])
    scores = {
        (passages[number].document_id, passages[number].start): sum(
            1 / (10 + ranking.index(number) + 1) for ranking in rankings if number in ranking
        )
        for number in set().union(*rankings)
    }
    for hit in starter_library.search(question, 20):
        assert hit.fused == pytest.approx(scores[hit.passage.document_id, hit.passage.start], abs=1e-9)


def test_scores_say_which_ranking_found_a_hit(starter_library: Library) -> None:
    hits = starter_library.search("antibody", 40)
    assert any(hit.lexical > 0 for hit in hits)
    for hit in hits:
        held = starter_library._store.match('"antibody"', 10**6)
        assert (hit.lexical > 0) <= (len(held) > 0)
    assert all(hit.lexical == 0 for hit in starter_library.search("zyzzyva", 5))


def test_words_are_found_in_any_form_and_case(starter_library: Library) -> None:
    for forms in (("swallow", "SWALLOWING", "swallows"), ("fall", "Falling", "falls")):
        assert len({starter_library._store.passages_with(form) for form in forms}) == 1
        assert starter_library.has_word(forms[1])


@pytest.mark.parametrize("question", ["", " ", "\n\t", "\u00a0"])
def test_an_empty_question_finds_nothing(starter_library: Library, question: str) -> None:
    assert starter_library.search(question) == []


@pytest.mark.parametrize(
    "question",
    [
        '"',
        '""" "',
        "*",
        "swallow*",
        "NEAR(",
        "NEAR(swallow fall, 5)",
        "AND",
        "a AND b OR NOT c",
        "heading:swallow",
        "{heading body}: swallow",
        "^swallow",
        "-swallow +fall",
        "swallow; DROP TABLE words; --",
        "\U0001f600",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 swallow",
        "half a pair \ud83d",
        "null \x00 byte",
        "؟ كيف",
        "%s %d {} \\",
        "?" * 500,
        "swallow " * 2000,
        " ".join(f"word{number}" for number in range(3000)),
    ],
    ids=lambda question: ascii(question[:20]),
)
def test_no_character_of_a_question_is_syntax(starter_library: Library, question: str) -> None:
    hits = starter_library.search(question, 5)
    assert len(hits) == 5
    assert all(hit.fused > 0 for hit in hits)


def test_punctuation_changes_no_lexical_score(starter_library: Library) -> None:
    plain = starter_library.search("swallow fall", 10)
    odd = starter_library.search('"swallow" (fall)*', 10)
    lexical = {(hit.passage.document_id, hit.passage.start): hit.lexical for hit in plain}
    for hit in odd:
        assert hit.lexical == lexical.get((hit.passage.document_id, hit.passage.start), hit.lexical)


def test_rarity_is_the_share_of_passages_without_a_word(starter_library: Library) -> None:
    common, rarer, absent = starter_library.rarity(["IBM", "choking", "zyzzyva"])
    assert 0 <= common < rarer < absent == 1
    assert starter_library.rarity([]) == []
    assert starter_library.rarity(['"', "*", ""]) == [1, 1, 1]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the cN1A antibody?", ["cn1a", "antibody"]),
        ("TDP-43, p62 and O’Brien's test", ["tdp-43", "p62", "o'brien's", "test"]),
        ("Falls, falls and FALLS", ["falls"]),
        ("Is it so?", []),
        ("a b 5", ["5"]),
        ("Schwäche der Muskeln", ["schwäche", "der", "muskeln"]),
    ],
)
def test_content_words(question: str, words: list[str]) -> None:
    assert content_words(question) == words
