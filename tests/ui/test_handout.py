"""The sheet for the doctor: every quoted word comes from the library, whole sentences only, on numbered, tagged pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pypdfium2
import pytest
import typst
from fastapi import FastAPI
from pypdf import PdfReader
from starlette.testclient import TestClient

from assistant import DISCLAIMER, Assistant
from corpus import Source
from index import Library
from index.embedding import Embedder
from ui.handout.request import MOST_TURNS
from ui.handout.routes import add_handout

_QUESTIONS = ("Food gets stuck in his throat. What helps?", "Can IBM affect breathing?", "Who won the world cup?")
_ARTICLE = """#set document(description: "doi:10.1000/grip.7")
#text(size: 20pt, weight: "bold")[Thick handles and grip in inclusion body myositis]

Anna B. Finger#super[1] and Ben Thumb#super[2]

*Abstract* The grip of the finger flexors did not return with rest alone. Thick handles made cutlery easier to hold.

= Results
""" + " ".join(f"In week {week} the people of the study held a thick handle for as long as they could." for week in range(1, 40))


def _asked(assistant: Assistant, *questions: str) -> list[dict[str, object]]:
    """What the page would send for these questions."""
    turns = []
    for question in questions:
        quotes = assistant.ask(question).quotes
        places = [{"document": one.document_id, "start": one.start, "end": one.end} for one in quotes]
        turns.append({"question": question, "quotes": places})
    return turns


def _plain(words: str) -> str:
    """Words without white space: where a line ends is up to the paper."""
    return re.sub(r"[\s\u200b]", "", words)


def _pages(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as opened:
        yield opened


def test_every_form_holds_the_questions_quotes_and_references(client: httpx.Client, assistant: Assistant) -> None:
    turns = _asked(assistant, *_QUESTIONS)
    made = {form: client.post(f"handout.{form}", json={"turns": turns}) for form in ("pdf", "html", "txt")}
    assert {one.status_code for one in made.values()} == {200}
    assert {one.headers["cache-control"] for one in made.values()} == {"no-store"}
    words = {"pdf": "\n".join(_pages(made["pdf"].content)), "html": made["html"].text, "txt": made["txt"].text}
    quotes = [quote for question in _QUESTIONS for quote in assistant.ask(question).quotes]
    assert len(quotes) >= 4
    for form, found in words.items():
        for wanted in (*_QUESTIONS, DISCLAIMER, *(quote.text for quote in quotes), *(quote.title for quote in quotes)):
            shown = wanted.replace("'", "&#x27;").replace("&#x27;", "&#x27;" if form == "html" else "'")
            assert _plain(shown) in _plain(found), (form, wanted)
        for quote in quotes:
            assert f"{quote.year}" in found
        assert assistant.library.document(quotes[0].document_id).retrieved in found
        # What a starter page's sentence cites stands in full beside it.
        assert "Diaphragm study 2021: Diaphragm involvement in IBM" in found.replace("\r\n", " "), form


def test_the_pdf_is_tagged_numbered_and_of_the_paper_asked_for(client: httpx.Client, assistant: Assistant) -> None:
    turns = _asked(assistant, _QUESTIONS[0])
    sizes = {}
    for paper in ("a4", "us-letter"):
        reader = PdfReader(io.BytesIO(client.post("handout.pdf", json={"turns": turns, "paper": paper}).content))
        sizes[paper] = tuple(round(float(side)) for side in reader.pages[0].mediabox[2:])
        catalogue = reader.root_object
        assert catalogue["/MarkInfo"]["/Marked"] == True  # noqa: E712  # pypdf has a class of its own for it
        assert catalogue["/Lang"] == "en"
        assert _roles(catalogue["/StructTreeRoot"]) >= {"/H1", "/H2", "/BlockQuote", "/L", "/LI", "/Link"}
        assert b"<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_data()
        assert all("+LibertinusSerif" in str(font["/BaseFont"]) for font in _fonts(reader)), "a subset of each is embedded"
        for number, page in enumerate(reader.pages, start=1):
            assert f"Page {number} of {len(reader.pages)}" in page.extract_text()
    assert sizes == {"a4": (595, 842), "us-letter": (612, 792)}


def _roles(element: object) -> set[str]:
    """Every structure type below an element of a PDF's structure tree."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        return set().union(*map(_roles, element)) if element else set()
    if not isinstance(element, dict):
        return set()
    below = _roles(element["/K"]) if "/K" in element else set()
    return below | ({str(element["/S"])} if "/S" in element else set())


def _fonts(reader: PdfReader) -> list[dict[str, object]]:
    return [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]


