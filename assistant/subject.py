"""The subject that a library is about, where it holds much else besides: the documents that are about it."""

from __future__ import annotations

from functools import lru_cache

from assistant.follow_up import names_subject
from index import Library

# Many a page on other diseases mentions myositis; those that name this one are about it too.
_NAMES = ("inclusion body", "ibm", "sibm")
# A few pages on the subject among others do not make it the library's.
_FEWEST_TITLES = 10


def documents_about_it(library: Library) -> frozenset[str]:
    """The ids of the documents that have the subject in their title or name it in full; none where few are about it, or where all
    are.
    """
    return _found(library, library.generation())


@lru_cache(maxsize=4)
def _found(library: Library, _generation: str) -> frozenset[str]:
    documents = library.summaries()
    titled = {document.id for document in documents if names_subject(document.title)}
    if len(titled) < _FEWEST_TITLES:
        return frozenset()
    found = library.documents_with(_NAMES) | titled
    return found if len(found) < len(documents) else frozenset()
