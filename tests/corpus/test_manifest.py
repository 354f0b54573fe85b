"""Manifests: what they may say, and what they are told when they say it wrong."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from corpus import ReadError, Source
from corpus.crawl_state import CrawlLimits
from corpus.manifest import RECOMMENDED, is_manifest, read_manifest
from tests.conftest import ROOT


def written(folder: Path, text: str) -> Path:
    path = folder / "library.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_manifest_lists_sources_of_every_sort(tmp_path: Path) -> None:
    text = """
        [[source]]
        url = "https://example.org/falls.html"
        title = "Falls"
        kind = "guide"
        year = 2024
        audience = "research"
        licence = "CC BY 4.0"
        [[source]]
        path = "leaflets/beds.pdf"
        [[source]]
        url = "https://example.org/"
        crawl = true
        depth = 2
        [[source]]
        url = "pubmed:falls"
    """
    first, second, third, fourth = read_manifest(written(tmp_path, text), CrawlLimits(depth=9, pages=7, delay=0.5))
    assert first.source == Source("https://example.org/falls.html", None, "Falls", "guide", 2024, "research", "CC BY 4.0")
    assert first.crawl is second.crawl is fourth.crawl is None
    assert second.source == Source(url=str(tmp_path / "leaflets" / "beds.pdf"))
    assert third.crawl == CrawlLimits(depth=2, pages=7, delay=0.5)
    assert fourth.source.url == "pubmed:falls"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[source]]\nurl = "https://a.example/"\nlicense = "CC0"', r"no key 'license'.*source 1.*nearest one is 'licence'"),
        ('[[sources]]\nurl = "https://a.example/"', r"no key 'sources'.*nearest one is 'source'"),
        ('[[source]]\nurl = "https://a.example/"\nyear = "2024"', "year cannot be '2024'.*whole number"),
        ('[[source]]\nurl = "https://a.example/"\nyear = true', "year cannot be True"),
        ('[[source]]\nurl = "https://a.example/"\nkind = "book"', "kind 'book' is not one of guide"),
        ('[[source]]\nurl = "https://a.example/"\npath = "a.pdf"', "either a url or a path"),
        ('[[source]]\ntitle = "Falls"', "either a url or a path"),
        ('[[source]]\nurl = "a.example"', "no web address"),
        ('[[source]]\nurl = "file:///etc/passwd"', "no web address"),
        ('[[source]]\npath = "a.pdf"\ncrawl = true', "only a web site can be crawled"),
        ('[[source]]\nurl = "pubmed:falls"\ntitle = "Falls"', "one title cannot fit several"),
        ("", "lists no sources"),
        ("source = 3", "lists no sources"),
        ("[[source", "no valid TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ReadError, match=says) as raised:
        read_manifest(written(tmp_path, text))
    assert "library.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_only_a_file_is_a_manifest(tmp_path: Path) -> None:
    assert is_manifest("here/Library.TOML")
    assert not is_manifest("https://example.org/library.toml")
    with pytest.raises(ReadError, match="no such file"):
        read_manifest(tmp_path / "none.toml")


def test_the_recommended_manifest_names_public_sources_once_each() -> None:
    entries = read_manifest(RECOMMENDED)
    addresses = [entry.source.url for entry in entries]
    assert len(set(addresses)) == len(addresses) >= 15
    hosts = {urlsplit(address).hostname or "" for address in addresses}
    named = ("ibmmyositis.com", "hopkinsmyositis.org", "cureibm.org", "musculardystrophyuk.org", "mda.org", "myositis.org")
    for organisation in (*named, "pmc.ncbi.nlm.nih.gov"):
        assert any(host.removeprefix("www.") == organisation for host in hosts), organisation
    assert all(address.startswith("https://") for address in addresses)
    assert all(entry.source.kind for entry in entries)


def test_every_recommended_address_is_one_of_the_project_s_facts() -> None:
    facts = ROOT.parent / "shared" / "facts" / "facts.md"
    if not facts.is_file():
        pytest.skip(f"the list of facts is not here: {facts}")
    text = facts.read_text(encoding="utf-8")
    assert [one.source.url for one in read_manifest(RECOMMENDED) if f"<{one.source.url}>" not in text] == []


def test_the_manifest_in_the_documentation_is_a_valid_one(tmp_path: Path) -> None:
    shown = (ROOT / "docs" / "manifests.md").read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    assert len(read_manifest(written(tmp_path, shown))) == 4
