"""The one error a user of this project meets: what happened, where, and what to do about it."""

from __future__ import annotations


class MyositisError(Exception):
    """A failure that its reader can act on.

    Every room raises this class or a subclass of it for what a user may cause or must know; the command line and the
    page print it as it is. Anything else that escapes is a defect of the program.
    """

    def __init__(self, what: str, where: str, remedy: str) -> None:
        """`what` happened, `where` (a path, an address, an option), and the `remedy`, each a phrase without a full stop."""
        super().__init__(f"{what}: {where}. {remedy}.")
        self.what = what
        self.where = where
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[MyositisError], tuple[str, str, str]]:
        """Three arguments make one, not the joined message: needed to cross a process border."""
        return (type(self), (self.what, self.where, self.remedy))


class ReadError(MyositisError):
    """A source that could not be read into a document."""


class RetractedError(ReadError):
    """An article that its journal has taken back: nothing in it may be quoted. `pmid` is its number in PubMed, if known."""

    pmid: str | None = None

    @classmethod
    def of(cls, where: str, pmid: str | None) -> RetractedError:
        """The error for the article at `where`."""
        error = cls("the article was retracted", where, "It stays out of the library")
        error.pmid = pmid
        return error
