"""What every response passes through: nothing of Gradio that the page does not use is reachable, nothing leaves this machine.

Gradio serves far more than one page needs (uploads, files, a proxy, a programming interface, …), and its page names other
hosts. Rather than trust a list of switches, only the addresses named here are let through, and the page is rewritten.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.files import ENTRY, own_files
from ui.markup import escaped
from ui.snapshot import missing_page
from ui.texts import text

# The addresses the page uses, below the address it is served at.
_READ = re.compile(
    r"/|/(?:healthz|theme\.css)|/(?:source|original)/[^/]+|/source/[^/]+/(?:part|page/\d{1,6}\.png)|/(?:assets|static)/.+"
    r"|/gradio_api/(?:queue/data|heartbeat/[^/]+|startup-events)"
)
_OWN_FILES = frozenset(own_files())
_WRITE = re.compile(r"/gradio_api/(?:queue/join|cancel|reset)/?")
# A question has at most 4,000 characters; this leaves room for what Gradio sends around it.
_MOST_BODY_BYTES = 64 * 1024

# 'unsafe-eval': gr.HTML makes a function of its template, which is constant; what it shows is passed to it as a value.
# 'unsafe-inline' for styles only: Gradio sets style attributes. Scripts in the page must carry the response's nonce.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_OTHER_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

# Social previews name other hosts, and the manifest's address is wrong below a sub-path.
_UNWANTED = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link\s+rel="manifest"[^>]*>', re.IGNORECASE)
_BASE = re.compile(r"<base [^>]*>")
_SCRIPT = re.compile(r"<script(?=[\s>])")
_BODY = re.compile(r"<body(?=[\s>])[^>]*>")


class Guard:
    """ASGI middleware; put it outermost. `root_path` is the sub-path at which a proxy makes the page public, "" for none."""

    def __init__(self, app: ASGIApp, root_path: str = "") -> None:
        self._app = app
        self._root = root_path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what the page does not use; add the security headers; rewrite Gradio's page."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        # Whether the proxy took the sub-path off or left it on: from here on it is there, as the ASGI specification has it.
        path = str(scope["path"])
        if self._root and path.startswith(f"{self._root}/"):
            path = path.removeprefix(self._root)
        scope = dict(scope, path=self._root + path, root_path=self._root or scope.get("root_path", ""))
        refusal = _refusal(scope["method"], path, Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
        elif path == "/":
            await self._page(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gradio's page, whole and uncompressed, then rewritten."""
        scope = dict(scope, headers=[(name, value) for name, value in scope["headers"] if name != b"accept-encoding"])
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, collect)
        nonce = secrets.token_urlsafe(16)
        content = rewritten(body.decode(), nonce).encode() if start["status"] == 200 and body else bytes(body)
        headers = MutableHeaders(raw=start["headers"])
        headers["content-security-policy"] = _PAGE_POLICY.format(nonce=nonce)
        headers["cache-control"] = "no-store"
        if body:
            headers["content-length"] = str(len(content))
        guarded = _with_headers(send)
        await guarded(start)
        await guarded({"type": "http.response.body", "body": content})


def rewritten(page: str, nonce: str) -> str:
    """Gradio's page without what names other hosts, with this page's own head, and its scripts allowed by `nonce`."""
    head = (
        f"<title>{escaped(text('page.title'))}</title>"
        f'<meta name="description" content="{escaped(text("page.lead"))}">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="icon.svg" type="image/svg+xml"><link rel="stylesheet" href="style.css">'
        f'<script src="{ENTRY}" type="module"></script>'
    )
    waiting = f'<p id="loading">{escaped(text("page.loading"))}</p><noscript><p>{escaped(text("page.no_script"))}</p></noscript>'
    page = _UNWANTED.sub("", page)
    page = _BASE.sub(lambda base: base[0] + head, page, count=1)
    page = _BODY.sub(lambda opening: opening[0].replace("<body", '<body id="own"', 1) + waiting, page, count=1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)


def _refusal(method: str, path: str, headers: Headers) -> ASGIApp | None:
    """The response to what is not let through; None for what is."""
    if method in ("GET", "HEAD") and (path[1:] in _OWN_FILES or _READ.fullmatch(path)):
        return None
    if method != "POST" or not _WRITE.fullmatch(path):
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("Not found", 404)
        root = "../" * (path.count("/") - 1) or "./"
        return HTMLResponse(missing_page(text("missing.document"), root), 404)
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("The length of the content must be stated", 411)
    return PlainTextResponse("The content is too long", 413) if int(length) > _MOST_BODY_BYTES else None


def _with_headers(send: Send) -> Send:
    """`send`, with the security headers on every response that does not set its own."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers.setdefault("content-security-policy", _OTHER_POLICY)
            headers.setdefault("referrer-policy", "no-referrer")
            headers.setdefault("x-content-type-options", "nosniff")
        await send(message)

    return guarded
