"""What visitors see while the library is being read: how far that is, and the page itself as soon as it can answer."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from index.progress import Progress
from ui.files import own_files
from ui.markup import escaped, whole_page
from ui.texts import chosen_language, speaking, text

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_LOOK_AGAIN_SECONDS = "2"
_MOST_SENT = 1024 * 1024


@contextmanager
def waiting_page(listener: socket.socket) -> Iterator[Progress]:
    """Answer whoever comes to `listener` while the block runs; what it yields is to be told how far the work is.

    Every address answers 503, so that nothing takes this for the page; `healthz` tells the numbers. The socket stays open.
    """
    server = _Server(listener)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.tell
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(listener.getsockname(), _Answering, bind_and_activate=False)
        self.socket.close()
        self.socket = listener.dup()
        self.done, self.total = 0, 0

    def tell(self, done: int, total: int, address: str, share: float | None = None) -> None:
        """Note how far the work is."""
        self.done, self.total = done, total


class _Answering(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """The waiting page at every address but those of its own files and of the numbers."""
        path = self.path.split("?")[0]
        # Whatever the sub-path of a proxy is.
        own = next((file for name, file in own_files().items() if path.endswith(f"/{name}")), None)
        if own is not None:
            self._answer(HTTPStatus.OK, own.content, own.media_type)
        elif path.endswith("/healthz"):
            numbers = {"status": "starting", "done": self.server.done, "total": self.server.total}
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, json.dumps(numbers).encode(), "application/json")
        else:
            with speaking(chosen_language(None, self.headers.get("accept-language", ""))):
                page = self._page()
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, page.encode(), "text/html; charset=utf-8")

    def do_HEAD(self) -> None:
        """As for a reader, but without the content: what watches over a server asks so."""
        self.do_GET()

    def do_POST(self) -> None:
        """A page that was open before asks a question; it is told to wait in the form that Gradio reads."""
        length = self.headers.get("content-length", "")
        self.rfile.read(min(int(length), _MOST_SENT) if length.isdecimal() else 0)  # or the browser may not hear the answer
        self._answer(HTTPStatus.SERVICE_UNAVAILABLE, json.dumps({"status": "starting"}).encode(), "application/json")

    def _page(self) -> str:
        known = self.server.total > 0
        bar = f' value="{self.server.done}" max="{self.server.total}"' if known else ""
        body = (
            f"<h1>{escaped(text('page.title'))}</h1><p>{escaped(text('waiting.explanation'))}</p>"
            f'<label class="waiting">{escaped(text("waiting.progress"))} <progress id="progress"{bar}></progress></label>'
            f'<p><a class="button-link" href="">{escaped(text("waiting.again"))}</a></p>'
            '<script src="js/waiting.js" type="module"></script>'
        )
        return whole_page(text("waiting.title"), body, "")

    def _answer(self, status: HTTPStatus, content: bytes, media_type: str) -> None:
        self.send_response(status)
        for name, value in {
            "content-type": media_type,
            "content-length": str(len(content)),
            "content-security-policy": _POLICY,
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
            "retry-after": _LOOK_AGAIN_SECONDS,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """No request is logged."""
