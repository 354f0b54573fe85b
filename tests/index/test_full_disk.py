"""A disk of two megabytes that runs full or may only be read: one clear message, and the library stays as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import Source
from index import Library, LibraryError
from tests.index.made_up import made_up
from tests.index.word_embedder import WordEmbedder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for two megabytes."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(library: Library, folder: Path, padding: str) -> LibraryError:
    """Add documents until one does not fit; `padding` is what each page holds besides its text."""
    page = folder / "page.html"
    for number in range(1000):
        page.write_text(
            f"<!doctype html><html><!--{padding}--><body><p>{made_up(f'text{number}', sentences=300).text}</p></body></html>"
        )
        try:
            assert add(library, page, number) == "added"
        except LibraryError as error:
            return error
    raise AssertionError("the disk never ran full")


def add(library: Library, page: Path, number: int) -> str:
    return library.add([Source(path=str(page), url=f"https://example.org/{number}")])[0].status


def complete(library: Library) -> int:
    """The number of documents, each of them whole."""
    assert library.check().problems == ()
    return library.check().documents


@pytest.mark.parametrize("padding", ["", "x" * 500_000], ids=["in the database", "in the originals"])
def test_a_full_disk_is_said_and_loses_nothing(small_disk: Path, tmp_path: Path, padding: str) -> None:
    folder = small_disk / "library"
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 300_000)
    with Library.open(folder, embedder=WordEmbedder()) as library:
        error = fill(library, tmp_path, padding)
        assert "the disk is full" in str(error)
        assert str(small_disk) in str(error)
        assert "Free some space" in str(error)
        held = complete(library)
        assert held >= 2
        assert len(library.search("sentence 3 of text1", 3)) == 3
        assert not list((folder / "originals").glob("*.new"))
    with Library.open(folder, create=False, embedder=WordEmbedder()) as again:
        assert complete(again) == held
        assert len(again.search("sentence 3 of text1", 3)) == 3
        ballast.unlink()
        (tmp_path / "page.html").write_text("<!doctype html><html><body><p>There is room again. A last page.</p></body></html>")
        assert add(again, tmp_path / "page.html", 1000) == "added"
        assert again.search("room again", 1)[0].passage.text.startswith("There is room")
        assert complete(again) == held + 1


def test_a_full_disk_takes_no_new_library(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (2 * 1024 * 1024 - 20_000))
    with pytest.raises(LibraryError, match="full"):
        Library.open(small_disk / "library", embedder=WordEmbedder())
    left = small_disk / "library"
    assert not left.exists() or list(left.iterdir()) == []


def test_a_disk_without_one_free_block_is_named_as_full(small_disk: Path) -> None:
    folder = small_disk / "library"
    Library.open(folder, embedder=WordEmbedder()).close()
    subprocess.run(f"head -c 4000000 /dev/zero > {small_disk}/ballast", shell=True, stderr=subprocess.DEVNULL, check=False)  # noqa: S602
    with pytest.raises(LibraryError, match="the disk is full"):
        Library.open(folder, embedder=WordEmbedder())
    (small_disk / "ballast").unlink()
    with Library.open(folder, embedder=WordEmbedder()) as library:
        assert complete(library) == 0


def test_a_library_on_a_disk_that_may_only_be_read_is_searched_and_not_changed(small_disk: Path, tmp_path: Path) -> None:
    page = tmp_path / "ramp.html"
    page.write_text("<!doctype html><html><body><p>The ramp of the clinic is wide enough for a chair.</p></body></html>")
    with Library.open(small_disk / "library", embedder=WordEmbedder()) as library:
        add(library, page, 1)
    assert not list((small_disk / "library").glob("*-wal"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with Library.open(small_disk / "library", embedder=WordEmbedder()) as library:
        assert complete(library) == 1
        assert library.search("how wide is the ramp", 1)
        with pytest.raises(LibraryError, match="can be read but not changed"):
            add(library, page, 2)
