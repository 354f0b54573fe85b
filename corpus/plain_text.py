"""Plain text and Markdown."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.canonical import TextBuilder, canonical_line
from corpus.errors import ReadError

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
# A short line that stands alone this often is a menu or a "Return to top" link, not something the text says.
_NAVIGATION_REPEATS = 3
_HEADING_LENGTH = 80


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text and what its front matter states: any of title, kind, year, audience, licence, topics."""

    builder: TextBuilder
    title: str | None
    stated: dict[str, Any]


def read_plain_text(text: str) -> MarkedText:
    """Paragraphs are parted by blank lines; a short line alone, without a full stop, is a heading.

    Short lines that come back three times or more are navigation and are dropped. The first line is the title.
    """
    builder = TextBuilder()
    blocks = [block for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")) if block.strip()]
    alone = Counter(canonical_line(block) for block in blocks if "\n" not in block.strip("\n"))
    title = None
    for block in blocks:
        line = canonical_line(block)
        if alone[line] >= _NAVIGATION_REPEATS and len(line) <= _HEADING_LENGTH:
            continue
        if title is None and line:
            title = line[:_HEADING_LENGTH].rstrip(".")
        if _is_heading(block, line):
            builder.heading(line.rstrip(" :"), 2)
        else:
            builder.lines(_unwrapped(block))
    return MarkedText(builder, title, {})


def _is_heading(block: str, line: str) -> bool:
    return (
        "\n" not in block.strip("\n")
        and 2 < len(line) <= _HEADING_LENGTH
        and line[-1] not in ".!?;,\"'”’)"
        and not line[0].islower()
        and any(character.isalpha() for character in line)
    )


def _unwrapped(block: str) -> list[str]:
    """The lines of a block as written, with lines that were only wrapped at a margin joined again."""
    lines: list[str] = []
    for line in filter(None, map(canonical_line, block.split("\n"))):
        wrapped = lines and not re.match(r"(?:[-*•–]|\d+[.)])\s", line) and lines[-1][-1] not in ".!?:"
        if lines and (wrapped or line[:1].islower()):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines


def read_markdown(text: str, where: str) -> MarkedText:
    """CommonMark with tables; YAML front matter between `---` lines is read and left out of the text.

    The title is the front matter's, else the first heading of level 1. Its `note` stands below that heading: readers see
    it, but it is never quoted. Raw HTML is left out.
    """
    stated: dict[str, Any] = {}
    text = text.replace("\r\n", "\n")
    if match := _FRONT_MATTER.match(text):
        try:
            loaded = yaml.safe_load(match[1])
        except yaml.YAMLError as error:
            problem = str(error).replace("\n", " ")
            raise ReadError(
                "front matter is not valid YAML", where, f"Mend the lines between the '---' marks ({problem})"
            ) from error
        stated = loaded if isinstance(loaded, dict) else {}
        text = text[match.end() :]
    builder = TextBuilder()
    first_heading: list[str] = []
    _walk(MarkdownIt("commonmark").enable("table").parse(text), builder, first_heading, str(stated.get("note", "")))
    title = stated.get("title") or (first_heading[0] if first_heading else None)
    return MarkedText(builder, str(title) if title else None, stated)


def _walk(tokens: list[Token], builder: TextBuilder, first_heading: list[str], note: str) -> None:
    """Hand the blocks of a flat markdown-it token stream to `builder`, `note` after the first heading of level 1."""
    items: list[str] = []
    cells: list[str] = []
    depth = 0
    heading_level = 0
    in_table = False
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            if depth == 0:
                builder.lines(items)
                items = []
        elif token.type == "table_open":
            in_table = True
        elif token.type == "table_close":
            builder.lines(items)
            items, in_table = [], False
        elif token.type == "tr_close":
            items.append(" | ".join(cells))
            cells = []
        elif token.type == "heading_open":
            heading_level = int(token.tag[1])
        elif token.type in ("fence", "code_block"):
            builder.lines(token.content.split("\n"))
        elif token.type == "inline":
            words = _inline_text(token)
            if heading_level:
                if heading_level == 1 and not first_heading:
                    first_heading.append(canonical_line(words))
                builder.heading(words, heading_level)
                if note and heading_level == 1:
                    builder.aside([(0, note)])
                    note = ""
                heading_level = 0
            elif in_table:
                cells.append(words)
            elif depth:
                items.append(words)
            else:
                builder.paragraph(words)


def _inline_text(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return "".join(parts)
