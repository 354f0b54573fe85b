"""Where each document was read from, and what its server wants to be asked with, so that it can be read again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from corpus import Fetched, Source
from corpus.read import local_path


@dataclass(frozen=True, slots=True)
class Origin:
    """`source` is the address or absolute path, with what its owner stated; the rest is the server's own word.

    `found_by` is the address of the crawl, or the query of the search, that found it; None where it was named itself.
    """

    source: Source
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    found_by: str | None = None

    @classmethod
    def of(cls, source: Source, fetched: Fetched, found_by: str | None = None) -> Origin:
        """The origin of what was `fetched` for `source`."""
        path = local_path(source)
        again = replace(source, url=fetched.url, path=str(Path(path).resolve()) if path else None)
        return cls(again, fetched.charset, fetched.etag, fetched.last_modified, found_by)

    def to_row(self) -> tuple[str, str | None, str | None, str | None, str | None]:
        """As the library's file holds it."""
        return json.dumps(asdict(self.source)), self.charset, self.etag, self.last_modified, self.found_by

    @classmethod
    def from_row(cls, source: str, *stated: str | None) -> Origin:
        """What `to_row` gave."""
        return cls(Source(**json.loads(source)), *stated)
