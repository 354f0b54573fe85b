"""Expected questions: what is filed of them, what it costs, and what is found by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus import ReadError
from index import Library
from index.part import Part
from index.store import EXPECTED
from index.vectors import VectorIndex
from tests.index.looking import add, everything, rows
from tests.index.word_embedder import WordEmbedder

# None of them shares a word with the sentence that answers it.
ASKED = """> A brace may hold the knee.
wobbly legs support
something to strap on

> Small bites help.
lumps going down badly
"""


@pytest.fixture
def asked(library: Library, leaflets: Path) -> Library:
    """The leaflets, with the operator's own questions."""
    write(library, ASKED)
    add(library, leaflets)
    return library


def write(library: Library, text: str) -> None:
    folder = library.directory / "expected_questions"
    folder.mkdir(exist_ok=True)
    (folder / "own.txt").write_text(text, encoding="utf-8")


def nearest(library: Library, question: str) -> str:
    """The passage with the nearest question, which is one of those that a search looks through."""
    vector = library.embedder.encode_question(question)
    (number, _), *_ = VectorIndex.build(library._store).search_expected(vector, 1)
    passage = library._store.passages([number])[number]
    assert passage in [hit.passage for hit in library.search(question)]
    return passage.text


def filed(library: Library) -> set[tuple[str, str]]:
    """Each question, with the sentence it hangs on."""
    read = {}
    for document in library.documents():
        for passage in library.passages_of(document.id):
            read[passage.document_id, passage.start] = passage.sentence_texts
    stored = rows(
        library,
        "SELECT p.document_id, p.start, e.sentence, e.question FROM expected_questions e JOIN passages p ON p.id = e.passage_id",
    )
    return {(str(question), read[str(name), int(str(start))][int(str(at))]) for name, start, at, question in stored}


def test_a_passage_is_found_by_a_question_that_shares_no_word_with_it(asked: Library, word_embedder: WordEmbedder) -> None:
    assert "brace" in nearest(asked, "wobbly legs support")
    assert "Small bites" in nearest(asked, "lumps going down badly")
    questions = [asked_for for asked_for, _ in filed(asked)]
    assert sorted(questions) == ["lumps going down badly", "something to strap on", "wobbly legs support"]
    assert set(questions) <= set(word_embedder.texts_read)
    assert asked.check().problems == ()


def test_each_vector_comes_with_the_sentence_that_answers(asked: Library, word_embedder: WordEmbedder) -> None:
    (falls,) = (document for document in asked.documents() if document.title == "Falls")
    (passage,) = asked.passages_of(falls.id)
    (read,) = asked.sentence_vectors([passage])
    assert [passage.sentence_texts[at] for at in read.answered_by] == ["A brace may hold the knee."] * 2
    expected = np.stack([word_embedder.encode_question(text) for text in ("something to strap on", "wobbly legs support")])
    assert np.allclose(read.expected, expected, atol=1e-3)


def test_a_document_that_comes_later_is_looked_at_and_one_that_goes_takes_its_questions(asked: Library, leaflets: Path) -> None:
    before = filed(asked)
    (leaflets / "more.txt").write_text("Knees\n\nStairs are hard. A brace may hold the knee.\n")
    add(asked, leaflets / "more.txt")
    assert len(rows(asked, "SELECT * FROM expected_questions")) == 5
    assert asked.remove([str(leaflets / "more.txt")]) == []
    assert filed(asked) == before
    asked.remove([str(leaflets / "falls.txt")])
    assert filed(asked) == {("lumps going down badly", "Small bites help.")}
    assert asked.check().problems == ()


def test_changed_questions_are_filed_by_the_next_change_and_only_new_ones_are_read(
    asked: Library, leaflets: Path, word_embedder: WordEmbedder
) -> None:
    write(asked, ASKED.replace("something to strap on", "the joint buckles"))
    word_embedder.texts_read.clear()
    assert add(asked, leaflets) == ["unchanged"] * 3
    assert word_embedder.texts_read == ["the joint buckles"]
    assert ("the joint buckles", "A brace may hold the knee.") in filed(asked)
    assert "something to strap on" not in {question for question, _ in filed(asked)}
    assert "brace" in nearest(asked, "the joint buckles")
    before = everything(asked)
    assert add(asked, leaflets) == ["unchanged"] * 3
    assert everything(asked) == before


def test_without_questions_nothing_is_filed_and_those_that_were_go(asked: Library, leaflets: Path) -> None:
    write(asked, "")
    add(asked, leaflets)
    assert filed(asked) == set()
    assert asked.check().problems == ()


def test_a_file_that_is_wrong_is_told_before_anything_changes(asked: Library, leaflets: Path) -> None:
    before = everything(asked)
    write(asked, "why is this here\n")
    (leaflets / "more.txt").write_text("Knees\n\nStairs are hard to climb.\n")
    with pytest.raises(ReadError, match=r"own\.txt, line 1"):
        add(asked, leaflets / "more.txt")
    assert everything(asked) == before


def test_the_nearest_questions_are_those_of_brute_force(asked: Library, word_embedder: WordEmbedder) -> None:
    index = VectorIndex.build(asked._store)
    _, ids, matrix = asked._store.vectors()
    questions = ids >= EXPECTED
    assert questions.sum() == 3
    for text in ("wobbly support", "going down", "strap on the legs", "Zanzibar"):
        asked_for = word_embedder.encode_question(text)
        best: dict[int, float] = {}
        for number, cosine in zip(ids[questions] % EXPECTED, matrix[questions] @ asked_for, strict=True):
            best[int(number)] = max(best.get(int(number), -1.0), float(cosine))
        near = index.search_expected(asked_for, 10)
        assert dict(near) == pytest.approx(best, abs=1e-5)
        assert [cosine for _, cosine in near] == pytest.approx(sorted(best.values(), reverse=True), abs=1e-5)
        # They are questions, and no passages.
        assert {number for number, _ in index.search(asked_for, 10)} == set(ids[~questions].tolist())


def test_a_part_knows_the_questions_of_its_documents_alone(asked: Library, word_embedder: WordEmbedder) -> None:
    whole = VectorIndex.build(asked._store)
    (falls,) = (document.id for document in asked.documents() if document.title == "Falls")
    part = Part(asked._store, whole, frozenset([falls])).vectors
    question = word_embedder.encode_question("lumps going down badly")
    assert len(part) == 3
    assert {number for number, _ in part.search_expected(question, 10)} == {number for number, _ in part.search(question, 10)}
    assert "brace" in asked.search("lumps going down badly", 1, within=frozenset([falls]))[0].passage.text


def test_questions_are_seldom_expected_of_documents_that_answer_few_by_their_sentences(asked: Library) -> None:
    titles = {document.id: document.title for document in asked.summaries()}
    held = {name: [text for passage in asked.passages_of(name) for text in passage.sentence_texts] for name in titles}
    expected = {sentence for _, sentence in filed(asked)}
    by_hand = {name for name, texts in held.items() if 2 * sum(text in expected for text in texts) < len(texts)}
    assert asked.seldom_expected() == by_hand
    assert 0 < len(by_hand) < len(titles)
    with asked._store.writing():
        asked._store.forget_expected()
    assert asked.seldom_expected() == set(titles)
