"""The way of a question: it tells what became of the answer, and never changes it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from assistant import Assistant
from assistant.evaluation import DEFAULT_QUESTIONS, load_questions
from assistant.level import LEVEL
from assistant.trace import Trace
from index import Library

Asked = tuple[str, Sequence[str]]


@pytest.fixture(scope="module")
def assistant(starter_library: Library) -> Assistant:
    return Assistant(starter_library)


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Every fourth of the labelled questions, with the ones before it: answered, unanswered, declined, emergencies."""
    labelled = load_questions(DEFAULT_QUESTIONS)[::4]
    return [(one.turns[-1], one.turns[:-1]) for one in labelled]


@pytest.fixture(scope="module")
def traces(assistant: Assistant, asked: list[Asked]) -> list[Trace]:
    return [assistant.explain(question, history) for question, history in asked]


def test_explaining_changes_no_answer(assistant: Assistant, asked: list[Asked], traces: list[Trace]) -> None:
    for (question, history), trace in zip(asked, traces, strict=True):
        before = trace.answer.to_dict()
        trace.explanation()
        assert trace.answer.to_dict() == before == assistant.ask(question, history).to_dict()
    assert {trace.answer.status for trace in traces} == {"answered", "not_found", "emergency"}


def test_what_is_called_quoted_is_what_the_answer_quotes(traces: list[Trace]) -> None:
    fates = set()
    for trace in traces:
        explanation = trace.explanation()
        assert json.loads(json.dumps(explanation)) == explanation
        quoted = [one for one in explanation["candidates"] if one["verdict"] == "quoted"]
        spans = [(quote.document_id, quote.start, quote.end) for quote in trace.answer.quotes]
        assert [(one["document_id"], one["start"], one["end"]) for one in quoted] == spans
        ranked = [one for one in explanation["candidates"] if one["rank"]]
        first, *others = [one["scores"]["score"] for one in ranked] or [0.0]
        assert others == sorted(others, reverse=True)
        assert first >= max(others, default=first) - LEVEL - 1e-3
        assert all(("level" in one["because"]) == (one is ranked[0] and first < max(others, default=first)) for one in ranked)
        for one in ranked:
            assert (one["like"] is not None) == (one["verdict"] in ("joined", "overlaps", "copy", "alike"))
            assert one["like"] is None or one["like"] < one["rank"]
        fates |= {one["verdict"] for one in explanation["candidates"]}
    assert {"quoted", "no room", "not sure enough", "not looked at"} <= fates


def test_the_probability_of_the_first_decides(traces: list[Trace]) -> None:
    for trace in traces:
        if trace.probability is None:
            assert not trace.answer.quotes
        else:
            assert trace.thresholds is not None
            assert (trace.probability >= trace.thresholds["possible"]) == (trace.answer.status == "answered")
            assert trace.explanation()["candidates"][0]["probability"] == pytest.approx(trace.probability, abs=1e-4)


def test_it_tells_what_was_mended_added_never_seen_and_joined(assistant: Assistant) -> None:
    explained = assistant.explain("Why do his legs kepe giving way in zorblax?", ["Is exercise safe with IBM?"]).explanation()
    assert {"written": "kepe", "read": "keep"} in explained["understanding"]["mended"]
    assert "kepe" in explained["understanding"]["never_seen"]
    assert "zorblax" in explained["understanding"]["never_seen"]
    assert explained["understanding"]["added_words"]
    assert explained["understanding"]["made_to_stand_alone"] == explained["understanding"]["asked"]
    leaning = assistant.explain("How often?", ["Is exercise safe with IBM?"]).explanation()["understanding"]
    assert "exercise" in leaning["made_to_stand_alone"]


@pytest.mark.parametrize(
    ("question", "step"),
    [
        ("He is choking right now and can't breathe", "safety"),
        ("What dose of methotrexate should I take?", "safety"),
        ("Does quantum zorblaxology cure warts?", "words"),
        ("Can IBM affect breathing?", "ranking"),
    ],
)
def test_it_names_the_step_to_look_at(assistant: Assistant, question: str, step: str) -> None:
    explained = assistant.explain(question).explanation()
    assert explained["look_at"]["step"] == step
    assert bool(explained["safety"]) == (step == "safety")
