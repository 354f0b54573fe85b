"""Where a library is about one disease and holds much else besides, a question that names no disease is about that one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.confidence import Confidence
from assistant.retrieval import asked_of, retrieved
from assistant.subject import documents_about_it
from corpus import Source
from index import Library
from index.embedding import Embedder

NAME = "inclusion body myositis"
ABOUT_IT = {
    "Swallowing": "Small bites and a chin held down make swallowing easier.",
    "Falls": "Loose rugs should be taken up to prevent falls.",
    **{f"Subject {number}": f"Note number {number} tells of the weather in the valley." for number in range(9)},
}
OTHERS = {
    "Stroke": "Swallowing after a stroke is made easier by thickened drinks. Practice helps with it.",
    "Kidney stones": "Drinking much water helps to prevent kidney stones.",
}


def _library(folder: Path, embedder: Embedder, about_it: int, others: Mapping[str, str] = OTHERS) -> Library:
    texts = folder / "texts"
    texts.mkdir()
    for title, text in list(ABOUT_IT.items())[:about_it]:
        (texts / f"{title}.md").write_text(f"# {title} with {NAME}\n\n{text}\n", encoding="utf-8")
    for title, text in others.items():
        (texts / f"{title}.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
    library = Library.open(folder / "library", embedder=embedder)
    library.add([Source(path=str(texts))])
    return library


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    with _library(tmp_path_factory.mktemp("mixed"), embedder, len(ABOUT_IT)) as library:
        yield library


def _first(library: Library, question: str) -> str:
    best = retrieved(library, asked_of(library, question))[0].ranked[0]
    return library.document(best.hit.passage.document_id).title


def test_a_question_that_names_no_disease_is_about_the_librarys_own(mixed: Library) -> None:
    assert _first(mixed, "What helps with swallowing?") == f"Swallowing with {NAME}"


@pytest.mark.parametrize(
    "question", ["What helps with swallowing?", f"Does {NAME} tell of the weather?", "rugs and falls", "Why?"]
)
def test_a_question_about_it_meets_what_it_would_meet_in_a_library_on_it_alone(
    mixed: Library, tmp_path: Path, embedder: Embedder, question: str
) -> None:
    with _library(tmp_path, embedder, len(ABOUT_IT), others={}) as alone:
        (expected,) = retrieved(alone, asked_of(alone, question))
        found = retrieved(mixed, asked_of(mixed, question))[0]
        assert found.query.within
        assert not expected.query.within
        # The same texts were embedded in other batches, where bfloat16 rounds otherwise; what is level may change places.
        scores = {one.text: one.score for one in expected.ranked}
        assert {one.text: one.score for one in found.ranked} == {
            text: pytest.approx(score, abs=0.2) for text, score in scores.items()
        }
        assert scores[found.ranked[0].text] == pytest.approx(expected.ranked[0].score, abs=0.1)
        assert found.query.rarities == expected.query.rarities
        assert found.query.unknown == expected.query.unknown
        answers = [Assistant(library).ask(question) for library in (mixed, alone)]
        assert len({answer.status for answer in answers}) == 1
        if found.ranked[0].text == expected.ranked[0].text:
            assert len({tuple((quote.text, quote.match) for quote in answer.quotes) for answer in answers}) == 1


def test_another_disease_that_is_named_keeps_its_place(mixed: Library) -> None:
    assert _first(mixed, "How are kidney stones prevented?") == "Kidney stones"


def test_an_answer_among_many_others_must_be_surer(mixed: Library) -> None:
    found, own = retrieved(mixed, asked_of(mixed, "How are kidney stones prevented?"))
    thresholds = [Confidence(replace(found, times=times)).thresholds(found.ranked[0])["possible"] for times in (0.1, 1, 10, 100)]
    assert thresholds[0] == thresholds[1] == Confidence(own).thresholds(found.ranked[0])["possible"]
    assert thresholds[1] < thresholds[2] < thresholds[3] < 1


def test_where_another_page_is_not_sure_enough_the_subjects_own_answer_as_if_alone(
    mixed: Library, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "How can stones in the kidney be kept away?"
    others = OTHERS | {f"Other {number}": f"Story number {number} tells of a ship at sea." for number in range(14)}
    with _library(tmp_path, embedder, len(ABOUT_IT), others) as many:
        assert Assistant(many).ask(question).quotes[0].title == "Kidney stones"
        monkeypatch.setattr("assistant.confidence.FOR_MANY", 100.0)
        trace = Assistant(many).explain(question)
        assert trace.found is not None
        assert {found.times for found in retrieved(many, asked_of(many, question))} == {1.0, 16 / 11}
        assert trace.found.times == 1.0
        assert trace.answer.status == "not_found"


def test_documents_are_summed_up_by_their_ids_too(mixed: Library) -> None:
    every = mixed.summaries()
    some = [every[3].id, "gone", every[1].id]
    assert mixed.summaries(some) == [every[1], every[3]]
    assert mixed.summaries([]) == []


def test_a_text_that_speaks_of_the_subject_belongs_to_it_whatever_its_title(mixed: Library, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# A note\n\nPeople with IBM like tea.\n", encoding="utf-8")
    before = documents_about_it(mixed)
    (added,) = mixed.add([Source(path=str(tmp_path / "note.md"))])
    assert documents_about_it(mixed) == before | {added.document_id}
    mixed.remove([str(added.document_id)])
    assert documents_about_it(mixed) == before


def test_a_few_pages_on_it_among_others_change_nothing(tmp_path: Path, embedder: Embedder) -> None:
    with _library(tmp_path, embedder, 3) as library:
        assert documents_about_it(library) == frozenset()
        assert not asked_of(library, "What helps with swallowing?").within
        assert _first(library, "Are thickened drinks easier?") == "Stroke"


def test_where_every_document_speaks_of_it_all_are_asked(starter_library: Library) -> None:
    assert documents_about_it(starter_library) == frozenset()
    assert Assistant(starter_library).ask("What helps with swallowing?").quotes
