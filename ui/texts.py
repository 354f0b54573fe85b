"""The texts of the page, read once from texts.toml, so that one file holds every word an interface shows."""

from __future__ import annotations

import tomllib
from pathlib import Path

with (Path(__file__).parent / "texts.toml").open("rb") as _file:
    _texts: dict[str, dict[str, str]] = tomllib.load(_file)


def text(name: str, **values: object) -> str:
    """The text called `name`, as "table.key", with `values` put in its braces. Raises `KeyError` where there is none."""
    table, key = name.split(".")
    return _texts[table][key].format(**values) if values else _texts[table][key]
