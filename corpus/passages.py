"""Cutting a document into passages: runs of whole sentences, never across a section."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from corpus.records import Document, Passage
from corpus.sentences import sentence_spans

# In word pieces of the embedding model. Below the fewest a passage says too little to be found by; above the most, a
# 256-piece model would not read it to the end once title and headings are put before it.
FEWEST_PIECES = 60
MOST_PIECES = 180


def cut(document: Document, count_pieces: Callable[[Sequence[str]], list[int]]) -> list[Passage]:
    """The passages of `document`, in text order, without overlap; every sentence of a quotable section is in one.

    `count_pieces` gives the number of word pieces of each text. A passage holds `FEWEST_PIECES` to `MOST_PIECES` of them
    unless its section is shorter, or one sentence alone is longer.
    """
    passages = []
    for section in document.sections:
        if section.quotable:
            spans = sentence_spans(document.text, section.start, section.end)
            sizes = count_pieces([document.text[start:end] for start, end in spans])
            for first, last in _groups(sizes):
                passages.append(_passage(document, section.path, spans[first:last]))
    return passages


def _groups(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Index ranges of consecutive sentences that make one passage each, of even size so that no short rest is left."""
    total = sum(sizes)
    if total <= MOST_PIECES:
        if sizes:
            yield 0, len(sizes)
        return
    target = max(FEWEST_PIECES, total / -(-total // MOST_PIECES))
    first, running = 0, 0
    for position, size in enumerate(sizes):
        if running and (running + size > MOST_PIECES or running >= target):
            yield first, position
            first, running = position, 0
        running += size
    yield first, len(sizes)


def _passage(document: Document, path: tuple[str, ...], spans: Sequence[tuple[int, int]]) -> Passage:
    start, end = spans[0][0], spans[-1][1]
    return Passage(document.id, start, end, document.text[start:end], path, document.page_at(start), tuple(spans))
