"""What pypdf adds to what pdfium reads: metadata, the outline, and files that pdfium alone refuses."""

from __future__ import annotations

import io
import re

import pypdf
import pypdfium2
import pytest
import typst
from pypdf.generic import NameObject, StreamObject

from corpus import Document, ReadError, Source, read
from corpus.fetch import Fetched
from corpus.pdf_information import information
from corpus.pdf_picture import page_picture
from corpus.pdf_places import PdfPlaces
from corpus.starter import FOLDER

_BODY = " ".join(f"In week {week} the participants trained at home and noted what they had done." for week in range(60))
_XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"{attributes}>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Training at home, week by week</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Anna B. Smith</rdf:li><rdf:li>Jörg Müller</rdf:li></rdf:Seq></dc:creator>{elements}
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
_DOI = "10.3233/JND-200554"


def made(source: str) -> bytes:
    content: bytes = typst.compile(source.encode(), ignore_system_fonts=True)
    return content


def document_of(content: bytes) -> Document:
    return read(Source(url="file:///paper.pdf"), Fetched(content, "file:///paper.pdf", "application/pdf"))


def with_xmp(*, attributes: str = "", elements: str = "") -> bytes:
    """A PDF that states nothing but its XMP, packed, so that no search of its bytes would find a word of it."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(made(_BODY)))
    writer.metadata = None
    stream = StreamObject()
    stream.set_data(_XMP.format(attributes=attributes, elements=elements).encode())
    stream.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream.flate_encode())
    out = io.BytesIO()
    writer.write(out)
    assert _DOI.encode() not in out.getvalue()
    return out.getvalue()


def locked(content: bytes, password: str) -> bytes:
    """The file, encrypted so that `password` opens it and another one is needed to change it."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(user_password=password, owner_password=f"{password}!", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "stated",
    [
        {"elements": f"<prism:doi>{_DOI}</prism:doi><prism:coverDate>2021-03-01</prism:coverDate>"},
        {"attributes": f' prism:doi="{_DOI}" prism:coverDisplayDate="March 2021"'},
        {"elements": f"<dc:identifier>doi:{_DOI}</dc:identifier><prism:publicationDate>2021</prism:publicationDate>"},
    ],
    ids=["elements", "attributes", "identifier"],
)
def test_title_authors_doi_and_year_come_from_xmp(stated: dict[str, str]) -> None:
    found = document_of(with_xmp(**stated))
    assert (found.title, found.authors) == ("Training at home, week by week", "Anna B. Smith, Jörg Müller")
    assert (found.doi, found.year) == (_DOI, 2021)


def test_broken_xmp_costs_the_xmp_only() -> None:
    content = with_xmp(elements="<prism:doi>never closed")
    assert information(content).title == ""
    assert document_of(content).text == _BODY


def test_the_outline_names_headings_that_look_like_text() -> None:
    plain = '#set page(paper: "a5")\n#show heading: one => block(text(size: 11pt, weight: "regular", one.body))\n'
    body = f"= Who took part\n{_BODY}\n== How they were\n{_BODY}\n= After a year\n{_BODY}"
    found = document_of(made(plain + body))
    paths = list(dict.fromkeys(section.path for section in found.sections))
    assert paths == [("Who took part",), ("Who took part", "How they were"), ("After a year",)]
    without = document_of(made(f"{plain}#set heading(bookmarked: false)\n{body}"))
    assert {section.path for section in without.sections} == {()}


@pytest.mark.parametrize("name", ["causes-and-mechanisms", "clinical-trials", "diagnosis-and-antibodies"])
def test_the_sections_of_a_digest_are_those_it_was_made_with(name: str) -> None:
    """With sentences that end in "2022)." right above a heading, and a list of references with the word "abstract"."""
    folder = FOLDER / "digests"
    headings = re.findall(r"^=+ (.+?)(?: <.*>)?$", (folder / f"{name}.typ").read_text(encoding="utf-8"), re.MULTILINE)
    found = document_of((folder / f"{name}.pdf").read_bytes())
    named = dict.fromkeys(re.sub(r"^[\d.]+ ", "", heading) for section in found.sections for heading in section.path[1:])
    assert list(named) == ["Abstract", *headings, *(["References"] if "References" not in headings else [])]


@pytest.mark.parametrize("damage", ["junk before it", "no header"])
def test_a_file_that_pdfium_refuses_is_mended_read_and_drawn(damage: str) -> None:
    whole = made(_BODY)
    broken = b"<html>\n" * 1000 + whole if damage == "junk before it" else whole[8:]
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(broken)
    found = document_of(broken)
    assert found.text == _BODY
    assert found.notes == ()
    places = PdfPlaces(broken, "paper.pdf")
    boxes = places.boxes(0, 60)
    assert boxes
    assert page_picture(broken, "paper.pdf", 1, boxes) == page_picture(whole, "paper.pdf", 1, boxes)


def test_a_file_that_cannot_be_mended_gives_its_plain_text_and_says_so() -> None:
    whole = made(_BODY)[8:]  # no header, and the typeface has no end
    typeface = whole.index(b"endstream", whole.index(b"/CIDFontType0C"))
    damaged = whole[:typeface] + b"?" + whole[typeface + 1 :]
    found = document_of(damaged)
    assert " ".join(found.text.split()) == _BODY
    assert "layout was not read" in found.notes[0]
    assert PdfPlaces(damaged, "paper.pdf").boxes(0, 60) == []


def test_a_locked_file_is_called_so_even_where_pdfium_sees_no_pdf() -> None:
    with pytest.raises(ReadError, match="is encrypted"):
        document_of(b"<html>\n" * 1000 + locked(made(_BODY), "one"))


def test_what_a_file_for_all_to_read_states_is_read_though_it_is_encrypted() -> None:
    assert document_of(locked(with_xmp(), "")).title == "Training at home, week by week"
