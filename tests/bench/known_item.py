"""Known-item search over MedQuAD: each question must find its own answer among all of them.

    python -m tests.bench.known_item MEDQUAD_FOLDER WORK_FOLDER [--answers N] [--questions N]

Every answer is a document of its own, with its page's subject as title and without its question. Compared in one run, over the
same passages: the assistant's own ranking, its lexical and its dense ranking alone, and txtai's hybrid with the same model
(`pip install txtai`; left out where it is missing). None of these asks whether a passage holds a sentence to quote; what the
assistant would quote, which leaves out answers that are lists of links, has a row besides. WORK_FOLDER keeps the library, so that
a second run only asks, and one after a stop goes on. An answer word for word like the right one counts as right; questions that
several pages ask are not sampled.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant import ranking, spelling
from assistant.query import Query
from assistant.retrieval import hits_for
from corpus import Source
from index import Hit, Library
from index.embedding import _packaged_model, embedding_prefix
from index.words import match_expression
from tests.bench.medquad import Page, pages

_DEEP = 10
_PASSAGES = 60
_SEED = 7
Ranking = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """A question and the address of its answer, which is unique to it."""

    question: str
    address: str
    answer: str


def items(chosen: Iterable[Page]) -> list[Item]:
    """The pairs of the pages, in their order."""
    return [
        Item(question, f"{page.url}#answer-{number}", answer)
        for page in chosen
        for number, (question, answer) in enumerate(page.pairs, start=1)
    ]


def build(chosen: Sequence[Page], folder: Path) -> Library:
    """The library of all answers of the pages, each a document of its own."""
    texts = folder / "answers"
    texts.mkdir(parents=True, exist_ok=True)
    sources = []
    for page in chosen:
        for number, (_, answer) in enumerate(page.pairs, start=1):
            file = texts / f"{page.name}-{number}.html"
            if not file.is_file():
                single = Page(page.name, page.url, page.subject, (("", answer),))
                file.write_text(single.html().replace("<h2></h2>\n", ""), encoding="utf-8")
            sources.append(Source(url=f"{page.url}#answer-{number}", path=str(file), title=page.subject))
    library = Library.open(folder / "library")
    before = time.monotonic()

    def tell(done: int, total: int, address: str, share: float | None = None) -> None:
        if done and done % 500 == 0:
            print(f"{done} of {total} answers taken in, {time.monotonic() - before:.0f} s", flush=True)

    left_out = [one for one in library.add(sources, tell) if one.status == "left out"]
    if left_out:
        print(f"{len(left_out)} answers left out, such as: {left_out[0].reason}")
    return library


def assistants_own(library: Library) -> Ranking:
    """The passages that the assistant found, each judged by its nearest sentence, whether that can be quoted or not."""

    def found_for(question: str) -> Iterable[str]:
        query, hits = searched(library, question)
        judged = [
            (float(ranking.scored(features).max()), hit.passage.document_id)
            for hit, _, features, _ in ranking.sentence_features(library, query, hits)
            if len(features)
        ]
        return [document for _, document in sorted(judged, key=lambda one: -one[0])]

    return found_for


def quotable(library: Library) -> Ranking:
    """The assistant's candidates: the same passages, each judged by its nearest sentence that can be quoted."""

    def found_for(question: str) -> Iterable[str]:
        query, hits = searched(library, question)
        return [one.hit.passage.document_id for one in ranking.candidates(library, query, hits)]

    return found_for


def searched(library: Library, question: str) -> tuple[Query, list[Hit]]:
    """The question as the assistant reads it, and the passages it looks through."""
    query = Query.of(spelling.mend(question, library), library)
    return query, hits_for(library, query, query.within)


def lexical(library: Library) -> Ranking:
    """BM25 of passages with their titles."""
    store = library._store

    def found_for(question: str) -> Iterable[str]:
        expression = match_expression(question)
        found = [number for number, _ in store.match(expression, _PASSAGES)] if expression else []
        passages = store.passages(found)
        return [passages[number].document_id for number in found]

    return found_for


