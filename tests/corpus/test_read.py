"""From a source to a document: files, folders, addresses, and what each says of itself."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

import corpus.download
import corpus.fetch
from corpus import MyositisError, ReadError, Source, document_id, expand, read

LOOPBACK = frozenset({"127.0.0.1"})
HTML = (
    '<!doctype html><html><head><title>Falls</title><link rel="canonical" href="https://example.org/falls"></head><body><article>'
    "<h1>Falls in IBM</h1><p>The thighs give way without a warning, and people fall. A brace may hold the knee.</p>"
    "</article></body></html>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.txt").write_text("Weakness is slow.\n\nIt begins in the fingers.")
    (tmp_path / "a page.html").write_text(HTML)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "C.MD").write_text("---\nkind: review\nyear: 2019\n---\n\n# Hands\n\nThe grip weakens.")
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04")
    return tmp_path


@pytest.fixture
def plain_file(folder: Path) -> Path:
    return folder / "b.txt"


class _Pages(BaseHTTPRequestHandler):
    pages: ClassVar = {
        "/falls": ("text/html; charset=utf-8", HTML.replace("https://example.org/falls", "/falls")),
        "/plain": ("text/plain; charset=windows-1251", "Слабость мышц."),
        "/untyped.md": ("application/octet-stream", "# Hands\n\nThe grip weakens."),
        "/disguised": ("application/pdf", HTML),
        "/picture": ("image/png", "\x89PNG"),
        "/long": ("text/plain", "word " * 1000),
    }

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/falls")
            self.end_headers()
            return
        if self.path == "/around":
            self.send_response(302)
            self.send_header("Location", "/around")
            self.end_headers()
            return
        if self.path not in self.pages:
            self.send_error(404)
            return
        media_type, text = self.pages[self.path]
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.end_headers()
        self.wfile.write(text.encode("windows-1251" if "1251" in media_type else "utf-8"))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_becomes_a_document(plain_file: Path) -> None:
    document = read(Source(path=str(plain_file)))
    assert document.url == plain_file.as_uri()
    assert document.id == document_id(document.url)
    assert len(document.id) == 16
    assert document.sha256 == hashlib.sha256(plain_file.read_bytes()).hexdigest()
    assert (document.kind, document.year, document.audience, document.licence) == ("web page", None, "everyone", None)
    assert document.retrieved == date.today().isoformat()
    assert document.media_type == "text/plain"


def test_a_path_a_file_address_and_a_url_name_the_same_document(folder: Path) -> None:
    file = folder / "sub" / "C.MD"
    given = [Source(path=str(file)), Source(url=str(file)), Source(url=file.as_uri())]
    assert len({read(source) for source in given}) == 1


def test_names_with_spaces_signs_and_other_scripts_are_read(tmp_path: Path) -> None:
    for name in ("my leaflet 100%.txt", "#1?.txt", "фото ü.txt"):
        (tmp_path / name).write_text("Words here. More of them.")
        by_path = read(Source(path=str(tmp_path / name)))
        by_address = read(Source(url=by_path.url))
        assert by_path == by_address


def test_a_text_without_a_title_is_called_by_its_file_s_name(tmp_path: Path) -> None:
    (tmp_path / "my notes ü.md").write_text("Words without a heading.")
    assert read(Source(path=str(tmp_path / "my notes ü.md"))).title == "my notes ü.md"


def test_what_the_source_states_goes_before_what_the_text_states(folder: Path) -> None:
    path = str(folder / "sub" / "C.MD")
    own = read(Source(path=path))
    assert (own.title, own.kind, own.year) == ("Hands", "review", 2019)
    stated = read(Source(path=path, title="  Weak\u00a0grip ", kind="study", year=0, audience="research", licence="CC0"))
    assert (stated.title, stated.kind, stated.year, stated.audience, stated.licence) == (
        "Weak grip",
        "study",
        0,
        "research",
        "CC0",
    )
    assert stated.id == own.id


def test_a_source_with_a_path_and_an_address_is_read_here_and_linked_there(plain_file: Path) -> None:
    document = read(Source(url="starter:hands", path=str(plain_file)))
    assert document.url == "starter:hands"
    assert document.text.startswith("Weakness")


def test_a_saved_page_is_linked_to_where_it_came_from(folder: Path) -> None:
    document = read(Source(path=str(folder / "a page.html")))
    assert document.url == "https://example.org/falls"
    assert document.title == "Falls in IBM"


def test_a_saved_page_without_an_address_of_its_own_is_linked_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "falls.html"
    file.write_text(HTML.replace("https://example.org/falls", ""))
    assert read(Source(path=str(file))).url == file.as_uri()


def test_the_bytes_decide_what_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "falls.txt").write_text(HTML)
    assert read(Source(path=str(tmp_path / "falls.txt"))).media_type == "text/html"


def test_a_folder_is_every_readable_file_in_it(folder: Path) -> None:
    found = list(expand(Source(path=str(folder), kind="guide")))
    assert [Path(source.url) for source in found] == [folder / "a page.html", folder / "b.txt", folder / "sub" / "C.MD"]
    assert all(source.kind == "guide" for source in found)
    assert len({read(source).id for source in found}) == 3


def test_a_file_or_an_address_stays_as_it_is(plain_file: Path) -> None:
    for source in (Source(path=str(plain_file)), Source(url="https://example.org/"), Source(url=str(plain_file) + ".missing")):
        assert list(expand(source)) == [source]


def test_a_folder_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").touch()
    with pytest.raises(ReadError, match=r"nothing to read in this folder: .*\.pdf"):
        list(expand(Source(path=str(tmp_path))))


def refusal(source: Source) -> str:
    with pytest.raises(MyositisError) as raised:
        read(source, allowed_hosts=LOOPBACK)
    message = str(raised.value)
    assert "\n" not in message
    assert ". " in message  # what and where, then what to do
    return message


@pytest.mark.parametrize("name", ["no-such-file.txt", "no-such-folder/page.html", "nul\0byte.txt"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    assert "no such file" in refusal(Source(url=str(tmp_path / name)))


def test_an_unknown_type_is_refused_with_those_that_are_known(folder: Path) -> None:
    message = refusal(Source(path=str(folder / "notes.docx")))
    assert "no reader for this type" in message
    assert ".pdf" in message


def test_a_folder_is_no_file(folder: Path) -> None:
    assert "folder" in refusal(Source(path=str(folder)))


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize("content", [bytes(range(256)) * 20, "Ramps are wide.".encode("utf-16-le")], ids=["noise", "unmarked"])
def test_what_is_no_text_is_refused_whatever_its_name(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(content)
    assert "no text was found" in refusal(Source(path=str(path)))


def test_a_stray_control_character_spoils_no_text(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(b"Ramps\n\nThe ramp of the clinic is wide enough for a chair,\x00 and it is dry.\x1a")
    assert "wide enough for a chair" in read(Source(path=str(path))).text


@pytest.mark.parametrize("name", ["e.txt", "e.md", "e.html", "e.pdf"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert name in refusal(Source(path=str(tmp_path / name)))


def test_a_file_past_the_limit_is_refused(plain_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus.fetch, "_MOST_BYTES", 10)
    assert "too large" in refusal(Source(path=str(plain_file)))


def test_a_page_is_fetched(site: str) -> None:
    document = read(Source(url=f"{site}/falls"), allowed_hosts=LOOPBACK)
    assert document.url == f"{site}/falls"
    assert document.title == "Falls in IBM"
    assert "without a warning" in document.text


def test_a_redirection_is_followed_and_the_last_address_kept(site: str) -> None:
    assert read(Source(url=f"{site}/moved"), allowed_hosts=LOOPBACK) == read(Source(url=f"{site}/falls"), allowed_hosts=LOOPBACK)


def test_the_server_s_character_set_and_the_address_ending_are_used(site: str) -> None:
    assert read(Source(url=f"{site}/plain"), allowed_hosts=LOOPBACK).text == "Слабость мышц."
    assert read(Source(url=f"{site}/untyped.md"), allowed_hosts=LOOPBACK).title == "Hands"


def test_the_bytes_go_before_the_server_s_type(site: str) -> None:
    assert read(Source(url=f"{site}/disguised"), allowed_hosts=LOOPBACK).media_type == "text/html"


def test_a_type_that_is_not_read_is_refused(site: str) -> None:
    assert "image/png" in refusal(Source(url=f"{site}/picture"))


def test_an_answer_past_the_limit_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus.fetch, "_MOST_BYTES", 1000)
    assert "too large" in refusal(Source(url=f"{site}/long"))


def test_a_missing_page_is_refused_with_the_server_s_answer(site: str) -> None:
    assert "404 Not Found" in refusal(Source(url=f"{site}/nowhere"))


def test_a_redirection_to_itself_is_refused(site: str) -> None:
    assert "does not answer" in refusal(Source(url=f"{site}/around"))


def test_an_address_where_nobody_listens_is_refused() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # held but not listening: nobody else can take the port meanwhile
        address = f"http://127.0.0.1:{held.getsockname()[1]}/"
        assert f"does not answer: {address}" in refusal(Source(url=address))


def test_an_address_that_never_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus.download, "_WAIT", httpx.Timeout(0.3))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "does not answer" in refusal(Source(url=f"http://127.0.0.1:{silent.getsockname()[1]}/"))


@pytest.mark.parametrize("address", ["http://", "http://[::1", "https://a..b/", "http://xn--/", "http://127.0.0.1:99999/"])
def test_an_impossible_address_is_refused(address: str) -> None:
    refusal(Source(url=address))


def test_an_address_that_is_not_public_is_asked_only_where_it_is_allowed(site: str) -> None:
    with pytest.raises(ReadError, match="--allow-private"):
        read(Source(url=f"{site}/falls"))


@pytest.mark.parametrize("wrong", [{}, {"url": "a", "kind": "leaflet"}, {"url": "a", "audience": "doctors"}])
def test_an_impossible_source_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"needs a url|leaflet|doctors"):
        Source(**wrong)  # type: ignore[arg-type]


def test_what_others_serve_cannot_take_another_document_s_place() -> None:
    text = b"---\nurl: starter:falls\ntitle: Falls\n---\n\n# Falls\n\nWords of another."
    served = corpus.fetch.Fetched(text, "https://a.example/x.md", "text/markdown")
    assert read(Source(url=served.url), served).id == document_id("https://a.example/x.md")
    own = corpus.fetch.Fetched(text, "file:///home/ann/x.md", "text/markdown")
    assert read(Source(url=own.url), own).id == document_id("starter:falls")
