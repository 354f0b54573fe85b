"""The report on labelled questions, against answers made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from assistant import DISCLAIMER, Answer, Assistant, Notice, Quote
from assistant.evaluation import DEFAULT_QUESTIONS, LabelledQuestion, evaluate, load_questions
from assistant.records import Status
from corpus import MyositisError
from index import Library

TEXT = "Falls are common. A cane helps. Soft food helps. Rest is good. Sleep is better."


def _quote(text: str, *, shifted: int = 0) -> Quote:
    start = TEXT.index(text) + shifted
    return Quote(
        text=text,
        match="strong",
        before="",
        after="",
        document_id="d",
        title="Title",
        url="https://example.org/",
        kind="guide",
        year=None,
        section="",
        page=None,
        start=start,
        end=start + len(text),
        link="",
        snapshot="",
    )


class Scripted(Assistant):
    """Says what it was told to say, and remembers what it was asked."""

    def __init__(self, says: dict[str, Answer]) -> None:
        super().__init__(cast("Library", SimpleNamespace(document=lambda _: SimpleNamespace(text=TEXT))))
        self._says = says
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        self.asked.append((question, tuple(history)))
        return self._says[question]


def _answer(*quotes: Quote, status: Status | None = None, notices: tuple[Notice, ...] = ()) -> Answer:
    return Answer(status or ("answered" if quotes else "not_found"), "q", "q", quotes, notices, (), DISCLAIMER)


def _label(name: str, expects: str, *gold: str, turns: tuple[str, ...] = (), standalone: str | None = None) -> LabelledQuestion:
    return LabelledQuestion(name, (*turns, name), expects, gold, standalone)


MEDICATION = Notice("medication", "Do not.")
EMERGENCY = Notice("emergency", "Call.")


def test_each_share_is_of_the_questions_it_speaks_of() -> None:
    falls, cane, food, rest = (
        _quote(text) for text in ("Falls are common.", "A cane helps.", "Soft food helps.", "Rest is good.")
    )
    assistant = Scripted(
        {
            "first": _answer(falls, cane),
            "third": _answer(cane, food, falls),
            "fourth": _answer(cane, food, rest, falls),
            "silent": _answer(),
            "unlabelled": _answer(),
            "off topic": _answer(),
            "off topic, answered": _answer(cane),
            "dose": _answer(notices=(MEDICATION,)),
            "dose, not declined": _answer(),
            "choking": _answer(status="emergency", notices=(EMERGENCY,)),
            "choking, missed": _answer(cane),
            "false alarm": _answer(status="emergency", notices=(EMERGENCY,)),
        }
    )
    report = evaluate(
        assistant,
        [
            _label("first", "answer", "Falls are common."),
            _label("third", "answer", "Nobody says this.", "Falls are  common."),
            _label("fourth", "answer", "Falls are common."),
            _label("silent", "answer", "Falls are common."),
            _label("unlabelled", "answer"),
            _label("off topic", "abstain"),
            _label("off topic, answered", "abstain"),
            _label("dose", "decline"),
            _label("dose, not declined", "decline"),
            _label("choking", "emergency"),
            _label("choking, missed", "emergency"),
            _label("false alarm", "abstain"),
        ],
    )
    assert report.questions == 12
    assert report.answer_at_1 == 0.25
    assert report.answer_at_3 == 0.5
    assert report.false_abstention == 0.25
    assert report.abstention == round(1 / 3, 3)
    assert report.declined == 0.5
    assert report.emergency_recall == 0.5
    assert report.emergency_false_alarms == 0.1
    assert report.follow_up_loss is None
    assert report.wrong_spans == 0


def test_a_longer_quote_and_a_part_of_a_gold_sentence_both_count() -> None:
    longer, part = _quote("Falls are common. A cane helps."), _quote("Soft food helps.")
    assistant = Scripted({"longer": _answer(longer), "part": _answer(part)})
    report = evaluate(
        assistant, [_label("longer", "answer", "A cane helps."), _label("part", "answer", "Soft food helps. It does.")]
    )
    assert report.answer_at_1 == 1.0


def test_a_quote_that_is_not_its_span_is_counted() -> None:
    assistant = Scripted({"a": _answer(_quote("A cane helps."), _quote("Rest is good.", shifted=1))})
    assert evaluate(assistant, [_label("a", "answer", "A cane helps.")]).wrong_spans == 1


def test_a_conversation_is_judged_by_its_last_turn_and_compared_with_the_question_in_full() -> None:
    cane, rest = _quote("A cane helps."), _quote("Rest is good.")
    assistant = Scripted({"and that?": _answer(rest), "does a cane help?": _answer(cane), "alone": _answer(cane)})
    report = evaluate(
        assistant,
        [
            _label("and that?", "answer", "A cane helps.", turns=("what about canes?",), standalone="does a cane help?"),
            _label("alone", "answer", "A cane helps."),
        ],
    )
    assert report.follow_up_loss == 1.0
    assert report.answer_at_1 == 0.5
    assert ("and that?", ("what about canes?",)) in assistant.asked
    assert ("does a cane help?", ()) in assistant.asked


def test_no_questions_give_no_shares() -> None:
    report = evaluate(Scripted({}), []).to_dict()
    assert report.pop("questions") == 0
    assert report.pop("wrong_spans") == 0
    assert set(report.values()) == {None}


def _written(folder: Path, *rows: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_questions_are_read_with_one_turn_or_several(tmp_path: Path) -> None:
    path = _written(
        tmp_path,
        {"id": "a", "question": "Why?", "expects": "answer", "gold": [{"page": "p", "sentence": "So."}], "style": "lay"},
        {"id": "b", "turns": ["Why?", "And then?"], "standalone": "What then?", "expects": "abstain", "gold": []},
    )
    assert load_questions(path) == [
        LabelledQuestion("a", ("Why?",), "answer", ("So.",), style="lay"),
        LabelledQuestion("b", ("Why?", "And then?"), "abstain", (), "What then?"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "not json\n",
        "[]\n",
        "5\n",
        "\n",
        '{"id": "a", "expects": "answer", "gold": []}\n',
        '{"id": "a", "question": "Why?", "expects": "maybe", "gold": []}\n',
        '{"id": "a", "question": "Why?", "expects": "answer", "gold": [{"text": "So."}]}\n',
        '{"id": "a", "turns": [], "expects": "answer", "gold": []}\n',
        '{"question": "Why?", "expects": "answer", "gold": []}\n',
    ],
)
def test_a_line_that_is_no_labelled_question_is_named(tmp_path: Path, line: str) -> None:
    path = _written(tmp_path, {"id": "a", "question": "Why?", "expects": "abstain", "gold": []}, line)
    with pytest.raises(MyositisError, match=r"questions\.jsonl:2"):
        load_questions(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MyositisError, match="nothing"):
        load_questions(tmp_path / "nothing.jsonl")


def test_the_projects_own_questions_can_be_read_and_their_gold_stands_in_the_starter_library(starter_library: Library) -> None:
    questions = load_questions(DEFAULT_QUESTIONS)
    assert len({one.id for one in questions}) == len(questions) >= 200
    text = " ".join(" ".join(document.text.split()) for document in starter_library.documents())
    missing = [(one.id, sentence) for one in questions for sentence in one.gold if " ".join(sentence.split()) not in text]
    assert missing == []
