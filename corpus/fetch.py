"""The bytes of a source: from a file, or over HTTP within bounds (see `download`)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import charset_normalizer

from corpus.download import Download, Downloads
from corpus.errors import ReadError

_MOST_BYTES = 64 * 1024 * 1024
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
# Python decodes these too, but no page is written in them, and some take quadratic time.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined", "mbcs", "oem"})
_SAMPLE = 64 * 1024
# Control characters that no text needs. Old pages hold a stray one; of other bytes every tenth is read as one.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_MOST_CONTROLS, _STRAY_CONTROLS = 0.02, 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """Raw bytes with the address they came from in the end (after redirects) and their media type.

    `charset` is the character set that the server stated, None where it stated none or the bytes are a file's; `etag` and
    `last_modified` are what it wants to be asked with the next time.
    """

    content: bytes
    url: str
    media_type: str
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


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
    except (FileNotFoundError, ValueError) as error:  # ValueError: a NUL in the path
        raise ReadError("there is no such file", str(path), "Check the spelling of the path") from error
    except OSError as error:
        raise ReadError("the file cannot be read", str(path), f"Check its permissions ({error.strerror})") from error
    media_type = sniffed_media_type(content) or _MEDIA_TYPES.get(path.suffix.lower())
    if media_type is None:
        known = ", ".join(sorted(READABLE_SUFFIXES))
        raise ReadError("no reader for this type of file", str(path), f"Readable are {known}")
    return Fetched(content, path.resolve().as_uri(), media_type)


def fetch(
    url: str, allowed_hosts: frozenset[str] = frozenset(), *, etag: str | None = None, last_modified: str | None = None
) -> Fetched:
    """The bytes at the web address `url`. Raises `ReadError` when it does not answer, refuses, or sends too much.

    Only public addresses are reached, and the `allowed_hosts` by name. `etag` and `last_modified` are those of the bytes at
    hand; `NotModifiedError` is raised where the server says that they are still the same.
    """
    with Downloads(allowed_hosts) as downloads:
        return fetch_with(downloads, url, etag=etag, last_modified=last_modified)


def fetch_with(downloads: Downloads, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
    """As `fetch`, over connections that are at hand."""
    answer = downloads.follow(url, _MOST_BYTES, headers=conditions(etag, last_modified))
    if answer.status == 304:
        raise NotModifiedError("the page has not changed", url, "Keep what was read before")
    if answer.failure:
        raise answer.failure
    return fetched(answer)


class NotModifiedError(ReadError):
    """The server says that the bytes at hand are still the same."""


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The request headers that ask for a page only if it has changed."""
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in known.items() if value}


def fetched(answer: Download) -> Fetched:
    """What a server sent, with the media type that it proves or states. Raises `ReadError` where there is no reader for it."""
    suffix = Path(urlsplit(answer.url).path).suffix.lower()
    media_type = sniffed_media_type(answer.content) or readable(answer.media_type) or _MEDIA_TYPES.get(suffix)
    if media_type is None:
        stated = answer.media_type or "none stated"
        raise ReadError(f"no reader for this type of content ({stated})", answer.url, "Web pages, text and PDFs are read")
    headers = answer.headers
    return Fetched(answer.content, answer.url, media_type, answer.charset, headers.get("etag"), headers.get("last-modified"))


def readable(declared: str) -> str | None:
    """The media type that is read for a `declared` one; None where there is no reader for it."""
    if declared == "application/xhtml+xml":
        return "text/html"
    return declared if declared in _MEDIA_TYPES.values() else None


def decoded(content: bytes, *charsets: str | None) -> str:
    """`content` as text: by its byte order mark, else as UTF-8 where it proves to be that, else by the first of the stated
    `charsets` that fits, else as it looks; "" where it is no text at all, as with a picture whose name ends in ".txt".
    """
    text = _decoded(content, charsets)
    return "" if len(_CONTROLS.findall(text)) > max(_STRAY_CONTROLS, len(text) * _MOST_CONTROLS) else text


def _decoded(content: bytes, charsets: Sequence[str | None]) -> str:
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    by_mark = next((name for mark, name in marks.items() if content.startswith(mark)), None)
    # Letters beyond ASCII that are valid UTF-8 from end to end are UTF-8, whatever an old server or editor claims.
    by_proof = None if content.isascii() else "utf-8"
    for charset in (by_mark, by_proof, *charsets, "utf-8"):
        # "iso-8859-1" and "ascii" mean Windows-1252 on the web: https://encoding.spec.whatwg.org/#names-and-labels
        if charset and charset.lower() not in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"):
            try:
                if codecs.lookup(charset).name not in _NO_CHARSETS:
                    return content.decode(charset)
            except (LookupError, UnicodeError, ValueError):  # ValueError: a NUL in the name
                continue
    return _mislabelled(content)


def _mislabelled(content: bytes) -> str:
    """`content` that fits no stated character set: UTF-8 with stray bytes, a script of its own, or Windows-1252."""
    stray = len(re.findall("[\udc80-\udcff]", text := content.decode("utf-8", "surrogateescape")))
    if sum(not character.isascii() for character in text) > 2 * stray:
        return re.sub("[\udc80-\udcff]+", lambda run: run[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text)
    letters = sum(byte >= 0x80 or chr(byte).isalpha() for byte in content[:_SAMPLE])
    if stray and sum(byte >= 0x80 for byte in content[:_SAMPLE]) > letters / 4:  # more than the accents of a Latin script
        best = charset_normalizer.from_bytes(content[:_SAMPLE]).best()
        if best:
            return content.decode(best.encoding, "replace")
    return content.decode("cp1252", errors="replace")


def sniffed_media_type(content: bytes) -> str | None:
    """The media type that the first bytes prove, whatever a name or a header says; None where they prove nothing."""
    head = content[:1024].lstrip().lower()
    if b"%pdf-" in head:
        return "application/pdf"
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    return None
