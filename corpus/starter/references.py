"""The references of the starter pages: the list at each page's end is written from the labels its text cites.

Run `python -m corpus.starter.references` after a change of a page or of references.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from corpus.starter import FOLDER

_HEADING = "\n## Sources\n"
_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_CITATION = re.compile(rf" ?{_BRACKETS.pattern}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One cited source. `year` is "no date" where it shows none; a source without a `url` says why it has `no_address`."""

    label: str
    title: str
    where: str | None
    year: str
    url: str | None
    pmid: str | None = None
    no_address: str | None = None

    def line(self) -> str:
        """The reference as one line of a list."""
        place = f" {self.where}." if self.where else ""
        address = self.url or "No stable address."
        return f"- {self.label}: {self.title.rstrip('.')}.{place} {address}"


def references() -> dict[str, Reference]:
    """Every reference by its label."""
    with (FOLDER / "references.toml").open("rb") as file:
        loaded = tomllib.load(file)
    return {
        label: Reference(
            label,
            entry.get("title", ""),
            entry.get("where"),
            entry.get("year", ""),
            entry.get("url"),
            entry.get("pmid"),
            entry.get("no_address"),
        )
        for label, entry in loaded.items()
    }


def cited_labels(text: str, known: dict[str, Reference]) -> list[str]:
    """The labels of `known` that `text` cites in round brackets, in the order of their first use."""
    found: dict[str, None] = {}
    for match in _BRACKETS.finditer(text):
        for label in match[1].split("; "):
            if label in known:
                found.setdefault(label)
    return list(found)


def without_citations(text: str, known: dict[str, Reference]) -> str:
    """`text` without the brackets that cite labels of `known`, and without the space before them."""
    return _CITATION.sub(lambda match: "" if cited_labels(match[0], known) else match[0], text)


def with_sources(text: str, known: dict[str, Reference]) -> str:
    """`text` of a page with the list of what it cites at its end, in place of any list it had."""
    body = text.partition(_HEADING)[0].rstrip("\n")
    lines = [known[label].line() for label in cited_labels(body, known)]
    return body + "\n" + (f"{_HEADING}\n" + "\n".join(lines) + "\n" if lines else "")


def stale_pages() -> dict[Path, str]:
    """The pages whose list is not what their text cites, with the text they should have."""
    known = references()
    wanted = {path: with_sources(path.read_text(encoding="utf-8"), known) for path in sorted((FOLDER / "pages").glob("*.md"))}
    return {path: text for path, text in wanted.items() if path.read_text(encoding="utf-8") != text}


if __name__ == "__main__":
    for stale, wanted in stale_pages().items():
        stale.write_text(wanted, encoding="utf-8")
        print(stale.name)
