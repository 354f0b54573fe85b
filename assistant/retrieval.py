"""From a question to the sentences that may answer it, in order.

Where a library is about one disease and holds much else besides, its part on that disease is asked first, as if it stood alone:
whoever asks "what helps with swallowing?" there asks about that disease, even where five thousand other pages stand beside those
on it. The others are heard where they answer much better, as when the question names another disease.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assistant import ranking, reading
from assistant.cross_encoder import cross_encoder
from assistant.level import settled
from assistant.query import Query
from assistant.ranking import Candidate
from assistant.reading_together import read_together
from assistant.subject import documents_about_it
from index import Hit, Library

# How many passages are looked through for the sentence that answers.
DEPTH = 24
# How much likelier to answer (a logarithm of odds, as the scores of ranking are) the best of the other documents must be than the
# best of those on the library's subject to be heard; and what is added for each time that there are e times as many of them,
# for the best of many comes near by chance. Chosen with ten and with four hundred times as many, before what is sought was
# weighed on either side, and kept since it does as well (docs/evaluation.md).
MUCH_BETTER = 3.4
FOR_MANY = 0.27


@dataclass(frozen=True, slots=True)
class Found:
    """What a library holds for a question. `hits` are the passages looked through, `ranked` their candidates, best first;
    `titles` holds the title of each document of the hits by its id, and `times` tells among how many times as many documents the
    best was looked for as there are on the library's subject, 1 where it was looked for among these.
    """

    query: Query
    hits: tuple[Hit, ...]
    ranked: tuple[Candidate, ...]
    titles: Mapping[str, str]
    times: float = 1.0


def asked_of(library: Library, question: str) -> Query:
    """The query for a question that stands alone, its spelling mended, to the part of `library` on its subject."""
    return Query.of(question, library, documents_about_it(library))


def retrieved(library: Library, query: Query) -> tuple[Found, ...]:
    """What `library` holds for a `query` made by `asked_of`: the likeliest first, the next where that does not answer.

    The last is what the part on the library's subject holds, or the library where it has no such part.
    """
    found = _found(library, query, hits_for(library, query, query.within))
    if query.within:
        # Read as the subject's part reads it: what this part does not know weighs most then, as another disease's name should.
        others = [hit for hit in hits_for(library, query, frozenset()) if hit.passage.document_id not in query.within]
        own = max((one.ranked for one in found.ranked), default=-math.inf)
        times = max(1, library.size - len(query.within)) / len(query.within)
        if ranking.best_score(library, query, others) > own + MUCH_BETTER + FOR_MANY * math.log(times):
            anew = Query.of(query.text, library)
            return replace(_found(library, anew, hits_for(library, anew, frozenset())), times=times), found
    return (found,)


def _found(library: Library, query: Query, hits: Sequence[Hit]) -> Found:
    documents = {one.id: one for one in library.summaries({hit.passage.document_id for hit in hits})}
    titles = {one.id: one.title for one in documents.values()}
    read = reading.read(query, ranking.candidates(library, query, hits), titles, library.embedder.identity.sha256)
    ranked = read_together(query, read, titles, partial(cross_encoder, library.embedder))

    def nearness(title: str) -> float:
        return float(query.whole @ library.embedder.encode_title(title))

    return Found(query, tuple(hits), tuple(settled(ranked, query.text, documents, nearness)), titles)


def hits_for(library: Library, query: Query, within: frozenset[str]) -> list[Hit]:
    """The passages that are looked through for the answer, of the documents `within` the library; none means all."""
    sought = query.sought.passage if query.sought else None
    return library.search(query.expanded, DEPTH, query.vector, within, sought=sought, named=query.names.most)
