"""MedQuAD as pages to take in: 5,476 NIH pages of questions and answers, one HTML file each.

    python -m tests.bench.medquad MEDQUAD_FOLDER PAGES_FOLDER [LIST]

MedQuAD (A. Ben Abacha and D. Demner-Fushman, BMC Bioinformatics 2019, CC BY 4.0) is no part of this repository. LIST is a
file that names the XML files to take, such as tests/eval/medquad_pages.txt; without it all are taken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `name` is that of its XML file, without the ending; `pairs` are its questions with their answers."""

    name: str
    url: str
    subject: str
    pairs: tuple[tuple[str, str], ...]

    def html(self) -> str:
        """The page as a web page that names its own address."""
        parts = [f"<h2>{escape(question)}</h2>\n<p>{escape(answer)}</p>" for question, answer in self.pairs]
        body = "\n".join(parts)
        return (
            f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(self.subject)}</title>'
            f'<link rel="canonical" href="{escape(self.url)}"></head>'
            f"<body><main><h1>{escape(self.subject)}</h1>\n{body}</main></body></html>"
        )


def pages(folder: Path, names: Iterable[str] | None = None) -> list[Page]:
    """The pages below `folder` that hold an answer; XML files with one address are one page. `names`: of the files to take."""
    files = sorted(folder / name for name in names) if names is not None else sorted(folder.glob("*/*.xml"))
    found: dict[str, Page] = {}
    for file in files:
        tree = ElementTree.parse(file).getroot()  # noqa: S314  # the file is one of our own data
        both = [(pair.findtext("Question") or "", pair.findtext("Answer") or "") for pair in tree.iter("QAPair")]
        pairs = tuple((question.strip(), answer.strip()) for question, answer in both if answer.strip())
        url = tree.get("url") or ""
        if url in found:
            found[url] = Page(found[url].name, url, found[url].subject, found[url].pairs + pairs)
        elif pairs:
            found[url] = Page(f"{file.parent.name}-{file.stem}", url, (tree.findtext("Focus") or "").strip(), pairs)
    return list(found.values())


def write(chosen: Iterable[Page], folder: Path) -> list[Path]:
    """Write each page as an HTML file into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for page in chosen:
        written.append(folder / f"{page.name}.html")
        written[-1].write_text(page.html(), encoding="utf-8")
    return written


def main() -> None:
    """Write the pages and say how many there are."""
    source, target, *names = map(Path, sys.argv[1:])
    chosen = pages(source, names[0].read_text(encoding="utf-8").split() if names else None)
    write(chosen, target)
    print(f"{len(chosen)} pages with {sum(len(page.pairs) for page in chosen)} answers in {target}")


if __name__ == "__main__":
    main()
