"""Text is found: a `Library` on disk holds passages, their words and their vectors; a search gives `Hit`s."""

from index.errors import LibraryError
from index.library import Library
from index.records import Added, DocumentSummary, Health, Hit, QuestionVectors, SentenceVectors

__all__ = ["Added", "DocumentSummary", "Health", "Hit", "Library", "LibraryError", "QuestionVectors", "SentenceVectors"]
