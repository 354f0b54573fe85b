"""The sheet as a PDF: tagged for screen readers (PDF/UA-1), with selectable text, on numbered pages."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict
from functools import cache
from pathlib import Path

import typst

from ui.handout.request import Paper
from ui.handout.sheet import Sheet
from ui.texts import language, text

_TEMPLATE = Path(__file__).with_name("handout.typ")
# Unicode's categories of control characters, halves of surrogate pairs, and places without a character.
_UNDRAWN = ("Cc", "Cs", "Co", "Cn")
# The template's own words, by the names it knows them by.
_WORDS = (
    "title",
    "for_you",
    "name",
    "appointment",
    "please_note",
    "made",
    "cited",
    "notes",
    "references",
    "further_notes",
    "page_of",
)


def handout_pdf(sheet: Sheet, paper: Paper) -> bytes:
    """The PDF of `sheet`. Everything reaches the template as data, so that no word of it can be taken for markup."""
    words = {name: text(f"handout.{name}") for name in _WORDS}
    content = {"paper": paper, "language": language(), "words": words, "sheet": asdict(sheet)}
    given = {"content": _drawable(json.dumps(content, ensure_ascii=False))}
    # A compiler for each sheet: it can be used by one thread at a time, and would remember what it was given.
    compiler = typst.Compiler(root=_TEMPLATE.parent, font_paths=_fonts(), sys_inputs=given)
    try:
        pdf = compiler.compile(_TEMPLATE, format="pdf", pdf_standards="ua-1")
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        # A question in a script no font here can draw: boxes stand for it, the rest is as readable and tagged as ever.
        pdf = compiler.compile(_TEMPLATE, format="pdf", pdf_standards=[])
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF")
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts first; those of this machine are looked for once, and used for what they lack."""
    return typst.Fonts()


def _drawable(content: str) -> str:
    """`content` without control characters, which no font can draw and PDF/UA forbids."""
    return "".join(one if one == "\n" or unicodedata.category(one) not in _UNDRAWN else "\ufffd" for one in content)