def dense(library: Library) -> Ranking:
    """Cosine of question and passage."""
    store, index = library._store, library._vector_index()

    def found_for(question: str) -> Iterable[str]:
        found = [number for number, _ in index.search(library.embedder.encode_question(question), _PASSAGES)]
        passages = store.passages(found)
        return [passages[number].document_id for number in found]

    return found_for


def txtai_hybrid(library: Library) -> Ranking:
    """txtai's hybrid of BM25 and vectors, as it comes, over the same passages and with the same weights."""
    from txtai import Embeddings

    embeddings = Embeddings(path=str(_packaged_model()), hybrid=True, content=False)
    ids: list[str] = []
    texts: list[str] = []
    for document in library.documents():
        for passage in library.passages_of(document.id):
            ids.append(document.id)
            texts.append(f"{embedding_prefix(document, passage)}\n{passage.text}")
    embeddings.index((number, text, None) for number, text in enumerate(texts))
    return lambda question: [ids[number] for number, _ in embeddings.search(question, _PASSAGES)]


def measure(order: Ranking, asked: Sequence[Item], right: dict[str, frozenset[str]]) -> tuple[float, float, list[float]]:
    """Recall@1, MRR@10, and the reciprocal rank of each question; `right` holds the ids that count for each address."""
    reciprocal = []
    for item in asked:
        found = list(dict.fromkeys(order(item.question)))[:_DEEP]
        rank = next((place for place, one in enumerate(found, start=1) if one in right[item.address]), None)
        reciprocal.append(1 / rank if rank else 0.0)
    return float(np.mean([value == 1 for value in reciprocal])), float(np.mean(reciprocal)), reciprocal


def main() -> None:
    """Print recall@1 and MRR@10 of each ranking, and how far the assistant's is above each other with a 95 % interval."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("medquad", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answers", type=int, help="take whole pages by chance until there are so many answers")
    parser.add_argument("--questions", type=int, default=2000)
    options = parser.parse_args()
    chance = random.Random(_SEED)  # noqa: S311  # the same sample on every run, no secret
    everything = pages(options.medquad)
    chance.shuffle(everything)
    chosen: list[Page] = []
    while everything and (options.answers is None or sum(len(page.pairs) for page in chosen) < options.answers):
        chosen.append(everything.pop())
    pool = items(chosen)
    library = build(chosen, options.folder)
    ids = {document.url: document.id for document in library.documents()}
    alike: dict[str, set[str]] = {}
    for item in pool:
        if item.address in ids:
            alike.setdefault(" ".join(item.answer.split()), set()).add(ids[item.address])
    right = {item.address: frozenset(alike.get(" ".join(item.answer.split()), ())) for item in pool}
    times_asked = Counter(item.question for item in pool)
    single = [item for item in pool if times_asked[item.question] == 1 and right[item.address]]
    asked = chance.sample(single, min(options.questions, len(single)))
    print(f"{len(asked)} questions, {len(ids)} answers in {library.check().passages} passages")
    rankings = {"assistant": assistants_own, "what it quotes": quotable, "lexical only": lexical, "dense only": dense}
    if importlib.util.find_spec("txtai"):
        rankings["txtai hybrid"] = txtai_hybrid
    else:
        print("txtai is not installed, so it is left out (pip install txtai)")
    results = {}
    for name, make in rankings.items():
        results[name] = measure(make(library), asked, right)
        print(f"{name}: asked; recall@1 {results[name][0]:.3f}  MRR@10 {results[name][1]:.3f}", flush=True)
    own = np.array(results["assistant"][2])
    generator = np.random.default_rng(_SEED)
    draws = generator.integers(0, len(asked), (2000, len(asked)))
    for name, (first, mrr, reciprocal) in results.items():
        line = f"{name:14} recall@1 {first:.3f}  MRR@10 {mrr:.3f}"
        if name != "assistant":
            low, high = np.quantile((own - np.array(reciprocal))[draws].mean(axis=1), (0.025, 0.975))
            line += f"  assistant above it by {own.mean() - mrr:+.3f} ({low:+.3f} to {high:+.3f})"
        print(line)


if __name__ == "__main__":
    main()
