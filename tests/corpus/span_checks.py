"""What holds for the spans of every document, however it was read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus import Document, Passage, cut
from corpus.canonical import canonical_line

# What may stand between two sentences: white space, the mark of a list's item, a stray bracket, the number of a note.
NO_WORDS = re.compile(r"(?:[-*•◦▪‣·–—)\]}.,;:\s]|(?<=[.!?])\d{1,3}(?:[,–-]\d{1,3})*)*")


def count_words(texts: Sequence[str]) -> list[int]:
    """A stand-in for the model's word pieces where only the spans matter: two for each word, one for each four letters."""
    return [max(2 * len(text.split()), len(text) // 4) for text in texts]


def check_document(document: Document) -> list[Passage]:
    """Assert that text, sections, pages, passages and sentences of `document` fit together; give the passages."""
    text = document.text
    assert text
    assert all(canonical_line(line) == line for line in text.split("\n"))
    assert "\n\n\n" not in text
    assert text == text.strip()
    check_sections(document)
    check_pages(document)
    passages = cut(document, count_words)
    check_passages(document, passages)
    return passages


def check_sections(document: Document) -> None:
    """Sections are stretches of the text, in order, apart from each other, without white space at their ends."""
    assert document.sections
    at = 0
    for section in document.sections:
        assert at <= section.start < section.end <= len(document.text)
        body = document.text[section.start : section.end]
        assert body == body.strip()
        at = section.end


def check_pages(document: Document) -> None:
    """Pages cover the whole text without a gap or an overlap, and their numbers rise."""
    if not document.pages:
        assert document.page_at(0) is None
        return
    assert document.pages[0].start == 0
    assert document.pages[-1].end == len(document.text)
    for page, following in zip(document.pages, document.pages[1:], strict=False):
        assert page.start < page.end == following.start
        assert page.number < following.number


def check_passages(document: Document, passages: Sequence[Passage]) -> None:
    """Passages are stretches of whole sentences of one quotable section each, and together hold every word of those."""
    text = document.text
    at = 0
    for passage in passages:
        assert passage.document_id == document.id
        assert at <= passage.start < passage.end <= len(text)
        at = passage.end
        assert text[passage.start : passage.end] == passage.text
        homes = [section for section in document.sections if section.start <= passage.start and passage.end <= section.end]
        assert len(homes) == 1
        assert homes[0].quotable
        assert homes[0].path == passage.section
        assert passage.page == document.page_at(passage.start)
        check_sentences(text, passage)
    for section in document.sections:
        if section.quotable:
            spans = [span for passage in passages for span in passage.sentences if section.start <= span[0] < section.end]
            edges = [section.start, *(edge for span in spans for edge in span), section.end]
            for before, after in zip(edges[::2], edges[1::2], strict=True):
                assert NO_WORDS.fullmatch(text, before, after), text[before:after]


def check_sentences(text: str, passage: Passage) -> None:
    """Sentences stand in the passage from its first character to its last, in order, with no words between them."""
    assert passage.sentences
    assert passage.sentences[0][0] == passage.start
    assert passage.sentences[-1][1] == passage.end
    for start, end in passage.sentences:
        assert start < end
        assert text[start:end] == text[start:end].strip()
    for (_, end), (start, _) in zip(passage.sentences, passage.sentences[1:], strict=False):
        assert end <= start
        assert NO_WORDS.fullmatch(text, end, start), text[end:start]
