"""Copies of a text on two sites are one quote with both addresses; what only sounds alike is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.repeats import Copies
from corpus import Document, Passage, Source, cut, read
from index import Library
from index.embedding import Embedder
from tests.corpus.span_checks import count_words
from ui.cards import turn_html
from ui.terminal import show_answer

ARTICLE = (
    "# {title}\n\nThe snorfle gland of the wombat swells in spring, and keepers feed it 12 figs a day. "
    "A swollen snorfle gland does not hurt the wombat. Most animals are {word} well by the summer.\n\n"
    "## Care\n\nKeep the burrow dry. Wash the bowls every day.\n"
)
QUOTE = "A swollen snorfle gland does not hurt the wombat."


def _passages(folder: Path, name: str, text: str) -> tuple[Document, list[Passage]]:
    path = folder / name
    path.write_text(text)
    document = read(Source(path=str(path)))
    return document, cut(document, count_words)


def test_a_copy_is_found_with_the_sentences_that_hold_the_words(tmp_path: Path) -> None:
    other, passages = _passages(tmp_path, "b.md", ARTICLE.format(title="Spring illness", word="quite"))
    two = f"{QUOTE} Most animals are entirely well by the summer."
    for quoted in (QUOTE, two, QUOTE.upper()):
        (spot,) = Copies(passages).of(quoted, "another document")
        assert spot.passage.document_id == other.id
        assert other.text[spot.start : spot.end].startswith(QUOTE)
        assert other.text[spot.start : spot.end].endswith("summer." if quoted == two else "wombat.")
    assert Copies(passages).of(QUOTE, other.id) == []  # itself


@pytest.mark.parametrize(
    "change",
    [("does not hurt", "does hurt"), ("hurt the wombat", "hurt the 9 wombats"), (QUOTE, "The wombat is hurt by no such gland.")],
)
def test_what_says_something_else_is_no_copy(tmp_path: Path, change: tuple[str, str]) -> None:
    _, passages = _passages(tmp_path, "b.md", ARTICLE.format(title="Spring illness", word="quite").replace(*change))
    assert Copies(passages).of(QUOTE, "another document") == []


def test_one_card_names_every_address(tmp_path: Path, embedder: Embedder, capsys: pytest.CaptureFixture[str]) -> None:
    page = '<html><head><title>{0}</title><link rel="canonical" href="https://{0}.example.org/"></head><body>{1}</body></html>'
    body = "<h1>Wombats {0}</h1><p>" + ARTICLE.split("\n\n")[1] + "</p><h2>Care</h2><p>Keep the burrow dry.</p>"
    for name, word in (("one", "fully"), ("two", "quite")):
        (tmp_path / f"{name}.html").write_text(page.format(name, body.format(name, word=word)))
    (tmp_path / "other.md").write_text("# Figs\n\nFigs ripen in August. Wasps visit the figs.\n")
    with Library.open(tmp_path / "library", embedder=embedder) as library:
        assert {one.status for one in library.add([Source(path=str(path)) for path in tmp_path.glob("*.*")])} == {"added"}
        answer = Assistant(library).ask("Does a swollen snorfle gland hurt the wombat?")
    first, *others = answer.quotes
    assert QUOTE in first.text
    (also,) = first.also_at
    assert {first.url, also.url} == {"https://one.example.org/", "https://two.example.org/"}
    assert also.link.startswith(f"{also.url}#:~:text=")
    assert not any(QUOTE in quote.text for quote in others)
    assert answer.to_dict()["quotes"][0]["also_at"] == [
        {"title": also.title, "url": also.url, "link": also.link, "snapshot": also.snapshot}
    ]
    html = turn_html(answer, 1)
    assert html.count("Also at:") == sum(bool(quote.also_at) for quote in answer.quotes)
    assert f'href="{also.link}"' in html.replace("&amp;", "&")
    show_answer(answer)
    assert f"Also at: {also.title}, {also.link}" in capsys.readouterr().out
