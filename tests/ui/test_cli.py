"""The command line: what it prints where, its exit codes, and the one clear message each failure ends in.

Commands run as a process of their own where that is the point (what stands on which stream, how it ends), and else in this
one, with the model that is loaded already.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from assistant import DISCLAIMER
from corpus import Source, retrieve
from corpus.starter import starter_sources
from index.embedding import Embedder
from tests.bench import medquad
from tests.remembered import remembered_vectors
from tests.ui.commands import Ran, Run, command_line

COMMAND = Path(sys.executable).with_name("myositis")
ANSWER_KEYS = ["status", "question", "understood_as", "quotes", "notices", "closest_topics", "disclaimer"]
QUOTE_KEYS = [
    "text", "match", "before", "after", "document_id", "title", "url", "kind", "year", "section", "page", "start", "end", "link",
    "snapshot",
    "also_at",
]  # fmt: skip
COMMANDS = ["serve", "ask", "add", "remove", "list", "refresh", "check", "eval", "bench"]
CHOKING = "he is choking right now and can't breathe"


@pytest.fixture(autouse=True, scope="module")
def _remembering(embedder: Embedder, starter_folder: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """What an earlier run has embedded is not embedded again. (The starter library's own memory must be closed by then.)"""
    assert starter_folder.is_dir()
    with remembered_vectors(embedder, Path(request.config.cache.mkdir("vectors"))):  # type: ignore[union-attr]
        yield


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], embedder: Embedder) -> Run:
    """Runs a command line in this process: `run("ask", "Why?", library=folder)`."""
    return command_line(monkeypatch, capsys, embedder)


def _process(*arguments: str | Path, library: Path, timeout: int = 120) -> Ran:
    environment = os.environ | {"MYOSITIS_LIBRARY": str(library), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, encoding="utf-8", env=environment, timeout=timeout, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _one_message(ran: Ran, *parts: str) -> None:
    """The command failed with one message on stderr that holds `parts`, and no traceback."""
    assert ran.code == 1
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Error: ")
    assert lines[0].endswith(".")
    for part in parts:
        assert part in lines[0]


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
    _one_message(run("--library", elsewhere, "list", library=starter_folder), str(elsewhere))


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["check"], ["check", "--json"], ["remove", "page.md"]])
def test_without_a_library_it_says_how_to_make_one_and_makes_none(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    ran = run(*arguments, library=tmp_path / "library")
    _one_message(ran, str(tmp_path / "library"), "myositis add")
    assert ran.out == ""
    assert not (tmp_path / "library").exists()


def test_a_setting_that_is_none_is_named_with_the_nearest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[answers]\nquote = 2\n")
    _one_message(run("list", library=tmp_path), "'answers.quote'", "'answers.quotes'", "settings.toml")


def test_a_library_that_is_no_database_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "library.sqlite3").write_text("This is not a database, however long it may be. " * 100)
    for name in ("list", "check"):
        _one_message(run(name, library=tmp_path), str(tmp_path / "library.sqlite3"))


# Asking


def _checked_answer(answer: dict[str, Any], status: str) -> None:
    assert list(answer) == ANSWER_KEYS
    assert answer["status"] == status
    assert answer["disclaimer"] == DISCLAIMER
    assert (status == "answered") == bool(answer["quotes"])
    for quote in answer["quotes"]:
        assert list(quote) == QUOTE_KEYS
        assert quote["match"] in ("strong", "possible")
        assert all(isinstance(quote[key], str) for key in QUOTE_KEYS if key not in ("year", "page", "start", "end", "also_at"))
        assert all(list(place) == ["title", "url", "link", "snapshot"] for place in quote["also_at"])
        assert all(quote[key] is None or isinstance(quote[key], int) for key in ("year", "page"))
        assert quote["end"] - quote["start"] == len(quote["text"])
    for notice in answer["notices"]:
        assert list(notice) == ["kind", "text"]
        assert notice["kind"] in ("emergency", "medication", "diagnosis", "distress", "dated")


def test_the_real_command_prints_one_json_document_and_nothing_else(starter_folder: Path) -> None:
    ran = _process("ask", "--json", "food gets stuck in his throat, what helps?", library=starter_folder)
    assert ran.code == 0
    answer = ran.json()
    _checked_answer(answer, "answered")
    assert "swallow" in (answer["quotes"][0]["title"] + answer["quotes"][0]["text"]).lower()
    assert ran.out == json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
    assert "Traceback" not in ran.err


def test_an_emergency_needs_no_model_and_comes_at_once(starter_folder: Path) -> None:
    ran = _process("ask", "--json", CHOKING, library=starter_folder, timeout=60)
    assert (ran.code, ran.err.strip()) == (0, "")
    _checked_answer(ran.json(), "emergency")
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
    _checked_answer(ran.json(), status)
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
    _one_message(run("ask", "Is that safe?", "--history", path, library=starter_folder), "history", str(path))


