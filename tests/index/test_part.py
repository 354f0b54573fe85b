"""A part of a library finds what a library of those documents alone would find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Source
from index import Library
from index.embedding import Embedder
from index.words import content_words

TEXTS = {
    "falls": "Rugs make people fall. A rail beside the stairs prevents falls. Weak thighs give way.",
    "swallowing": "Small bites help swallowing. A swallowing test shows where food stays. Drink between bites.",
    "stroke": "A stroke weakens one side. Swallowing is hard after a stroke. Rails help there too.",
    "kidneys": "Stones in the kidneys hurt. Drinking helps against stones.",
}
CHOSEN = ("falls", "swallowing")
WORDS = sorted({word for text in TEXTS.values() for word in content_words(text)} | {"zanzibar"})


def _library(folder: Path, embedder: Embedder, names: tuple[str, ...]) -> Library:
    folder.mkdir()
    library = Library.open(folder / "library", embedder=embedder)
    for name in names:
        (folder / f"{name}.md").write_text(f"# {name.capitalize()}\n\n{TEXTS[name]}\n", encoding="utf-8")
    library.add([Source(path=str(folder / f"{name}.md"), url=f"https://example.org/{name}") for name in names])
    return library


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[tuple[Library, Library, frozenset[str]]]:
    """A library of all texts, one of the chosen ones, and the ids of these."""
    folder = tmp_path_factory.mktemp("part")
    with _library(folder / "all", embedder, tuple(TEXTS)) as whole, _library(folder / "some", embedder, CHOSEN) as alone:
        yield whole, alone, frozenset(one.id for one in alone.summaries())


@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
def test_a_part_is_searched_as_if_it_stood_alone(libraries: tuple[Library, Library, frozenset[str]], words: list[str]) -> None:
    whole, alone, chosen = libraries
    question = " ".join(words)
    expected, found = alone.search(question, 10), whole.search(question, 10, within=chosen)
    assert [hit.passage for hit in found] == [hit.passage for hit in expected]
    for one, other in zip(found, expected, strict=True):
        assert (one.dense, one.lexical, one.fused) == pytest.approx((other.dense, other.lexical, other.fused), abs=1e-5)
    assert whole.rarity(words, chosen) == alone.rarity(words)


def test_a_part_follows_the_library(libraries: tuple[Library, Library, frozenset[str]], tmp_path: Path) -> None:
    whole, _, chosen = libraries
    (tmp_path / "new.md").write_text("# Zebras\n\nZebras climb stairs with a rail.\n", encoding="utf-8")
    (added,) = whole.add([Source(path=str(tmp_path / "new.md"))])
    assert added.document_id is not None
    assert whole.rarity(["zebras"], chosen) == [1.0]
    (hit,) = whole.search("zebras", 1, within=chosen | {added.document_id})
    assert hit.passage.document_id == added.document_id
    whole.remove([added.document_id])
    assert all(hit.passage.document_id in chosen for hit in whole.search("zebras", 10, within=chosen | {added.document_id}))


def test_a_part_without_documents_that_exist_finds_nothing(libraries: tuple[Library, Library, frozenset[str]]) -> None:
    whole, _, _ = libraries
    assert whole.search("falls", 5, within=frozenset({"gone"})) == []
    assert whole.rarity(["falls"], frozenset({"gone"})) == [1.0]
