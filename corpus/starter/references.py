"""The references of the starter pages: the list at each page's end is written from the labels its text cites.

Run `python -m corpus.starter.references` after a change of a page or of references.toml; `--check` only looks.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from corpus.starter import FOLDER

_HEADING = "\n## Sources\n"
_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


@dataclass(frozen=True, slots=True)
class Reference:
    """One cited source. `year` is "no date" where it shows none; `url` is None where it had no stable address."""

    label: str
    title: str
    where: str | None
    year: str
    url: str | None

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
        label: Reference(label, entry["title"], entry.get("where"), entry["year"], entry.get("url"))
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


def main() -> int:
    """Write what is stale, or with `--check` only name it; the exit code is 1 when a check finds any."""
    stale = stale_pages()
    checking = "--check" in sys.argv[1:]
    for path, text in stale.items():
        print(path.name)
        if not checking:
            path.write_text(text, encoding="utf-8")
    return 1 if checking and stale else 0


if __name__ == "__main__":
    sys.exit(main())
