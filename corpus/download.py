"""One HTTP request within bounds: guarded address, size limit on the decoded bytes, time limit on the whole."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from corpus.addresses import GuardedTransport
from corpus.errors import ReadError

USER_AGENT = "myositis-assistant/0.1 (reads pages into a local library; one request at a time)"
# For one wait, and for a whole answer: a large PDF over a slow line takes minutes, a page seconds.
_WAIT = httpx.Timeout(20.0, connect=10.0)
MOST_SECONDS = 300.0
_MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
# zlib's own ratio is at most 1032: so little input makes at most some 16 MiB before the limit is looked at.
_PIECE = 16 * 1024


class NoAnswerError(ReadError):
    """The server could not be reached, broke off, or took too long: another try may succeed."""


class GoneError(ReadError):
    """The server says that there is no such page (any more): 404 or 410."""


class TooLargeError(ReadError):
    """More bytes than the limit. `read` is how many were taken in before that showed."""

    read = 0


@dataclass(frozen=True, slots=True)
class Download:
    """A server's answer. `content` is decoded, and empty for every status but 2xx."""

    url: str
    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def media_type(self) -> str:
        """The media type that the server states, lower case; empty where it states none."""
        return str(self.headers.get("content-type", "")).split(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The character set that the server states, if any."""
        return httpx.Response(self.status, headers=self.headers).charset_encoding

    @property
    def redirect(self) -> str | None:
        """The address that the server sends on to, absolute; None where it does not. Raises `ReadError` for nonsense."""
        location = self.headers.get("location") if self.status in _REDIRECTS else None
        try:
            return str(httpx.URL(self.url).join(location)) if location else None
        except (httpx.InvalidURL, ValueError) as error:
            raise ReadError("it leads to an impossible address", self.url, f"Tell its owner ({error})") from error

    @property
    def failure(self) -> ReadError | None:
        """What is wrong, where the server answered with a status that is neither success nor "not modified"."""
        if self.status < 300 or self.status == 304:
            return None
        phrase = httpx.codes.get_reason_phrase(self.status)
        what = f"the server answered {self.status} {phrase}".rstrip()
        kind = GoneError if self.status in _GONE else ReadError
        return kind(what, self.url, "Open the address in a browser")


class Downloads:
    """Requests one after the other, over connections that are kept between them. Not for several threads at a time."""

    def __init__(self, allowed_hosts: frozenset[str] = frozenset()) -> None:
        """`allowed_hosts` are the names of hosts that may be reached though their address is not public."""
        self._transport = GuardedTransport(allowed_hosts)
        self._client = httpx.Client(
            transport=self._transport,
            timeout=_WAIT,
            trust_env=False,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate", "Accept": "*/*"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(
        self,
        url: str,
        most_bytes: int | Callable[[str], int],
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = MOST_SECONDS,
    ) -> Download:
        """The answer to one GET, redirects not followed. `most_bytes` may depend on the media type that the server states.

        Raises `NoAnswerError`, `TooLargeError`, `AddressRefusedError`.
        """
        self._transport.deadline = time.monotonic() + seconds
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                answer = Download(url, response.status_code, response.headers, b"")
                if not response.is_success:
                    return answer
                most = most_bytes if isinstance(most_bytes, int) else most_bytes(answer.media_type)
                return Download(url, response.status_code, response.headers, _content(response, url, most))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # UnicodeError: a host that no name can have
            problem = str(error) or type(error).__name__
            raise NoAnswerError(
                "the address does not answer", url, f"Check it and your connection, then try again ({problem})"
            ) from error

    def follow(
        self,
        url: str,
        most_bytes: int,
        *,
        headers: Mapping[str, str] | None = None,
        within: Callable[[str], bool] = lambda _: True,
        seconds: float = MOST_SECONDS,
    ) -> Download:
        """The answer at the end of all redirects; where one leads to an address that is not `within`, that redirect itself."""
        ends = time.monotonic() + seconds
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self.get(url, most_bytes, headers=headers, seconds=max(0.0, ends - time.monotonic()))
            target = answer.redirect
            if target is None or not within(target):
                return answer
            url = target
        raise ReadError("the address does not answer", url, f"It leads on and on ({_MOST_REDIRECTS} redirects); tell its owner")


def _content(response: httpx.Response, url: str, most: int) -> bytes:
    """The decoded body. It is decoded here, piece by piece, since a few kilobytes may unfold to gigabytes."""
    stated = response.headers.get("content-length", "")
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if stated.isdecimal() and int(stated) > most:
        raise _too_large(url, most, 0)
    content = bytearray()
    for piece in _decoded(response, encoding, url, most):
        content += piece
        if len(content) > most:
            raise _too_large(url, most, len(content))
    return bytes(content)


def _decoded(response: httpx.Response, encoding: str, url: str, most: int) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from response.iter_raw()
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):  # several on top of each other are how a bomb hides from a limit
        raise ReadError(f"its content encoding {encoding!r} is not read", url, "Save the page to a file and add the file")
    # Thirty-two is zlib's sign for "gzip or zlib, as the header says".
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 32)
    began = False
    try:
        for raw in response.iter_raw(_PIECE):
            try:
                yield unzip.decompress(raw, most + 1)
            except zlib.error:
                if began or encoding != "deflate":
                    raise
                unzip = zlib.decompressobj(-zlib.MAX_WBITS)  # many servers send deflate without its zlib header
                yield unzip.decompress(raw, most + 1)
            began = True
            if unzip.unconsumed_tail:
                raise _too_large(url, most, most)
    except zlib.error as error:
        raise ReadError("its content is damaged", url, f"Try again later ({error})") from error


def unzipped(content: bytes, most: int, where: str) -> bytes:
    """What the gzip file `content` holds. Raises `TooLargeError` past `most` bytes, `ReadError` for a damaged file."""
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        text = unzip.decompress(content, most)
    except zlib.error as error:
        raise ReadError("the gzip file is damaged", where, f"Try again later ({error})") from error
    if unzip.unconsumed_tail:
        raise _too_large(where, most, most)
    return text


def _too_large(url: str, most: int, read: int) -> TooLargeError:
    error = TooLargeError("the page is too large", url, f"The limit is {most:,} bytes")
    error.read = read
    return error