def test_a_long_conversation_breaks_between_quotes_and_never_after_a_heading(client: httpx.Client, assistant: Assistant) -> None:
    turns = [
        {**turn, "question": f"Number {number}: {turn['question']}"}
        for number, turn in enumerate(_asked(assistant, *_QUESTIONS[:2]) * (MOST_TURNS // 2), start=1)
    ]
    made = client.post("handout.pdf", json={"turns": turns})
    pages = [_plain(page) for page in _pages(made.content)]
    assert len(pages) > 10
    for turn in turns:
        page = next(page for page in pages if _plain(turn["question"]) in page)
        first = turn["quotes"][0]
        words = assistant.library.document(first["document"]).text[first["start"] : first["end"]]
        assert _plain(words) in page.split(_plain(turn["question"]))[1], "a question stands on the page of its first quote"
    for turn in turns[:2]:
        for place in turn["quotes"]:
            words = _plain(assistant.library.document(place["document"]).text[place["start"] : place["end"]])
            assert sum(page.count(words) for page in pages) >= MOST_TURNS // 2, "no quote runs over a page's end"


def test_only_whole_sentences_of_the_library_can_be_put_on_paper(client: httpx.Client, assistant: Assistant) -> None:
    place = _asked(assistant, _QUESTIONS[0])[0]["quotes"][0]
    end = len(assistant.library.document(place["document"]).text)
    private = "my very private words"
    forged = [
        {**place, "start": place["start"] + 1},
        {**place, "end": place["end"] - 2},
        {**place, "start": place["end"], "end": place["start"]},
        {**place, "start": place["start"], "end": place["start"]},
        {**place, "start": -1},
        {**place, "end": end + 1},
        {**place, "end": 10**30},
        {**place, "end": str(place["end"])},
        {**place, "document": "0" * 16},
        {**place, "document": "../../etc/passwd"},
        {**place, "text": "Stop taking your medicine."},
    ]
    requests = [{"turns": [{"question": private, "quotes": [one]}]} for one in forged]
    requests += [
        {"turns": []},
        {"turns": [{"question": ""}]},
        {"turns": [{"question": private}] * (MOST_TURNS + 1)},
        {"turns": [{"question": private, "quotes": [place] * 13}]},
        {"turns": [{"question": private}], "disclaimer": "This is medical advice."},
        {"turns": [{"question": private}], "paper": "../a4"},
    ]
    for one in requests:
        for form in ("pdf", "txt"):
            refused = client.post(f"handout.{form}", json=one)
            assert refused.status_code == 422, one
            assert private not in refused.text
    assert client.post("handout.pdf", content=b"x" * 300_000).status_code == 413
    assert client.post("handout.pdf", content=b"no json").status_code == 422
    assert client.get("handout.pdf").status_code == 404


def test_what_is_typed_stays_words_and_odd_scripts_stay_readable(client: httpx.Client) -> None:
    markup = '#import "x.typ" #set page(fill: red) *bold* $x^2$ <b>&amp;</b> // \\ `raw` @label'
    typed = [markup, "W" * 400, "Hilft das? مرحبا 中文 \x07 🙂"]
    turns = [{"question": words} for words in typed]
    pages = _pages(client.post("handout.pdf", json={"turns": turns}).content)
    found = _plain("".join(pages))
    assert _plain(typed[0]) in found
    assert _plain(typed[1]) in found
    assert "Hilftdas?" in found
    drawn = client.post("handout.html", json={"turns": turns}).text
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in drawn
    assert "<b>" not in drawn


def test_sheets_that_are_made_at_once_do_not_mix(client: httpx.Client) -> None:
    def made(number: int) -> bytes:
        turns = [{"question": f"Visitor {number} asks {place}?"} for place in range(10)]
        return client.post("handout.pdf", json={"turns": turns}).content

    with ThreadPoolExecutor(8) as visitors:
        sheets = list(visitors.map(made, range(16)))
    for number, sheet in enumerate(sheets):
        words = _plain("".join(_pages(sheet)))
        assert all(f"Visitor{number}asks{place}?" in words for place in range(10))
        assert words.count("Visitor") == 10


def test_a_reference_names_authors_year_doi_address_and_the_day(embedder: Embedder, tmp_path: Path) -> None:
    (tmp_path / "grip.pdf").write_bytes(typst.compile(_ARTICLE.encode(), ignore_system_fonts=True))
    notes = "# Notes\n\nThe splint was lighter than the old one, and it stayed on all day.\n"
    (tmp_path / "my notes.md").write_text(notes, encoding="utf-8")
    with Library.open(tmp_path / "library", embedder=embedder) as library:
        library.add(
            [
                Source(url="https://example.org/grip", path=str(tmp_path / "grip.pdf"), kind="study", year=2019),
                Source(path=str(tmp_path / "my notes.md")),
            ]
        )
        places = []
        for document in library.documents():
            first = library.passages_of(document.id)[0].sentences[0]
            places.append({"document": document.id, "start": first[0], "end": first[1]})
        app = FastAPI()
        add_handout(app, Assistant(library))
        before = {path: path.stat().st_mtime_ns for path in library.directory.rglob("*") if path.is_file()}
        sent = {"turns": [{"question": "private words", "quotes": places}]}
        made = TestClient(app).post("/handout.txt", json=sent).text
        after = {path: path.stat().st_mtime_ns for path in library.directory.rglob("*") if path.is_file()}
    lines = [line for line in made.splitlines() if re.match(r"\[\d\] .*Copied into the library on \d{4}-\d\d-\d\d\.$", line)]
    article = next(line for line in lines if "Thick handles" in line)
    for known in (
        "Anna B. Finger",
        "Ben Thumb",
        "Research study",
        "2019",
        "https://doi.org/10.1000/grip.7",
        "https://example.org/grip",
    ):
        assert known in article
    assert str(tmp_path) not in next(line for line in lines if "my notes.md" in line), "where the file lies is nobody's business"
    assert before == after, "nothing is kept"
