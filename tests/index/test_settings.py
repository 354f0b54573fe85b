"""The operator's settings.toml: defaults where it is silent, an error that names the line where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import Library, LibraryError
from index.settings import Settings
from tests.index.word_embedder import WordEmbedder


def load(folder: Path, text: str | bytes) -> Settings:
    (folder / "settings.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return Settings.load(folder)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    assert settings.model is None
    assert settings.answers.quotes == 3
    for text in ("", "# only a comment\n"):
        assert load(tmp_path, text).model_dump() == settings.model_dump()


def test_a_part_of_the_file_lies_over_the_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, '[answers]\nquotes = 2\n\n[embedding]\nmodel = "/models/other"\n')
    assert settings.answers.quotes == 2
    assert settings.answers.emergency_number == Settings.load(tmp_path / "none").answers.emergency_number
    assert settings.model == "/models/other"


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("[answers]\nquote = 2", "answers.quote", "answers.quotes"),
        ('[embedding]\nmodle = "x"', "embedding.modle", "embedding.model"),
        ('model = "x"', "model", "embedding.model"),
        ('[embeding]\nmodel = "x"', "embeding", "embedding.model"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_valid_one(tmp_path: Path, text: str, key: str, nearest: str) -> None:
    with pytest.raises(LibraryError, match=f"no setting '{key}'.*settings.toml.*'{nearest}'"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "key"), [("quotes = 9", "quotes"), ('quotes = "many"', "quotes"), ("emergency_number = 112", "emerg")]
)
def test_a_wrong_value_is_named(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(LibraryError, match=f"'answers.{key}.*settings.toml"):
        load(tmp_path, f"[answers]\n{text}")


@pytest.mark.parametrize("text", ["[answers\n", "quotes = \n", b"\xff\xfe\x00"])
def test_what_is_no_toml_is_named(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(LibraryError, match=r"not valid TOML: .*settings\.toml"):
        load(tmp_path, text)


def test_the_environment_changes_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWERS", '{"quotes": 1}')
    monkeypatch.setenv("EMBEDDING", '{"model": "/elsewhere"}')
    assert Settings.load(tmp_path).answers.quotes == 3
    assert load(tmp_path, "[answers]\nquotes = 2").answers.quotes == 2
    assert Settings.load(tmp_path).model is None


def test_a_library_with_a_wrong_setting_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[answers]\nquote = 1\n")
    with pytest.raises(LibraryError, match=r"answers\.quotes"):
        Library.open(tmp_path, embedder=WordEmbedder())
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    "site", ["*", "https://a.org; script-src *", "https://a.org/page", "a.org", "javascript:x", "https://a.org b.org"]
)
def test_a_site_that_would_change_the_pages_policy_is_refused(tmp_path: Path, site: str) -> None:
    assert load(tmp_path, '[page]\nembed_in = ["https://*.a.org:8443", "http://localhost:*"]').page.embed_in
    with pytest.raises(LibraryError, match=r"'page\.embed_in\.0'.*settings\.toml"):
        load(tmp_path, f'[page]\nembed_in = ["{site}"]')
