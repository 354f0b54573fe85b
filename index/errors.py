"""What can go wrong with a library on disk."""

from __future__ import annotations

from corpus import MyositisError


class LibraryError(MyositisError):
    """A library that is missing, damaged, locked, full, or of another make."""
