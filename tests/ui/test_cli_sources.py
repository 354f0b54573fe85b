"""The command line takes sources in and out: bad ones, good ones, real ones, and what is left when something fails."""

from __future__ import annotations

import errno
import shutil
import socket
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from tests.bench import medquad
from tests.ui.commands import Run, checked_answer, one_message

pytestmark = pytest.mark.usefixtures("remembering")


# Adding and removing


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with three good files and four bad ones."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "beds.md").write_text("# Beds\n\nA higher bed is easier to leave.\n", encoding="utf-8")
    (folder / "chairs.html").write_text("<title>Chairs</title><h1>Chairs</h1><p>A raised chair is easier to leave.</p>")
    (folder / "stairs.txt").write_text("Stairs\n\nA house without stairs is easier to live in.\n", encoding="utf-8")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "empty.md").write_bytes(b"")
    for name, password in (("blank.pdf", None), ("locked.pdf", "sesame")):
        writer = PdfWriter()
        writer.add_blank_page(width=200, height=200)
        if password:
            writer.encrypt(password)
        with (folder / name).open("wb") as file:
            writer.write(file)
    return folder


def test_bad_inputs_are_listed_with_their_reasons_and_the_good_ones_are_in(run: Run, shelf: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = f"http://127.0.0.1:{listener.getsockname()[1]}/page"
    missing = tmp_path / "missing.md"
    ran = run("add", shelf, missing, silent, library=tmp_path / "library")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert ran.out.startswith("3 added, 6 left out\n")
    reasons = {
        lines[0]: lines[1].strip() for entry in ran.out.split("left out: ")[1:] if len(lines := entry.strip().split("\n")) == 2
    }
    assert len(reasons) == 6
    expected = {
        str(shelf / "empty.pdf"): "empty",
        str(shelf / "empty.md"): "no text",
        str(shelf / "blank.pdf"): "no text",
        str(shelf / "locked.pdf"): "encrypted",
        str(missing): "no such file",
        silent: "127.0.0.1",
    }
    for address, reason in expected.items():
        assert reason in reasons[address]
        assert reasons[address].endswith(".")
    assert {one["title"] for one in run("list", "--json").json()} == {"Beds", "Chairs", "Stairs"}
    assert run("check", "--json").json()["ok"] is True


@pytest.mark.parametrize("name", ["missing.pdf", "empty.pdf", "blank.pdf", "locked.pdf"])
def test_a_single_bad_input_fails_and_spoils_nothing(run: Run, shelf: Path, tmp_path: Path, name: str) -> None:
    assert run("add", shelf / "beds.md", library=tmp_path / "library").code == 0
    ran = run("add", shelf / name)
    assert ran.code == 1
    assert ran.out.startswith("0 added, 1 left out\n")
    assert name in ran.out
    assert len(run("list", "--json").json()) == 1


def test_what_is_there_already_is_left_as_it_is(run: Run, shelf: Path, tmp_path: Path) -> None:
    first = run("add", shelf / "beds.md", shelf / "chairs.html", library=tmp_path / "library")
    assert (first.code, first.out) == (0, "2 added\n")
    again = run("add", shelf / "beds.md", shelf / "chairs.html", shelf / "stairs.txt")
    assert (again.code, again.out) == (0, "1 added, 2 unchanged\n")
    (shelf / "beds.md").write_text("# Beds\n\nA lower bed is harder to leave.\n", encoding="utf-8")
    assert run("add", shelf / "beds.md").out == "0 added, 1 replaced\n"


def test_what_the_operator_states_goes_before_what_the_text_does(run: Run, shelf: Path, tmp_path: Path) -> None:
    stated = ["--title", "Beds and sleep", "--kind", "guide", "--year", "2021"]
    assert run("add", shelf / "beds.md", *stated, library=tmp_path / "library").code == 0
    (listed,) = run("list", "--json").json()
    assert list(listed) == ["id", "url", "title", "kind", "year", "passages", "authors", "doi", "pmid"]
    assert (listed["title"], listed["kind"], listed["year"]) == ("Beds and sleep", "guide", 2021)
    assert listed["url"] == (shelf / "beds.md").resolve().as_uri()
    assert "Beds and sleep" in run("list").out


def test_removing_by_path_by_address_and_by_id(run: Run, shelf: Path, tmp_path: Path) -> None:
    run("add", shelf / "beds.md", shelf / "chairs.html", shelf / "stairs.txt", library=tmp_path / "library")
    listed = {one["title"]: one for one in run("list", "--json").json()}
    ran = run("remove", shelf / "beds.md", listed["Chairs"]["url"], listed["Stairs"]["id"])
    assert (ran.code, ran.out, ran.err) == (0, "3 removed\n", "")
    assert run("list", "--json").json() == []
    assert run("check", "--json").json()["documents"] == 0
    assert "Nothing has been added to this library yet" in run("ask", "How high should a bed be?").out
    again = run("remove", shelf / "beds.md")
    assert again.out == "0 removed\n"
    one_message(again, "beds.md", "myositis list")


def test_check_names_what_is_wrong_with_exit_code_1(run: Run, shelf: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("add", shelf / "beds.md", library=library)
    healthy = run("check", "--json")
    assert healthy.code == 0
    assert healthy.json() == {"library": str(library), "ok": True, "documents": 1, "passages": 1, "problems": []}
    for original in (library / "originals").iterdir():
        original.unlink()
    ran = run("check", "--json")
    assert ran.code == 1
    assert ran.json()["ok"] is False
    assert "is missing" in ran.json()["problems"][0]
    shown = run("check")
    assert shown.code == 1
    assert ran.json()["problems"][0] in shown.out


def test_a_full_disk_is_told_and_nothing_is_lost(run: Run, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", shelf / "beds.md", library=tmp_path / "library")

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    with monkeypatch.context() as small:
        small.setattr(Path, "write_bytes", full)
        ran = run("add", shelf / "chairs.html")
    one_message(ran, "Free some space", "nothing was lost")
    assert [one["title"] for one in run("list", "--json").json()] == ["Beds"]
    assert run("check", "--json").json()["ok"] is True
    assert run("add", shelf / "chairs.html").out == "1 added\n"


# Sources of every kind, as they come


def test_a_site_real_pdfs_and_patient_pages_are_taken_in_and_answer(run: Run, shared_data: Path, tmp_path: Path) -> None:
    pdfs = tmp_path / "pdfs"
    pdfs.mkdir()
    for path in (shared_data / "pdfs" / "plain").glob("*.pdf"):
        if path.name != "GeoTopo-komprimiert.pdf":  # a book of 117 pages, which takes a minute to embed
            shutil.copy(path, pdfs)
    names = [f"{name}.xml" for name in ("6_NINDS_QA/0000159", "2_GARD_QA/0003182", "6_NINDS_QA/0000103")]
    pages = medquad.write(medquad.pages(shared_data / "medquad", names), tmp_path)
    ran = run("add", shared_data / "site" / "ibm-site-home.txt", pdfs, *pages, library=tmp_path / "library")

    assert ran.code == 1
    left_out = {line.removeprefix("left out: ") for line in ran.out.splitlines() if line.startswith("left out: ")}
    pictures = ["cmyk-image", "grayscale-image", *(f"imagemagick-{name}" for name in ("ASCII85Decode", "CCITTFaxDecode"))]
    pictures += ["imagemagick-images", "imagemagick-lzw"]
    assert left_out == {str(pdfs / f"{name}.pdf") for name in [*pictures, "libreoffice-writer-password"]}
    listed = run("list", "--json").json()
    assert len(listed) == 1 + len(list(pdfs.iterdir())) - len(left_out) + len(pages)
    assert f"{len(listed)} added, {len(left_out)} left out" in ran.out
    assert run("check", "--json").json()["ok"] is True

    # (a question, the end of the address it is answered from, words of the quote)
    expected = [
        ("What does familial IBM (fIBM) refer to?", "ibm-site-home.txt", "Familial IBM (fIBM) refers to"),
        ("How many tasks are in the MTRAG-UN benchmark?", "two-column-paper.pdf", "666 tasks"),
        ("What is better than implicit?", "google-doc-document.pdf", "Explicit is better than implicit"),
        ("Is there a cure for IBM?", "inclusion_body_myositis.htm", "There is no cure for IBM"),
        ("At what age do symptoms of inclusion body myositis begin?", "3896/inclusion-body-myositis", "after the age of 50"),
        ("What is the standard treatment for dermatomyositis?", "dermatomyositis.htm", "corticosteroid"),
    ]
    for question, address, words in expected:
        answer = run("ask", "--json", question).json()
        checked_answer(answer, "answered")
        found = [quote for quote in answer["quotes"] if quote["url"].endswith(address) and words in quote["text"]]
        assert found, question
        for quote in found:
            if address.endswith(".pdf"):
                page = PdfReader(pdfs / address).pages[quote["page"] - 1]
                assert words in " ".join(page.extract_text().split())
                assert quote["link"].endswith(f"{address}#page={quote['page']}")
            else:
                assert quote["page"] is None
                assert f"{address}#:~:text=" in quote["link"]
