"""A web site of a kind that is met in the wild, over real HTTP on loopback, with notes of what was asked of it."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MENU = '<a href="/">Home</a><br><a href="/page/1.html">Questions</a><br><a href="/links.html">Links to others</a><br>'
FOOTER = "<center><font size=1>This site is kept by one person since 2003</font></center>"
PLAIN_PAGES = 40
HUGE = 30 * 1024 * 1024


def old_page(title: str, body: str, head: str = "") -> str:
    """A page as people made them by hand: tables for layout, a menu at the left."""
    return (
        f"<HTML><HEAD><TITLE>{title}</TITLE>{head}</HEAD><BODY><TABLE><TR><TD>{MENU}</TD><TD>"
        f"{body}<BR><BR><A HREF='#top'>Return to top</A>{FOOTER}</TD></TR></TABLE></BODY></HTML>"
    )


def prose(about: str) -> str:
    return (
        f"About {about}: people with inclusion body myositis notice that stairs and low chairs become hard to manage.<BR><BR>"
        f"What helps with {about} is told here in a second paragraph, which is long enough to be taken for a text.<BR><BR>"
    )


@dataclass
class Answer:
    """What the server sends for a path. `act` writes the whole answer itself."""

    body: bytes = b""
    media_type: str = "text/html"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None


class Site:
    """The pages by path, and each request as (path, status)."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, int]] = []
        self.bytes_sent = 0
        self.conditional = True
        self.down = False
        self.url = ""

    def asked(self, status: int | None = None) -> list[str]:
        """The paths of the requests so far, in order, without those for crawlers' files."""
        return [path for path, given in self.requests if status in (None, given) and not path.startswith(("/robots", "/sitemap"))]

    def answer(self, handler: BaseHTTPRequestHandler) -> Answer:
        path = handler.path
        if path.startswith("/trap?"):
            number = int(path.rpartition("=")[2])
            return Answer(old_page("Calendar", prose(f"day {number}") + f'<a href="/trap?n={number + 1}">next</a>').encode())
        answer = self.answers.get(path, Answer(status=404))
        if answer.status == 200 and not answer.act and self.conditional:
            etag = '"' + hashlib.sha256(answer.body).hexdigest()[:12] + '"'
            if handler.headers.get("If-None-Match") == etag:
                return Answer(status=304, headers={"ETag": etag})
            return Answer(answer.body, answer.media_type, headers={"ETag": etag, **answer.headers})
        return answer


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """`site` on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer on a kept connection waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            if site.down:
                site.requests.append((self.path, 0))
                self.close_connection = True
                return
            answer = site.answer(self)
            site.requests.append((self.path, answer.status))
            try:
                if answer.act:
                    self.close_connection = True
                    answer.act(self)
                    return
                self.send_response(answer.status)
                for name, value in {"Content-Type": answer.media_type, **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                for start in range(0, len(answer.body), 65536):
                    self.wfile.write(answer.body[start : start + 65536])
                    site.bytes_sent += len(answer.body[start : start + 65536])
            except OSError:
                self.close_connection = True  # the reader has gone: that is what the tests are for

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass  # a reader that breaks off is what the tests are for

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def slow_head(handler: BaseHTTPRequestHandler) -> None:
    """One letter of the headers at a time: no single wait is long."""
    for letter in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Padding: " + b"x" * 1000:
        handler.wfile.write(bytes([letter]))
        time.sleep(0.05)


def slow_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>")
    while True:
        handler.wfile.write(b"words " * 10000)


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<html>half")


def first_then(first: Answer, then: Answer, site: Site, path: str) -> None:
    """Answer `first` to the first request of `path`, and `then` to all later ones."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        site.answers[path] = then
        site.requests[-1] = (path, first.status)
        handler.send_response(first.status)
        for name, value in {**first.headers, "Content-Length": "0"}.items():
            handler.send_header(name, value)
        handler.end_headers()

    site.answers[path] = Answer(act=act)


