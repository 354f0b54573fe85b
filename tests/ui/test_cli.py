"""The command line: what it prints where, its exit codes, and the one clear message each failure ends in.

Commands run as a process of their own where that is the point (what stands on which stream, how it ends), and else in this
one, with the model that is loaded already.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant import DISCLAIMER
from corpus import Source, retrieve
from corpus.starter import starter_sources
from index import Library
from tests.ui.commands import Ran, Run, checked_answer, one_message

COMMAND = Path(sys.executable).with_name("myositis")
COMMANDS = ["serve", "ask", "add", "remove", "list", "refresh", "check", "eval", "bench"]
CHOKING = "he is choking right now and can't breathe"
pytestmark = pytest.mark.usefixtures("remembering")


def _process(*arguments: str | Path, library: Path, timeout: int = 120) -> Ran:
    environment = os.environ | {"MYOSITIS_LIBRARY": str(library), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, encoding="utf-8", env=environment, timeout=timeout, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


# Usage


def test_without_arguments_it_says_what_it_can_do(tmp_path: Path) -> None:
    ran = _process(library=tmp_path)
    assert ran.code == 2
    assert all(f"  {name} " in ran.out + ran.err for name in COMMANDS)
    assert "Traceback" not in ran.err


def test_help_is_no_failure(tmp_path: Path) -> None:
    ran = _process("--help", library=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert all(f"  {name} " in ran.out for name in COMMANDS)
    assert "..." not in ran.out.partition("Commands:")[2], "a summary was cut short"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_takes_a_library(run: Run, name: str) -> None:
    ran = run(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: myositis {name} " in ran.out
    assert "--library DIR" in ran.out
    assert "MYOSITIS_LIBRARY" in ran.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["frobnicate"], "frobnicate"),
        (["--frobnicate"], "--frobnicate"),
        (["ask"], "QUESTION"),
        (["ask", ""], "the question is empty"),
        (["ask", " \n "], "the question is empty"),
        (["ask", "Why?", "And?"], "And?"),
        (["ask", "Why?", "--history"], "--history"),
        (["add"], "PATH_OR_URL"),
        (["add", ""], "an input is empty"),
        (["add", "page.md", "--kind", "gossip"], "gossip"),
        (["add", "page.md", "--year", "soon"], "--year"),
        (["add", "page.md", "--year", "20"], "--year"),
        (["add", "one.md", "two.md", "--title", "Both"], "--title"),
        (["remove"], "SOURCE"),
        (["serve", "--port", "99999"], "--port"),
        (["list", "--library"], "--library"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(run: Run, tmp_path: Path, arguments: list[str], says: str) -> None:
    ran = run(*arguments, library=tmp_path / "library")
    assert ran.code == 2
    assert ran.out == ""
    assert says in ran.err
    assert "Try 'myositis" in ran.err or "requires an argument" in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "library").exists()


# Which library


def test_the_library_may_be_named_before_or_after_the_command_or_by_the_environment(
    run: Run, starter_folder: Path, tmp_path: Path
) -> None:
    expected = run("list", "--json", library=starter_folder)
    assert expected.code == 0
    elsewhere = tmp_path / "elsewhere"
    assert run("list", "--json", "--library", starter_folder, library=elsewhere) == expected
    assert run("--library", starter_folder, "list", "--json", library=elsewhere) == expected
    assert run("--library", elsewhere, "list", "--json", "--library", starter_folder, library=elsewhere) == expected
    one_message(run("--library", elsewhere, "list", library=starter_folder), str(elsewhere))


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["check"], ["check", "--json"], ["remove", "page.md"]])
def test_without_a_library_it_says_how_to_make_one_and_makes_none(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    ran = run(*arguments, library=tmp_path / "library")
    one_message(ran, str(tmp_path / "library"), "myositis add")
    assert ran.out == ""
    assert not (tmp_path / "library").exists()


def test_a_setting_that_is_none_is_named_with_the_nearest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[answers]\nquote = 2\n")
    one_message(run("list", library=tmp_path), "'answers.quote'", "'answers.quotes'", "settings.toml")


def test_a_library_that_is_no_database_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "library.sqlite3").write_text("This is not a database, however long it may be. " * 100)
    for name in ("list", "check"):
        one_message(run(name, library=tmp_path), str(tmp_path / "library.sqlite3"))


# Asking


def test_the_real_command_prints_one_json_document_and_nothing_else(starter_folder: Path) -> None:
    ran = _process("ask", "--json", "food gets stuck in his throat, what helps?", library=starter_folder)
    assert ran.code == 0
    answer = ran.json()
    checked_answer(answer, "answered")
    assert "swallow" in (answer["quotes"][0]["title"] + answer["quotes"][0]["text"]).lower()
    assert ran.out == json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
    assert "Traceback" not in ran.err


def test_an_emergency_needs_no_model_and_comes_at_once(starter_folder: Path) -> None:
    ran = _process("ask", "--json", CHOKING, library=starter_folder, timeout=60)
    assert (ran.code, ran.err.strip()) == (0, "")
    checked_answer(ran.json(), "emergency")
    assert [notice["kind"] for notice in ran.json()["notices"]] == ["emergency"]


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("food gets stuck in his throat, what helps?", "answered"),
        ("who won the world cup", "not_found"),
        ("Should I stop my methotrexate?", "not_found"),
        (CHOKING, "emergency"),
    ],
)
def test_json_keeps_to_the_contract(run: Run, starter_folder: Path, question: str, status: str) -> None:
    ran = run("ask", question, "--json", library=starter_folder)
    assert ran.code == 0
    checked_answer(ran.json(), status)
    assert ran.json()["question"] == question


def test_an_answer_for_people_shows_quotes_places_and_the_disclaimer(run: Run, starter_folder: Path) -> None:
    answer = run("ask", "--json", "What are the warning signs of swallowing problems?", library=starter_folder).json()
    ran = run("ask", "What are the warning signs of swallowing problems?")
    shown = " ".join(ran.out.replace("│", " ").split())
    for quote in answer["quotes"]:
        assert " ".join(quote["text"].split()) in shown
        assert quote["title"] in shown
        assert quote["link"] in shown
    assert DISCLAIMER in shown


@pytest.mark.parametrize(("question", "says"), [("who won the world cup", "no answer"), ("Do I have IBM?", "does not decide")])
def test_silence_for_people_says_why(run: Run, starter_folder: Path, question: str, says: str) -> None:
    shown = " ".join(run("ask", question, library=starter_folder).out.split())
    assert says in shown
    assert "The library does cover:" in shown
    assert ("For example:" in shown) == ("neuromuscular clinic" in shown) == (says == "no answer")
    assert "│" not in shown
    assert DISCLAIMER in shown


def test_an_emergency_for_people_begins_with_the_notice(run: Run, starter_folder: Path) -> None:
    ran = run("ask", CHOKING, library=starter_folder)
    assert ran.out.startswith("This sounds like an emergency. Call your local emergency number now")
    assert DISCLAIMER in " ".join(ran.out.split())


def test_the_history_makes_a_follow_up_whole(run: Run, starter_folder: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(["What is blood-flow restricted training?"]), encoding="utf-8")
    alone = run("ask", "--json", "Is that safe?", library=starter_folder).json()
    joined = run("ask", "--json", "Is that safe?", "--history", earlier).json()
    assert alone["understood_as"] == alone["question"] == "Is that safe?"
    assert joined["question"] == "Is that safe?"
    assert "blood-flow restricted training" in joined["understood_as"]
    assert json.loads(earlier.read_text(encoding="utf-8")) == ["What is blood-flow restricted training?"]


@pytest.mark.parametrize("question", ["What are the warning signs of swallowing problems?", "Who won the zorblax cup?", CHOKING])
def test_explaining_adds_the_way_and_leaves_the_answer(run: Run, starter_folder: Path, question: str) -> None:
    plain = run("ask", question, "--json", library=starter_folder).json()
    explained = run("ask", question, "--json", "--explain").json()
    explanation = explained.pop("explanation")
    assert explained == plain
    shown, more = run("ask", question).out, run("ask", question, "--explain").out
    assert more.startswith(shown)
    way = more.removeprefix(shown)
    assert f"{explanation['look_at']['step']}: {explanation['look_at']['why']}" in way
    assert ("zorblax" in explanation["understanding"]["never_seen"]) == ("zorblax" in question)
    for candidate in explanation["candidates"]:
        assert " ".join(candidate["text"].split())[:60] in way
        assert candidate["verdict"] in way


@pytest.mark.parametrize("content", [None, b"", b"not json", b'{"question": "Why?"}', b"[1, 2]", b'"Why?"', b"\xff\xfe\x00"])
def test_a_history_that_is_none_is_told(run: Run, starter_folder: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "earlier.json"
    if content is not None:
        path.write_bytes(content)
    one_message(run("ask", "Is that safe?", "--history", path, library=starter_folder), "history", str(path))


def test_a_question_that_is_no_valid_text_is_answered_all_the_same(run: Run, starter_folder: Path) -> None:
    ran = run("ask", "--json", "he is choking \udcff right now", library=starter_folder)
    assert ran.code == 0
    assert ran.json()["status"] == "emergency"


def test_a_question_longer_than_a_page_is_told(run: Run, starter_folder: Path) -> None:
    one_message(run("ask", "why " * 1500, library=starter_folder), "question", "Shorten it")


def test_a_reader_that_goes_away_is_no_failure(starter_folder: Path) -> None:
    environment = os.environ | {"MYOSITIS_LIBRARY": str(starter_folder)}
    with subprocess.Popen([COMMAND, "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        complaints = listing.stderr.read()
        assert listing.wait(60) in (0, 1)
        assert complaints == b""


# The first run


def test_the_first_question_builds_the_starter_library_with_progress_on_stderr_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.first_run.starter_sources", lambda: starter_sources()[:2])
    ran = run("ask", "--json", CHOKING, library=tmp_path / "new")
    assert ran.code == 0
    checked_answer(ran.json(), "emergency")
    assert len(run("list", "--json").json()) == 2
    built = {path: path.stat().st_mtime_ns for path in (tmp_path / "new" / "originals").iterdir()}
    assert run("ask", "--json", CHOKING).code == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "new" / "originals").iterdir()} == built


def test_the_first_run_of_a_version_that_embeds_otherwise_brings_the_starter_pages_up_to_date(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.first_run.starter_sources", lambda: starter_sources()[:1])
    assert run("ask", CHOKING, library=tmp_path / "new").code == 0
    with closing(sqlite3.connect(tmp_path / "new" / "library.sqlite3")) as connection, connection:
        connection.execute("UPDATE documents SET encoding = 1")
    assert "earlier version" in run("check").out
    assert run("ask", CHOKING).code == 0
    assert "earlier version" in run("check").out  # nothing says that the program is another one
    monkeypatch.setattr("ui.first_run.ENCODING_VERSION", "another one")
    assert run("ask", CHOKING).code == 0
    assert run("check", "--json").json()["ok"] is True


def test_the_first_run_after_the_expected_questions_changed_files_those_of_now(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.first_run.starter_sources", lambda: starter_sources()[:1])
    assert run("ask", CHOKING, library=tmp_path / "new").code == 0

    def questions() -> set[str]:
        with closing(sqlite3.connect(tmp_path / "new" / "library.sqlite3")) as connection:
            return {question for (question,) in connection.execute("SELECT question FROM expected_questions")}

    before = questions()
    assert before
    own = tmp_path / "new" / "expected_questions"
    own.mkdir()
    with Library.open(tmp_path / "new", create=False) as library:
        (document,) = library.documents()
        sentence = library.passages_of(document.id)[0].sentence_texts[0]
    (own / "own.txt").write_text(f"> {sentence}\nwhatever is this about\n")
    assert run("ask", CHOKING).code == 0
    assert questions() == before | {"whatever is this about"}


def test_a_first_run_that_was_stopped_is_finished_by_the_next(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.first_run.starter_sources", lambda: starter_sources()[:3])
    fetched: list[Source] = []

    def stopping(source: Source, **options: Any) -> Any:  # noqa: ANN401
        if fetched:
            raise KeyboardInterrupt
        fetched.append(source)
        return retrieve(source, **options)

    with monkeypatch.context() as stopped:
        stopped.setattr("index.library.retrieve", stopping)
        ran = run("ask", CHOKING, library=tmp_path / "new")
    assert (ran.code, ran.out) == (130, "")
    assert "Stopped" in ran.err
    assert len(run("list", "--json").json()) == 1
    assert run("ask", CHOKING).code == 0
    assert len(run("list", "--json").json()) == 3
    assert run("check", "--json").json()["ok"] is True


def test_a_library_of_ones_own_gets_no_starter_pages(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Parking\n\nThe clinic's car park is behind the building, and is free on Sundays.\n")
    assert run("add", tmp_path / "page.md", library=tmp_path / "own").code == 0
    answer = run("ask", "--json", "Where is the clinic's car park?").json()
    assert [quote["title"] for quote in answer["quotes"]] == ["Parking"]
    assert len(run("list", "--json").json()) == 1


# Serving and measuring


def test_a_port_in_use_is_told_and_another_is_named(starter_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = _process("serve", "--port", str(port), library=starter_folder)
    one_message(ran, f"127.0.0.1:{port}", "myositis serve --port")
    assert ran.out == ""


def test_eval_measures_labelled_questions(run: Run, starter_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    rows = [
        {"id": "a", "question": CHOKING, "expects": "emergency", "gold": []},
        {"id": "b", "turns": ["Is exercise safe?", "who won the world cup"], "expects": "abstain", "gold": []},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = run("eval", path, "--json", library=starter_folder).json()
    assert (report["questions"], report["emergency_recall"], report["abstention"], report["wrong_spans"]) == (2, 1.0, 1.0, 0)
    assert "emergency_recall" in run("eval", path).out
    one_message(run("eval", tmp_path / "none.jsonl"), "none.jsonl")
