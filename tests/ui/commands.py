"""Command lines run in this process, with the model that is loaded already."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index.embedding import Embedder
from ui.cli import main


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
