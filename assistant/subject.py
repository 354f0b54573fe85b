"""The subject that a library is about, where it holds much else besides: what a question means that names no subject.

Whoever asks "what helps with swallowing?" here asks about inclusion body myositis, even where five thousand pages on other
diseases stand beside those on this one. So documents that speak of the subject go first there, unless others answer much better,
and the question is searched for with the subject's name as well.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.follow_up import names_subject
from index import Library

NAME = "inclusion body myositis"
# Its words and short names, as a question may hold them.
NAME_WORDS = frozenset(NAME.split()) | {"ibm", "sibm"}
# How much likelier to answer a sentence of such a document is: a logarithm of odds, as the scores of ranking are. Chosen on the
# starter library among 5,000 NIH pages (docs/evaluation.md).
PREFERENCE = 4.0
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
