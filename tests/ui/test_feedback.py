"""Verdicts on answers: taken only where the operator asks for them, and without the question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from assistant import Assistant
from corpus import Source
from index import Library
from index.embedding import Embedder
from tests.serving import serving
from tests.ui.commands import command_line
from ui.feedback import FILE_NAME
from ui.server import build_app

_TEXTS = {
    "Beds": "A higher bed is easier to leave for people with weak thighs. A rail beside the bed steadies the hand.",
    "Stairs": "A second rail makes stairs safer for weak legs. A stair lift carries the person past the stairs.",
}
_QUESTION = "What did the unicorn private words say about a higher bed?"


@pytest.fixture(scope="module")
def asking(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Library]]:
    """A page whose operator asks for verdicts, and its library."""
    folder = tmp_path_factory.mktemp("asking")
    for title, words in _TEXTS.items():
        (folder / f"{title}.md").write_text(f"# {title}\n\n{words}\n", encoding="utf-8")
    (folder / "library").mkdir()
    (folder / "library" / "settings.toml").write_text("[feedback]\nask = true\n", encoding="utf-8")
    with Library.open(folder / "library", embedder=embedder) as library:
        library.add([Source(path=str(folder / f"{title}.md")) for title in _TEXTS])
        with serving(build_app(Assistant(library))) as address:
            yield address, library


def test_where_nobody_asked_for_it_there_is_neither_address_nor_file(address: str, assistant: Assistant) -> None:
    sent = {"verdict": "no", "status": "not_found", "documents": []}
    assert httpx.post(f"{address}feedback", json=sent).status_code == 404
    assert "feedback-template" not in httpx.get(address).text
    assert not (assistant.library.directory / FILE_NAME).exists()


def test_a_verdict_is_given_by_one_press_and_keeps_nothing_of_the_question(asking: tuple[str, Library], browser: Browser) -> None:
    address, library = asking
    page = browser.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data) if request.url.endswith("/feedback") else None)
    page.goto(address)
    for number, verdict in enumerate(("Yes", "Something is wrong"), start=1):
        page.locator("#question textarea").fill(_QUESTION)
        page.keyboard.press("Enter")
        turn = page.locator(f"#turn-{number}")
        group = turn.get_by_role("group", name="Did this answer your question?")
        group.get_by_role("button", name=verdict, exact=True).click()
        thanks = turn.locator(".thanks")
        expect(thanks).to_have_text("Thank you. It is noted.")
        expect(thanks).to_be_focused()
        expect(group).to_have_count(0)
    expect(page.locator("#turn-1 .thanks")).to_have_count(1)
    page.close()
    lines = (library.directory / FILE_NAME).read_text(encoding="utf-8").splitlines()
    assert [set(json.loads(line)) for line in lines] == [{"day", "verdict", "status", "subjects"}] * 2
    assert [json.loads(line)["verdict"] for line in lines] == ["yes", "wrong"]
    assert {json.loads(line)["subjects"][0] for line in lines} == {"Beds"}
    for kept in (*lines, *sent):
        assert not any(word in kept.lower() for word in ("unicorn", "private", "higher"))
    assert len(sent) == 2


def test_what_is_no_verdict_is_refused(asking: tuple[str, Library]) -> None:
    address, library = asking
    good = {"verdict": "no", "status": "not_found", "documents": []}
    before = (library.directory / FILE_NAME).read_bytes() if (library.directory / FILE_NAME).exists() else b""
    for bad in (
        {**good, "question": "private words"},
        {**good, "verdict": "private words"},
        {**good, "documents": ["private words"]},
        {**good, "documents": ["0" * 16] * 5},
        {"verdict": "no"},
    ):
        refused = httpx.post(f"{address}feedback", json=bad)
        assert refused.status_code == 422
        assert "private" not in refused.text
    assert httpx.post(f"{address}feedback", content=b"x" * 5000).status_code == 413
    after = (library.directory / FILE_NAME).read_bytes() if (library.directory / FILE_NAME).exists() else b""
    assert before == after


def test_the_command_names_what_readers_missed(
    asking: tuple[str, Library],
    embedder: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, library = asking
    ids = {summary.title: summary.id for summary in library.summaries()}
    (library.directory / FILE_NAME).unlink(missing_ok=True)
    for verdict, status, title in (
        ("no", "not_found", "Stairs"),
        ("no", "answered", "Stairs"),
        ("no", "not_found", "Beds"),
        ("wrong", "answered", "Beds"),
        ("yes", "answered", "Beds"),
    ):
        sent = {"verdict": verdict, "status": status, "documents": [ids[title], "0" * 16]}
        assert httpx.post(f"{address}feedback", json=sent).status_code == 204
    run = command_line(monkeypatch, capsys, embedder)
    report = run("feedback", "--json", library=library.directory).json()
    assert report == {
        "asking": True,
        "verdicts": {"yes": 1, "no": 3, "wrong": 1},
        "unanswered": [{"subject": "Stairs", "times": 2}, {"subject": "Beds", "times": 1}],
        "wrong": [{"subject": "Beds", "times": 1}],
    }
    shown = run("feedback").out
    assert shown.index("Stairs") < shown.index("Beds")
    assert "ask = true" not in shown
    Library.open(tmp_path / "other", embedder=embedder).close()
    off = run("feedback", library=tmp_path / "other")
    assert off.code == 0
    assert "ask = true" in off.out
    (library.directory / FILE_NAME).write_text("no verdict\n", encoding="utf-8")
    broken = run("feedback", library=library.directory)
    assert broken.code == 1
    assert f"{FILE_NAME}, line 1" in broken.err
