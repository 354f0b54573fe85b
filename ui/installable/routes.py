"""The addresses of what an installed page needs: its manifest, icons, service worker and the notice that it is offline."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from ui.installable.icons import ICONS, icon_png
from ui.markup import escaped, whole_page
from ui.texts import language, text

_WORKER = Path(__file__).with_name("sw.js")
# A worker is held to the policy of its own script: it may fetch from this server and do nothing else.
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
ADDRESSES = frozenset({"manifest.webmanifest", "sw.js", "offline.html", *ICONS})


def add_installable(app: FastAPI) -> None:
    """Let `app` serve `ADDRESSES`. All of them are relative to the page, so it may stand below a sub-path."""
    worker = _WORKER.read_bytes()

    @app.get("/manifest.webmanifest")
    def manifest() -> JSONResponse:
        return JSONResponse(_manifest(), media_type="application/manifest+json")

    @app.get("/sw.js")
    def service_worker() -> Response:
        headers = {"content-security-policy": _WORKER_POLICY, "cache-control": "no-cache"}
        return Response(worker, media_type="text/javascript", headers=headers)

    @app.get("/offline.html")
    def offline() -> HTMLResponse:
        body = f"<h1>{escaped(text('offline.title'))}</h1><p>{escaped(text('offline.what'))}</p>"
        again = f'<p><a class="button-link" href="./">{escaped(text("offline.again"))}</a></p>'
        return HTMLResponse(whole_page(text("offline.title"), body + again, "./"), headers={"cache-control": "no-cache"})

    def picture(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return Response(icon_png(name), media_type="image/png", headers={"cache-control": "max-age=86400"})

    for name in ICONS:
        app.add_route(f"/{name}", picture)


def _manifest() -> dict[str, object]:
    """The web app manifest (https://www.w3.org/TR/appmanifest/) in the language of the request."""
    icons = [
        {"src": name, "type": "image/png", "sizes": f"{side}x{side}", "purpose": "maskable" if maskable else "any"}
        for name, (side, maskable) in ICONS.items()
    ]
    return {
        "name": text("page.title"),
        "short_name": text("page.short_title"),
        "description": text("page.lead"),
        "lang": language(),
        "start_url": f"./?lang={language()}",
        "id": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#f7f4ec",
        "theme_color": "#0a4f5a",
        "icons": [*icons, {"src": "icon.svg", "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
    }
