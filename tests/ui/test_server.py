"""The server: what it answers, what it refuses, and what it says when it cannot listen."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import html
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from assistant import Assistant
from corpus import MyositisError, Source
from corpus.starter import starter_sources
from index import Library
from index.embedding import Embedder
from tests.serving import serving
from ui.guard import rewritten
from ui.server import build_app, serve

_HTML = (
    b"<!doctype html><html><head><title>Chairs</title></head><body>"
    b"<h1>Chairs</h1><p>A raised chair is easier to leave.</p>%s</body></html>"
)
_SCRIPT = b"<script>document.title = 'it ran'</script><img src='http://127.0.0.1:%d/x.png'>"


@pytest.fixture(scope="session")
def another_host() -> Iterator[socket.socket]:
    """Something that listens beside the page, and must never be called."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as opened:
        yield opened


@pytest.fixture(scope="session")
def shelf(
    embedder: Embedder, another_host: socket.socket, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Library]]:
    """A page served from a small library of files of each kind; the model is the one that is loaded already."""
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "chairs.html").write_bytes(_HTML % (_SCRIPT % another_host.getsockname()[1]))
    (folder / "beds.md").write_text("# Beds\n\nA higher bed is easier to leave. <b>Ask</b> a therapist.\n", encoding="utf-8")
    (folder / "stairs.txt").write_bytes("Stairs\n\nA caf\xe9 without stairs is easier to enter.\n".encode("cp1252"))
    digest = next(source for source in starter_sources() if str(source.path).endswith(".pdf"))
    library = Library.open(folder / "library", embedder=embedder)
    library.add([Source(path=str(folder / name)) for name in ("chairs.html", "beds.md", "stairs.txt")] + [digest])
    assert len(library.summaries()) == 4
    with Assistant(library) as opened, serving(build_app(opened)) as found:
        yield found, library


def test_health_gives_the_counts(client: httpx.Client, assistant: Assistant) -> None:
    found = client.get("healthz")
    summaries = assistant.library.summaries()
    assert found.json() == {"status": "ok", "documents": len(summaries), "passages": sum(one.passages for one in summaries)}
    assert len(summaries) >= 10


def test_health_tells_of_a_library_that_cannot_be_read(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise MyositisError("the library cannot be read", "/secret/place", "Check the disk")

    application = build_app(assistant)
    monkeypatch.setattr(assistant.library, "summaries", broken)
    found = TestClient(application).get("/healthz")
    assert (found.status_code, found.json()) == (503, {"status": "failed", "problem": "the library cannot be read"})


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "source/0000000000000000",
        "source/a/b",
        "original/0000000000000000",
        "source/..%2f..%2fetc%2fpasswd",
        "docs",
        "openapi.json",
    ],
)
def test_what_is_not_there_gets_a_friendly_page(client: httpx.Client, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    tree = html.fromstring(found.text)
    assert tree.find(".//h1").text == "This text is not here"
    assert str(found.url.join(tree.find(".//a").get("href"))).rstrip("/") == str(client.base_url).rstrip("/")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "gradio_api/upload"),
        ("POST", "gradio_api/run/respond"),
        ("POST", "gradio_api/call/respond"),
        ("POST", "gradio_api/component_server"),
        ("POST", "login"),
        ("GET", "gradio_api/info"),
        ("GET", "gradio_api/file=/etc/passwd"),
        ("GET", "gradio_api/proxy=http://example.org/"),
        ("GET", "gradio_api/runs"),
        ("GET", "gradio_api/mcp/sse"),
        ("GET", "config"),
        ("GET", "monitoring"),
        ("DELETE", "source/0000000000000000"),
    ],
)
def test_what_the_page_does_not_use_cannot_be_reached(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path, content=b"" if method == "POST" else None).status_code == 404


def test_a_message_longer_than_any_question_is_refused(client: httpx.Client) -> None:
    assert client.post("gradio_api/queue/join", content=b"x" * 1_048_577).status_code == 413
    assert client.post("gradio_api/queue/join", content=iter([b"x"])).status_code == 411


@pytest.mark.parametrize(
    "path", ["", "healthz", "style.css", "js/page.js", "icon.svg", "theme.css", "nothing", "source/x", "original/x"]
)
def test_every_response_carries_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "*" not in policy
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts is None or "'unsafe-inline'" not in scripts[1]


def test_the_page_names_no_other_host_and_marks_its_scripts(client: httpx.Client) -> None:
    found = client.get("")
    nonce = re.search(r"'nonce-([^']+)'", found.headers["content-security-policy"])[1]
    tree = html.fromstring(found.text)
    named = [value for element in tree.iter() for name, value in element.items() if name in ("src", "href", "content")]
    assert named
    assert [value for value in named if re.match(r"(?:https?:)?//", value)] == []
    assert {script.get("nonce") for script in tree.iter("script")} == {nonce}
    assert tree.find(".//title").text == "Myositis assistant"
    assert nonce not in client.get("").text


def test_the_rewriting_leaves_the_words_of_a_script_alone() -> None:
    page = (
        '<head><base href="./"><meta property="og:image" content="https://x"></head>'
        '<body style=""><script>a = "\\u003cscript>"</script></body>'
    )
    found = rewritten(page, "N")
    assert "https://x" not in found
    assert '<script nonce="N">a = "\\u003cscript>"</script>' in found
    assert '<body id="own" style="">' in found


