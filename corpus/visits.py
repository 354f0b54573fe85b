"""Single pages asked for one after the other: each host gets its pause between two requests."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from corpus.download import Downloads, NoAnswerError
from corpus.fetch import Fetched, fetch_with

# So many pages without an answer in a row mean that the host is down: each may take minutes to find that out.
_SILENT = 2


class Visits:
    """Fetches as `corpus.fetch` does, over kept connections, `delay` seconds apart at each host. For one thread at a time."""

    def __init__(self, allowed_hosts: frozenset[str] = frozenset(), delay: float = 1.0) -> None:
        """`allowed_hosts` are the names of hosts that may be reached though their address is not public."""
        self._allowed = allowed_hosts
        self._downloads: Downloads | None = None  # made when it is needed: many a list of sources has files only
        self._delay = delay
        self._last: dict[str, float] = {}
        self._silent: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._downloads is not None:
            self._downloads.close()

    def fetch(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The bytes at `url`, asked for politely. Raises what `corpus.fetch.fetch` raises."""
        host = "/".join(url.split("/", 3)[:3])
        left = self._last.get(host, -self._delay) + self._delay - time.monotonic()
        if left > 0:
            time.sleep(left)
        if self._silent.get(host, 0) >= _SILENT:
            raise NoAnswerError("the address was not asked", url, f"{host} did not answer for other pages; try again later")
        self._downloads = self._downloads or Downloads(self._allowed)
        try:
            fetched = fetch_with(self._downloads, url, etag=etag, last_modified=last_modified)
        except NoAnswerError:
            self._silent[host] = self._silent.get(host, 0) + 1
            raise
        finally:
            self._last[host] = time.monotonic()
        self._silent.pop(host, None)
        return fetched
