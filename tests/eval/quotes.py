"""Looks at the quotes of an evaluation: what code can see, and a random sample for a person to read.

python -m tests.eval.quotes LIBRARY QUESTIONS.jsonl [--sample 100] [--out FILE]
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterable
from pathlib import Path

from assistant import Assistant, Quote
from assistant.evaluation import load_questions
from assistant.quoting import MOST_SENTENCES
from corpus.sentences import sentence_spans
from index import Library

# A line of a list of references: authors with initials, a year and a journal's numbers, or an identifier alone.
_REFERENCE = re.compile(r"(?:doi:?\s*10\.|https?://doi\.org/|\bPMID\b|\d{4};\s?\d+(?:\(\d+\))?:\s?[eE]?\d+)")
_ENDS = re.compile(r"""[.!?…:;][)\]"'”’¹²³⁰-⁹]*$""")


def faults(library: Library, quote: Quote) -> list[str]:
    """What is wrong with a quote, as far as code can see: its span, its edges, what it is a quote of."""
    document = library.document(quote.document_id)
    found = []
    if document.text[quote.start : quote.end] != quote.text:
        found.append("not the text of its span")
    section = next((one for one in document.sections if one.start <= quote.start and quote.end <= one.end), None)
    if section is None or not section.quotable:
        return [*found, "outside of what may be quoted"]
    spans = sentence_spans(document.text, section.start, section.end)
    if quote.start not in {start for start, _ in spans} or quote.end not in {end for _, end in spans}:
        found.append("not whole sentences")
    if sum(quote.start <= start < quote.end for start, _ in spans) > MOST_SENTENCES:
        found.append("too long")
    plain = " ".join(quote.text.split()).casefold()
    if any(plain == heading.casefold() for one in document.sections for heading in one.path):
        found.append("a heading")
    if _REFERENCE.search(quote.text):
        found.append("a reference line")
    if not _ENDS.search(quote.text.rstrip()) or len(quote.text.split()) < 4:
        found.append("a fragment")
    return found


def sample(quotes: Iterable[Quote], size: int) -> list[Quote]:
    """A random sample, the same for the same quotes."""
    each = list(dict.fromkeys(quotes))
    return random.Random(7).sample(each, min(size, len(each)))  # noqa: S311  # repeatable, no secret


def main() -> None:
    """Count the faults that code can see, and write the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path("quotes.txt"))
    options = parser.parse_args()
    with Assistant.open(options.library) as assistant:
        answers = [assistant.ask(one.turns[-1], one.turns[:-1]) for one in load_questions(options.questions)]
        quotes = [quote for answer in answers for quote in answer.quotes]
        for quote in quotes:
            for fault in faults(assistant.library, quote):
                print(f"{fault}: {quote.title}, {quote.start}: {quote.text[:120]!r}")
    chosen = sample(quotes, options.sample)
    options.out.write_text(
        "\n\n".join(f"{quote.title} · {quote.section}\n{quote.text}" for quote in chosen) + "\n", encoding="utf-8"
    )
    print(f"{len(quotes)} quotes looked at, {len(chosen)} written to {options.out}")


if __name__ == "__main__":
    main()
