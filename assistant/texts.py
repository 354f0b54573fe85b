"""The fixed texts, read once from texts.toml: the only sentences in an answer that are not quotes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from assistant.records import Notice

with (Path(__file__).parent / "texts.toml").open("rb") as _file:
    _texts = tomllib.load(_file)

DISCLAIMER: str = _texts["disclaimer"]
NOT_FOUND: str = _texts["not_found"]
NOT_FOUND_HELP: str = _texts["not_found_help"]
DECLINED: str = _texts["declined"]
NOTICES: dict[str, str] = _texts["notices"]


def nothing_quoted(notices: Sequence[Notice]) -> str:
    """Why an answer with these notices quotes nothing: it is, or may be, a request to decline, or else nothing was found."""
    return DECLINED if any(notice.kind in ("medication", "diagnosis") for notice in notices) else NOT_FOUND