@cache
def bomb(mebibytes: int) -> bytes:
    """A gzip stream that unfolds to so many MiB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(mebibytes)) + packer.flush()


def make_site() -> Site:
    """Some sixty pages with every trait that the crawl must bear."""
    site = Site()
    answers = site.answers

    def page(path: str, body: str, head: str = "") -> None:
        answers[path] = Answer(old_page(path.strip("/"), body, head).encode())

    for number in range(1, PLAIN_PAGES + 1):
        following = [f'<a href="/page/{n}.html">On</a>' for n in range(4 * number + 1, 4 * number + 5) if n <= PLAIN_PAGES]
        page(f"/page/{number}.html", prose(f"matter number {number}") + " ".join(following))
    odd = [
        *(
            "/moved",
            "/hop1",
            "/loop-a",
            "/away",
            "/inside",
            "/missing.html",
            "/broken",
            "/busy",
            "/flaky",
            "/slow-head",
            "/slow-body",
        ),
        *(
            "/huge.html",
            "/endless.html",
            "/bomb.html",
            "/bomb2.html",
            "/zipped.html",
            "/cut.html",
            "/private/a.html",
            "/trap?n=1",
        ),
        *("/copy.html", "/print/6.html", "/print/orphan.html", "/unindexed.html", "/picture", "/links.html", "/charsets.html"),
        *("/frames.html", "/papers/one.pdf", "papers/../papers/two.PDF?utm_source=x", "/HTTP", "/anchors.html"),
    ]
    bad = [
        "http://[",
        "mailto:a@b.example",
        "javascript:go()",
        "#top",
        "tel:1",
        "photo.jpg",
        "http://other.example/",
        "",
        "http://a:b@c/",
    ]
    links = [f"/page/{n}.html" for n in range(1, 5)] + odd + bad
    page("/", prose("this site") + "".join(f'<a href="{link}">to {link[:6]}</a><br>' for link in links))
    redirects = {"/moved": "/page/3.html", "/hop1": "/hop2", "/hop2": "/last.html", "/loop-a": "/loop-b", "/loop-b": "/loop-a"}
    redirects |= {"/away": "http://other.example/", "/inside": "http://127.0.0.1:1/secrets", "/HTTP": "ftp://127.0.0.1/x"}
    for path, target in redirects.items():
        answers[path] = Answer(status=302, headers={"Location": target})
    page("/last.html", prose("the end of two hops"))
    answers["/broken"] = Answer(status=500)
    first_then(
        Answer(status=429, headers={"Retry-After": "7"}), Answer(old_page("busy", prose("waiting")).encode()), site, "/busy"
    )
    first_then(Answer(status=503), Answer(old_page("flaky", prose("trying again")).encode()), site, "/flaky")
    answers["/slow-head"], answers["/slow-body"] = Answer(act=slow_head), Answer(act=slow_body)
    answers["/endless.html"], answers["/cut.html"] = Answer(act=endless), Answer(act=cut_off)
    answers["/huge.html"] = Answer(b"<html>" + b"words " * (HUGE // 6))
    answers["/bomb.html"] = Answer(bomb(50), headers={"Content-Encoding": "gzip"})
    answers["/bomb2.html"] = Answer(gzip.compress(bomb(50)), headers={"Content-Encoding": "gzip, gzip"})
    answers["/zipped.html"] = Answer(
        gzip.compress(old_page("zipped", prose("packing")).encode()), headers={"Content-Encoding": "gzip"}
    )
    page("/private/a.html", prose("what robots may not read"))
    answers["/copy.html"] = answers["/page/2.html"]
    page("/print/6.html", prose("matter number 6, to print"), '<link rel="canonical" href="/page/6.html">')
    page("/print/orphan.html", prose("an orphan"), '<link rel="canonical" href="/nowhere.html">')
    page("/unindexed.html", prose("drafts") + '<a href="/behind.html">on</a>', '<meta name="robots" content="noindex">')
    page("/behind.html", prose("what stands behind a draft"), '<link rel="canonical" href="/">')
    answers["/picture"] = Answer(b"\x89PNG", "image/png")
    page("/links.html", prose("links"))
    page(
        "/anchors.html",
        '<a name="signs"><b>Signs</b></a><br>' + prose("signs") + '<a name="help"></a><b>Help</b><br>' + prose("help"),
    )
    shown = '<frame src="/frame-menu.html"><frame src="/frame-text.html">'
    frames = f'<html><head><title>F</title></head><frameset cols="20%,*">{shown}</frameset>'
    answers["/frames.html"] = Answer(frames.encode())
    page("/frame-menu.html", MENU + prose("the menu in a frame"))
    page("/frame-text.html", prose("the text in a frame"))
    for name in ("one.pdf", "two.PDF"):
        answers[f"/papers/{name}"] = Answer(b"%PDF-1.4\n" + name.encode(), "application/pdf")
    _charsets(site)
    for number in (1, 2, 3):
        page(f"/hidden/{number}.html", prose(f"what only the sitemap knows, number {number}"))
    robots = (
        "User-agent: *\nDisallow: /private/\nCrawl-delay: 3\nSitemap: /sitemaps.xml\nSitemap: http://other.example/sitemap.xml\n"
    )
    answers["/robots.txt"] = Answer(robots.encode(), "text/plain")
    return site


def _charsets(site: Site) -> None:
    """Five pages that say "naïve café – “Größe”" in as many ways, and one in Russian, under a page that links to them."""
    text = old_page("charset", "naïve café – “Größe” and more. " + prose("letters"))
    russian = old_page("charset", "Слабость мышц начинается медленно и постепенно. " * 10)
    made = {
        "/cs/meta.html": (text.replace("<HEAD>", '<HEAD><META CHARSET="windows-1252">').encode("cp1252"), "text/html"),
        "/cs/wrong.html": (text.replace("charset", "wrong").encode("cp1252"), "text/html; charset=utf-8"),
        "/cs/latin.html": (text.replace("charset", "latin").encode("utf-8"), "text/html; charset=iso-8859-1"),
        "/cs/mark.html": (text.replace("charset", "mark").encode("utf-16"), "text/html"),
        "/cs/none.html": (text.replace("charset", "none").encode("cp1252"), "text/html"),
        "/cs/russian.html": (russian.encode("cp1251"), "text/html; charset=utf-8"),
    }
    for path, (body, media_type) in made.items():
        site.answers[path] = Answer(body, media_type)
    links = "".join(f'<a href="{path}">on</a>' for path in made)
    site.answers["/charsets.html"] = Answer(old_page("charsets", prose("character sets") + links).encode())


def add_sitemaps(site: Site) -> None:
    """A sitemap index with a packed sitemap behind it; needs the site's address."""
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    parts = (f"{site.url}/sitemap-1.xml.gz", "/sitemaps.xml")
    index = "".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in parts)
    pages = "".join(f"<url><loc> {site.url}/hidden/{n}.html </loc></url>" for n in (1, 2, 3))
    pages += "<url><loc>http://other.example/</loc></url><url><loc>/&f;&b;</loc></url>"
    urlset = f'<?xml version="1.0"?>{entities}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'
    site.answers["/sitemaps.xml"] = Answer(f"<sitemapindex>{index}</sitemapindex>".encode(), "application/xml")
    site.answers["/sitemap-1.xml.gz"] = Answer(gzip.compress(urlset.encode()), "application/gzip")
