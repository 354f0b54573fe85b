"""What the command line shows while it works."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from assistant import Answer, Notice
from assistant.records import NoticeKind
from assistant.texts import DECLINED, NOT_FOUND
from tests.ui.answers import an_answer
from ui import terminal

_NEW_LINE = "\x1b[2K"  # what a terminal is sent to empty its line


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_bar_shows_count_and_times_whole_on_any_screen(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(
        terminal, "err", Console(file=screen, width=width, force_terminal=True, soft_wrap=True, color_system=None)
    )
    with terminal.progress_bar("Adding") as progress:
        progress(
            1234,
            5476,
            "/a/long/way/to/a-page-whose-name-is-longer-than-the-screen-is-wide-whatever-screen-it-may-be-in-the-end-of-all.html",
        )
    line = next(line for line in screen.getvalue().splitlines() if "1234/5476" in line)
    assert line.removeprefix(_NEW_LINE).startswith("Adding")
    assert "0:00:00 -:--:--" in line
    assert "a-page" in line
    assert line.rstrip().endswith("…")


def test_the_bar_goes_by_the_share_of_the_work_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(terminal, "err", Console(file=screen, width=80, force_terminal=True, color_system=None))

    def drawn(share: float | None) -> int:
        screen.seek(0)
        screen.truncate()
        with terminal.progress_bar("Adding") as progress:
            progress(1, 100, "page", share)
        last = [line for line in screen.getvalue().splitlines() if "1/100" in line][-1]
        return last.count("━")

    assert drawn(None) < drawn(0.5) < drawn(1.0)


@pytest.mark.parametrize(
    ("kinds", "said"),
    [([], NOT_FOUND), (["emergency"], NOT_FOUND), (["distress"], NOT_FOUND), (["emergency", "medication"], DECLINED)],
)
def test_only_a_declined_request_is_called_declined(kinds: list[NoticeKind], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(terminal, "out", Console(file=screen, width=400, color_system=None))
    answer: Answer = an_answer(notices=tuple(Notice(kind, f"Said of {kind}.") for kind in kinds))
    terminal.show_answer(answer)
    words = " ".join(screen.getvalue().split())
    assert said in words
    assert ({DECLINED, NOT_FOUND} - {said}).pop() not in words
    assert all(f"Said of {kind}." in words for kind in kinds)
