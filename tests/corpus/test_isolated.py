from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pypdf import PdfWriter

from corpus import Fetched, ReadError, Source, read, retrieve
from corpus.isolated import IsolatedReader
from corpus.starter import FOLDER
from tests.corpus.site_server import old_page, prose

DIGEST = Source(url="starter:digest", path=str(FOLDER / "digests" / "clinical-trials.pdf"), kind="review", year=2026)


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader() as made:
        yield made


def test_a_child_reads_what_this_process_reads(reader: IsolatedReader) -> None:
    fetched = retrieve(DIGEST)
    assert reader.read(DIGEST, fetched) == read(DIGEST, fetched)


def test_a_child_reads_a_page_as_its_site_and_its_server_say(reader: IsolatedReader) -> None:
    page = old_page("Слабость", prose("слабость мышц")).encode("cp1251")
    fetched = Fetched(page, "https://example.org/", "text/html", charset="windows-1251")
    menu = frozenset({"Home", "Questions"})
    source = Source(url=fetched.url)
    assert reader.read(source, fetched, menu_lines=menu) == read(source, fetched, menu_lines=menu)
    assert "слабость мышц" in read(source, fetched).text


def test_an_error_comes_back_with_its_three_parts(reader: IsolatedReader) -> None:
    empty = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(empty)
    fetched = replace(retrieve(DIGEST), content=empty.getvalue(), url="file:///blank.pdf")
    with pytest.raises(ReadError, match="holds no text") as caught:
        reader.read(Source("blank.pdf"), fetched)
    assert caught.value.where == "file:///blank.pdf"
    assert "OCR" in caught.value.remedy


def test_a_child_that_died_is_replaced(reader: IsolatedReader) -> None:
    fetched = retrieve(DIGEST)
    before = reader.read(DIGEST, fetched)
    reader.close()
    assert reader.read(DIGEST, fetched) == before


def test_what_takes_too_long_is_given_up() -> None:
    with IsolatedReader(seconds=0.01) as hurried, pytest.raises(ReadError, match=r"longer than 0\.01 seconds"):
        hurried.read(DIGEST, retrieve(DIGEST))


def test_what_needs_too_much_memory_is_given_up() -> None:
    with IsolatedReader(megabytes=60) as cramped, pytest.raises(ReadError, match="more than 60 MiB"):
        cramped.read(DIGEST, retrieve(DIGEST))
