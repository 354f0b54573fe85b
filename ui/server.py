"""The web server: the chat page, the library's copies, the stored originals, and a sign of life."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from assistant import Assistant
from corpus import Document, MyositisError
from corpus.starter import topics
from index.progress import Progress
from ui.feedback import add_feedback
from ui.files import OwnFile, own_files
from ui.guard import Guard
from ui.handout.routes import add_handout
from ui.installable.routes import add_installable
from ui.page import build_page
from ui.page_pictures import PagePictures, whole_number
from ui.pdf_snapshot import pdf_page
from ui.snapshot import missing_page, snapshot_page
from ui.texts import DEFAULT, LANGUAGES, speaking, text
from ui.theme import page_theme
from ui.viewer import viewer_html
from ui.waiting import waiting_page

# Questions that wait for their turn; further ones are told that the page is busy.
_WAITING = 100
_LAST_PORT = 65535

# Someone else's page is shown as it came but can do nothing: no scripts, no forms, nothing fetched.
_SANDBOXED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
# A sandbox would keep the browser's own PDF viewer from opening; a PDF fetches nothing and runs nothing of this origin.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def build_app(assistant: Assistant, *, root_path: str = "") -> FastAPI:
    """The application that answers from `assistant`, which the caller closes.

    `root_path` is the sub-path ("/ibm", say) at which a proxy makes it public, "" for none.
    """
    library = assistant.library
    pictures = PagePictures(library)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=pictures.lifespan)

    @app.get("/healthz")
    def health() -> JSONResponse:
        try:
            summaries = library.summaries()
        except MyositisError as error:
            return JSONResponse({"status": "failed", "problem": error.what}, 503)
        passages = sum(summary.passages for summary in summaries)
        return JSONResponse({"status": "ok", "documents": len(summaries), "passages": passages})

    @app.get("/source/{document_id}")
    def source(document_id: str, start: str = "", end: str = "", page: str = "", view: str = "") -> Response:
        document = _document(assistant, document_id)
        if isinstance(document, Response):
            return document
        span = (whole_number(start), whole_number(end))
        if document.media_type == "application/pdf" and document.pages and view != "text":
            shown = pdf_page(document, pictures.layout(document, *span), *span, whole_number(page))
            if shown is None or (page and whole_number(page) is None):
                return HTMLResponse(missing_page(text("pdf.no_page")), 404)
        else:
            shown = snapshot_page(document, *span)
        return HTMLResponse(shown, headers={"cache-control": "no-store"})

    @app.get("/source/{document_id}/page/{number}.png")
    def page_picture(request: Request, document_id: str, number: str) -> Response:
        document = _document(assistant, document_id, root="../../../")
        return document if isinstance(document, Response) else pictures.answer(request, document, number)

    @app.get("/source/{document_id}/part")
    def part(document_id: str, start: str = "", end: str = "", part: str = "") -> Response:
        document = _document(assistant, document_id, root="../../")
        if isinstance(document, Response):
            return document
        content = viewer_html(document, whole_number(start) or 0, whole_number(end) or 0, whole_number(part))
        return HTMLResponse(content, headers={"cache-control": "no-store"})

    @app.get("/original/{document_id}")
    def original(document_id: str) -> Response:
        document = _document(assistant, document_id)
        return document if isinstance(document, Response) else _original(document, library.original_path(document))

    for name, file in own_files().items():
        app.add_route(f"/{name}", _own_file(file))

    add_handout(app, assistant)
    add_feedback(app, assistant)
    add_installable(app)
    for code in reversed(LANGUAGES):  # the default one last: what is mounted at "/" takes every path
        with speaking(code):
            _mount(app, build_page(assistant), "/" if code == DEFAULT else f"/{code}", root_path)
    app.add_middleware(Guard, root_path=root_path, settings=library.settings)
    return app


def _mount(app: FastAPI, page: gr.Blocks, path: str, root_path: str) -> None:
    """Let `app` serve Gradio's `page` at `path`; ui/guard.py shows it at "/" to those who speak its language."""
    public = root_path + path.rstrip("/")
    gr.mount_gradio_app(
        app,
        page.queue(max_size=_WAITING),
        path=path,
        root_path=public or None,
        theme=page_theme(),
        footer_links=[],
        run_history=False,  # it would keep every question in the browser's storage
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
    )