def test_a_question_that_is_no_valid_text_is_answered_all_the_same(run: Run, starter_folder: Path) -> None:
    ran = run("ask", "--json", "he is choking \udcff right now", library=starter_folder)
    assert ran.code == 0
    assert ran.json()["status"] == "emergency"


def test_a_question_longer_than_a_page_is_told(run: Run, starter_folder: Path) -> None:
    _one_message(run("ask", "why " * 1500, library=starter_folder), "question", "Shorten it")


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
    _checked_answer(ran.json(), "emergency")
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
    monkeypatch.setattr("ui.first_run._COMPLETE", "complete, in another way")
    assert run("ask", CHOKING).code == 0
    assert run("check", "--json").json()["ok"] is True


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


# Adding and removing


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with three good files and four bad ones."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "beds.md").write_text("# Beds\n\nA higher bed is easier to leave.\n", encoding="utf-8")
    (folder / "chairs.html").write_text("<title>Chairs</title><h1>Chairs</h1><p>A raised chair is easier to leave.</p>")
    (folder / "stairs.txt").write_text("Stairs\n\nA house without stairs is easier to live in.\n", encoding="utf-8")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "empty.md").write_bytes(b"")
    for name, password in (("blank.pdf", None), ("locked.pdf", "sesame")):
        writer = PdfWriter()
        writer.add_blank_page(width=200, height=200)
        if password:
            writer.encrypt(password)
        with (folder / name).open("wb") as file:
            writer.write(file)
    return folder


