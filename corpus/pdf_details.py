"""What a PDF states of itself: title, authors, year, DOI and kind, from its metadata and its first page.

Nothing is guessed from a list of references: only the first page's front matter, its small print and the running lines count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile

from corpus.canonical import canonical_line
from corpus.pdf_blocks import front_end, main_size
from corpus.pdf_broken_lines import joined, words_of
from corpus.pdf_information import PdfInformation
from corpus.pdf_lines import Line

_EARLIEST = 1900
_LONGEST_TITLE = 300
_NO_TITLE = re.compile(
    r"\.(?:docx?|pdf|tex|indd|qxp|qxd|dvi|rtf|odt|pptx?|xlsx?|html?|p65|fm)$|"
    r"^microsoft (?:word|powerpoint)|^untitled|^pii:|^doi:|"
    r"^10\.\d{4}|^https?:|^(?:layout|document|title|manuscript|slide|paper|template|print|article|main|draft)\s*\d*$|^\S+$",
    re.IGNORECASE,
)
# What journals print above a title, and what is set large but is no title.
_LABEL = re.compile(
    r"(?:open access|(?:original |research |review |mini[- ]?review |systematic |invited |regular |short |brief )*"
    r"(?:article|paper|communication|report|review|research|study|letter|editorial|protocol|commentary)s?|case reports?|"
    r"contents lists.*|(?:the )?(?:\w+ ){0,2}(?:journal|annals|archives|frontiers|proceedings|acta)\b.*|meta-analysis|"
    r"abstract|summary|keywords?|introduction|neurology|preprint.*|check for updates|author manuscript.*|hhs public access)",
    re.IGNORECASE,
)
_REVIEW = re.compile(r"\breview\b|\bmeta-analys[ie]s\b", re.IGNORECASE)
_REVIEW_LABEL = re.compile(r"(?:[\w-]+ ){0,2}review(?: article| paper)?s?|(?:review|cochrane) .{0,20}", re.IGNORECASE)
_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}/[^\s\"<>]+")
_DATE = r"[^.;()©]{0,40}?\b((?:19|20)\d\d)\b"
# From the surest to the least sure of the lines that state a year.
_YEARS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bpublished(?: online| on| in final form|\s*:| by \w+)*\s*:?" + _DATE,
        r"(?:©|\(c\)|\bcopyright\b|&#169;)" + _DATE,
        # "2019;266:123", "(2019) 266:1", "Vol. 12, No. 3, March 2019", "J Neurol 2019, 12(3)"
        r"\b((?:19|20)\d\d)\s*[;,:]\s*\d{1,4}\s*(?:\(|:|;)",
        r"\(((?:19|20)\d\d)\)\s*,?\s*(?:vol\S*\s*)?\d{1,4}\s*[:,(]",
        r"\bvol(?:\.|ume)\s*\d+" + _DATE,
        r"\barxiv:(\d{4})\.\d{4,5}",
        r"\b(?:accepted|available online|first online|e-?pub|revised)" + _DATE,
    )
)
# A bare date, such as a stamp's or a cover's: only where nothing but the paper itself is spoken of.
_BARE_DATE = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\b\.?[\s\d,]{0,8}\b((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_ANY_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_DEGREE = re.compile(
    r",?\s*\b(?:MD|M\.D\.|PhD|Ph\.D\.|DPhil|FRCP|MBBS|MSc|M\.Sc\.|BSc|MPH|MS|DO|PT|DPT|MRCP|FAAN|RN|Prof\.?|Dr\.?)(?=[\s,;.]|$)"
)
_NAME = re.compile(
    r"(?:(?:[A-ZÀ-ÞŁŚŻ](?:[\w'’-]*|\.)(?:-?[A-Z]\.)*|(?:van|von|de|der|den|del|della|di|da|dos|la|le|ter|ten|bin|al|el)\b)\s*){2,5}"
)
_NO_NAME = re.compile(
    r"\b(?:university|department|institute|hospital|school|clinic|centre|center|college|foundation|association|society|research|"
    r"division|faculty|laborator(?:y|ies)|usa|uk|journal|received|accepted|correspond\w*|editor\w*|abstract|published|volume|"
    r"inc|ltd|press|medicine|neurology|disease|patients?|version|disorders?|syndrome|therapy|group|january|february|march|april|may|"
    r"june|july|august|september|october|november|december)\b|@|\d{3,}",
    re.IGNORECASE,
)
# A name of one word is a computer's user.
_NO_AUTHOR = re.compile(r"^(?:admin\w*|user\d*|unknown .*|microsoft.*|.*\\.*|\S+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PdfDetails:
    """What a PDF states of itself, None where it does not; `title_lines` are the lines of page one that hold the title.

    `is_review` says that the title or a label on the first page calls it a review.
    """

    title: str | None
    authors: str | None
    year: int | None
    doi: str | None
    is_review: bool
    title_lines: tuple[Line, ...] = ()


def details(lines: Sequence[Line], margins: Sequence[Line], stated: PdfInformation) -> PdfDetails:
    """The details of the PDF with those body lines, in reading order, those running lines, and what it has `stated`."""
    first = lines[0].page if lines else 1
    page = [line for line in lines if line.page == first]
    end = front_end(page)
    title_lines = _title_lines(page, end)
    printed = " ".join(text for _, text in joined(title_lines, words_of(lines))).strip(" *†‡§")
    title = _title(canonical_line(stated.title), printed, page)
    small = main_size(lines) * 0.95
    # The front matter, the page's small print, and what runs along the pages' edges: where a paper states what it is.
    stating = [line.text for line in page[:end]]
    stating += [line.text for line in margins if line.page <= first + 1]
    stating += [line.text for line in page[end:] if not line.upright]
    small_print = [line.text for line in _before_references(_below_abstract(page, end)) if line.size < small and line.upright]
    front = page[:end] if end else page[:12]
    labels = [line.text for line in (*front, *margins) if line.page == first]
    return PdfDetails(
        title=title,
        authors=_authors(front, title_lines, canonical_line(stated.authors), page),
        year=_year([*stating, *small_print], _YEARS) or _year([stated.date], [_ANY_YEAR]) or _year(stating, [_BARE_DATE]),
        doi=_doi([*stating, *small_print, stated.subject, stated.doi or ""]),
        is_review=bool(_REVIEW.search(title or "")) or any(_REVIEW_LABEL.fullmatch(label.strip(" .:|")) for label in labels),
        title_lines=tuple(title_lines),
    )


def _below_abstract(page: Sequence[Line], end: int) -> Sequence[Line]:
    """The lines of the page below the abstract that begins at `end`: it is set small, and speaks of other papers' years."""
    if not end or end + 1 >= len(page):
        return page[end:]
    return list(dropwhile(lambda line: line.size == page[end + 1].size, page[end + 1 :]))