def test_a_snapshot_marks_the_span_and_survives_odd_offsets(client: httpx.Client, assistant: Assistant) -> None:
    document = next(assistant.library.documents())
    section = document.sections[0]
    found = client.get(f"source/{document.id}", params={"start": section.start, "end": section.end})
    assert found.status_code == 200
    assert html.fromstring(found.text).find(".//mark[@id='quote']") is not None
    for start, end in (("x", "y"), ("-1", "5"), ("5", "5"), ("9" * 30, "9" * 31), ("0", str(len(document.text) + 1)), ("1", "")):
        odd = client.get(f"source/{document.id}", params={"start": start, "end": end})
        assert odd.status_code == 200
        assert html.fromstring(odd.text).find(".//mark") is None


def test_originals_come_as_the_bytes_they_were(shelf: tuple[str, Library]) -> None:
    address, library = shelf
    kinds = {}
    for document in library.documents():
        found = httpx.get(f"{address}original/{document.id}")
        assert found.content == library.original_path(document).read_bytes()
        assert found.headers["content-disposition"] == "inline"
        assert found.headers["x-content-type-options"] == "nosniff"
        kinds[document.media_type] = (found.headers["content-type"], found.headers["content-security-policy"].split(";")[0])
    assert kinds == {
        "application/pdf": ("application/pdf", "default-src 'none'"),
        "text/html": ("text/html", "sandbox"),
        "text/markdown": ("text/plain; charset=utf-8", "sandbox"),
        "text/plain": ("text/plain; charset=windows-1252", "sandbox"),
    }


def test_a_stored_web_page_is_shown_but_runs_and_fetches_nothing(
    shelf: tuple[str, Library], browser: Browser, another_host: socket.socket
) -> None:
    address, library = shelf
    document = next(one for one in library.documents() if one.media_type == "text/html")
    page = browser.new_page()
    page.goto(f"{address}original/{document.id}")
    assert page.get_by_text("A raised chair is easier to leave.").is_visible()
    assert page.title() == "Chairs"
    page.wait_for_load_state("networkidle")
    with pytest.raises(BlockingIOError):  # nobody has knocked
        another_host.accept()
    page.close()


def test_a_missing_original_is_said(shelf: tuple[str, Library]) -> None:
    address, library = shelf
    document = next(one for one in library.documents() if one.media_type == "text/markdown")
    path = library.original_path(document)
    aside = path.rename(path.with_suffix(".away"))
    try:
        found = httpx.get(f"{address}original/{document.id}")
    finally:
        aside.rename(path)
    assert found.status_code == 404
    assert "no stored original" in found.text


def test_a_library_that_fails_is_not_called_missing(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise MyositisError("another myositis command is writing", "/secret/place", "Wait")

    application = build_app(assistant)
    monkeypatch.setattr(assistant.library, "document", broken)
    found = TestClient(application).get("/source/0000000000000000")
    assert found.status_code == 503
    assert "secret" not in found.text


def test_a_taken_port_is_told_before_anything_slow(assistant: Assistant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        begun = time.monotonic()
        with pytest.raises(
            MyositisError, match=rf"another program is using this port: 127\.0\.0\.1:{port}\. .*--port \d+"
        ) as told:
            serve(lambda _: assistant, "127.0.0.1", port)
        assert time.monotonic() - begun < 2
    assert f"--port {port + 1 if port < 65535 else port - 1}" in told.value.remedy


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.7", 7860), ("no such host", 7860), ("x" * 80, 7860), ("127.0.0.1", 70_000), ("127.0.0.1", -1)]
)
def test_an_address_that_cannot_be_had_is_told(assistant: Assistant, host: str, port: int) -> None:
    with pytest.raises(MyositisError, match=r"port|listened") as told:
        serve(lambda _: assistant, host, port)
    assert told.value.where == f"{host}:{port}"
    assert told.value.remedy


def test_serve_says_where_it_is_and_keeps_no_question(assistant: Assistant, tmp_path: Path) -> None:
    program = (
        "import sys; from assistant import Assistant; from ui.server import serve\n"
        "serve(lambda _: Assistant.open(sys.argv[1]), '127.0.0.1', 0)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(assistant.library.directory)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    try:
        line = ""
        addresses = []
        while "is ready" not in line:
            line = process.stderr.readline()
            assert line, "it ended before it said where it is"
            addresses += re.findall(r"http://127\.0\.0\.1:\d+/", line)
            if len(addresses) == 1:
                assert httpx.get(f"{addresses[0]}healthz").json()["status"] == "starting"
        address = addresses[0]
        assert addresses == [address, address], "told at once, and again when it answers"
        assert httpx.get(f"{address}healthz").json()["status"] == "ok"
        private = "myveryprivatequestion"
        httpx.get(f"{address}source/{private}")
        asked = {"data": [f"what is {private}", None], "fn_index": 0, "session_hash": "s"}
        assert httpx.post(f"{address}gradio_api/queue/join", json=asked).status_code == 200
        told = httpx.get(f"{address}gradio_api/queue/data", params={"session_hash": "s"}, timeout=60).text
        assert f"what is {private}" in told
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert private not in line + out + err
    kept = [
        *assistant.library.directory.rglob("*"),
        *tmp_path.rglob("*"),
        *Path(os.environ["XDG_DATA_HOME"]).parents[1].rglob("*"),
    ]
    assert not [path for path in kept if path.is_file() and private.encode() in path.read_bytes()]
