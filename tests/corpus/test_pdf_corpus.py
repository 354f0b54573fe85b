"""180 real PDFs, plain and awkward ones (damaged, malicious, scanned, of all producers), through the reader as it is used."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

import pypdf
import pytest

from corpus import Document, Passage, ReadError, Source
from corpus.fetch import Fetched
from corpus.isolated import IsolatedReader
from tests.corpus.span_checks import check_document

# Of the plain ones, those that hold no text or ask for a password.
_UNREADABLE = {
    "cmyk-image.pdf",
    "grayscale-image.pdf",
    "imagemagick-ASCII85Decode.pdf",
    "imagemagick-CCITTFaxDecode.pdf",
    "imagemagick-images.pdf",
    "imagemagick-lzw.pdf",
    "libreoffice-writer-password.pdf",
}
_REASONS = re.compile(r"holds no text|looks? scanned|is encrypted|cannot be read|no text was found")
_WORDS = 30


def _holds_text(content: bytes) -> bool:
    """Whether another reader finds thirty words in it."""
    words = 0
    with contextlib.suppress(Exception):  # it fails on some of these files, in any way
        for page in pypdf.PdfReader(io.BytesIO(content), strict=False).pages:
            words += len(re.findall(r"\w{2,}", page.extract_text()))
            if words >= _WORDS:
                return True
    return False


def _check_marks(reader: IsolatedReader, content: bytes, document: Document, passages: list[Passage]) -> None:
    """The first sentence that has words is marked, on its own page."""
    spans = (span for passage in passages for span in passage.sentences)
    start, end = next((start, end) for start, end in spans if any(map(str.isalnum, document.text[start:end])))
    boxes = reader.layout(content, document.url, document.text, start, end).boxes
    assert boxes, document.url
    assert boxes[0].page == document.page_at(start)


def _peak_megabytes(reader: IsolatedReader) -> int:
    """The most memory that the child has held so far; 0 on systems that do not tell."""
    child = reader._child
    assert child is not None
    status = Path(f"/proc/{child[0].pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return int(found[1]) // 1024 if found else 0


@pytest.fixture
def no_text_recognition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Child processes do not find the extra `ocr`, installed or not: it is slow, and has tests of its own."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['rapidocr'] = None\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


@pytest.mark.usefixtures("no_text_recognition")
def test_every_real_pdf_is_read_or_refused_for_a_reason_and_its_words_can_be_marked(shared_data: Path) -> None:
    files = sorted((shared_data / "pdfs").glob("*/*.pdf"))
    assert len(files) == 180
    read: dict[str, Document] = {}
    reasons: dict[str, str] = {}
    texts: set[str] = set()
    with IsolatedReader(seconds=30, megabytes=900) as reader:
        for path in files:
            content = path.read_bytes()
            if _holds_text(content):
                texts.add(path.name)
            try:
                document = reader.read(Source(path=str(path)), Fetched(content, path.as_uri(), "application/pdf"))
            except ReadError as error:
                reasons[path.name] = error.what
                continue
            read[path.name] = document
            passages = check_document(document)
            assert document.pages
            if passages and path.name in texts:
                _check_marks(reader, content, document, passages)
        assert _peak_megabytes(reader) < 1024
    assert {name: what for name, what in reasons.items() if not _REASONS.search(what)} == {}
    assert {path.name for path in files if path.parent.name == "plain"} & reasons.keys() == _UNREADABLE
    with_passages = {name for name in texts & read.keys() if any(section.quotable for section in read[name].sections)}
    assert len(texts) >= 20
    assert len(with_passages) >= 0.95 * len(texts)