def _before_references(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        if re.fullmatch(r"(?:\d+\.?\s+)?(?:references|bibliography)\s*:?", line.text, re.IGNORECASE):
            return
        yield line


def _title_lines(page: Sequence[Line], end: int) -> list[Line]:
    """The lines set in the largest type above the abstract that are no label and no journal's name; none if all are alike."""
    body = main_size(page)
    # Without an abstract, the title stands in the upper part of the page.
    above = [line for line in (page[:end] if end else page[:25]) if line.upright and not line.cells]
    runs: list[list[Line]] = []
    for line in above:
        last = runs[-1][-1] if runs else None
        if last and abs(last.size - line.size) < 0.3 and last.bold == line.bold and 0 < last.y - line.y < 2 * line.size:
            runs[-1].append(line)
        else:
            runs.append([line])
    best: list[Line] = []
    for run in runs:
        text = " ".join(line.text for line in run)
        if _LABEL.fullmatch(text) or not 4 < len(text) <= _LONGEST_TITLE or sum(map(str.isalpha, text)) * 2 < len(text):
            continue
        if run[0].size > body * 1.12 and (not best or run[0].size > best[0].size + 0.5):
            best = run
    return best


def _title(stated: str, printed: str, page: Sequence[Line]) -> str | None:
    """The title to show: the metadata's where it stands on the first page or nothing else is there, else the printed one."""
    if not stated or len(stated) <= 3 or len(stated) > _LONGEST_TITLE or (_NO_TITLE.search(stated) and stated != printed):
        stated = ""
    if stated and printed:
        words = set(re.findall(r"\w+", stated.lower()))
        shown = set(re.findall(r"\w+", " ".join(line.text for line in page).lower()))
        if len(words & shown) * 10 < len(words) * 6:
            stated = ""
    return stated or printed or None


def _authors(front: Sequence[Line], title: Sequence[Line], stated: str, page: Sequence[Line]) -> str | None:
    """The authors, joined by commas: those printed below the title, else those of the metadata."""
    last = front.index(title[-1]) if title and title[-1] in front else -1
    names: list[str] = []
    if title:
        for line in front[last + 1 : last + 9]:
            found = _names(line.text)
            if not found and names:
                break
            names += found
    if stated and not _NO_AUTHOR.search(stated) and not names:
        surname = re.findall(r"\w+", re.split("[;,]", stated, maxsplit=1)[0])[-1:]
        shown = " ".join(line.text for line in page)
        if surname and (surname[0].lower() in shown.lower() or _names(stated)):
            return re.sub(r"\s*;\s*", ", ", stated)
    return ", ".join(dict.fromkeys(names)) or None


def _names(text: str) -> list[str]:
    """The names that a line lists, none when any part of it is no name."""
    plain = re.sub(r"^by\s+", "", _DEGREE.sub("", text), flags=re.IGNORECASE)
    plain = re.sub(r"(?<=[^\W\d_])[¹²³⁰⁴-⁹\d]+(?:,\d+)*|[*†‡§¶#]", "", plain)
    parts = [part.strip(" .,") for part in re.split(r"[,;·•|]|\band\b|&", plain)]
    parts = [part for part in parts if len(part) > 1]
    if not parts or not all(_NAME.fullmatch(part) and not _NO_NAME.search(part) for part in parts):
        return []
    return parts


def _year(stating: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> int | None:
    text = "\n".join(stating)
    for pattern in patterns:
        for match in pattern.finditer(text):
            year = int(match[1])
            if "arxiv" in pattern.pattern:
                year = 2000 + year // 100
            if _EARLIEST <= year <= date.today().year + 1:
                return year
    return None


def _doi(stating: Sequence[str]) -> str | None:
    for text in stating:
        if found := _DOI.search(text):
            return _trimmed(found[0])
    return None


def _trimmed(doi: str) -> str:
    while doi and (doi[-1] in ".,;:'’”]}" or (doi[-1] == ")" and doi.count(")") > doi.count("("))):
        doi = doi[:-1]
    return doi
