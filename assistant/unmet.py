"""What of a question is met by what was found, and what is not: by its pieces, and by its words.

Unanswerable questions use the library's own words, and come as near to it as others do; what they ask of the subject is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assistant.query import Query
from assistant.ranking import Candidate
from index.records import Vectors
from index.words import stems_of_text

# A piece of the question further than this (cosine) from every piece of a text is not met by it.
_MET = 0.45


def nearest_by_document(ranked: Sequence[Candidate]) -> dict[str, Vectors]:
    """How near each piece of the question comes to what was found of each document: float32 (pieces,), by document id."""
    nearest: dict[str, Vectors] = {}
    for candidate in ranked:
        name = candidate.hit.passage.document_id
        nearest[name] = np.maximum(nearest.get(name, candidate.nearest), candidate.nearest)
    return nearest


def unmet(query: Query, candidate: Candidate, titles: Mapping[str, str], nearest: Mapping[str, Vectors]) -> dict[str, float]:
    """How well the candidate's document, as far as it was found, meets the question; `nearest` is by `nearest_by_document`.

    `covered` is how near the question's pieces come to it (weighted mean), `missed` the weight of those that no piece comes near
    to, `worst` the nearness of the least met of the weighty ones. `absent` is the rarity in English of the rarest word that
    neither the passage nor its titles hold, `absent_sum` that of all of them, `unheard` that of the words the library never uses.
    """
    passage = candidate.hit.passage
    weights, near = query.wordings[0].weights, nearest[passage.document_id]
    held = stems_of_text(" ".join([titles.get(passage.document_id, ""), *passage.section, passage.text]))
    absent = [rarity for word, rarity in query.rarities.items() if word not in held]
    return {
        "covered": float(weights @ near),
        "missed": float(weights[near < _MET].sum()),
        "worst": float(near[weights > weights.max(initial=0.0) / 2].min(initial=1.0)),
        "absent": max(absent, default=0.0),
        "absent_sum": sum(absent),
        "unheard": sum(query.rarities[word] for word in query.unknown),
    }
