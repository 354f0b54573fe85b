"""Every language of the page has every text, with the same places to fill, and the right one is spoken to each reader."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import httpx
import pytest
from lxml import html

from assistant import texts as fixed
from ui import texts
from ui.fixed_texts import fixed_html, rendering, unreviewed_html
from ui.texts import DEFAULT, LANGUAGES, chosen_language, speaking, text

# What looks like "table.key" and is a file's name.
_ENDINGS = ("typ", "html", "jsonl", "css", "js")
_ROOM = Path(texts.__file__).parent


def _filled(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def _flat(language: str) -> dict[str, str]:
    return {f"{table}.{key}": words for table, entries in texts._texts[language].items() for key, words in entries.items()}


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != DEFAULT])
def test_a_language_is_complete_and_fills_the_same_places(language: str) -> None:
    first, other = _flat(DEFAULT), _flat(language)
    assert set(first) == set(other)
    assert {name for name in first if _filled(first[name]) != _filled(other[name])} == set()
    assert [name for name in other if not other[name].strip()] == []
    same = [name for name in first if first[name] == other[name] and not name.startswith("languages.")]
    assert len(same) < len(first) / 10, f"not translated: {same}"


def test_every_text_that_is_named_in_code_is_there_and_none_is_left_over() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in _ROOM.rglob("*.py"))
    tables = texts._texts[DEFAULT]
    known = _flat(DEFAULT)
    quoted = re.findall(r"[\"']([a-z_]+\.[a-z_]+)[\"']", code)
    named = {name for name in quoted if name.split(".")[0] in tables and name.split(".")[1] not in _ENDINGS}
    assert named - set(known) == set()
    # A name made of parts, text(f"kinds.{kind}") or text(f"{name}.button"), stands for all that it can become.
    tables_made = set(re.findall(r"[\"']([a-z_]+)\.\{", code))
    keys_made = set(re.findall(r"\}\.([a-z_]+)[\"']", code))
    left = {name for name in set(known) - named if name.split(".")[0] not in tables_made and name.split(".")[1] not in keys_made}
    assert left == set()


@pytest.mark.parametrize(
    ("asked", "accepted", "spoken"),
    [
        (None, "", "en"),
        ("de", "en-GB,en;q=0.9", "de"),
        ("xx", "de-AT,en;q=0.5", "de"),
        (None, "fr-FR,de;q=0.3,en;q=0.4", "en"),
        (None, "de;q=0,fr", "en"),
        (None, "de;q=much, en", "en"),
        (None, "zh-CN", "en"),
    ],
)
def test_the_reader_is_spoken_to_as_they_ask(asked: str | None, accepted: str, spoken: str) -> None:
    assert chosen_language(asked, accepted) == spoken


def test_each_response_speaks_its_readers_language(address: str) -> None:
    german = {"accept-language": "de-CH"}
    for path, headers, language in (
        ("", {}, "en"),
        ("", german, "de"),
        ("?lang=de", {}, "de"),
        ("?lang=en", german, "en"),
        ("source/none?lang=de", {}, "de"),
        ("offline.html", german, "de"),
    ):
        tree = html.fromstring(httpx.get(f"{address}{path}", headers=headers).text)
        assert tree.get("lang") == language, path
        with speaking(language):
            assert text("page.title") in tree.find(".//title").text


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != DEFAULT])
def test_every_fixed_text_has_a_rendering_that_fills_the_same_places(language: str) -> None:
    english = tomllib.loads((Path(fixed.__file__).parent / "texts.toml").read_text(encoding="utf-8"))
    notices = english.pop("notices")
    with speaking(language):
        for words in english.values():
            assert rendering(words)
        for words in notices.values():
            number = "999 (ask)" if "{number}" in words else ""
            rendered = rendering(words.replace("{number}", number))
            assert rendered
            assert number in rendered
            assert "{" not in rendered
            html_ = fixed_html(words.replace("{number}", number))
            assert html_.index(f'lang="{language}"') < html_.index('lang="en"'), "the rendering first, then the words that hold"
        assert "kein Arzt" in unreviewed_html() or language != "de"
    assert rendering(english["disclaimer"]) is None
    assert unreviewed_html() == ""
