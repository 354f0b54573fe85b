"""Passages: whole sentences, one section each, of a size that the model reads to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus import Document, Passage, Section, Source, cut, document_id, read
from corpus.passages import FEWEST_PIECES, MOST_PIECES
from corpus.starter import starter_sources
from tests.corpus.span_checks import check_passages, count_words

if TYPE_CHECKING:
    from index.embedding import Embedder


def document(text: str, *sections: Section) -> Document:
    return Document(
        id=document_id("file:///made-up"),
        url="file:///made-up",
        title="Made up",
        kind="guide",
        year=None,
        audience="everyone",
        licence=None,
        retrieved="2026-01-01",
        text=text,
        sections=sections or (Section(("Made up",), 0, len(text)),),
        pages=(),
        sha256="0" * 64,
        media_type="text/plain",
    )


def ten_pieces(number: int) -> str:
    return f"Sentence {number} has five words."  # ten of `count_words`


def sizes(passages: list[Passage]) -> list[int]:
    return count_words([passage.text for passage in passages])


def test_a_short_section_is_one_passage() -> None:
    text = " ".join(map(ten_pieces, range(3)))
    assert [passage.text for passage in cut(document(text), count_words)] == [text]


def test_a_long_section_is_cut_evenly_without_a_short_rest() -> None:
    text = " ".join(map(ten_pieces, range(38)))  # 380 pieces: three passages, the fewest that hold them
    made = document(text)
    passages = cut(made, count_words)
    check_passages(made, passages)
    assert len(passages) == 3
    assert all(FEWEST_PIECES <= size <= MOST_PIECES for size in sizes(passages))
    assert max(sizes(passages)) - min(sizes(passages)) <= 20


def test_one_sentence_longer_than_a_passage_stands_alone() -> None:
    long = "It goes on " + "and on " * 120 + "and ends."
    text = f"{ten_pieces(1)} {long} {ten_pieces(2)}"
    passages = cut(document(text), count_words)
    assert long in [passage.text for passage in passages]


def test_passages_end_where_their_section_ends() -> None:
    first, second = ten_pieces(1), ten_pieces(2)
    text = f"{first}\n\nHeading\n\n{second}"
    start = text.index(second)
    made = document(text, Section(("A",), 0, len(first)), Section(("A", "Heading"), start, len(text)))
    assert [(passage.section, passage.text) for passage in cut(made, count_words)] == [
        (("A",), first),
        (("A", "Heading"), second),
    ]


def test_what_is_not_quotable_is_in_no_passage() -> None:
    first, second = ten_pieces(1), ten_pieces(2)
    text = f"{first}\n\n{second}"
    made = document(text, Section(("A",), 0, len(first)), Section(("A",), len(first) + 2, len(text), quotable=False))
    assert [passage.text for passage in cut(made, count_words)] == [first]


def test_the_model_reads_every_starter_passage_to_its_end(embedder: Embedder) -> None:
    """A passage past the model's most pieces is one sentence alone; short ones are whole sections or their even parts."""
    for source in starter_sources():
        made = read(source)
        passages = cut(made, embedder.count_pieces)
        check_passages(made, passages)
        for passage, size in zip(passages, embedder.count_pieces([passage.text for passage in passages]), strict=True):
            assert size <= MOST_PIECES or len(passage.sentences) == 1, (source.url, passage.text)
            assert size <= 240, (source.url, passage.text)


def test_cutting_twice_gives_the_same_passages() -> None:
    made = read(Source(path=starter_sources()[0].path))
    assert cut(made, count_words) == cut(made, count_words)
