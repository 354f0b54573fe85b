"""Every passage is, character for character, a stretch of its document: over real pages, real PDFs and made-up texts."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, ReadError, Source, cut, read
from corpus.canonical import canonical_line
from corpus.fetch import Fetched
from corpus.starter import starter_sources
from tests.corpus.span_checks import check_document, count_words


@pytest.mark.parametrize("source", starter_sources(), ids=lambda source: source.url)
def test_spans_hold_in_every_starter_text(source: Source) -> None:
    document = read(source)
    passages = check_document(document)
    assert len(passages) >= 3
    assert bool(document.pages) == source.path.endswith(".pdf")


@pytest.mark.parametrize(
    ("name", "page", "words"),
    [
        ("two-column-paper.pdf", 1, "We present unexplored areas"),
        ("pdflatex-4-pages.pdf", 4, ""),
        ("multicolumn.pdf", 1, "This is a sample document with two columns filled with Lorem Ipsum text."),
        ("crazyones-pdfa.pdf", 1, "The misfits. The rebels."),
    ],
)
def test_known_words_stand_on_their_page(shared_data: Path, name: str, page: int, words: str) -> None:
    document = read(Source(path=str(shared_data / "pdfs" / "plain" / name)))
    assert words in document.text
    assert page in [span.number for span in document.pages]
    if words:
        assert document.page_at(document.text.index(words)) == page


def test_spans_hold_in_a_real_patient_page(shared_data: Path) -> None:
    document = read(Source(path=str(shared_data / "site" / "ibm-site-home.txt")))
    assert len(check_document(document)) >= 10


# Made-up documents: words of many scripts with everything in them that can shift an offset.
_SCRIPTS = (
    "weakness swallowing e.g. Fig. 2 p<0.05 Dr. et al. naïve",
    "мышц слабость йод",
    "αδυναμία μυών ᾧ",
    "ضعف العضلات بطيء",
    "חולשת שרירים",
    "मांसपेशी क्षीणता",
    "กล้ามเนื้ออ่อนแรง",
    "筋力 低下 です",
    "근육 약화",
    "e\u0301te\u0301 A\u030a o\u0323\u0302 \u1112\u1161\u11ab q\u0307\u0323",  # combining marks, with and without a composed form
    "swal\u00adlow\u00ading no\u00a0break zero\u200bwidth \u202bembedded\u202c \u200fmark",
    "di\ufb03cult \ufb01nger \U0001d400bold \u2167 ½ ²",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3cb\U0001f3fd\u200d\u2640\ufe0f \U0001f1e9\U0001f1ea",
)
_WORD = st.sampled_from(sorted({word for script in _SCRIPTS for word in script.split(" ")}))
_ANY_WORD = st.one_of(
    _WORD, st.text(st.characters(categories=["L", "M", "N", "S"], exclude_characters="<>|`~^$+=\\"), min_size=1, max_size=6)
)
_SPACE = st.sampled_from([" ", " ", " ", "\u00a0", "  ", "\u2009", "\u3000"])


@st.composite
def _prose(draw: st.DrawFn, most: int = 30) -> str:
    words = draw(st.lists(_ANY_WORD, min_size=1, max_size=most))
    text = words[0]
    for word in words[1:]:
        text += draw(st.sampled_from([". ", "? ", ".” ", ", ", " ", " ", " "])).replace(" ", draw(_SPACE)) + word
    return text + draw(st.sampled_from([".", "!", ":", "", "。", "؟"]))


_BLOCKS = st.lists(
    st.one_of(
        st.tuples(st.just("heading"), st.integers(1, 4), _prose(5)),
        st.tuples(st.just("paragraph"), st.just(0), _prose()),
        st.tuples(st.just("list"), st.just(0), st.lists(_prose(8), min_size=1, max_size=5)),
        st.tuples(st.just("table"), st.just(0), st.lists(st.tuples(_prose(4), _prose(4)), min_size=2, max_size=4)),
    ),
    min_size=1,
    max_size=12,
)
_Block = tuple[str, int, object]


def _numbered(blocks: list[_Block]) -> list[tuple[str, int, list[str]]]:
    """The blocks as lists of lines, each line begun with a word that is met nowhere else, so that its order can be told."""
    lines: list[tuple[str, int, list[str]]] = []
    count = 0
    for kind, level, content in [*blocks, ("paragraph", 0, "Last words.")]:
        items = (
            [content] if isinstance(content, str) else [" ".join(item) if isinstance(item, tuple) else item for item in content]
        )  # type: ignore[attr-defined]
        lines.append((kind, level, [f"Zz{count + number} {item}" for number, item in enumerate(items)]))
        count += len(items)
    return lines


def _read(text: str, media_type: str) -> Document:
    return read(Source(url="file:///made-up"), Fetched(text.encode(), "file:///made-up", media_type))


def _letters(text: str) -> str:
    """All that is not white space, in canonical spelling."""
    return "".join(canonical_line(text).split())


def _check_made(document: Document, lines: list[tuple[str, int, list[str]]], *, rows: str = "") -> None:
    """The spans hold, nothing was lost or invented, and no heading stands in a passage."""
    passages = check_document(document)
    every = [line for _, _, items in lines for line in items]
    assert _letters(document.text.replace(rows, " ") if rows else document.text) == "".join(map(_letters, every))
    spoken = "".join(passage.text for passage in passages)
    for kind, _, items in lines:
        for item in items:
            assert (item.split(" ")[0] + " " in spoken) == (kind != "heading")


@given(_BLOCKS)
def test_spans_hold_in_made_up_markdown(blocks: list[_Block]) -> None:
    lines = _numbered(blocks)
    out = []
    for kind, level, items in lines:
        shown = [html.escape(item, quote=False).replace("*", "\\*").replace("_", "\\_").replace("[", "\\[") for item in items]
        if kind == "heading":
            out.append(f"{'#' * level} {shown[0]}\n")
        elif kind == "list":
            out.append("".join(f"- {item}\n" for item in shown) + "\n<!-- end -->\n")
        elif kind == "table":
            out.append("| Zzhead | x |\n|---|---|\n" + "".join(f"| {item} | x |\n" for item in shown))
        else:
            out.append(f"{shown[0]}\n")
    document = _read("\n".join(out), "text/markdown")
    if any(kind == "table" for kind, _, _ in lines):
        check_document(document)
        for kind, _, items in lines:
            for item in items:
                assert _letters(item) in _letters(document.text), kind
    else:
        _check_made(document, lines)


@given(_BLOCKS)
def test_spans_hold_in_made_up_plain_text(blocks: list[_Block]) -> None:
    lines = _numbered(blocks)
    document = _read("\n\n".join("\n".join(items) for _, _, items in lines), "text/plain")
    check_document(document)
    every = "".join(_letters(line) for _, _, items in lines for line in items)
    # A colon at a heading's end is typography, and is left out.
    assert _letters(document.text).replace(":", "") == every.replace(":", "")


@given(_BLOCKS)
def test_spans_hold_in_made_up_web_pages(blocks: list[_Block]) -> None:
    lines = _numbered(blocks)
    out = []
    for kind, level, items in lines:
        shown = [html.escape(item) for item in items]
        if kind == "heading":
            out.append(f"<h{level}>{shown[0]}</h{level}>")
        elif kind == "list":
            out.append("<ul>" + "".join(f"<li>{item}</li>" for item in shown) + "</ul>")
        elif kind == "table":
            out.append("<table>" + "".join(f"<tr><td>{item}</td><td>x</td></tr>" for item in shown) + "</table>")
        else:
            out.append(f"<p>{shown[0]}</p>")
    page = f'<!doctype html><html><head><meta charset="utf-8"></head><body><article>{"".join(out)}</article></body></html>'
    document = _read(page, "text/html")
    check_document(document)
    # The extractor may leave a block out; what it keeps is a stretch of what was there.
    every = "".join(_letters(line) for _, _, items in lines for line in items)
    for line in document.text.split("\n"):
        for cell in line.split(" | "):
            assert _letters(cell) in every or cell == "x"


@given(st.text(max_size=400))
def test_any_text_at_all_is_refused_or_keeps_its_spans(text: str) -> None:
    for media_type in ("text/plain", "text/markdown", "text/html"):
        try:
            document = read(Source(url="file:///any"), Fetched(text.encode("utf-8", "replace"), "file:///any", media_type))
        except ReadError:
            continue
        check_document(document)


@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_refused_or_keep_their_spans(content: bytes) -> None:
    for media_type in ("text/plain", "text/markdown", "text/html", "application/pdf"):
        try:
            document = read(Source(url="file:///any"), Fetched(content, "file:///any", media_type))
        except ReadError:
            continue
        check_document(document)


def test_passages_are_the_same_however_a_text_is_spelt() -> None:
    """Decomposed letters, soft hyphens and wide spaces give the same passages as the plain spelling."""
    plain = "# Été\n\nLa difficulté à avaler gêne. 5 mg par jour.\n"
    odd = "# E\u0301te\u0301\n\nLa di\ufb03culte\u0301 a\u0300 ava\u00adler ge\u0302ne.\u20095\u00a0mg par jour.\n"
    assert cut(_read(plain, "text/markdown"), count_words) == cut(_read(odd, "text/markdown"), count_words)
