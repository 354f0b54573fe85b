"""Processor time of an answer beside that of others who search the same passages with the same model, in one run.

    python -m tests.bench.speed LIBRARY

txtai's hybrid (`pip install txtai`) is left out where it is missing. It reads in float32, as it comes.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
from collections.abc import Callable

from assistant import Assistant
from assistant.timing import milliseconds, plain_search
from tests.bench.known_item import txtai_hybrid

_ROUNDS, _QUESTIONS = 5, 40


def main() -> None:
    """Print the median of each, and how many of them an answer takes."""
    with Assistant.open(sys.argv[1]) as assistant:
        library = assistant.library
        headings = [section.path[-1] for document in library.documents() for section in document.sections if section.path]
        questions = list(dict.fromkeys(headings))[:_QUESTIONS]
        assistant.ask(questions[0])
        works: dict[str, Callable[[str], object]] = {"assistant": assistant.ask, "plain dense search": plain_search(assistant)}
        if importlib.util.find_spec("txtai"):
            works["txtai hybrid"] = txtai_hybrid(library)
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(_ROUNDS):
            for question in questions:
                for name, work in works.items():
                    times[name].append(milliseconds(work, question))
        answer = statistics.median(times["assistant"])
        for name, found in times.items():
            median = statistics.median(found)
            print(f"{name:20} {median:7.1f} ms  answer / this {answer / median:.2f}")


if __name__ == "__main__":
    main()