def serve(open_assistant: Callable[[Progress], Assistant], host: str, port: int, root_path: str = "") -> None:
    """Serve the page until it is stopped (Ctrl+C), and print its address on stderr at once and again when it answers.

    `open_assistant` is given what to tell how far it is, which visitors are shown meanwhile. Port 0 takes any free one;
    `root_path` is as in `build_app`. No question is logged. Raises `MyositisError` where `host` and `port` cannot be
    listened on, or the library does not fit its model.
    """
    with _listening(host, port) as listener, ExitStack() as open_until_stopped:
        with waiting_page(listener) as progress:
            _say("server.starting", host, listener)
            assistant = open_until_stopped.enter_context(open_assistant(progress))
            # The models take seconds to load: now, not while the first question waits, and with an error that still ends the
            # command.
            assistant.ask(topics()[0].questions[0])
            config = uvicorn.Config(
                build_app(assistant, root_path=root_path),
                log_level="warning",
                access_log=False,
                ws="none",
                timeout_graceful_shutdown=1,
            )
        _Announcing(config, host).run(sockets=[listener])


class _Announcing(uvicorn.Server):
    """A server that says where it can be found as soon as it can be."""

    def __init__(self, config: uvicorn.Config, host: str) -> None:
        super().__init__(config)
        self._host = host

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address."""
        await super().startup(sockets)
        if self.started and sockets:
            _say("server.listening", self._host, sockets[0])


def _say(name: str, host: str, listener: socket.socket) -> None:
    """Print the text `name` on stderr, with the address at which a browser finds `listener`."""
    shown = f"[{host}]" if ":" in host else host
    print(text(name, address=f"http://{shown}:{listener.getsockname()[1]}/"), file=sys.stderr, flush=True)


def _listening(host: str, port: int) -> socket.socket:
    """A socket bound to `host` and `port`. It is bound before anything slow is done, so that a taken port is told at once."""
    where = f"{host}:{port}"
    if not 0 <= port <= _LAST_PORT:
        raise MyositisError("there is no such port", where, f"Take one from 0 to {_LAST_PORT}: myositis serve --port 7860")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name != "nt":  # there it would let two programs share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:  # a name no host can have is a UnicodeError
        raise _cannot_listen(error, where, port) from error
    return listener


def _cannot_listen(error: OSError | UnicodeError, where: str, port: int) -> MyositisError:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        other = port + 1 if port < _LAST_PORT else port - 1
        return MyositisError(
            "another program is using this port",
            where,
            f"Stop it, perhaps a page that is served already, or take another port: myositis serve --port {other}",
        )
    if number == errno.EACCES:
        return MyositisError("this port needs special rights", where, "Take one above 1023: myositis serve --port 7860")
    reason = getattr(error, "strerror", None) or error
    return MyositisError(
        f"this address cannot be listened on ({reason})",
        where,
        "Use --host 127.0.0.1 for this machine only, or --host 0.0.0.0 for every network it is on",
    )


def _document(assistant: Assistant, document_id: str, root: str = "../") -> Document | Response:
    """The document, or the page that says that there is none, or that the library cannot be read; `root` leads home."""
    try:
        return assistant.library.document(document_id)
    except MyositisError as error:
        if error.where == document_id:
            return HTMLResponse(missing_page(text("missing.document"), root), 404)
        return HTMLResponse(missing_page(text("problem.unexpected"), root), 503)


def _original(document: Document, path: Path) -> Response:
    """The bytes as they were read, in a form that runs nothing."""
    if not path.is_file():
        return HTMLResponse(missing_page(text("missing.original")), 404)
    headers = {"content-security-policy": _SANDBOXED}
    if document.media_type == "application/pdf":
        headers["content-security-policy"] = _PDF_POLICY
        kind = "application/pdf"
    elif document.media_type == "text/html":
        kind = "text/html"
    else:
        kind = f"text/plain; charset={_character_set(path)}"
    # Stated as a header, for the media type of a response would get a character set that a web page may not have.
    return FileResponse(path, headers=headers | {"content-type": kind, "content-disposition": "inline"})


def _character_set(path: Path) -> str:
    """The character set as the corpus took it to be."""
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _own_file(file: OwnFile) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return Response(file.content, media_type=file.media_type, headers={"cache-control": "no-cache"})

    return answer
