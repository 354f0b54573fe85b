"""Timing answers: processor time against the embedding of the same questions, which no dense search can do without."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from assistant.assistant import Assistant

_ROUNDS = 5
_QUESTIONS = 40


def bench(assistant: Assistant, questions: Sequence[str] | None = None) -> dict[str, float | int]:
    """Processor milliseconds per answer and per embedded question, medians over rounds in turn, and their ratio.

    The questions are by default the titles and headings of the library itself, at most `_QUESTIONS` of them.
    """
    headings = (section.path[-1] for document in assistant.library.documents() for section in document.sections if section.path)
    chosen = list(questions or dict.fromkeys(headings))[:_QUESTIONS]
    embedder = assistant.library.embedder
    assistant.ask(chosen[0])  # the first answer reads the index from disk
    answers: list[float] = []
    embeddings: list[float] = []
    for _ in range(_ROUNDS):
        for question in chosen:
            answers.append(_milliseconds(assistant.ask, question))
            embeddings.append(_milliseconds(embedder.encode_question, question))
    answer, embedding = statistics.median(answers), statistics.median(embeddings)
    return {
        "questions": len(chosen),
        "answer_cpu_ms": round(answer, 1),
        "embedding_cpu_ms": round(embedding, 1),
        "answer_to_embedding": round(answer / embedding, 2),
    }


def _milliseconds(work: Callable[[str], object], question: str) -> float:
    before = time.process_time()
    work(question)
    return (time.process_time() - before) * 1000
