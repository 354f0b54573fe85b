"""The folder that keeps what documents were read from, byte for byte, each file named by its SHA-256."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus import Document
from index.errors import clear_errors


class Originals:
    """The kept files of one library."""

    def __init__(self, folder: Path) -> None:
        """The files in `folder`, which need not exist yet."""
        self._folder = folder

    def path(self, document: Document) -> Path:
        """Where the bytes that `document` was read from are kept."""
        return self._folder / _name(document.sha256, document.media_type)

    def keep(self, document: Document, content: bytes) -> None:
        """Keep `content`, whole or not at all. Raises `LibraryError` where it cannot be written."""
        path = self.path(document)
        if not path.is_file():
            with clear_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                draft = path.with_suffix(".new")
                try:
                    draft.write_bytes(content)
                    draft.replace(path)
                finally:
                    draft.unlink(missing_ok=True)

    def forget_others(self, named: Iterable[tuple[str, str]]) -> None:
        """Remove every file but those of the SHA-256 and media type that are `named`."""
        kept = {_name(sha256, media_type) for sha256, media_type in named}
        for path in self._folder.glob("*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _name(sha256: str, media_type: str) -> str:
    suffix = {"application/pdf": ".pdf", "text/html": ".html", "text/markdown": ".md"}.get(media_type)
    if suffix is None:
        suffix = next((f".{kind}" for kind in ("xml", "json") if media_type.endswith(f"+{kind}")), ".txt")
    return f"{sha256}{suffix}"
