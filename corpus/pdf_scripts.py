"""Superscripts: the marks of references and footnotes are left out of the text, exponents and the like stay as they look."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from corpus.pdf_characters import Glyph

_HIGH = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
# "12,13", "4–6", "a,b", "*", "†‡": what papers set high after a word to point at a note or a reference.
_MARK = re.compile(
    r"\[?(?:\d{1,3}|[a-h]|[*†‡§¶‖#]+)(?:\s*[,;.–—−-]\s*(?:\d{1,3}|[a-h]|[*†‡§¶‖#]+))*\s*[,;–—−-]?\]?|[*†‡§¶‖#,;\s]+|[,–-]",
    re.IGNORECASE,
)
# After these a high number is an exponent: units, and symbols of one letter (R², χ², n²) but for the words "a" and "I".
_EXPONENT_OF = re.compile(r"(?:^|[\s(/·×*.\d])(?:[kcdmµμn]?m|sec|min|[^\W\d_aI]|log|10)$")
_YEAR = re.compile(r"\b(?:19|20)\d\d$")


# Accents that TeX sets as characters of their own, over the letter that comes next ("Sj¨ogren"), and the dotless letters below.
_ACCENTS = dict(zip("¨´`ˆ˜ˇ˚¯˘˝¸", "\u0308\u0301\u0300\u0302\u0303\u030c\u030a\u0304\u0306\u030b\u0327", strict=True))
_DOTLESS = {"ı": "i", "ȷ": "j"}


def accented(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters, each accent that is drawn over or under a letter made one with it, where there is such a letter."""
    found: list[Glyph] = []
    for glyph in glyphs:
        last = found[-1] if found else None
        if last is not None and last.text in _ACCENTS and (whole := _with_accent(glyph, last)):
            found[-1] = replace(glyph, text=whole, spaced=last.spaced, broken=last.broken)
        elif last is not None and glyph.text == "¸" and (whole := _with_accent(last, glyph)):
            found[-1] = replace(last, text=whole)
        else:
            found.append(glyph)
    return found


def _with_accent(letter: Glyph, accent: Glyph) -> str:
    """The letter with the accent as one character, "" where the accent does not stand over it or there is no such letter."""
    middle = (accent.x0 + accent.x1) / 2
    if not (letter.text.isalpha() and letter.x0 <= middle <= letter.x1 and abs(letter.y - accent.y) < 0.5 * letter.size):
        return ""
    whole = unicodedata.normalize("NFC", _DOTLESS.get(letter.text, letter.text) + _ACCENTS[accent.text])
    return whole if len(whole) == 1 else ""


def is_script(glyph: Glyph, size: float, y: float) -> bool:
    """Whether `glyph` is set smaller and higher or lower than a line of type `size` whose baseline is at `y`, in points."""
    return glyph.size <= 0.86 * size and -0.35 * size < glyph.y - y < 0.75 * size


def spelt(glyphs: Sequence[Glyph], size: float, y: float) -> str:
    """The text of one line. A mark of a reference or footnote is left out, another superscript spelt with high characters."""
    return "".join(text for text, _ in spelt_glyphs(glyphs, size, y)).strip()


def spelt_glyphs(glyphs: Sequence[Glyph], size: float, y: float) -> list[tuple[str, Glyph | None]]:
    """The text of one line in pieces, each with the character it is drawn as; None for the space between two."""
    found: list[tuple[str, Glyph | None]] = []
    text = ""

    def add(piece: str, glyph: Glyph | None = None) -> None:
        nonlocal text
        if piece:
            text += piece
            found.append((piece, glyph))

    at = 0
    while at < len(glyphs):
        end = at
        while end < len(glyphs) and _is_high(glyphs[end], size, y):
            end += 1
        if end == at:
            add(" " if glyphs[at].spaced and text else "")
            add(glyphs[at].text, glyphs[at])
            at += 1
            continue
        high = "".join((" " if glyph.spaced and place else "") + glyph.text for place, glyph in enumerate(glyphs[at:end]))
        space = " " if glyphs[at].spaced and text else ""
        if not text:
            # The number of the note or of the institution that this line tells of; or the 13 of an isotope, as it looks.
            for place, glyph in enumerate(glyphs[at:end]):
                add(" " if glyph.spaced and place else "")
                add(glyph.text, glyph)
            add(" " if end < len(glyphs) and _MARK.fullmatch(high) else "")
        elif not (_MARK.fullmatch(high) and _points_elsewhere(text, space)):
            for glyph in glyphs[at:end]:
                add(" " if glyph.spaced else "")
                add(glyph.text.translate(_HIGH), glyph)
        elif end < len(glyphs) and glyphs[end].text.isalpha() and not text[-1].isalpha():
            add(" ")  # "Clinic;²Institute"
        at = end
    return found


def ends_in_open_mark(glyphs: Sequence[Glyph], size: float, y: float) -> bool:
    """Whether the line breaks inside a mark, "12," or "4–", that the next line goes on."""
    return bool(glyphs) and glyphs[-1].text in ",;–—−-" and _is_high(glyphs[-1], size, y)


def without_rest_of_mark(text: str) -> str:
    """A line's text without the numbers at its head, which a mark broken at the end of the line before it goes on with."""
    return re.sub(r"^[\d\s,;–—−-]+(?=\s)", "", text).lstrip()


def _is_high(glyph: Glyph, size: float, y: float) -> bool:
    if glyph.high:
        return True
    return glyph.size <= 0.86 * size and 0.15 * size < glyph.y - y < 0.75 * size


def _points_elsewhere(before: str, space: str) -> bool:
    """Whether a high number after `before` is a mark, not an exponent of it."""
    if space:
        return before[-1] in ".,;:!?)”’\"'" or before[-1].isalpha()
    if before[-1].isdigit():
        return _YEAR.search(before) is not None
    return _EXPONENT_OF.search(before) is None
