"""What every response passes through: nothing of Gradio that the page does not use is reachable, nothing leaves this machine.

Gradio serves far more than one page needs (uploads, files, a proxy, a programming interface, …), and its page names other
hosts. Rather than trust a list of switches, only the addresses named here are let through, and the page is rewritten.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.settings import Settings
from ui import feedback
from ui.files import APPEARANCE, ENTRY, own_files
from ui.handout import request as handout
from ui.installable.routes import ADDRESSES as INSTALLABLE
from ui.markup import escaped
from ui.snapshot import missing_page
from ui.texts import DEFAULT, LANGUAGES, chosen_language, language, speaking, text

# Gradio's page in the default language stands at "/", in each other one at "/CODE/"; from outside all of them are "/".
_OTHERS = "|".join(code for code in LANGUAGES if code != DEFAULT)
# The addresses the page uses, below the address it is served at.
_READ = re.compile(
    r"/|/healthz|/(?:source|original)/[^/]+|/source/[^/]+/(?:part|page/\d{1,6}\.png)"
    rf"|(?:/(?:{_OTHERS}))?/(?:theme\.css|(?:assets|static)/.+|gradio_api/(?:queue/data|heartbeat/[^/]+|startup-events|app_id))"
)
_OWN_FILES = frozenset(own_files()) | INSTALLABLE
# What may be sent, and how many bytes of it. A question has at most 4,000 characters, and a reload sends up to forty at once.
_WRITE = {
    re.compile(rf"(?:/(?:{_OTHERS}))?/gradio_api/(?:queue/join|cancel|reset)/?"): 1024 * 1024,
    re.compile(r"/handout\.(?:pdf|html|txt)"): handout.MOST_BODY_BYTES,
}
_FEEDBACK = {re.compile(r"/feedback"): feedback.MOST_BODY_BYTES}

# 'unsafe-eval': gr.HTML makes a function of its template, which is constant; what it shows is passed to it as a value.
# 'unsafe-inline' for styles only: Gradio sets style attributes. Scripts in the page must carry the response's nonce.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors {embed_in}"
)
_OTHER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {embed_in}"
)

# Social previews name other hosts, and the manifest's address is wrong below a sub-path.
_UNWANTED = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link\s+rel="manifest"[^>]*>', re.IGNORECASE)
_BASE = re.compile(r"<base [^>]*>")
_SCRIPT = re.compile(r"<script(?=[\s>])")
_HTML = re.compile(r"<html(?=[\s>])[^>]*>")
_LANG = re.compile(r"\blang=\"[^\"]*\"")
_BODY = re.compile(r"<body(?=[\s>])[^>]*>")


class Guard:
    """ASGI middleware; put it outermost. `root_path` is the sub-path at which a proxy makes the page public, "" for none.

    `settings` say which other sites may show the page inside theirs, and whether verdicts on answers are taken.
    """

    def __init__(self, app: ASGIApp, root_path: str = "", settings: Settings | None = None) -> None:
        settings = settings or Settings()
        self._app = app
        self._root = root_path.rstrip("/")
        self._embed_in = " ".join(["'self'", *settings.page.embed_in])
        self._write = _WRITE | (_FEEDBACK if settings.feedback.ask else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what the page does not use; speak the reader's language; add the security headers; rewrite Gradio's page."""
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
        headers = Headers(scope=scope)
        asked = QueryParams(scope.get("query_string", b"")).get("lang")
        with speaking(chosen_language(asked, headers.get("accept-language", ""))):
            inside = path if path != "/" or language() == DEFAULT else f"/{language()}/"
            scope = dict(scope, path=self._root + inside, root_path=self._root or scope.get("root_path", ""))
            refusal = self._refusal(scope["method"], path, headers)
            if refusal is not None:
                await refusal(scope, receive, self._with_headers(send))
            elif path == "/":
                await self._page(scope, receive, send)
            else:
                await self._app(scope, receive, self._with_headers(send))

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
        headers["content-security-policy"] = _PAGE_POLICY.format(nonce=nonce, embed_in=self._embed_in)
        headers["cache-control"] = "no-store"
        if body:
            headers["content-length"] = str(len(content))
        guarded = self._with_headers(send)
        await guarded(start)
        await guarded({"type": "http.response.body", "body": content})

    def _refusal(self, method: str, path: str, headers: Headers) -> ASGIApp | None:
        """The response to what is not let through; None for what is."""
        if method in ("GET", "HEAD") and (path[1:] in _OWN_FILES or _READ.fullmatch(path)):
            return None
        most = next((most for address, most in self._write.items() if address.fullmatch(path)), None)
        if method != "POST" or most is None:
            if method not in ("GET", "HEAD"):
                return PlainTextResponse("Not found", 404)
            root = "../" * (path.count("/") - 1) or "./"
            return HTMLResponse(missing_page(text("missing.document"), root), 404)
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return PlainTextResponse("The length of the content must be stated", 411)
        return _too_long(path) if int(length) > most else None

    def _with_headers(self, send: Send) -> Send:
        """`send`, with the security headers on every response that does not set its own."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.setdefault("content-security-policy", _OTHER_POLICY.format(embed_in=self._embed_in))
                headers.setdefault("referrer-policy", "no-referrer")
                headers.setdefault("x-content-type-options", "nosniff")
            await send(message)

        return guarded


def _too_long(path: str) -> Response:
    """What the reader is shown where too much was sent: by Gradio, which reads JSON only, or by the page's own scripts."""
    told = text("problem.too_long")
    return JSONResponse({"detail": told}, 413) if "/gradio_api/" in path else PlainTextResponse(told, 413)


def rewritten(page: str, nonce: str) -> str:
    """Gradio's page without what names other hosts, with this page's own head, and its scripts allowed by `nonce`."""
    head = (
        f"<title>{escaped(text('page.title'))}</title>"
        f'<meta name="description" content="{escaped(text("page.lead"))}">'
        '<meta name="color-scheme" content="light dark">'
        f'<script src="{APPEARANCE}"></script>'
        '<link rel="icon" href="icon.svg" type="image/svg+xml"><link rel="stylesheet" href="style.css">'
        f'<link rel="manifest" href="manifest.webmanifest?lang={language()}"><link rel="apple-touch-icon" href="icon-192.png">'
        f'<script src="{ENTRY}" type="module"></script>'
    )
    waiting = f'<p id="loading">{escaped(text("page.loading"))}</p><noscript><p>{escaped(text("page.no_script"))}</p></noscript>'
    page = _UNWANTED.sub("", page)
    page = _HTML.sub(lambda opening: _LANG.sub(f'lang="{language()}"', opening[0]), page, count=1)
    page = _BASE.sub(lambda base: base[0] + head, page, count=1)
    page = _BODY.sub(lambda opening: opening[0].replace("<body", '<body id="own"', 1) + waiting, page, count=1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)
