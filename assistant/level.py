"""Answers that come out level: which of their documents goes first.

Two documents often say the same, and their scores then lie nearer together than the scores are to be trusted: another wording
of the question would turn them round. So what is written for everyone goes before what is written for research, unless the
question asks about research, and the newer before the older.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.ranking import Candidate
from index import DocumentSummary

# Scores are logarithms of odds: within this, one sentence is hardly likelier to answer than another. Chosen on the starter
# library.
LEVEL = 1.0
_ASKS_RESEARCH = re.compile(
    r"\b(?:stud(?:y|ies)|trials?|research(?:ers)?|evidence|papers?|placebo|percent(?:age)?|meta.?analys[ie]s)\b", re.IGNORECASE
)
_RESEARCH = ("review", "study", "trial")


def settled(ranked: Sequence[Candidate], question: str, documents: Mapping[str, DocumentSummary]) -> list[Candidate]:
    """`ranked`, best first, with the best one of the document that goes first at the head of those level with the first.

    `documents` holds each document by its id.
    """
    if not ranked:
        return []
    asks_research = _ASKS_RESEARCH.search(question) is not None
    best: dict[str, Candidate] = {}
    for candidate in ranked:
        if candidate.score >= ranked[0].score - LEVEL:
            best.setdefault(candidate.hit.passage.document_id, candidate)

    def order(candidate: Candidate) -> tuple[bool, int]:
        document = documents.get(candidate.hit.passage.document_id)
        if document is None:  # removed since the search
            return True, 0
        is_research = document.audience == "research" or document.kind in _RESEARCH
        return is_research is not asks_research, -(document.year or 0)

    first = min(best.values(), key=order)
    return [first, *(candidate for candidate in ranked if candidate is not first)]
