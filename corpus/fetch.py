"""The bytes of a source: from a file, or over HTTP with a size and time limit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from corpus.errors import ReadError

USER_AGENT = "myositis-assistant/0.1 (reads pages into a local library; one request at a time)"
_MOST_BYTES = 64 * 1024 * 1024
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".pdf": "application/pdf",
}
READABLE_SUFFIXES = frozenset(_MEDIA_TYPES)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Raw bytes with the address they came from in the end (after redirects) and their media type."""

    content: bytes
    url: str
    media_type: str


def is_web_address(url: str) -> bool:
    """Whether `url` is fetched over HTTP rather than read from a file."""
    return url.startswith(("http://", "https://"))


def read_file(path: Path) -> Fetched:
    """The bytes of the file at `path`. Raises `ReadError` for a file that is missing, unreadable or of no known type."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise ReadError("this is a folder, not a file", str(path), "Add the folder, or name a file in it")
        if size > _MOST_BYTES:
            raise ReadError(f"the file is too large ({size:,} bytes)", str(path), f"The limit is {_MOST_BYTES:,} bytes; split it")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError("there is no such file", str(path), "Check the spelling of the path") from error
    except OSError as error:
        raise ReadError("the file cannot be read", str(path), f"Check its permissions ({error.strerror})") from error
    media_type = sniffed_media_type(content) or _MEDIA_TYPES.get(path.suffix.lower())
    if media_type is None:
        known = ", ".join(sorted(READABLE_SUFFIXES))
        raise ReadError("no reader for this type of file", str(path), f"Readable are {known}")
    return Fetched(content, path.resolve().as_uri(), media_type)


def fetch(url: str) -> Fetched:
    """The bytes at the web address `url`. Raises `ReadError` when it does not answer, refuses, or sends too much."""
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=_TIMEOUT, headers={"User-Agent": USER_AGENT}) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code >= 400:
                raise ReadError(
                    f"the server answered {response.status_code} {response.reason_phrase}", url, "Open the address in a browser"
                )
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > _MOST_BYTES:
                    raise ReadError("the page is too large", url, f"The limit is {_MOST_BYTES:,} bytes")
            declared = response.headers.get("content-type", "").split(";")[0].strip().lower()
            final = str(response.url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        problem = str(error) or type(error).__name__
        raise ReadError(
            "the address does not answer", url, f"Check it and your connection, then try again ({problem})"
        ) from error
    suffix = Path(urlsplit(final).path).suffix.lower()
    media_type = sniffed_media_type(bytes(content)) or _known(declared) or _MEDIA_TYPES.get(suffix)
    if media_type is None:
        raise ReadError(
            f"no reader for this type of content ({declared or 'none stated'})", url, "Web pages, text and PDFs are read"
        )
    return Fetched(bytes(content), final, media_type)


def _known(declared: str) -> str | None:
    if declared == "application/xhtml+xml":
        return "text/html"
    return declared if declared in _MEDIA_TYPES.values() else None


def sniffed_media_type(content: bytes) -> str | None:
    """The media type that the first bytes prove, whatever a name or a header says; None where they prove nothing."""
    head = content[:1024].lstrip().lower()
    if b"%pdf-" in head:
        return "application/pdf"
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    return None
