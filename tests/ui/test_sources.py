"""Sources of every sort on the command line: manifests, searches, sites, and reading them all again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.manifest import RECOMMENDED, read_manifest
from index.embedding import Embedder
from tests.corpus.literature_server import CONTACT, Literature
from tests.corpus.site_server import Answer, Site, old_page, prose, served
from tests.ui.commands import Run, command_line

HERE = ("--allow-private", "127.0.0.1", "--delay", "0")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], embedder: Embedder, tmp_path: Path) -> Run:
    monkeypatch.setenv("MYOSITIS_LIBRARY", str(tmp_path / "library"))
    return command_line(monkeypatch, capsys, embedder)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    made.answers["/"] = Answer(old_page("Home", prose("home") + '<a href="/stairs.html">on</a>').encode())
    made.answers["/stairs.html"] = Answer(old_page("Stairs", prose("stairs")).encode())
    with served(made) as running:
        yield running


def test_a_manifest_a_search_and_a_site_are_added_asked_and_read_again(run: Run, site: Site, tmp_path: Path) -> None:
    (tmp_path / "beds.md").write_text("# Beds\n\nA higher bed is easier to leave.\n", encoding="utf-8")
    with served(Literature()) as service:
        manifest = tmp_path / "library.toml"
        manifest.write_text(
            f"""[[source]]
            path = "beds.md"
            kind = "guide"
            year = 2024
            [[source]]
            url = "{site.url}/"
            crawl = true
            [[source]]
            url = "europepmc:falls"
            """,
            encoding="utf-8",
        )
        without = run("add", manifest, *HERE)
        assert without.code == 1
        assert without.out.startswith("3 added, 1 left out\nleft out: europepmc:falls\n  Europe PMC asks")
        assert "settings.toml" in without.out
        assert '[literature] and contact = "you@example.org"' in without.out

        settings = f'[literature]\ncontact = "{CONTACT}"\neurope_pmc_url = "{service.url}/rest"\n'
        (tmp_path / "library" / "settings.toml").write_text(settings, encoding="utf-8")
        again = run("add", manifest, *HERE)
        assert (again.code, again.out) == (0, "2 added, 3 unchanged\n")
        listed = {one["title"]: one for one in run("list", "--json").json()}
        assert (listed["Beds"]["kind"], listed["Beds"]["year"]) == ("guide", 2024)
        assert listed["Falls and stairs"]["pmid"] == "31000001"
        quotes = run("ask", "--json", "Which bed is easier to leave?").json()["quotes"]
        assert quotes[0]["title"] == "Beds"

        assert run("refresh", *HERE).out == "5 unchanged\n"
        (tmp_path / "beds.md").write_text("# Beds\n\nA lower bed is harder to leave.\n", encoding="utf-8")
        del site.answers["/stairs.html"]
        online = run("check", "--online", "--json", *HERE)
        assert online.code == 1
        assert online.json()["ok"] is False
        (problem,) = [one for one in online.json()["problems"] if "127.0.0.1" in one]
        assert "404" in problem
        refreshed = run("refresh", *HERE)
        assert refreshed.code == 0
        assert refreshed.out.startswith("3 unchanged, 1 changed, 1 gone\n")
        assert f"gone: {site.url}/stairs.html\n  the server answered 404" in refreshed.out
        assert f"changed: {(tmp_path / 'beds.md').as_uri()}\n" in refreshed.out
        assert run("refresh", "--remove-gone", *HERE).out.startswith("4 unchanged, 1 removed\n")
        assert run("remove", "europepmc:falls").out == "2 removed\n"
        assert run("check", "--json").json()["documents"] == 2


def test_where_nothing_can_be_reached_each_recommended_source_is_named_with_the_reason(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(host: str, _port: int) -> list[str]:
        raise OSError(f"no way to {host}")

    monkeypatch.setattr("corpus.addresses.resolve", resolve)
    ran = run("add", "recommended", "--delay", "0")
    entries = read_manifest(RECOMMENDED)
    assert ran.code == 1
    assert ran.out.startswith(f"0 added, {len(entries)} left out\n")
    for entry in entries:
        address = re.escape(entry.source.url)
        assert re.search(f"left out: {address}\n  the address (does not answer|was not asked): {address}", ran.out)
    assert ran.err.strip() == ""


def test_a_manifest_with_an_unknown_key_is_left_out_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "beds.md").write_text("# Beds\n\nA higher bed is easier to leave.\n", encoding="utf-8")
    manifest = tmp_path / "mine.toml"
    manifest.write_text('[[source]]\npath = "beds.md"\nlicense = "CC0"\n', encoding="utf-8")
    ran = run("add", manifest, tmp_path / "beds.md")
    assert ran.code == 1
    assert ran.out.startswith("1 added, 1 left out\n")
    assert "there is no key 'license'" in ran.out
    assert "The nearest one is 'licence'" in ran.out
