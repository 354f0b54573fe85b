"""The guard on every fetch: no page, redirect or DNS answer leads to an address that is not public."""

from __future__ import annotations

import datetime
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpcore
import pytest

from corpus import ReadError, Source, read, retrieve
from corpus.addresses import AddressRefusedError, is_public
from corpus.download import Downloads, TooLargeError
from corpus.fetch import NotModifiedError, fetch
from tests.corpus.site_server import Answer, Site, bomb, endless, old_page, prose, served

PUBLIC = "93.184.215.14"
LOOPBACK = frozenset({"127.0.0.1"})
_NOT_PUBLIC = """
    127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.127.255.255
    0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1
    203.0.113.1 192.88.99.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 fec0::1 ff02::1 ::ffff:127.0.0.1
    ::ffff:10.0.0.1 ::ffff:93.184.215.14 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2001::1
    192.0.0.192 168.63.129.16 3fff::1 ::ffff:0:7f00:1 64:ff9b::c0a8:1
    2001:db8::1 100::1 4000::1 fd00:ec2::254 localhost 127.1 2130706433 0x7f000001
"""
_PRIVATE_HOSTS = """
    127.0.0.1 127.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 localhost LOCALHOST localhost. 0 0.0.0.0
    [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1] [fe80::1] [fd00::1] 10.0.0.1 169.254.169.254
    192.168.0.1 100.64.0.1 127。0。0。1 １２７.0.0.1 ①②⑦.⓪.⓪.① ⓛⓞⓒⓐⓛⓗⓞⓢⓣ 127.0.1 [64:ff9b::7f00:1] [::127.0.0.1]
    127.0.0.1%00.a.example 192.0.0.192
"""


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.answers["/"] = Answer(old_page("Home", prose("home")).encode())
    with served(site):
        yield site


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that connections were tried to; none is made."""
    tried: list[str] = []

    def connect_tcp(_self: object, host: str, *_: object, **__: object) -> httpcore.NetworkStream:
        tried.append(host)
        raise httpcore.ConnectError("not in this test")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_tcp)
    return tried


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the resolver give these lists of addresses, one a question."""

    def give(*lists: list[str]) -> None:
        left = list(lists)
        monkeypatch.setattr("corpus.addresses.resolve", lambda host, port: left.pop(0))

    return give


@pytest.mark.parametrize(
    "address",
    _NOT_PUBLIC.split(),
)
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"]
)
def test_a_public_address_is_known(address: str) -> None:
    assert is_public(address)


# Forms that the system's resolver itself understands; where it does not, there is nothing to connect to.
@pytest.mark.parametrize(
    "host",
    _PRIVATE_HOSTS.split(),
)
def test_a_private_host_is_refused_in_any_spelling(host: str, connected: list[str]) -> None:
    with pytest.raises(ReadError) as raised:
        fetch(f"http://{host}/")
    assert "not public" in raised.value.what or "does not answer" in raised.value.what
    assert connected == []


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["10.1.2.3"], [PUBLIC, "192.168.0.1"], ["::1", PUBLIC], ["::ffff:7f00:1"], ["fe80::1%2"]]
)
def test_a_name_with_a_private_answer_is_refused(answer: list[str], answers: Callable[..., None], connected: list[str]) -> None:
    answers(answer)
    with pytest.raises(AddressRefusedError, match=r"not public.*pages\.example.*--allow-private pages\.example"):
        retrieve(Source(url="http://pages.example/"))
    assert connected == []


def test_the_connection_goes_to_the_very_address_that_was_checked(answers: Callable[..., None], connected: list[str]) -> None:
    answers([PUBLIC, "2606:4700::1111"], ["127.0.0.1"])
    with pytest.raises(ReadError, match="not in this test"):
        fetch("https://pages.example/")
    assert connected == [PUBLIC, "2606:4700::1111"]


def test_each_new_connection_is_checked_anew(answers: Callable[..., None], connected: list[str]) -> None:
    answers([PUBLIC], ["127.0.0.1"])
    with Downloads() as downloads:
        with pytest.raises(ReadError, match="not in this test"):
            downloads.get("http://pages.example/", 1000)
        with pytest.raises(AddressRefusedError):
            downloads.get("http://pages.example/", 1000)
    assert connected == [PUBLIC]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://pages.example:22/", "port 22"),
        ("https://pages.example:8443/", "port 8443"),
        ("ftp://pages.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("http://name:secret@pages.example/", "password"),
        ("http://name@pages.example/", "user name"),
    ],
)
def test_what_no_web_page_needs_is_refused(url: str, reason: str, connected: list[str]) -> None:
    with pytest.raises(AddressRefusedError, match=reason) as raised:
        fetch(url)
    assert "secret" not in str(raised.value)
    assert connected == []


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost/",
        "http://[::1]/",
        "http://2130706433/",
        "http://169.254.169.254/latest/meta-data/",
        "//10.0.0.1/",
        "ftp://a.example/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(target: str, site: Site) -> None:
    site.answers["/away"] = Answer(status=302, headers={"Location": target})
    with pytest.raises(AddressRefusedError):
        read(Source(url=f"{site.url}/away"), allowed_hosts=LOOPBACK)
    assert site.asked() == ["/away"]


def test_a_host_is_allowed_by_name_only(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "home" in read(Source(url=site.url + "/"), allowed_hosts=LOOPBACK).text
    port = urlsplit(site.url).port
    monkeypatch.setattr("corpus.addresses.resolve", lambda host, port: ["127.0.0.1"])
    assert fetch(f"http://Intranet.example:{port}/", frozenset({"INTRANET.example."})).content
    with pytest.raises(AddressRefusedError):
        fetch(f"http://127.0.0.1:{port}/", frozenset({"intranet.example"}))
    with pytest.raises(AddressRefusedError):
        fetch("http://x.intranet.example/", frozenset({"intranet.example"}))


def test_a_proxy_of_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert fetch(site.url + "/", LOOPBACK).content


def test_host_and_certificate_are_those_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, names = _certificate(tmp_path, "pages.example"), []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            names.append(self.headers["Host"].partition(":")[0])
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"Words.")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr("corpus.addresses.resolve", lambda host, port: ["127.0.0.1"])
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    allowed = frozenset({"pages.example", "others.example"})
    try:
        assert fetch(f"https://pages.example:{server.server_port}/", allowed).content == b"Words."
        assert names == ["pages.example", "pages.example"]
        with pytest.raises(ReadError, match=r"others\.example"):
            fetch(f"https://others.example:{server.server_port}/", allowed)
    finally:
        server.shutdown()
        server.server_close()


def _certificate(folder: Path, name: str) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "both.pem").write_bytes(secret + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


@pytest.mark.parametrize("path", ["/bomb", "/endless", "/large"])
def test_too_much_is_given_up_early(site: Site, path: str) -> None:
    site.answers |= {
        "/bomb": Answer(bomb(50), headers={"Content-Encoding": "gzip"}),
        "/endless": Answer(act=endless),
        "/large": Answer(bytes(3_000_000)),
    }
    tracemalloc.start()
    try:
        with Downloads(LOOPBACK) as downloads, pytest.raises(TooLargeError, match="1,000,000 bytes"):
            downloads.get(site.url + path, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    first = fetch(site.url + "/", LOOPBACK)
    assert first.etag
    with pytest.raises(NotModifiedError):
        fetch(site.url + "/", LOOPBACK, etag=first.etag)
    assert fetch(site.url + "/", LOOPBACK, etag='"another"').content == first.content
