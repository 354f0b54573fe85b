"""The report on labelled questions, against answers made by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from assistant import DISCLAIMER, Answer, Assistant, Notice, Quote
from assistant.evaluation import (
    DEFAULT_QUESTIONS,
    LabelledQuestion,
    agreement,
    ask_all,
    evaluate,
    load_phrasings,
    load_questions,
    report_on,
)
from assistant.evaluation.estimates import area_under_risk_coverage, highest_share, least_to_certify, mean_of, risks
from assistant.evaluation.plots import write_plots
from assistant.records import Status
from assistant.trace import Trace
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
    """Says what it was told to say, as sure as it was told to be, and remembers what it was asked."""

    def __init__(self, says: dict[str, Answer], sure: dict[str, float] | None = None) -> None:
        super().__init__(cast("Library", SimpleNamespace(document=lambda _: SimpleNamespace(text=TEXT))))
        self._says = says
        self._sure = sure or {}
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def explain(self, question: str, history: Sequence[str] = ()) -> Trace:
        self.asked.append((question, tuple(history)))
        sure = self._sure.get(question)
        trace = SimpleNamespace(answer=self._says[question], probability=sure, certainty=sure, verdicts=(), found=None)
        return cast("Trace", trace)


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
    values = report.to_dict()
    assert values["answer_at_1"] == 0.25
    assert values["answer_at_3"] == 0.5
    assert values["false_abstention"] == 0.25
    assert values["abstention"] == round(1 / 3, 3)
    assert values["declined"] == 0.5
    assert values["emergency_recall"] == 0.5
    assert values["emergency_false_alarms"] == 0.1
    assert values["follow_up_loss"] is None
    assert report.wrong_spans == 0


def test_a_longer_quote_and_a_part_of_a_gold_sentence_both_count() -> None:
    longer, part = _quote("Falls are common. A cane helps."), _quote("Soft food helps.")
    assistant = Scripted({"longer": _answer(longer), "part": _answer(part)})
    report = evaluate(
        assistant, [_label("longer", "answer", "A cane helps."), _label("part", "answer", "Soft food helps. It does.")]
    )
    assert report.to_dict()["answer_at_1"] == 1.0


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
    assert report.to_dict()["follow_up_loss"] == 1.0
    assert report.to_dict()["answer_at_1"] == 0.5
    assert ("and that?", ("what about canes?",)) in assistant.asked
    assert ("does a cane help?", ()) in assistant.asked


def test_no_questions_give_no_figures() -> None:
    report = evaluate(Scripted({}), []).to_dict()
    assert report.pop("questions") == report.pop("wrong_spans") == 0
    assert not any(report.values())


def test_figures_are_given_for_each_split_style_and_topic() -> None:
    cane, rest = _quote("A cane helps."), _quote("Rest is good.")
    assistant = Scripted({"a": _answer(cane), "b": _answer(rest), "c": _answer()})
    report = evaluate(
        assistant,
        [
            LabelledQuestion("a", ("a",), "answer", ("A cane helps.",), split="tune", style="lay", topic="falls"),
            LabelledQuestion("b", ("b",), "answer", ("A cane helps.",), split="held_back", style="lay", topic="rest"),
            LabelledQuestion("c", ("c",), "abstain", (), split="held_back", style="off-topic"),
        ],
    ).to_dict()
    assert {name: part["answer_at_1"]["value"] for name, part in report["by_split"].items()} == {"held_back": 0.0, "tune": 1.0}
    assert report["by_style"]["lay"]["answer_at_1"]["of"] == 2
    assert set(report["by_style"]["off-topic"]) == {"abstention", "aurc", "emergency_false_alarms"}
    assert set(report["by_topic"]) == {"falls", "rest"}


def test_an_interval_holds_its_value_is_the_same_each_time_and_narrows_with_more_questions() -> None:
    few, many = mean_of([1.0, 0.0] * 20), mean_of([1.0, 0.0] * 200)
    assert few
    assert many
    assert few.low < few.value < few.high
    assert few.low < many.low < many.high < few.high
    assert mean_of([1.0, 0.0] * 20) == few
    assert mean_of([]) is None


def test_risk_counts_the_surest_first() -> None:
    # Surest first: right, wrong, right, wrong, so of the 1, 2, 3, 4 surest 0, 1/2, 1/3, 1/2 are wrong.
    confidence, wrong = [0.2, 0.9, 0.4, 0.7], [True, False, False, True]
    assert risks(confidence, wrong).tolist() == [0, 1 / 2, 1 / 3, 1 / 2]
    area = area_under_risk_coverage(confidence, wrong)
    assert area
    assert area.value == round((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4, 3)
    ordered = area_under_risk_coverage([0.9, 0.7, 0.4, 0.2], [False, False, True, True])
    turned = area_under_risk_coverage([0.2, 0.4, 0.7, 0.9], [False, False, True, True])
    assert ordered
    assert turned
    assert ordered.value < area.value < turned.value


def test_a_held_back_answer_counts_by_what_it_would_have_quoted() -> None:
    cane, rest = _quote("A cane helps."), _quote("Rest is good.")
    assistant = Scripted(
        {"right": _answer(cane), "wrong": _answer(rest), "none": _answer(rest)}, {"right": 0.9, "wrong": 0.5, "none": 0.1}
    )
    labels = [_label("right", "answer", "A cane helps."), _label("wrong", "answer", "A cane helps."), _label("none", "abstain")]
    assert evaluate(assistant, labels).to_dict()["aurc"] == round((0 + 1 / 2 + 2 / 3) / 3, 3)


@pytest.mark.parametrize(
    ("wrong", "of", "highest"),
    # Where nothing was wrong the bound is 1 - 0.05 ** (1 / n); the others are 95 % quantiles of Beta(wrong + 1, of - wrong).
    [(0, 29, 0.0981), (0, 20, 0.1391), (1, 20, 0.2161), (5, 50, 0.1988), (20, 20, 1.0), (0, 0, 1.0)],
)
def test_the_bound_is_clopper_and_pearsons(wrong: int, of: int, highest: float) -> None:
    assert highest_share(wrong, of) == pytest.approx(highest, abs=1e-4)


def test_the_fewest_that_certify_a_tenth() -> None:
    assert highest_share(0, least_to_certify(0.1)) <= 0.1 < highest_share(0, least_to_certify(0.1) - 1)


def test_the_bound_is_of_answered_held_back_questions_and_says_what_it_cannot_certify() -> None:
    cane = _quote("A cane helps.")
    names = [f"q{number}" for number in range(30)]
    assistant = Scripted({name: _answer(cane) for name in names} | {"silent": _answer(), "tuned": _answer(cane)})
    held_back = [LabelledQuestion(name, (name,), "answer", ("A cane helps.",), split="held_back") for name in names]
    others = [
        LabelledQuestion("silent", ("silent",), "answer", ("A cane helps.",), split="held_back"),
        LabelledQuestion("tuned", ("tuned",), "abstain", (), split="tune"),
    ]
    bound = evaluate(assistant, [*held_back, *others]).bound
    assert bound
    assert (bound.answered, bound.wrong, bound.certifies) == (30, 0, True)
    few = evaluate(assistant, [*held_back[:20], *others]).bound
    assert few
    assert not few.certifies
    assert "does not certify 10%" in few.text()
    assert "it would take 29" in few.text()
    answered_though_unsafe = LabelledQuestion("q29", ("q29",), "decline", (), split="held_back")
    one_wrong = evaluate(assistant, [*held_back[:29], answered_though_unsafe]).bound
    assert one_wrong
    assert (one_wrong.wrong, one_wrong.certifies) == (1, False)
    assert "Even without" not in one_wrong.text()


def test_wordings_agree_when_four_of_five_have_the_same_first_document(tmp_path: Path) -> None:
    cane = _answer(_quote("A cane helps."))
    path = tmp_path / "phrasings.jsonl"
    rows = [{"id": "p", "phrasings": list("abcde")}, {"id": "q", "phrasings": list("abcxy")}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assistant = Scripted(dict.fromkeys("abcd", cane) | dict.fromkeys("exy", _answer()))
    found = agreement(assistant, load_phrasings(path))
    assert (found.sets, found.agreeing, found.by_set) == (2, 1, {"p": 0.8, "q": 0.6})
    with pytest.raises(MyositisError, match="wordings cannot be read"):
        load_phrasings(tmp_path / "nothing.jsonl")


def test_plots_are_pictures_and_a_missing_matplotlib_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cane = _answer(_quote("A cane helps."))
    assistant = Scripted({"a": cane, "b": cane}, {"a": 0.9, "b": 0.2})
    labels = [
        LabelledQuestion("a", ("a",), "answer", ("A cane helps.",), style="lay"),
        LabelledQuestion("b", ("b",), "abstain", (), style="off-topic"),
    ]
    outcomes = ask_all(assistant, labels)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MyositisError, match=r"myositis-assistant\[plots\]"):
        write_plots(outcomes, report_on(outcomes), tmp_path)
    monkeypatch.undo()
    pytest.importorskip("matplotlib")
    written = write_plots(outcomes, report_on(outcomes), tmp_path / "plots")
    assert [path.name for path in written] == ["risk-coverage.png", "reliability.png", "styles.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)
    assert write_plots([], report_on([]), tmp_path / "none") == []
    with pytest.raises(MyositisError, match="cannot be written"):
        write_plots(outcomes, report_on(outcomes), written[0])


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
