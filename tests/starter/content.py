"""The starter pages and digests as the content check reads them: sentence by sentence, with what each cites."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from corpus.sentences import sentence_spans
from corpus.starter import FOLDER

_SOURCES = "\n## Sources\n"
_TYPST_CITATION = re.compile(r'#src\(((?:"[^"]*",?\s*)+)\)')


@dataclass(frozen=True, slots=True)
class Page:
    """A page or digest: `stated` is its front matter; `headings` and `sentences` are those of its running text, in order."""

    name: str
    text: str
    stated: dict[str, object]
    headings: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def prose(self) -> str:
        """The running text, a sentence to a line."""
        return "\n".join(self.sentences)


def markdown_page(name: str, text: str) -> Page:
    """A starter page; the list of sources at its end is left out of headings and sentences."""
    _, stated, body = text.split("---\n", 2)
    lines = [line for line in body.partition(_SOURCES)[0].splitlines() if line]
    headings = tuple(line.lstrip("# ") for line in lines if line.startswith("#"))
    prose = [line.removeprefix("- ") for line in lines if not line.startswith("#")]
    return Page(name, text, yaml.safe_load(stated), headings, tuple(_sentences(prose)))


def typst_page(name: str, text: str) -> Page:
    """A research digest from its Typst source; the cells of its tables count as sentences where they are some."""
    body = _TYPST_CITATION.sub(_in_brackets, text.partition("abstract: [")[2]).replace("\\", "")
    headings = tuple(line.lstrip("= ") for line in body.splitlines() if line.startswith("="))
    prose = []
    for line in map(str.strip, body.splitlines()):
        if line.startswith("(["):  # the row of a table
            prose += [cell for cell in line.strip("(),[]").split("], [") if cell.endswith(".")]
        elif line[:1].isalpha() or line.startswith(("'", '"')):
            prose.append(line)
    return Page(name, text, {}, headings, tuple(_sentences(prose)))


def _in_brackets(citation: re.Match[str]) -> str:
    """A citation of a digest as the pages write it."""
    labels = re.findall('"([^"]*)"', citation[1])
    return f"({'; '.join(labels)})"


def starter_pages() -> list[Page]:
    """Every starter page, in name order."""
    return [markdown_page(path.stem, path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "pages").glob("*.md"))]


def digests() -> list[Page]:
    """Every research digest, in name order."""
    sources = (path for path in sorted((FOLDER / "digests").glob("*.typ")) if path.name != "digest.typ")
    return [typst_page(path.stem, path.read_text(encoding="utf-8")) for path in sources]


def _sentences(lines: list[str]) -> list[str]:
    return [line[start:end] for line in lines for start, end in sentence_spans(line)]
