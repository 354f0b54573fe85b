"""The README: every command it shows is run, and its output compared; every file it links to is there.

`README_UPDATE=1 python -m pytest tests/ui/test_readme.py` writes the program's present output into the README.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.embedding import Embedder
from index.settings import Settings
from tests.conftest import ROOT
from tests.ui.commands import Ran, command_line

README = ROOT / "README.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = "$ myositis "
# A line that stands for any lines.
_WHATEVER = "…"
# Whose computer the README is about.
_HOME = "/home/ann"
_FILES = {
    "leaflets/parking.md": "---\nkind: guide\nyear: 2026\n---\n# Parking at our clinic\n\n"
    "The car park of the clinic is behind the main building. The first four places are for people with a badge.\n",
    "leaflets/broken.pdf": "",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A command line of the README and the lines that stand below it."""

    command: str
    output: tuple[str, ...]


def _shown(readme: str) -> Iterator[Shown]:
    for block in _BLOCK.finditer(readme):
        for part in f"\n{block[1]}".split(f"\n{_PROMPT}")[1:]:
            command, *output = part.strip("\n").split("\n")
            yield Shown(command, tuple(output))


@pytest.fixture
def printed(
    starter_folder: Path,
    tmp_path: Path,
    embedder: Embedder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:
    """What each command of the README prints, in its order, one after the other on one computer."""
    library = tmp_path / ".local" / "share" / "myositis-assistant" / "library"
    shutil.copytree(starter_folder, library)
    for name, content in _FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run = command_line(monkeypatch, capsys, embedder)
    outputs = []
    for shown in _shown(README.read_text(encoding="utf-8")):
        ran: Ran = run(*shlex.split(shown.command), library=library)
        assert ran.code in (0, 1), shown.command
        assert "Traceback" not in ran.err
        outputs.append((ran.out + ran.err).replace(str(tmp_path), _HOME).rstrip("\n"))
    return outputs


def test_every_command_prints_what_the_readme_shows(printed: list[str]) -> None:
    readme = README.read_text(encoding="utf-8")
    if os.environ.get("README_UPDATE"):
        README.write_text(_updated(readme, printed), encoding="utf-8")
        readme = README.read_text(encoding="utf-8")
    commands = list(_shown(readme))
    assert len(commands) >= 8
    for shown, output in zip(commands, printed, strict=True):
        expected = [".*" if line == _WHATEVER else re.escape(line.rstrip()) for line in shown.output]
        found = "\n".join(line.rstrip() for line in output.split("\n"))
        assert re.fullmatch("\n".join(expected), found, re.DOTALL), f"$ myositis {shown.command}\n{found}"


def _updated(readme: str, printed: list[str]) -> str:
    """The README with the output that was printed; where a line stands for any lines, as many as before go round it."""
    left = iter(printed)

    def block(match: re.Match[str]) -> str:
        written = []
        for shown in _shown(match[0]):
            lines = next(left).split("\n")
            if _WHATEVER in shown.output:
                before = shown.output.index(_WHATEVER)
                after = len(shown.output) - before - 1
                lines = [*lines[:before], _WHATEVER, *lines[len(lines) - after :]]
            written.append("\n".join([_PROMPT + shown.command, *(line.rstrip() for line in lines)]))
        return "\n".join(["```console", "\n\n".join(written), "```"])

    return _BLOCK.sub(block, readme)


def test_every_link_leads_to_a_file() -> None:
    for document in (README, *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            assert target.startswith(("http://", "https://")) or (document.parent / target).is_file(), (
                f"{document.name}: {target}"
            )


def test_every_make_target_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for document in (README, *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"(?:^|`)make ([a-z-]+)\b", document.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{document.name}: make {target}"


def test_the_settings_shown_are_valid_and_all_there_are(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```toml\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "settings.toml").write_text(shown, encoding="utf-8")
    Settings.load(tmp_path)
    assert {name: set(table) for name, table in tomllib.loads(shown).items()} == {
        name: set(table) for name, table in Settings().model_dump().items()
    }


def test_it_says_what_it_is_not() -> None:
    readme = " ".join(README.read_text(encoding="utf-8").split())
    for said in ("no doctor", "No clinician has reviewed it", "No person has driven the page with a screen reader yet"):
        assert said in readme
