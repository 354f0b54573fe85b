"""The fixed texts, read once from texts.toml: the only sentences in an answer that are not quotes."""

from __future__ import annotations

import tomllib
from pathlib import Path

with (Path(__file__).parent / "texts.toml").open("rb") as _file:
    _texts = tomllib.load(_file)

DISCLAIMER: str = _texts["disclaimer"]
NOT_FOUND: str = _texts["not_found"]
NOT_FOUND_HELP: str = _texts["not_found_help"]
DECLINED: str = _texts["declined"]
NOTICES: dict[str, str] = _texts["notices"]
