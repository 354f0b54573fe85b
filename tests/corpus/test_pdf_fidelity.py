"""PDFs made from known text by three producers: the words come out in order, each sentence whole and on its page."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest
import typst
from rapidfuzz.distance import LCSseq

from corpus import Document, Source, cut, read
from corpus.fetch import Fetched
from tests.browser import chromium, chromium_path
from tests.corpus.span_checks import check_document, count_words

TITLE = "Strength, swallowing and difficult days"
_PAGES, _SENTENCES = 3, 36
_WHO = ("Patients", "Finger flexors", "The quadriceps", "People of office age", "Trained muscles", "Sufficient staff")
_WHAT = ("weakened", "were re-tested", "fluctuated", "deteriorated", "were reclassified", "improved")
_WHERE = ("at a follow-up visit", "in the affiliated clinic", "by self-report", "over 12.5 months", "for 3–4 years", "in 2015")
_WHY = (
    "electromyographic abnormalities",
    "swallowing difficulties",
    "physiotherapeutic rehabilitation",
    "immunoglobulin infusions",
)


def _page_of_sentences(page: int) -> list[str]:
    chosen = random.Random(page)  # noqa: S311 - the same words on every run
    return [
        f"{chosen.choice(_WHO)} of group {page}-{number} {chosen.choice(_WHAT)} {chosen.choice(_WHERE)} because of "
        f"{chosen.choice(_WHY)} (p < 0.05)."
        for number in range(_SENTENCES)
    ]


SENTENCES = {page: _page_of_sentences(page) for page in range(1, _PAGES + 1)}


def check_fidelity(document: Document, sentences: dict[int, list[str]], *, marked: bool = False) -> None:
    """`document` holds the sentences of each page: 99 % of the words in order, each sentence one of its own on its page."""
    expected = " ".join(sentence for page in sentences.values() for sentence in page).split()
    found = " ".join(document.text[section.start : section.end] for section in document.sections if section.quotable).split()
    assert LCSseq.similarity(expected, found) >= 0.99 * len(expected)
    assert len(found) <= 1.01 * len(expected) + len(TITLE.split())
    check_document(document)
    spoken = {
        document.text[start:end]: document.page_at(start)
        for passage in cut(document, count_words)
        for start, end in passage.sentences
    }
    for page, texts in sentences.items():
        for text in texts:
            assert spoken.get(text) == page, (text, marked)


def made(content: bytes) -> Document:
    return read(Source(url="file:///known.pdf"), Fetched(content, "file:///known.pdf", "application/pdf"))


def _typst(body: str) -> bytes:
    content: bytes = typst.compile(_head(body).encode(), ignore_system_fonts=True)
    return content


def _head(body: str) -> str:
    return (
        '#set page(paper: "a4", columns: 2, margin: 2cm, header: [A running head #h(1fr) 2021;8:1–9], numbering: "1")\n'
        '#set text(size: 9pt, lang: "en", hyphenate: true)\n#set par(justify: true)\n'
        f'#place(top + center, scope: "parent", float: true)[#text(size: 18pt, weight: "bold")[{TITLE}]]\n{body}'
    )


def _marked(text: str, mark: str = "") -> str:
    shown = text.replace("<", "\\<")
    return f'#context [#metadata(("{text.split(" because", maxsplit=1)[0]}", here().page())) <at>]{shown}{mark}'


@pytest.mark.parametrize("mark", ["", "#super[12,13]", '#super(typographic: false, "3–5")', '#super("7")'])
def test_typst_in_two_columns(mark: str) -> None:
    texts = [text for page in SENTENCES.values() for text in page]
    body = " ".join(_marked(text, mark) for text in texts)
    notes = json.loads(typst.query(_head(body).encode(), "<at>", field="value", ignore_system_fonts=True))
    pages: dict[int, list[str]] = {}
    for text, (begins, page) in zip(texts, notes, strict=True):
        assert text.startswith(begins)
        pages.setdefault(page, []).append(text)
    assert len(pages) >= 2
    check_fidelity(made(_typst(body)), pages, marked=bool(mark))


def test_columns_that_are_drawn_row_by_row() -> None:
    """Many programs draw across the page: the first line of the left column, then that of the right one."""
    left, right = SENTENCES[1][:12], SENTENCES[2][:12]

    def lines(texts: list[str]) -> list[str]:
        words, rows = " ".join(texts).split(), [""]
        for word in words:
            if len(rows[-1]) + len(word) > 50:
                rows.append("")
            rows[-1] += f"{word} "
        return rows

    drawn = "".join(
        f'#place(dx: {x}pt, dy: {20 + 12 * row}pt, text(size: 9pt, "{text.strip()}"))\n'
        for row, pair in enumerate(zip(lines(left), lines(right), strict=False))
        for x, text in zip((0, 250), pair, strict=True)
    )
    source = f'#set page(paper: "a4", margin: 2cm)\n#place(text(size: 18pt)[{TITLE}])\n{drawn}'
    rows = min(len(lines(left)), len(lines(right)))
    document = made(typst.compile(source.encode(), ignore_system_fonts=True))
    expected = " ".join([*lines(left)[:rows], *lines(right)[:rows]]).split()
    assert document.text.split()[len(TITLE.split()) :] == expected


def _html(columns: int) -> str:
    body = "".join(
        f"<section{' class=next' if page > 1 else ''}><p>"
        + "</p><p>".join(
            " ".join(text.replace("<", "&lt;") + "<sup>4,5</sup>" for text in texts[at : at + 6])
            for at in range(0, _SENTENCES, 6)
        )
        + "</p></section>"
        for page, texts in SENTENCES.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><style>body{font:9pt serif}'
        f"section{{columns:{columns};text-align:justify;hyphens:auto}}.next{{break-before:page;page-break-before:always}}</style>"
        f"<h1>{TITLE}</h1>{body}</html>"
    )


@pytest.mark.skipif(chromium_path() is None, reason="there is no Chromium here; python -m tests.browser installs one")
@pytest.mark.parametrize("columns", [1, 2])
def test_chromium_print(columns: int) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(_html(columns))
        content = page.pdf(format="A4")
    check_fidelity(made(content), SENTENCES)


_OFFICE = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:automatic-styles>
<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm">
<style:columns fo:column-count="COLUMNS" fo:column-gap="0.6cm"/></style:page-layout-properties>
<style:header-style><style:header-footer-properties fo:margin-bottom="0.6cm"/></style:header-style></style:page-layout>
<style:style style:name="T" style:family="paragraph">
<style:text-properties fo:font-size="18pt" fo:font-weight="bold"/></style:style>
<style:style style:name="P" style:family="paragraph">
<style:paragraph-properties fo:text-align="justify" fo:margin-bottom="0.2cm"/>
<style:text-properties fo:font-size="9pt" fo:language="en" fo:country="US" fo:hyphenate="true"/></style:style>
<style:style style:name="B" style:family="paragraph" style:parent-style-name="P">
<style:paragraph-properties fo:text-align="justify" fo:margin-bottom="0.2cm" fo:break-before="page"/>
<style:text-properties fo:font-size="9pt" fo:language="en" fo:country="US" fo:hyphenate="true"/></style:style>
<style:style style:name="S" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L">
<style:header><text:p>A running head, page <text:page-number/></text:p></style:header></style:master-page></office:master-styles>
<office:body><office:text><text:p text:style-name="T">TITLE</text:p>PARAGRAPHS</office:text></office:body></office:document>"""


def _office(columns: int) -> str:
    mark = '<text:span text:style-name="S">4,5</text:span>'
    paragraphs = "".join(
        f'<text:p text:style-name="{"B" if page > 1 and at == 0 else "P"}">'
        + " ".join(text.replace("<", "&lt;") + mark for text in texts[at : at + 6])
        + "</text:p>"
        for page, texts in SENTENCES.items()
        for at in range(0, _SENTENCES, 6)
    )
    return _OFFICE.replace("COLUMNS", str(columns)).replace("TITLE", TITLE).replace("PARAGRAPHS", paragraphs)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("columns", [1, 2])
def test_libreoffice(tmp_path: Path, columns: int) -> None:
    (tmp_path / "known.fodt").write_text(_office(columns), encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'home').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "known.fodt")], check=True, timeout=120)
    check_fidelity(made((tmp_path / "known.pdf").read_bytes()), SENTENCES)
