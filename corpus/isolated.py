"""Reading in a child process: a file that hangs, crashes or eats memory costs itself, not the run it is part of.

One child serves many files; it is started when first needed and anew after one had to be ended. Messages are JSON lines,
the bytes of a file follow its message; nothing is pickled.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from dataclasses import asdict
from types import TracebackType
from typing import IO, Any, Self

from corpus.errors import ReadError
from corpus.fetch import Fetched
from corpus.pdf_ocr import is_installed
from corpus.read import read
from corpus.records import Document, PageSpan, Section, Source

# Text recognition takes some six seconds a page and 0.6 GB; its libraries reserve more addresses than memory.
SECONDS = 600 if is_installed() else 90
MEGABYTES = 2000 if is_installed() else 900
_MEBIBYTE = 1024 * 1024


class IsolatedReader:
    """Reads sources as `corpus.read` does, each within `seconds` and `megabytes`. For one thread at a time."""

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._child: tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child[0].kill()
            self._child[0].communicate()
            self._child = None

    def read(self, source: Source, fetched: Fetched) -> Document:
        """The document that `fetched` holds. Raises `ReadError` for what cannot be read within the limits."""
        child, requests, replies = self._running()
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self._seconds, end)
        timer.start()
        try:
            head = {"source": asdict(source), "url": fetched.url, "media_type": fetched.media_type, "bytes": len(fetched.content)}
            requests.write(json.dumps(head).encode() + b"\n" + fetched.content)
            requests.flush()
            reply = replies.readline()
        except BrokenPipeError:
            reply = b""
        except BaseException:
            # Stopped by the user half way: the next file must not get this one's reply.
            self.close()
            raise
        finally:
            timer.cancel()
        if not reply:
            self.close()
            if late.is_set():
                took = f"reading it took longer than {self._seconds:g} seconds"
                raise ReadError(took, fetched.url, "Save it anew from a viewer, or leave it out")
            raise ReadError(
                f"reading it needed more than {self._megabytes} MiB or crashed the reader",
                fetched.url,
                "Save it anew from a viewer, split it, or leave it out",
            )
        return _document(json.loads(reply), fetched.url)

    def _running(self) -> tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]:
        """The child with the pipes to and from it."""
        if self._child is None or self._child[0].poll() is not None:
            self.close()
            command = [sys.executable, "-m", "corpus.isolated", str(self._megabytes)]
            child = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            if child.stdin is None or child.stdout is None:
                raise RuntimeError("a child with pipes has them")
            self._child = (child, child.stdin, child.stdout)
        return self._child


def _document(reply: dict[str, Any], where: str) -> Document:
    if "error" in reply:
        raise ReadError(*reply["error"])
    found = reply["document"]
    found["sections"] = tuple(Section(tuple(one.pop("path")), **one) for one in found["sections"])
    found["pages"] = tuple(PageSpan(**one) for one in found["pages"])
    found["topics"] = tuple(found["topics"])
    found["notes"] = tuple(found["notes"])
    try:
        return Document(**found)
    except TypeError as error:
        raise ReadError("the reader's reply is not a document", where, "Install the program again") from error


def _serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """The child's side: one reply line for each request, until there are no more."""
    while line := requests.readline():
        head = json.loads(line)
        content = requests.read(head["bytes"])
        try:
            document = read(Source(**head["source"]), Fetched(content, head["url"], head["media_type"]))
            reply: dict[str, Any] = {"document": asdict(document)}
        except ReadError as error:
            reply = {"error": [error.what, error.where, error.remedy]}
        except MemoryError:
            return  # an empty reply says so; the parent starts a fresh child
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()


def _limit_memory(megabytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MEBIBYTE, megabytes * _MEBIBYTE))


if __name__ == "__main__":
    _limit_memory(int(sys.argv[1]))
    # What a library prints must not be taken for a reply.
    _replies = sys.stdout.buffer
    sys.stdout = sys.stderr
    _serve(sys.stdin.buffer, _replies)
