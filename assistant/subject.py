"""The subject that a library is about, where it holds much else besides: the documents that speak of it."""

from __future__ import annotations

from functools import lru_cache

from assistant.follow_up import names_subject
from index import Library

_NAMES = ("myositis", "inclusion body myopathy", "ibm")
# A few pages on the subject among others do not make it the library's.
_FEWEST_TITLES = 10


def documents_about_it(library: Library) -> frozenset[str]:
    """The ids of the documents that speak of the subject; none where few are about it, or where all speak of it."""
    return _found(library, library.generation())


@lru_cache(maxsize=4)
def _found(library: Library, _generation: str) -> frozenset[str]:
    documents = library.summaries()
    if sum(names_subject(document.title) for document in documents) < _FEWEST_TITLES:
        return frozenset()
    found = library.documents_with(_NAMES)
    return found if len(found) < len(documents) else frozenset()
