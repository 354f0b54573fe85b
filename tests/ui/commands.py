"""Command lines run in this process, with the model that is loaded already, and what they must keep to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import DISCLAIMER
from index.embedding import Embedder
from ui.cli import main

ANSWER_KEYS = ["status", "question", "understood_as", "quotes", "notices", "closest_topics", "disclaimer"]
QUOTE_KEYS = [
    "text", "match", "before", "after", "document_id", "title", "url", "kind", "year", "section", "page", "start", "end", "link",
    "snapshot",
    "also_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401  # whatever JSON the command printed
        return json.loads(self.out)


Run = Callable[..., Ran]


def command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], embedder: Embedder) -> Run:
    """Runs commands: `run("ask", "Why?", library=folder)`. A library that was named stays the one for the commands after."""
    monkeypatch.setattr("index.library.Embedder", lambda _=None: embedder)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str | Path, library: Path | None = None) -> Ran:
        if library is not None:
            monkeypatch.setenv("MYOSITIS_LIBRARY", str(library))
        monkeypatch.setattr(sys, "argv", ["myositis", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


def one_message(ran: Ran, *parts: str) -> None:
    """The command failed with one message on stderr that holds `parts`, and no traceback."""
    assert ran.code == 1
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Error: ")
    assert lines[0].endswith(".")
    for part in parts:
        assert part in lines[0]


def checked_answer(answer: dict[str, Any], status: str) -> None:
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
