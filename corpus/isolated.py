"""PDFs are opened in a child process: a file that hangs, crashes or eats memory costs itself, not the run it is part of.

One child serves many files; it is started when first needed and anew after one had to be ended. Messages are JSON lines,
the bytes of a file follow its message, those of a picture the reply; nothing is pickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import IO, Any, Self

from corpus.errors import ReadError
from corpus.fetch import Fetched
from corpus.pdf_ocr import is_installed
from corpus.pdf_picture import page_picture, page_sizes
from corpus.pdf_places import PageBox, PdfPlaces
from corpus.read import read
from corpus.records import Document, PageSpan, Section, Source

# Text recognition takes some six seconds a page and 0.6 GB; its libraries reserve more addresses than memory.
SECONDS = 600 if is_installed() else 90
MEGABYTES = 2000 if is_installed() else 900
_MEBIBYTE = 1024 * 1024
# Of so many PDFs a child keeps where their words are: a reader turns pages.
_KEPT_PLACES = 4


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What a viewer needs of a PDF: (width, height) of each page in points, and the boxes of the words asked for.

    `boxes` is empty where none were asked for, or where their place is not certain.
    """

    sizes: tuple[tuple[float, float], ...]
    boxes: tuple[PageBox, ...]


class IsolatedReader:
    """Reads and draws PDFs, each within `seconds` and `megabytes`. Safe from several threads: they wait for each other."""

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._child: tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]] | None = None
        self._turn = threading.Lock()

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

    def read(self, source: Source, fetched: Fetched, *, menu_lines: frozenset[str] = frozenset()) -> Document:
        """The document that `fetched` holds, as `corpus.read` gives it. Raises `ReadError` for what cannot be read in bounds."""
        head = {
            "task": "read",
            "source": asdict(source),
            "media_type": fetched.media_type,
            "charset": fetched.charset,
            "menu_lines": sorted(menu_lines),
        }
        reply, _ = self._ask(head, fetched.content, fetched.url)
        return _document(reply, fetched.url)

    def layout(self, content: bytes, where: str, text: str, start: int, end: int) -> PageLayout:
        """The pages of the PDF in `content`, and where on them the words `start:end` of `text`, its canonical text, stand.

        An empty span asks for no boxes. Raises `ReadError` for what cannot be read in bounds.
        """
        reply, _ = self._ask({"task": "layout", "text": text, "span": [start, end]}, content, where)
        return PageLayout(
            tuple((width, height) for width, height in reply["sizes"]), tuple(PageBox(**one) for one in reply["boxes"])
        )

    def picture(self, content: bytes, where: str, number: int, boxes: tuple[PageBox, ...], scale: int) -> bytes:
        """Page `number` of the PDF in `content` as a PNG with `boxes` marked: `corpus.pdf_picture.page_picture`, in bounds."""
        head = {"task": "picture", "number": number, "boxes": [asdict(box) for box in boxes], "scale": scale}
        return self._ask(head, content, where)[1]

    def _ask(self, head: dict[str, Any], content: bytes, where: str) -> tuple[dict[str, Any], bytes]:
        """The child's reply, and the bytes that follow it."""
        with self._turn:
            reply, attachment = self._exchange({**head, "where": where, "bytes": len(content)}, content, where)
        if "error" in reply:
            raise ReadError(*reply["error"])
        return reply, attachment

    def _exchange(self, head: dict[str, Any], content: bytes, where: str) -> tuple[dict[str, Any], bytes]:
        child, requests, replies = self._running()
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self._seconds, end)
        timer.start()
        reply: dict[str, Any] = {}
        attachment = b""
        try:
            requests.write(json.dumps(head).encode() + b"\n" + content)
            requests.flush()
            line = replies.readline()
            if line.endswith(b"\n"):
                reply = json.loads(line)
                attachment = replies.read(reply["bytes"])
        except BrokenPipeError:
            pass
        except BaseException:
            # Stopped by the user half way: the next file must not get this one's reply.
            self.close()
            raise
        finally:
            timer.cancel()
        if reply and len(attachment) == reply["bytes"]:
            return reply, attachment
        self.close()
        if late.is_set():
            took = f"reading it took longer than {self._seconds:g} seconds"
            raise ReadError(took, where, "Save it anew from a viewer, or leave it out")
        raise ReadError(
            f"reading it needed more than {self._megabytes} MiB or crashed the reader",
            where,
            "Save it anew from a viewer, split it, or leave it out",
        )

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
    found = reply["document"]
    found["sections"] = tuple(Section(tuple(one.pop("path")), **one) for one in found["sections"])
    found["pages"] = tuple(PageSpan(**one) for one in found["pages"])
    found["topics"] = tuple(found["topics"])
    found["notes"] = tuple(found["notes"])
    try:
        return Document(**found)
    except TypeError as error:
        raise ReadError("the reader's reply is not a document", where, "Install the program again") from error


class _Child:
    """The child's side."""

    def __init__(self) -> None:
        self._places: OrderedDict[bytes, PdfPlaces] = OrderedDict()

    def serve(self, requests: IO[bytes], replies: IO[bytes]) -> None:
        """One reply for each request, until there are no more."""
        while line := requests.readline():
            head = json.loads(line)
            content = requests.read(head["bytes"])
            attachment = b""
            try:
                if head["task"] == "picture":
                    reply: dict[str, Any] = {}
                    boxes = [PageBox(**one) for one in head["boxes"]]
                    attachment = page_picture(content, head["where"], head["number"], boxes, head["scale"])
                elif head["task"] == "layout":
                    reply = self._layout(content, head)
                else:
                    fetched = Fetched(content, head["where"], head["media_type"], head["charset"])
                    document = read(Source(**head["source"]), fetched, menu_lines=frozenset(head["menu_lines"]))
                    reply = {"document": asdict(document)}
            except ReadError as error:
                reply = {"error": [error.what, error.where, error.remedy]}
            except MemoryError:
                return  # no reply says so; the parent starts a fresh child
            replies.write(json.dumps({**reply, "bytes": len(attachment)}).encode() + b"\n" + attachment)
            replies.flush()

    def _layout(self, content: bytes, head: dict[str, Any]) -> dict[str, Any]:
        boxes: list[PageBox] = []
        if head["span"][0] < head["span"][1]:
            places = self._places_of(content, head["where"])
            span = places.find(head["text"], *head["span"])
            boxes = places.boxes(*span) if span else []
        return {"sizes": page_sizes(content, head["where"]), "boxes": [asdict(box) for box in boxes]}

    def _places_of(self, content: bytes, where: str) -> PdfPlaces:
        key = hashlib.sha256(content).digest()
        found = self._places.pop(key, None) or PdfPlaces(content, where)
        self._places[key] = found
        if len(self._places) > _KEPT_PLACES:
            self._places.popitem(last=False)
        return found


def _limit_memory(megabytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MEBIBYTE, megabytes * _MEBIBYTE))


if __name__ == "__main__":
    _limit_memory(int(sys.argv[1]))
    # What a library prints must not be taken for a reply.
    _replies = sys.stdout.buffer
    sys.stdout = sys.stderr
    _Child().serve(sys.stdin.buffer, _replies)