def test_bad_inputs_are_listed_with_their_reasons_and_the_good_ones_are_in(run: Run, shelf: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = f"http://127.0.0.1:{listener.getsockname()[1]}/page"
    missing = tmp_path / "missing.md"
    ran = run("add", shelf, missing, silent, library=tmp_path / "library")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert ran.out.startswith("3 added, 6 left out\n")
    reasons = {
        lines[0]: lines[1].strip() for entry in ran.out.split("left out: ")[1:] if len(lines := entry.strip().split("\n")) == 2
    }
    assert len(reasons) == 6
    expected = {
        str(shelf / "empty.pdf"): "empty",
        str(shelf / "empty.md"): "no text",
        str(shelf / "blank.pdf"): "no text",
        str(shelf / "locked.pdf"): "encrypted",
        str(missing): "no such file",
        silent: "127.0.0.1",
    }
    for address, reason in expected.items():
        assert reason in reasons[address]
        assert reasons[address].endswith(".")
    assert {one["title"] for one in run("list", "--json").json()} == {"Beds", "Chairs", "Stairs"}
    assert run("check", "--json").json()["ok"] is True


@pytest.mark.parametrize("name", ["missing.pdf", "empty.pdf", "blank.pdf", "locked.pdf"])
def test_a_single_bad_input_fails_and_spoils_nothing(run: Run, shelf: Path, tmp_path: Path, name: str) -> None:
    assert run("add", shelf / "beds.md", library=tmp_path / "library").code == 0
    ran = run("add", shelf / name)
    assert ran.code == 1
    assert ran.out.startswith("0 added, 1 left out\n")
    assert name in ran.out
    assert len(run("list", "--json").json()) == 1


def test_what_is_there_already_is_left_as_it_is(run: Run, shelf: Path, tmp_path: Path) -> None:
    first = run("add", shelf / "beds.md", shelf / "chairs.html", library=tmp_path / "library")
    assert (first.code, first.out) == (0, "2 added\n")
    again = run("add", shelf / "beds.md", shelf / "chairs.html", shelf / "stairs.txt")
    assert (again.code, again.out) == (0, "1 added, 2 unchanged\n")
    (shelf / "beds.md").write_text("# Beds\n\nA lower bed is harder to leave.\n", encoding="utf-8")
    assert run("add", shelf / "beds.md").out == "0 added, 1 replaced\n"


def test_what_the_operator_states_goes_before_what_the_text_does(run: Run, shelf: Path, tmp_path: Path) -> None:
    stated = ["--title", "Beds and sleep", "--kind", "guide", "--year", "2021"]
    assert run("add", shelf / "beds.md", *stated, library=tmp_path / "library").code == 0
    (listed,) = run("list", "--json").json()
    assert list(listed) == ["id", "url", "title", "kind", "year", "passages", "authors", "doi", "pmid"]
    assert (listed["title"], listed["kind"], listed["year"]) == ("Beds and sleep", "guide", 2021)
    assert listed["url"] == (shelf / "beds.md").resolve().as_uri()
    assert "Beds and sleep" in run("list").out


def test_removing_by_path_by_address_and_by_id(run: Run, shelf: Path, tmp_path: Path) -> None:
    run("add", shelf / "beds.md", shelf / "chairs.html", shelf / "stairs.txt", library=tmp_path / "library")
    listed = {one["title"]: one for one in run("list", "--json").json()}
    ran = run("remove", shelf / "beds.md", listed["Chairs"]["url"], listed["Stairs"]["id"])
    assert (ran.code, ran.out, ran.err) == (0, "3 removed\n", "")
    assert run("list", "--json").json() == []
    assert run("check", "--json").json()["documents"] == 0
    again = run("remove", shelf / "beds.md")
    assert again.out == "0 removed\n"
    _one_message(again, "beds.md", "myositis list")


def test_check_names_what_is_wrong_with_exit_code_1(run: Run, shelf: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("add", shelf / "beds.md", library=library)
    healthy = run("check", "--json")
    assert healthy.code == 0
    assert healthy.json() == {"library": str(library), "ok": True, "documents": 1, "passages": 1, "problems": []}
    for original in (library / "originals").iterdir():
        original.unlink()
    ran = run("check", "--json")
    assert ran.code == 1
    assert ran.json()["ok"] is False
    assert "is missing" in ran.json()["problems"][0]
    shown = run("check")
    assert shown.code == 1
    assert ran.json()["problems"][0] in shown.out


def test_a_full_disk_is_told_and_nothing_is_lost(run: Run, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", shelf / "beds.md", library=tmp_path / "library")

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    with monkeypatch.context() as small:
        small.setattr(Path, "write_bytes", full)
        ran = run("add", shelf / "chairs.html")
    _one_message(ran, "Free some space", "nothing was lost")
    assert [one["title"] for one in run("list", "--json").json()] == ["Beds"]
    assert run("check", "--json").json()["ok"] is True
    assert run("add", shelf / "chairs.html").out == "1 added\n"


# Serving and measuring


def test_a_port_in_use_is_told_and_another_is_named(starter_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = _process("serve", "--port", str(port), library=starter_folder)
    _one_message(ran, f"127.0.0.1:{port}", "myositis serve --port")
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
    _one_message(run("eval", tmp_path / "none.jsonl"), "none.jsonl")


# Sources of every kind, as they come


def test_a_site_real_pdfs_and_patient_pages_are_taken_in_and_answer(run: Run, shared_data: Path, tmp_path: Path) -> None:
    pdfs = tmp_path / "pdfs"
    pdfs.mkdir()
    for path in (shared_data / "pdfs" / "plain").glob("*.pdf"):
        if path.name != "GeoTopo-komprimiert.pdf":  # a book of 117 pages, which takes a minute to embed
            shutil.copy(path, pdfs)
    names = [f"{name}.xml" for name in ("6_NINDS_QA/0000159", "2_GARD_QA/0003182", "6_NINDS_QA/0000103")]
    pages = medquad.write(medquad.pages(shared_data / "medquad", names), tmp_path)
    ran = run("add", shared_data / "site" / "ibm-site-home.txt", pdfs, *pages, library=tmp_path / "library")

    assert ran.code == 1
    left_out = {line.removeprefix("left out: ") for line in ran.out.splitlines() if line.startswith("left out: ")}
    pictures = ["cmyk-image", "grayscale-image", *(f"imagemagick-{name}" for name in ("ASCII85Decode", "CCITTFaxDecode"))]
    pictures += ["imagemagick-images", "imagemagick-lzw"]
    assert left_out == {str(pdfs / f"{name}.pdf") for name in [*pictures, "libreoffice-writer-password"]}
    listed = run("list", "--json").json()
    assert len(listed) == 1 + len(list(pdfs.iterdir())) - len(left_out) + len(pages)
    assert f"{len(listed)} added, {len(left_out)} left out" in ran.out
    assert run("check", "--json").json()["ok"] is True

    # (a question, the end of the address it is answered from, words of the quote)
    expected = [
        ("What does familial IBM (fIBM) refer to?", "ibm-site-home.txt", "Familial IBM (fIBM) refers to"),
        ("How many tasks are in the MTRAG-UN benchmark?", "two-column-paper.pdf", "666 tasks"),
        ("What is better than implicit?", "google-doc-document.pdf", "Explicit is better than implicit"),
        ("Is there a cure for IBM?", "inclusion_body_myositis.htm", "There is no cure for IBM"),
        ("At what age do symptoms of inclusion body myositis begin?", "3896/inclusion-body-myositis", "after the age of 50"),
        ("What is the standard treatment for dermatomyositis?", "dermatomyositis.htm", "corticosteroid"),
    ]
    for question, address, words in expected:
        answer = run("ask", "--json", question).json()
        _checked_answer(answer, "answered")
        found = [quote for quote in answer["quotes"] if quote["url"].endswith(address) and words in quote["text"]]
        assert found, question
        for quote in found:
            if address.endswith(".pdf"):
                page = PdfReader(pdfs / address).pages[quote["page"] - 1]
                assert words in " ".join(page.extract_text().split())
                assert quote["link"].endswith(f"{address}#page={quote['page']}")
            else:
                assert quote["page"] is None
                assert f"{address}#:~:text=" in quote["link"]
