"""The boxes of a quote hold its words and no others: compared with pdfium's own boxes of every character, on five PDFs."""

from __future__ import annotations

import io
import random
import re
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
import typst
from PIL import Image

from corpus import Document, ReadError, Source, cut, read
from corpus.fetch import Fetched
from corpus.isolated import IsolatedReader
from corpus.pdf_picture import page_picture
from corpus.pdf_places import PageBox, PdfPlaces
from corpus.starter import FOLDER
from tests.browser import chromium, chromium_path
from tests.corpus.span_checks import count_words

_TITLE = "Strength, swallowing and difficult days"
_MARKS = ("", "#super[12,13]", '#super("7")')
_PLACES = ("at a follow-up visit", "in the affiliated office", "by self-report after 12.5 months")


def _sentences(count: int) -> list[str]:
    chosen = random.Random(count)  # noqa: S311 - the same words on every run
    return [
        f"Physiotherapists of group {number} reclassified electromyographic abnormalities {chosen.choice(_PLACES)} because "
        f"rehabilitation of finger flexors {chosen.choice(('improved', 'deteriorated', 'fluctuated'))}."
        for number in range(count)
    ]


def _two_columns() -> bytes:
    body = " ".join(text + _MARKS[at % 3] for at, text in enumerate(_sentences(60)))
    source = (
        '#set page(paper: "a5", columns: 2, margin: 1.5cm, header: [A running head], numbering: "1")\n'
        f'#set text(size: 9pt, lang: "en", hyphenate: true)\n#set par(justify: true)\n= {_TITLE}\n{body}'
    )
    content: bytes = typst.compile(source.encode(), ignore_system_fonts=True)
    return content


def _turned_and_cropped() -> bytes:
    """The same pages lying on their side, their edges cut off, as scanners and printers leave them."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_two_columns()))
    for page in writer.pages:
        page.cropbox = pypdf.generic.RectangleObject((20, 30, 410, 580))
        page.rotate(90)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _printed() -> bytes:
    if chromium_path() is None:
        pytest.skip("there is no Chromium here; python -m tests.browser installs one")
    texts = "".join(f"<p>{text}<sup>4,5</sup> {text.replace('group', 'cohort')}</p>" for text in _sentences(50))
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(
            f"<html lang=en><style>section{{columns:2;hyphens:auto}}</style><h1>{_TITLE}</h1><section>{texts}</section>"
        )
        return page.pdf(format="A5")


def _digest() -> bytes:
    return (FOLDER / "digests" / "clinical-trials.pdf").read_bytes()


@pytest.fixture(scope="module", params=["two columns", "turned and cropped", "Chromium", "digest", "real paper"])
def content(request: pytest.FixtureRequest) -> bytes:
    if request.param == "real paper":
        data: Path = request.getfixturevalue("shared_data")
        return (data / "pdfs" / "plain" / "two-column-paper.pdf").read_bytes()
    made = {"two columns": _two_columns, "turned and cropped": _turned_and_cropped, "Chromium": _printed, "digest": _digest}
    return made[request.param]()


def _document(content: bytes) -> Document:
    return read(Source(url="file:///paper.pdf"), Fetched(content, "file:///paper.pdf", "application/pdf"))


def _drawn(content: bytes) -> dict[int, list[tuple[str, float, float]]]:
    """Of every page the drawn characters, with the middle of each in points from the upper left corner as it is shown."""
    found: dict[int, list[tuple[str, float, float]]] = {}
    file = pypdfium2.PdfDocument(content)
    for number, page in enumerate(file, start=1):
        text = page.get_textpage()
        left, bottom, _, top = page.get_cropbox()
        for at in range(text.count_chars()):
            char = text.get_text_range(at, 1)
            if not char.strip():
                continue
            x0, y0, x1, y1 = text.get_charbox(at)
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            shown = (x - left, top - y) if page.get_rotation() == 0 else (y - bottom, x - left)
            found.setdefault(number, []).append((char, *shown))
    return found


def _letters(text: str) -> Counter[str]:
    """Each character and how often, white space apart; a hyphen at a line's end is U+FFFE to pdfium."""
    plain = unicodedata.normalize("NFKC", text).translate(dict.fromkeys((0xFFFE, 0x02, 0xAD, 0x2010), "-"))
    return Counter(char for char in plain if not char.isspace())


def _inside(drawn: dict[int, list[tuple[str, float, float]]], boxes: list[PageBox]) -> str:
    return "".join(
        char
        for page in sorted({box.page for box in boxes})
        for char, x, y in drawn[page]
        if any(box.page == page and box.left <= x <= box.right and box.top <= y <= box.bottom for box in boxes)
    )


