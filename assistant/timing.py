"""Timing answers: processor time against the least that a search by meaning takes for the same questions."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from assistant.assistant import Assistant

_ROUNDS = 5
_QUESTIONS = 40
_NEAREST = 10


def bench(assistant: Assistant, questions: Sequence[str] | None = None) -> dict[str, float | int]:
    """Processor milliseconds per answer, per embedded question and per plain dense search; medians over rounds in turn.

    A plain dense search embeds the question and asks FAISS for the nearest vectors, without their texts. The questions are by
    default the titles and headings of the library itself, at most `_QUESTIONS` of them.
    """
    headings = (section.path[-1] for document in assistant.library.documents() for section in document.sections if section.path)
    chosen = list(questions or dict.fromkeys(headings))[:_QUESTIONS]
    assistant.ask(chosen[0])  # the first answer reads the index from disk
    encode, search = assistant.library.embedder.encode_question, plain_search(assistant)
    answers: list[float] = []
    embeddings: list[float] = []
    searches: list[float] = []
    for _ in range(_ROUNDS):
        for question in chosen:
            answers.append(milliseconds(assistant.ask, question))
            embeddings.append(milliseconds(encode, question))
            searches.append(milliseconds(search, question))
    answer, embedding, plain = map(statistics.median, (answers, embeddings, searches))
    return {
        "questions": len(chosen),
        "answer_cpu_ms": round(answer, 1),
        "embedding_cpu_ms": round(embedding, 1),
        "dense_search_cpu_ms": round(plain, 1),
        "answer_to_embedding": round(answer / embedding, 2),
        "answer_to_dense_search": round(answer / plain, 2),
    }


def plain_search(assistant: Assistant) -> Callable[[str], object]:
    """A search by meaning alone, as a program of ten lines does it: the model, and the library's FAISS file."""
    import faiss

    from index.vectors import FILE_NAME

    library = assistant.library
    index = faiss.read_index(str(library.directory / FILE_NAME))
    return lambda question: index.search(library.embedder.encode_question(question)[None, :], _NEAREST)


def milliseconds(work: Callable[[str], object], question: str) -> float:
    """Processor time that `work` takes for `question`."""
    before = time.process_time()
    work(question)
    return (time.process_time() - before) * 1000
