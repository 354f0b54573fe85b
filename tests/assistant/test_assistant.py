"""The promises of an answer, over the whole starter library."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import DISCLAIMER, Answer, Assistant
from assistant.texts import NOTICES
from corpus import MyositisError
from corpus.sentences import sentence_spans
from corpus.starter import topics
from index import Library, LibraryError
from index.embedding import Embedder

OFF_TOPIC = ["Who won the world cup?", "Give me a recipe for banana bread.", "How do I reset the password of my router?"]
DECLINED = ["What dose of methotrexate should I take?", "Do I have IBM?", "Should we refuse the feeding tube?"]
EMERGENCIES = ["He is choking right now and can't breathe", "I want to kill myself"]


@pytest.fixture(scope="module")
def assistant(starter_library: Library) -> Assistant:
    return Assistant(starter_library)


@pytest.fixture(scope="module")
def questions(starter_library: Library) -> list[str]:
    """60 questions: those of the topic buttons, and headings of the library in the words of a person."""
    headings = sorted(
        {section.path[-1] for document in starter_library.documents() for section in document.sections if len(section.path) > 1}
    )
    asked = [question for topic in topics() for question in topic.questions]
    chance = random.Random(7)  # noqa: S311  # the same headings on every run, no secret
    for heading in chance.sample(headings, 60 - len(asked)):
        asked.append(heading if heading.endswith("?") else f"What is known about {heading[0].lower()}{heading[1:]}?")
    return asked


@pytest.fixture(scope="module")
def answers(assistant: Assistant, questions: list[str]) -> list[Answer]:
    return [assistant.ask(question) for question in questions]


def test_every_quote_equals_its_span_and_is_whole_sentences(assistant: Assistant, answers: list[Answer]) -> None:
    assert len(answers) == 60
    quotes = [quote for answer in answers for quote in answer.quotes]
    assert len(quotes) > 60
    for quote in quotes:
        document = assistant.library.document(quote.document_id)
        assert document.text[quote.start : quote.end] == quote.text
        assert document.text[quote.start - len(quote.before) : quote.start] == quote.before
        assert document.text[quote.end : quote.end + len(quote.after)] == quote.after
        section = next(section for section in document.sections if section.start <= quote.start < section.end)
        assert section.quotable
        spans = sentence_spans(document.text, section.start, section.end)
        assert quote.start in {start for start, _ in spans}
        assert quote.end in {end for _, end in spans}


@pytest.mark.parametrize(
    "question", ["What is {}?", "What is the outlook with {}?", "{} outlook", "Is there a cure for {}?", "{} exercise"]
)
def test_the_short_name_and_the_full_one_get_the_same_quotes(assistant: Assistant, question: str) -> None:
    short, full = (assistant.ask(question.format(name)) for name in ("IBM", "inclusion body myositis"))
    assert short.status == "answered"
    assert [quote.text for quote in short.quotes] == [quote.text for quote in full.quotes]


def test_every_quote_names_its_source(assistant: Assistant, answers: list[Answer]) -> None:
    summaries = {summary.id: summary for summary in assistant.library.summaries()}
    for quote in (quote for answer in answers for quote in answer.quotes):
        source = summaries[quote.document_id]
        assert (quote.title, quote.url, quote.kind, quote.year) == (source.title, source.url, source.kind, source.year)
        assert quote.section
        assert (quote.page is not None) == source.url.startswith("starter:digest-")
        assert quote.match in ("strong", "possible")
        assert f"source/{quote.document_id}?start={quote.start}&end={quote.end}#quote" in (quote.snapshot, quote.link)


def test_answers_have_quotes_and_silence_has_none(answers: list[Answer]) -> None:
    for answer in answers:
        assert (answer.status == "answered") == bool(answer.quotes)
        assert len(answer.quotes) <= 4
        assert (answer.status == "not_found") >= bool(answer.closest_topics)
    assert sum(answer.status == "answered" for answer in answers) >= 48


def test_no_answer_says_the_same_twice(answers: list[Answer]) -> None:
    twice = [answer.question for answer in answers if len({quote.text for quote in answer.quotes}) < len(answer.quotes)]
    assert twice == []


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_silence_names_the_nearest_texts(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_found"
    assert answer.quotes == ()
    assert answer.notices == ()
    titles = {summary.title for summary in assistant.library.summaries()}
    assert 1 <= len(answer.closest_topics) <= 3
    assert set(answer.closest_topics) <= titles


@pytest.mark.parametrize("question", DECLINED)
def test_what_no_quote_may_answer_gets_a_notice_and_no_quote(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "not_found"
    assert answer.quotes == ()
    assert [notice.kind for notice in answer.notices] in (["medication"], ["diagnosis"])


@pytest.mark.parametrize("greeting", ["hi", "Hello!", "Good morning", "thank you", "what?", "ok thanks, bye"])
def test_a_greeting_is_no_question(assistant: Assistant, greeting: str) -> None:
    assert assistant.ask(greeting).status == "not_found"


def test_courtesy_around_a_question_changes_nothing_of_what_it_asks(assistant: Assistant) -> None:
    assert assistant.ask("Hello, good morning. What helps with food that sticks? Thanks!").status == "answered"


@pytest.mark.parametrize("question", ["What helps with food that sticks?", *OFF_TOPIC[:1], *DECLINED[:1], *EMERGENCIES])
def test_the_disclaimer_is_with_every_answer(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.disclaimer == DISCLAIMER
    assert answer.to_dict()["disclaimer"] == DISCLAIMER
    assert "not medical advice" in DISCLAIMER


@pytest.mark.parametrize("question", EMERGENCIES)
@pytest.mark.parametrize("turns", [0, 1, 5])
def test_an_emergency_is_seen_on_every_turn(assistant: Assistant, question: str, turns: int) -> None:
    history = ["Is exercise safe with IBM?", *EMERGENCIES, *OFF_TOPIC][:turns]
    answer = assistant.ask(question, history)
    assert answer.status == "emergency"
    assert (answer.quotes, answer.closest_topics) == ((), ())
    assert [notice.kind for notice in answer.notices] == ["emergency"]
    assert answer.understood_as == question


def test_an_earlier_emergency_does_not_answer_for_a_later_question(assistant: Assistant) -> None:
    answer = assistant.ask("What are the warning signs of swallowing problems in IBM?", EMERGENCIES)
    assert answer.status == "answered"


def test_every_notice_is_a_fixed_text(assistant: Assistant, answers: list[Answer]) -> None:
    number = assistant.library.settings.answers.emergency_number
    fixed = {text.format(number=number) for text in NOTICES.values()}
    asked = answers + [assistant.ask(question) for question in DECLINED + EMERGENCIES]
    assert {notice.text for answer in asked for notice in answer.notices} <= fixed


def test_the_same_question_gets_the_same_answer_from_many_threads(assistant: Assistant, questions: list[str]) -> None:
    asked = questions[:12]
    expected = [assistant.ask(question) for question in asked]
    start = threading.Barrier(6)

    def ask_all(order: int) -> list[Answer]:
        start.wait(30)
        turned = [(position + 5 * order) % len(asked) for position in range(len(asked))]
        found = {position: assistant.ask(asked[position]) for position in turned}
        return [found[position] for position in range(len(asked))]

    with ThreadPoolExecutor(6) as pool:
        for found in pool.map(ask_all, range(6)):
            assert found == expected


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_that_was_asked_is_kept(assistant: Assistant, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    nonsense = "zyzzyva"
    home = Path.home()
    before = set(home.rglob("*"))
    for question in (f"Does {nonsense} help against falls?", f"My {nonsense} is choking and can't breathe"):
        assistant.ask(question, [f"What is {nonsense}?"])
    written = _bytes_of(assistant.library.directory) + b"".join(
        path.read_bytes() for path in home.rglob("*") if path.is_file() and path not in before
    )
    assert nonsense.encode() not in written
    shown = capfd.readouterr()
    assert nonsense not in shown.out + shown.err


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "x" * 4001])
def test_a_question_that_is_none_is_refused_in_plain_words(assistant: Assistant, question: str) -> None:
    with pytest.raises(MyositisError) as refused:
        assistant.ask(question)
    assert refused.value.where == "question"


@pytest.mark.parametrize(
    "question", ["?", "🙂", "x" * 4000, '"quoted" AND (OR NOT', "NEAR(a b)", "a\0b", "\ud800", "'; DROP TABLE documents; --"]
)
def test_odd_questions_are_answered_like_any_other(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status in ("answered", "not_found")
    assert answer.disclaimer == DISCLAIMER


def test_to_dict_is_plain_json(answers: list[Answer]) -> None:
    for answer in answers:
        plain = answer.to_dict()
        assert json.loads(json.dumps(plain)) == plain
        assert [quote["text"] for quote in plain["quotes"]] == [quote.text for quote in answer.quotes]


@pytest.fixture
def old_and_new(embedder: Embedder, tmp_path: Path) -> Iterator[Assistant]:
    for name, year in (("old", 1999), ("new", 2025)):
        said = f"A {name} cane of {name} wood helps with walking on {name} snow in winter."
        text = f"---\nyear: {year}\n---\n# Walking {name}\n\n{said}\n"
        (tmp_path / f"{name}.md").write_text(text)
    with Assistant(Library.open(tmp_path / "library", embedder=embedder)) as opened:
        from corpus import Source

        opened.library.add([Source(str(tmp_path / "old.md")), Source(str(tmp_path / "new.md"))])
        yield opened


def test_an_answer_from_an_old_source_says_so(old_and_new: Assistant) -> None:
    answer = old_and_new.ask("What does an old cane help with?")
    assert any(quote.year == 1999 for quote in answer.quotes)
    assert [notice.kind for notice in answer.notices] == ["dated"]
    old_and_new.library.remove([next(one.id for one in old_and_new.library.summaries() if one.year == 1999)])
    answer = old_and_new.ask("What does a new cane help with?")
    assert {quote.year for quote in answer.quotes} == {2025}
    assert answer.notices == ()


def test_there_is_no_assistant_without_a_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError):
        Assistant.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
