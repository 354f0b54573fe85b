"""What to go on with is about what was asked, even where the library holds much else besides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assistant import Assistant
from corpus import Source
from index import Library
from index.embedding import Embedder
from ui.related import nearest_subjects, related_questions

NAME = "inclusion body myositis"


def test_related_questions_are_on_the_librarys_subject_unless_the_answer_is_not(tmp_path: Path, embedder: Embedder) -> None:
    for number in range(12):
        text = f"# Page {number} on {NAME}\n\n## Does walk {number} help with IBM?\n\nWalk {number} helps legs with IBM.\n"
        (tmp_path / f"own{number}.md").write_text(text, encoding="utf-8")
    for number in range(6):
        text = (
            f"# Gout {number}\n\n## Does a walk help with gout {number}?\n\nA walk helps legs with gout, says report {number}.\n"
        )
        (tmp_path / f"other{number}.md").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "library", embedder=embedder) as library:
        library.add([Source(path=str(tmp_path))])
        assistant = Assistant(library)
        own = assistant.ask("Does a walk help the legs?")
        assert own.quotes
        related = related_questions(library, own, [])
        assert related
        assert all("IBM" in question for question in related)
        other = assistant.ask("Does a walk help the legs in gout, says which report?")
        assert other.quotes[0].title.startswith("Gout")
        assert any("gout" in question for question in related_questions(library, other, []))


def test_the_question_just_asked_is_not_offered_under_the_other_name(assistant: Assistant) -> None:
    headings = {section.path[-1] for document in assistant.library.documents() for section in document.sections if section.path}
    asked = sorted(heading for heading in headings if heading.endswith("?") and "IBM" in heading)[::6]
    assert len(asked) > 10
    for heading in asked:
        answer = assistant.ask(heading)
        assert heading not in related_questions(assistant.library, answer, [heading.replace("IBM", "inclusion body myositis")])


def test_every_question_that_a_subject_offers_is_answered(assistant: Assistant) -> None:
    titles = tuple(document.title for document in assistant.library.summaries())
    silent = replace(assistant.ask("who won the world cup"), closest_topics=titles)
    offered = [question for subject in nearest_subjects(assistant.library, silent) for question in subject.questions]
    assert len(offered) > 40
    assert [question for question in offered if assistant.ask(question).status != "answered"] == []
