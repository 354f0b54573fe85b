"""Text comes in: a `Source` is read into a `Document`, and a document is cut into `Passage`s."""

from corpus.errors import MyositisError, ReadError
from corpus.fetch import Fetched
from corpus.passages import cut
from corpus.read import expand, read, retrieve
from corpus.records import Document, PageSpan, Passage, Section, Source, document_id

__all__ = [
    "Document",
    "Fetched",
    "MyositisError",
    "PageSpan",
    "Passage",
    "ReadError",
    "Section",
    "Source",
    "cut",
    "document_id",
    "expand",
    "read",
    "retrieve",
]
