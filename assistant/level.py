"""Answers that come out level: which of their documents goes first.

Two documents often say the same, and their scores then lie nearer together than the scores are to be trusted: another wording
of the question would turn them round. So what is written for everyone goes before what is written for research, unless the
question asks about research, and of what is level then the newer goes before the older. Of documents that say the same the one
goes first whose title is nearest to the question, as another wording of the question seldom turns that round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.ranking import Candidate
from index import DocumentSummary

# Scores are logarithms of odds: within these, one sentence is hardly likelier to answer than another. Who it is written for
# decides between more of them than its year, which would cost right answers. Chosen on the starter library.
LEVEL = 1.5
LEVEL_BY_YEAR = 0.75
# Sentences of two documents nearer to each other than this (cosine) say the same, if in other words; and how much nearer to the
# question (cosine) the title of the older must be, for each year between them, to go before the newer then.
SAYS_THE_SAME = 0.75
_A_YEAR = 0.01
_ASKS_RESEARCH = re.compile(
    r"\b(?:stud(?:y|ies)|trials?|research(?:ers)?|evidence|papers?|placebo|percent(?:age)?|meta.?analys[ie]s)\b", re.IGNORECASE
)
_RESEARCH = ("review", "study", "trial")


def settled(
    ranked: Sequence[Candidate], question: str, documents: Mapping[str, DocumentSummary], nearness: Callable[[str], float]
) -> list[Candidate]:
    """`ranked`, best first, with the best one of the document that goes first at the head of those level with the first.

    `documents` holds each document by its id; `nearness` is the cosine of a title and the question.
    """
    best: dict[str, Candidate] = {}
    for candidate in ranked:
        name = candidate.hit.passage.document_id
        if candidate.score >= ranked[0].score - LEVEL and name in documents:  # else it was removed since the search
            best.setdefault(name, candidate)
    if not best:
        return list(ranked)
    asks_research = _ASKS_RESEARCH.search(question) is not None
    fitting = [one for name, one in best.items() if _is_research(documents[name]) is asks_research] or list(best.values())
    level = [one for one in fitting if one.score >= fitting[0].score - LEVEL_BY_YEAR]
    newest = max(level, key=lambda one: documents[one.hit.passage.document_id].year or 0)
    same = [one for one in fitting if one is newest or float(one.vector @ newest.vector) >= SAYS_THE_SAME]

    def fits(candidate: Candidate) -> float:
        document = documents[candidate.hit.passage.document_id]
        return nearness(document.title) + _A_YEAR * (document.year or 0)

    first = max(same, key=fits) if len(same) > 1 else newest
    return [first, *(candidate for candidate in ranked if candidate is not first)]


def _is_research(document: DocumentSummary) -> bool:
    return document.audience == "research" or document.kind in _RESEARCH
