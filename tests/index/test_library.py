"""A library directory: what goes in, what comes out, and what is left after a removal."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus import Source, passages, read
from corpus.read import READER_VERSION
from index import Library, LibraryError, intake
from index.embedding import embedded_texts
from index.records import Vectors
from tests.corpus.span_checks import check_passages
from tests.index.looking import add, everything, found, originals, rows
from tests.index.word_embedder import WordEmbedder

# Adding


def test_what_is_added_comes_out_as_it_was_read(library: Library, leaflets: Path) -> None:
    outcomes = library.add([Source(path=str(leaflets))])
    assert [(outcome.status, Path(outcome.url).name) for outcome in outcomes] == [
        ("added", "falls.txt"),
        ("added", "hands.html"),
        ("added", "swallowing.md"),
    ]
    for outcome in outcomes:
        document = library.document(str(outcome.document_id))
        file = leaflets / Path(outcome.url).name
        assert document == read(Source(url=outcome.url))
        passages = library.passages_of(document.id)
        assert len(passages) == outcome.passages >= 1
        check_passages(document, passages)
        original = library.original_path(document)
        assert original.suffix == file.suffix
        assert original.read_bytes() == file.read_bytes()
    assert [document.title for document in library.documents()] == ["Falls", "Hands", "Swallowing"]
    assert [(summary.title, summary.passages) for summary in library.summaries()] == [
        ("Falls", 1),
        ("Hands", 1),
        ("Swallowing", 2),
    ]
    assert library.check().problems == ()


def test_details_that_were_stated_are_kept(library: Library, leaflets: Path) -> None:
    source = Source(path=str(leaflets / "falls.txt"), title="T", kind="news", year=1999, audience="research", licence="CC0")
    library.add([source])
    (document,) = library.documents()
    assert (document.title, document.kind, document.year, document.audience, document.licence) == (
        "T",
        "news",
        1999,
        "research",
        "CC0",
    )


def test_text_of_any_script_comes_out_unchanged(library: Library, tmp_path: Path) -> None:
    text = "Été \U0001f468\u200d\U0001f469\u200d\U0001f467 ضعف العضلات. 筋力低下です。 \U0001d400 ends.\n\nמילה אחרונה."
    (tmp_path / "odd.txt").write_text(text)
    add(library, tmp_path / "odd.txt")
    (document,) = library.documents()
    assert document.text == text
    check_passages(document, library.passages_of(document.id))


def test_the_same_input_again_changes_nothing_and_embeds_nothing(
    library: Library, leaflets: Path, word_embedder: WordEmbedder
) -> None:
    add(library, leaflets)
    before, read_before, index = everything(library), word_embedder.passages_read, (library.directory / "vectors.faiss").stat()
    assert add(library, leaflets) == ["unchanged"] * 3
    assert word_embedder.passages_read == read_before
    assert everything(library) == before
    assert (library.directory / "vectors.faiss").stat() == index


def test_a_changed_input_replaces_what_was_there(library: Library, leaflets: Path, word_embedder: WordEmbedder) -> None:
    add(library, leaflets)
    read_before = word_embedder.passages_read
    (leaflets / "falls.txt").write_text("Falls\n\nA walker steadies those who fall.\n")
    assert add(library, leaflets) == ["replaced", "unchanged", "unchanged"]
    assert word_embedder.passages_read == read_before + 1
    assert library.check().documents == 3
    assert found(library, "walker steadies") == "A walker steadies those who fall."
    assert not any("brace" in hit.passage.text for hit in library.search("brace for the knee"))
    assert len(originals(library)) == 3
    assert library.check().problems == ()


def test_the_same_text_is_taken_in_again_where_a_later_version_cuts_it_otherwise(
    library: Library, leaflets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, leaflets)
    monkeypatch.setattr(intake, "READER_VERSION", READER_VERSION + 1)
    assert add(library, leaflets) == ["unchanged"] * 3
    monkeypatch.setattr(intake, "READER_VERSION", READER_VERSION + 2)
    monkeypatch.setattr(passages, "MOST_PIECES", 1)
    assert "replaced" in add(library, leaflets)
    assert library.check().problems == ()


def test_other_details_for_the_same_text_replace_it(library: Library, leaflets: Path) -> None:
    path = str(leaflets / "falls.txt")
    assert [library.add([Source(path=path, title=title)])[0].status for title in ("A", "B", "B", None)] == [
        "added",
        "replaced",
        "unchanged",
        "replaced",
    ]


def test_a_bad_input_is_left_out_and_the_rest_goes_in(library: Library, leaflets: Path) -> None:
    (leaflets / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (leaflets / "empty.txt").touch()
    (leaflets / "nothing").mkdir()
    outcomes = library.add(
        [Source(url=str(leaflets / "missing.txt")), Source(path=str(leaflets)), Source(path=str(leaflets / "nothing"))]
    )
    left_out = {Path(outcome.url).name: outcome.reason for outcome in outcomes if outcome.status == "left out"}
    assert set(left_out) == {"missing.txt", "broken.pdf", "empty.txt", "nothing"}
    for name, reason in left_out.items():
        assert name in reason
    assert sorted(outcome.status for outcome in outcomes if outcome.status != "left out") == ["added"] * 3
    assert library.check().problems == ()


def test_a_changed_sentence_is_embedded_alone(library: Library, tmp_path: Path, word_embedder: WordEmbedder) -> None:
    page = tmp_path / "page.md"
    lines = [f"## Part {number}\n\nLine {number} stands here. It has a second line {number}." for number in range(9)]
    page.write_text("# Page\n\n" + "\n\n".join(lines))
    add(library, page)
    before = dict(zip(word_embedder.texts_read, _vectors(library), strict=True))
    assert len(before) == 9 * 3
    word_embedder.texts_read.clear()
    page.write_text(page.read_text().replace("Line 4 stands", "Line four stands"))
    assert add(library, page) == ["replaced"]
    assert word_embedder.texts_read == [
        "Page. Part 4\nLine four stands here. It has a second line 4.",
        "Part 4 Line four stands here.",
    ]
    (document,) = library.documents()
    texts = embedded_texts(document, library.passages_of(document.id))
    kept = [np.array_equal(before[text], vector) for text, vector in zip(texts, _vectors(library), strict=True) if text in before]
    assert kept == [True] * 25
    assert library.check().problems == ()


def test_what_was_embedded_in_another_way_is_embedded_anew(
    library: Library, leaflets: Path, word_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, leaflets)
    word_embedder.texts_read.clear()
    for module in ("index.store", "index.embedding"):
        monkeypatch.setattr(f"{module}.ENCODING_VERSION", 10**6)
    assert [problem for problem in library.check().problems if "3 documents were embedded by an earlier version" in problem]
    assert add(library, leaflets) == ["replaced"] * 3
    assert len(word_embedder.texts_read) == len(_vectors(library))
    assert add(library, leaflets) == ["unchanged"] * 3
    assert library.check().problems == ()


def _vectors(library: Library) -> list[Vectors]:
    """All vectors of the passages of each document, then those of its sentences, in the order in which they are read."""
    found = []
    for document in sorted(library.documents(), key=lambda document: document.url):
        stored = library._store.vectors_of(document.id)
        found += [one.passage for one in stored] + [row for one in stored for row in one.sentences]
    return found


def test_two_files_that_name_one_address_do_not_take_turns(library: Library, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    head = '<html><head><link rel="canonical" href="https://example.org/page"></head>'
    for name in ("a", "b"):
        (pages / f"{name}.html").write_text(f"{head}<body><p>{name} is what it says.</p></body></html>")
    for expected in (["added", "left out"], ["unchanged", "left out"]):
        outcomes = library.add([Source(path=str(pages))])
        assert [outcome.status for outcome in outcomes] == expected
        assert "a.html" in outcomes[1].reason
        assert "https://example.org/page" in outcomes[1].reason
    (document,) = library.documents()
    assert document.text == "a is what it says."


def test_an_input_that_is_named_twice_is_read_once(library: Library, leaflets: Path) -> None:
    assert add(library, leaflets / "falls.txt", leaflets) == ["added", "unchanged", "added", "added"]


def test_progress_is_told_before_each_input_and_at_the_end(library: Library, leaflets: Path) -> None:
    """It counts what is dealt with: three short inputs are written together."""
    told: list[tuple[int, int, str]] = []

    def tell(done: int, total: int, address: str, share: float | None = None) -> None:
        told.append((done, total, Path(address).name))

    library.add([Source(path=str(leaflets))], progress=tell)
    assert told == [(0, 3, "falls.txt"), (0, 3, "hands.html"), (0, 3, "swallowing.md"), (3, 3, "")]
    told.clear()
    library.add([Source(path=str(leaflets))], progress=tell)
    assert told == [(0, 3, "falls.txt"), (1, 3, "hands.html"), (2, 3, "swallowing.md"), (3, 3, "")]


def test_progress_tells_the_share_of_the_bytes_that_is_dealt_with(library: Library, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.txt").write_text("Long.\n\n" + "The hand is weak. " * 400, encoding="utf-8")
    (pages / "b.txt").write_text("Short.\n\nThe thigh is weak.", encoding="utf-8")
    told: list[float | None] = []

    def tell(done: int, total: int, address: str, share: float | None = None) -> None:
        told.append(share)

    library.add([Source(path=str(pages))])  # what is there already is dealt with one by one
    library.add([Source(path=str(pages))], progress=tell)
    first, second, last = told
    assert first == 0
    assert second is not None
    assert second > 0.99
    assert last is None, "all are dealt with"
    told.clear()
    library.add([Source(path=str(pages)), Source(url="https://127.0.0.1/")], progress=tell)
    assert set(told) == {None}, "nobody knows the size of a page that was not read yet"


def test_an_interruption_keeps_what_was_complete(library: Library, leaflets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.intake._TEXTS_AT_ONCE", 1)

    def interrupt(done: int, total: int, address: str, share: float | None = None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add([Source(path=str(leaflets))], progress=interrupt)
    assert [document.title for document in library.documents()] == ["Falls", "Hands"]
    assert found(library, "bottles are hard to open").startswith("The grip")
    assert library.check().problems == ()
    assert add(library, leaflets) == ["unchanged", "unchanged", "added"]


def test_documents_are_told_apart_by_address_not_by_content(library: Library, leaflets: Path) -> None:
    shutil.copy(leaflets / "falls.txt", leaflets / "copy.txt")
    assert add(library, leaflets / "falls.txt", leaflets / "copy.txt") == ["added", "added"]
    assert len({document.sha256 for document in library.documents()}) == 1
    assert hashlib.sha256((leaflets / "falls.txt").read_bytes()).hexdigest() in next(iter(originals(library)))


def test_an_odd_title_is_taken_in(library: Library, leaflets: Path) -> None:
    (leaflets / "odd.md").write_text('---\ntitle: "half \\uD83D"\nlicence: {a: 1}\n---\n\n# Odd\n\nWords here.\n')
    assert add(library, leaflets / "odd.md") == ["added"]
    (document,) = library.documents()
    assert document.title.encode()


# Removing


def test_a_removal_leaves_no_passage_word_vector_or_original(library: Library, leaflets: Path) -> None:
    add(library, leaflets / "falls.txt", leaflets / "hands.html")
    before = everything(library)
    add(library, leaflets / "swallowing.md")
    (document,) = [document for document in library.documents() if document.title == "Swallowing"]
    assert library.search("zanzibar")[0].lexical > 0
    assert rows(library, "SELECT * FROM vocabulary WHERE term = 'zanzibar'")
    assert library.remove([document.id]) == []
    assert everything(library) == before
    assert not library.has_word("zanzibar")
    assert all(hit.passage.document_id != document.id for hit in library.search("food stuck in the throat zanzibar"))
    with pytest.raises(LibraryError, match="myositis list"):
        library.document(document.id)
    assert library.passages_of(document.id) == []
    assert library.check().problems == ()


def test_nothing_of_a_removed_text_stays_in_the_files(library: Library, leaflets: Path, word_embedder: WordEmbedder) -> None:
    add(library, leaflets)
    (document,) = [document for document in library.documents() if document.title == "Swallowing"]
    vector = word_embedder.encode_passages(document, library.passages_of(document.id))[0].passage.tobytes()
    library.close()
    held = [path for path in library.directory.rglob("*") if path.is_file()]
    assert any(b"Zanzibar" in path.read_bytes() for path in held)
    assert any(vector in path.read_bytes() for path in held)
    with Library.open(library.directory, embedder=word_embedder) as again:
        again.remove([document.id])
    for path in library.directory.rglob("*"):
        if path.is_file():
            assert b"zanzibar" not in path.read_bytes().lower(), path.name
            assert vector not in path.read_bytes(), path.name


@pytest.mark.parametrize("way", ["id", "address", "path", "relative path"])
def test_a_document_is_removed_by_any_of_its_names(
    library: Library, leaflets: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, leaflets / "falls.txt")
    (document,) = library.documents()
    monkeypatch.chdir(leaflets)
    name = {"id": document.id, "address": document.url, "path": str(leaflets / "falls.txt"), "relative path": "falls.txt"}[way]
    assert library.remove([name, "nobody"]) == ["nobody"]
    assert list(library.documents()) == []
    assert library.search("falls") == []


def test_removing_what_is_not_there_changes_nothing(library: Library, leaflets: Path) -> None:
    add(library, leaflets)
    before = rows(library, "SELECT * FROM manifest")
    assert library.remove(["https://example.org/", "falls.txt"]) == ["https://example.org/", "falls.txt"]
    assert rows(library, "SELECT * FROM manifest") == before


def test_an_original_stays_as_long_as_one_document_is_read_from_it(library: Library, leaflets: Path) -> None:
    shutil.copy(leaflets / "falls.txt", leaflets / "copy.txt")
    add(library, leaflets / "falls.txt", leaflets / "copy.txt")
    assert len(originals(library)) == 1
    library.remove([str(leaflets / "falls.txt")])
    assert len(originals(library)) == 1
    library.remove([str(leaflets / "copy.txt")])
    assert originals(library) == set()


# The vectors' file


@pytest.mark.parametrize("damage", ["missing", "truncated", "garbled", "empty", "of another library"])
def test_a_damaged_vectors_file_is_rebuilt(
    library: Library, leaflets: Path, tmp_path: Path, damage: str, word_embedder: WordEmbedder
) -> None:
    add(library, leaflets)
    question = "the grip weakens and bottles are hard to open"
    expected = library.search(question)
    library.close()
    file = library.directory / "vectors.faiss"
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "of another library":
        with Library.open(tmp_path / "other", embedder=word_embedder) as other:
            add(other, leaflets / "falls.txt")
        shutil.copy(tmp_path / "other" / "vectors.faiss", file)
    else:
        file.write_bytes({"truncated": whole[:-40], "garbled": bytes(255 - byte for byte in whole), "empty": b""}[damage])
    with Library.open(library.directory, embedder=word_embedder) as again:
        assert again.search(question) == expected
        assert again.check().problems == ()
    assert file.read_bytes() == whole


def test_a_stale_vectors_file_is_rebuilt(library: Library, leaflets: Path, word_embedder: WordEmbedder) -> None:
    add(library, leaflets / "falls.txt")
    file = library.directory / "vectors.faiss"
    stale = file.read_bytes()
    add(library, leaflets / "hands.html")
    library.close()
    file.write_bytes(stale)
    with Library.open(library.directory, embedder=word_embedder) as again:
        assert again.search("bottles are hard to open")[0].dense > 0.5
        assert again.check().problems == ()
