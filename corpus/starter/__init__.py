"""The starter library: pages and digests written for this project from named sources, and the topics people ask about."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.records import Source

FOLDER = Path(__file__).parent
# How readers may ask for what the sentences of pages and digests say, a file for each.
EXPECTED_QUESTIONS = FOLDER / "expected_questions"
# The scheme of the starter pages' addresses: they stand on no web site, so answers link to the library's own copy.
SCHEME = "starter:"
_DIGEST_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of the first page: its button's name and questions people ask about it."""

    name: str
    questions: tuple[str, ...]


def starter_sources() -> list[Source]:
    """Every page and digest of the starter library, in name order."""
    pages = [Source(url=f"{SCHEME}{path.stem}", path=str(path)) for path in sorted((FOLDER / "pages").glob("*.md"))]
    digests = [
        Source(url=f"{SCHEME}digest-{path.stem}", path=str(path), kind="review", year=_DIGEST_YEAR, audience="research")
        for path in sorted((FOLDER / "digests").glob("*.pdf"))
    ]
    return pages + digests


def topics() -> list[Topic]:
    """The topics of the first page, in the order they are shown."""
    return [Topic(entry["name"], tuple(entry["questions"])) for entry in _topics_file()["topic"]]


def whom_to_ask() -> str:
    """The address of the page that names whom one can ask when the library cannot answer."""
    return f"{SCHEME}{_topics_file()['whom_to_ask']}"


@cache
def _topics_file() -> dict[str, Any]:
    with (FOLDER / "topics.toml").open("rb") as file:
        return tomllib.load(file)
