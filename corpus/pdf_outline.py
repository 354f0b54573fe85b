"""The outline that a PDF may carry, and the lines of its text that are the headings it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.pdf_lines import Line

# A heading runs over so many lines at most.
_HEADING_LINES = 4
_NUMBER = re.compile(r"^\d{1,2}(?:\.\d{1,2}){0,3}\.?\s*(?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading that the file's outline names: its page (from 1), and how many headings it stands below."""

    title: str
    page: int
    depth: int


def outlined(lines: Sequence[Line], outline: Sequence[OutlineEntry]) -> dict[int, tuple[int, int]]:
    """For the index of each line that begins a heading of the outline: how many lines the heading has, and its depth.

    Only lines that say the same as the entry, on the page it names, are its heading; numbers before it do not count.
    """
    found: dict[int, tuple[int, int]] = {}
    on_page: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        on_page.setdefault(line.page, []).append(at)
    for entry in outline:
        wanted = _bare(entry.title)
        said = [
            (at, count)
            for at in (on_page.get(entry.page, ()) if wanted else ())
            if at not in found and (count := _lines_that_say(wanted, lines[at : at + _HEADING_LINES]))
        ]
        if said:
            # The running head may say it as well, in smaller type.
            at, count = max(said, key=lambda one: lines[one[0]].size)
            found[at] = (count, entry.depth)
    return found


def _lines_that_say(wanted: str, lines: Sequence[Line]) -> int:
    """How many of `lines`, from the first on and in one type, say what is `wanted`; 0 where they do not."""
    words = ""
    for count, line in enumerate(lines, start=1):
        if line.page != lines[0].page or line.size != lines[0].size:
            break
        words += line.text
        if _bare(words) == wanted:
            return count
    return 0


def _bare(text: str) -> str:
    """Letters and digits of `text` in lower case, without a number such as "2.1" before them."""
    return "".join(char for char in _NUMBER.sub("", text.casefold()) if char.isalnum())
