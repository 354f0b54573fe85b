"""Manifests: a TOML file that lists sources, each with what its owner knows about it.

[[source]]
url = "https://example.org/falls.html"   # or path = "leaflets/falls.pdf", from the manifest's own folder
title = "Falls"                          # title, kind, year, audience, licence: what is left out is taken from the text
kind = "guide"
crawl = true                             # the whole site that begins there, `depth` links far
depth = 2
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.crawl_state import CrawlLimits
from corpus.errors import ReadError
from corpus.fetch import is_web_address
from corpus.literature import is_query
from corpus.records import Source

RECOMMENDED = Path(__file__).parent / "starter" / "recommended.toml"
_TYPES: dict[str, type] = {
    "url": str,
    "path": str,
    "title": str,
    "kind": str,
    "year": int,
    "audience": str,
    "licence": str,
    "crawl": bool,
    "depth": int,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to add: a source, and the bounds of its crawl where it stands for a whole site."""

    source: Source
    crawl: CrawlLimits | None = None


def is_manifest(name: str) -> bool:
    """Whether `name` is that of a manifest: a file "….toml"."""
    return name.lower().endswith(".toml") and not is_web_address(name)


def read_manifest(path: Path, limits: CrawlLimits | None = None) -> list[Entry]:
    """The entries of the manifest at `path`, in its order; `limits` are those of its crawls, where it does not say.

    Raises `ReadError` for a file that is not as it should be; it names the entry, the key, and the nearest valid one.
    """
    try:
        loaded = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ReadError("there is no such file", str(path), "Check the spelling of the path") from error
    except OSError as error:
        raise ReadError("the file cannot be read", str(path), f"Check its permissions ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReadError("the manifest is no valid TOML", str(path), f"Mend the file ({error})") from error
    _refuse_unknown(loaded, ["source"], str(path))
    tables = loaded.get("source", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise ReadError("the manifest lists no sources", str(path), "Begin each with a line [[source]]")
    return [
        _entry(table, f"{path}, source {number}", path.parent, limits or CrawlLimits())
        for number, table in enumerate(tables, start=1)
    ]


def _entry(table: dict[str, Any], where: str, folder: Path, limits: CrawlLimits) -> Entry:
    _refuse_unknown(table, list(_TYPES), where)
    for key, value in table.items():
        if type(value) is not _TYPES[key] or value == "":
            raise ReadError(f"{key} cannot be {value!r}", where, f"It must be {_SAID[_TYPES[key]]}")
    url, path = table.pop("url", None), table.pop("path", None)
    crawl, depth = table.pop("crawl", False), table.pop("depth", limits.depth)
    if (url is None) == (path is None):
        raise ReadError("a source has either a url or a path", where, "Give one of the two")
    if url is not None and not (is_web_address(url) or is_query(url)):
        raise ReadError(f"{url!r} is no web address", where, "Give one like https://example.org/, or use path for a file")
    if crawl and not (url and is_web_address(url)):
        raise ReadError("only a web site can be crawled", where, "Remove crawl, or give its url")
    if "title" in table and (crawl or (url and is_query(url))):
        raise ReadError("one title cannot fit several documents", where, "Remove title")
    try:
        source = Source(url=url or str((folder / path).resolve()), **table)
    except ValueError as error:
        raise ReadError(str(error), where, "Correct the manifest") from error
    bounds = CrawlLimits(max(0, depth), limits.pages, delay=limits.delay)
    return Entry(source, bounds if crawl else None)


_SAID = {str: "text in quotes", int: "a whole number", bool: "true or false"}


def _refuse_unknown(table: dict[str, Any], known: list[str], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
            raise ReadError(f"there is no key {key!r}", where, f"The nearest one is {near[0]!r}; known are {', '.join(known)}")