def test_boxes_hold_exactly_the_quoted_words(content: bytes) -> None:
    document = _document(content)
    places = PdfPlaces(content, "paper.pdf")
    assert places.text == document.text
    drawn = _drawn(content)
    spans = [span for passage in cut(document, count_words) for span in passage.sentences]
    seen: Counter[str] = Counter()
    for start, end in spans[:: max(1, len(spans) // 60)]:
        boxes = places.boxes(start, end)
        assert _letters(_inside(drawn, boxes)) == _letters(document.text[start:end]), document.text[start:end]
        seen["lines"] += len(boxes) > 1
        seen["pages"] += len({box.page for box in boxes}) > 1
        seen["columns"] += any(two.page == one.page and two.top < one.top - 50 for one, two in pairwise(boxes))
    assert len(spans) > 30
    assert seen["lines"] > 10
    if document.title == _TITLE:
        assert seen["columns"] > 0
        assert seen["pages"] > 0


def test_part_of_a_line_is_marked_as_that_part() -> None:
    content = _two_columns()
    places = PdfPlaces(content, "paper.pdf")
    drawn = _drawn(content)
    chosen = random.Random(1)  # noqa: S311 - the same spans on every run
    words = [word.span() for word in re.finditer(r"\S+", places.text)]
    for _ in range(60):
        first = chosen.randrange(len(words) - 4)
        start, end = words[first][0], words[first + chosen.randrange(4)][1]
        assert _letters(_inside(drawn, places.boxes(start, end))) == _letters(places.text[start:end])


def test_a_text_that_was_read_in_another_way_is_marked_only_where_its_words_stand_once() -> None:
    places = PdfPlaces(_two_columns(), "paper.pdf")
    once, twice = _sentences(60)[7], "because rehabilitation of finger flexors"
    earlier = f"An earlier reading. {once} {twice} Words that stand nowhere."

    def find(words: str) -> tuple[int, int] | None:
        start = earlier.index(words)
        return places.find(earlier, start, start + len(words))

    found = find(once)
    assert found is not None
    assert places.text[slice(*found)] == once
    assert find(twice) is None
    assert find("Words that stand nowhere.") is None
    for span in ((5, 5), (-1, 4), (0, len(earlier) + 1)):
        assert places.find(earlier, *span) is None


def test_the_picture_is_marked_in_the_boxes_and_nowhere_else() -> None:
    content = _two_columns()
    places = PdfPlaces(content, "paper.pdf")
    start = places.text.index(_sentences(60)[3])
    boxes = places.boxes(start, start + len(_sentences(60)[3]))
    (number,) = {box.page for box in boxes}
    plain, marked = (
        np.asarray(Image.open(io.BytesIO(page_picture(content, "paper.pdf", number, drawn, 2)))) for drawn in ((), boxes)
    )
    assert plain.shape == marked.shape == (1588, 1119, 3)  # A5 at 192 dots an inch
    dots = 2 * 96 / 72
    inside = np.zeros(plain.shape[:2], dtype=bool)
    around = inside.copy()
    for box in boxes:
        left, right, top, bottom = (round(edge * dots) for edge in (box.left, box.right, box.top, box.bottom))
        inside[top + 2 : bottom - 2, left + 2 : right - 2] = True
        around[top - 5 : bottom + 5, left - 5 : right + 5] = True
    changed = (plain != marked).any(axis=2)
    white = (plain == 255).all(axis=2)
    assert changed[inside & white].all()
    assert not changed[~around].any()
    assert (marked[inside].astype(int).sum(axis=1) <= plain[inside].astype(int).sum(axis=1)).all()


def test_a_page_of_any_size_gives_a_picture_of_bounded_size() -> None:
    writer = pypdf.PdfWriter()
    for size in ((14400, 14400), (14400, 3), (1, 1)):
        writer.add_blank_page(*size)
    out = io.BytesIO()
    writer.write(out)
    for number in (1, 2, 3):
        image = Image.open(io.BytesIO(page_picture(out.getvalue(), "large.pdf", number, (), 3)))
        assert image.width * image.height <= 12_100_000
    with pytest.raises(ReadError, match="3 pages, and no page 4"):
        page_picture(out.getvalue(), "large.pdf", 4)


def test_a_child_gives_the_same_places_and_the_same_picture() -> None:
    content = _two_columns()
    places = PdfPlaces(content, "paper.pdf")
    start = places.text.index(_sentences(60)[3])
    boxes = tuple(places.boxes(start, start + 50))
    with IsolatedReader() as reader:
        layout = reader.layout(content, "paper.pdf", places.text, start, start + 50)
        assert layout.boxes == boxes
        assert len(layout.sizes) == len(pypdfium2.PdfDocument(content))
        assert reader.picture(content, "paper.pdf", 1, boxes, 1) == page_picture(content, "paper.pdf", 1, boxes, 1)
        with pytest.raises(ReadError, match="cannot be"):
            reader.picture(b"%PDF-1.7 nothing", "broken.pdf", 1, (), 1)
