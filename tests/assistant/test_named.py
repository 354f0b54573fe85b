"""Pages on diseases that resemble each other: a question that names one of them is answered from that one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, ranking
from assistant import query as query_module
from assistant.named import AS_MUCH, CLEARLY, MOST_NAMED, Names, _spelt, is_short_for_a_title, names_in
from assistant.query import Query
from assistant.retrieval import asked_of, hits_for, retrieved
from assistant.spelling import mend
from corpus import Source
from index import Library
from index.embedding import Embedder

PAGES = {
    "Spinocerebellar ataxia type 2": "In SCA2 the gait is unsteady. Signs begin in the thirties.",
    "Spinocerebellar ataxia type 6": "The gait is unsteady. Signs begin in the forties or fifties.",
    "Spinocerebellar ataxia 3": "The gait is unsteady. Signs begin in the teens.",
    "Limb-girdle muscular dystrophy, type 2A": "The thighs are weak. Signs begin before the age of twelve.",
    "Limb-girdle muscular dystrophy, type 2C": "The thighs are weak. Signs begin in early childhood.",
    "Spinal and bulbar muscular atrophy": "It is also known as Kennedy disease. Signs begin in adult life.",
    "Hereditary sensory and autonomic neuropathy type II": "Pain is not felt. Signs begin in infancy. The gene is WNK1.",
    "Neutral lipid storage disease with myopathy": "Fat gathers in the muscles. Signs begin in the thirties.",
    "Kidney stones": "A stone hurts. It may begin at night.",
}
WHEN = "When do the signs begin"


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("alike")
    (folder / "texts").mkdir()
    for number, (title, text) in enumerate(PAGES.items()):
        (folder / "texts" / f"{number}.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
    with Library.open(folder / "library", embedder=embedder) as library:
        library.add([Source(path=str(folder / "texts"))])
        yield library


def _titles(library: Library) -> dict[str, str]:
    return {document.id: document.title for document in library.summaries()}


def _most(library: Library, question: str) -> set[str]:
    titles = _titles(library)
    found = names_in(question, library, titles.keys()).documents
    return {titles[document] for document, much in found.items() if much == max(found.values())}


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        (f"{WHEN} with SCA2?", "Spinocerebellar ataxia type 2"),  # as the text has it
        (f"{WHEN} with SCA6?", "Spinocerebellar ataxia type 6"),  # as the title spells it
        (f"{WHEN}, sca6?", "Spinocerebellar ataxia type 6"),
        (f"{WHEN} with SCA3?", "Spinocerebellar ataxia 3"),
        (f"{WHEN} with SCA 6?", "Spinocerebellar ataxia type 6"),
        (f"{WHEN}? My 3 children ask, it is spinocerebellar ataxia type 3.", "Spinocerebellar ataxia 3"),
        (f"{WHEN} with spinocerebellar ataxia number six?", "Spinocerebellar ataxia type 6"),
        (f"{WHEN} with the spinocerebellar ataxia, type VI?", "Spinocerebellar ataxia type 6"),
        (f"{WHEN} with limb girdle 2C?", "Limb-girdle muscular dystrophy, type 2C"),
        (f"{WHEN} with LGMD2A?", "Limb-girdle muscular dystrophy, type 2A"),
        (f"{WHEN} with SBMA?", "Spinal and bulbar muscular atrophy"),
        (f"{WHEN} in sbma?", "Spinal and bulbar muscular atrophy"),
        (f"{WHEN} in lgmd2c, please?", "Limb-girdle muscular dystrophy, type 2C"),
        (f"My husband has Kennedy's disease. {WHEN}?", "Spinal and bulbar muscular atrophy"),
        (f"{WHEN} with HSAN2?", "Hereditary sensory and autonomic neuropathy type II"),
        (f"It is the WNK1 gene. {WHEN}?", "Hereditary sensory and autonomic neuropathy type II"),
        (f"{WHEN} with NLSDM?", "Neutral lipid storage disease with myopathy"),
    ],
)
def test_what_a_page_is_on_is_known_by_its_names(alike: Library, asked: str, title: str) -> None:
    assert _most(alike, asked) == {title}
    titles = _titles(alike)
    assert {titles[document] for document in asked_of(alike, asked).names.most} == {title}
    first = [one for one in retrieved(alike, asked_of(alike, asked))[0].ranked[:2] if one.named == 0.0]
    assert title in {titles[one.hit.passage.document_id] for one in first}


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("Is SBMA rare, and is sbma grave?", "Is {5} rare, and is {5} grave?"),
        ("Does SCA6 hurt more than LGMD2C?", "Does {1} hurt more than {4}?"),
        ("What is SCA, or SCA99, or GP?", "What is SCA, or SCA99, or GP?"),
        ("Is WNK1 a gene?", "Is WNK1 a gene?"),
        ("", ""),
    ],
)
def test_a_short_name_that_is_one_titles_is_read_in_full(alike: Library, asked: str, read: str) -> None:
    assert names_in(asked, alike, _titles(alike).keys()).in_full(asked) == read.format(*PAGES)
    if asked:
        query = Query.of(asked, alike)
        assert query.text == read.format(*PAGES)
        assert query.names == names_in(asked, alike, query.seldom_expected)


def test_where_several_are_named_alike_none_is_better_off(alike: Library) -> None:
    assert _most(alike, f"{WHEN} with spinocerebellar ataxia?") == {
        title for title in PAGES if title.startswith("Spinocerebellar")
    }


@pytest.mark.parametrize(
    "asked",
    [
        *("WHY DOES IT HURT?", "why does it hurt", "We are 2, and I am 6?", "…", "SCA99", "I", "GP", "I AM SO TIRED"),
        *("Is this the type I have?", "No one can tell me.", "What kind? I am tired.", "Which form I have is unclear."),
    ],
)
def test_what_names_nothing_names_nothing(alike: Library, asked: str) -> None:
    assert names_in(asked, alike, _titles(alike).keys()).documents == {}
    assert asked_of(alike, asked).names.most == frozenset()


def test_only_the_documents_that_are_asked_are_named(alike: Library) -> None:
    titles = _titles(alike)
    others = {document for document, title in titles.items() if not title.endswith("6")}
    assert names_in("SCA6", alike, others) == Names({}, frozenset({"sca6"}))
    assert names_in("SCA6", alike, set(list(titles)[:1])).documents == {}
    assert names_in("SCA6", alike, set()).documents == {}


@given(st.text("abc", min_size=1, max_size=6), st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=4))
def test_what_spells_a_title_is_what_trying_every_way_finds(letters: str, words: list[str]) -> None:
    """A way takes of each word nothing, or its first letter and any further ones."""
    ways = {(): 0}
    for word in words:
        rest = [chosen for size in range(len(word)) for chosen in combinations(word[1:], size)]
        longer = [((*way, word[0], *more), spelt + 1) for way, spelt in ways.items() for more in rest]
        for way, spelt in longer:
            if "".join(way) == letters[: len(way)]:
                ways[way] = max(ways.get(way, 0), spelt)
    assert _spelt(letters, words) == ways.get(tuple(letters), 0)


_NAMES = ["SCA6", "SCA", "LGMD2C", "ataxia,", "Kennedy's", "WNK1", "SPG4", "muscles", "WEAK"]
_PARTS = st.sampled_from([*_NAMES, "type", "6", "six", "I", "II", "3A", "2", "?", ".", "(", "’"])


@given(st.lists(_PARTS | st.text(max_size=4), max_size=9).map(" ".join))
def test_any_text_names_documents_by_more_than_nothing_and_no_unknown_name_is_held(alike: Library, asked: str) -> None:
    found = names_in(asked, alike, _titles(alike).keys())
    assert found.documents.keys() <= _titles(alike).keys()
    assert all(much > 0.0 for much in found.documents.values())
    assert found.most <= found.documents.keys()
    assert not any(alike.documents_with([name]) or name not in asked.lower() for name in found.unknown)


def test_a_misspelt_title_is_mended_and_its_short_name_is_not(alike: Library, tmp_path: Path, embedder: Embedder) -> None:
    assert mend("what is limb girdel muscular dystrofy, lgmd", alike) == "what is limb girdle muscular dystrophy, lgmd"
    assert mend("he has sbma and his musles are weak", alike) == "he has sbma and his muscles are weak"
    assert is_short_for_a_title("sbma", alike)
    assert not is_short_for_a_title("sbua", alike)
    (tmp_path / "page.md").write_text("# Dermatomyositis\n\nDermatomyositis is rare. The skin is red.\n", encoding="utf-8")
    with Library.open(tmp_path / "library", embedder=embedder) as library:
        library.add([Source(path=str(tmp_path / "page.md"))])
        assert mend("is dermatomyosits rare", library) == "is dermatomyositis rare"


def test_what_is_named_most_is_named_clearly_and_is_not_much() -> None:
    def most(*much: float) -> frozenset[str]:
        return Names({str(at): one for at, one in enumerate(much)}).most

    assert most(CLEARLY, CLEARLY - 2 * AS_MUCH) == {"0"}
    assert most(CLEARLY, CLEARLY - AS_MUCH / 2) == {"0", "1"}
    assert most(CLEARLY - 0.01) == most() == frozenset()
    assert len(most(*[CLEARLY] * MOST_NAMED)) == MOST_NAMED
    assert most(*[CLEARLY] * (MOST_NAMED + 1)) == frozenset()


@pytest.mark.parametrize(
    ("asked", "unknown"),
    [
        (f"{WHEN} with SPG4 and not SCA2?", {"spg4"}),
        ("Is it the GJB1 gene, or NEB?", {"gjb1", "neb"}),
        (f"{WHEN} with LGMD2C, the WNK1 kind?", set()),
        ("IT HURTS AT NIGHT", set()),
        ("At 3am, OK, I walk 10k. Why?", set()),
        ("I CAN'T WALK AND I AM ALONE", set()),
        ("McDonald, my PhD student, is EXHAUSTED and the NHS does nothing", set()),
    ],
)
def test_a_short_name_that_no_page_has_is_unknown(alike: Library, asked: str, unknown: set[str]) -> None:
    assert names_in(asked, alike, _titles(alike).keys()).unknown == unknown


def test_a_sentence_counts_less_where_another_document_is_named(alike: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = f"{WHEN} with SCA6?"
    query = Query.of(asked, alike)
    highest = max(query.names.documents.values())
    weighed = ranking.weights()["sought"]["named"]
    assert weighed > 0
    hits = hits_for(alike, query, frozenset())
    assert len(hits) == len(PAGES)
    for hit, _, features, _ in ranking.sentence_features(alike, query, hits):
        own = query.names.documents.get(hit.passage.document_id, 0.0)
        assert features[:, ranking.FEATURES.index("named")] == pytest.approx(own - highest)
        unnamed = features.copy()
        unnamed[:, ranking.FEATURES.index("named")] = 0.0
        assert ranking.scored(features) == pytest.approx(ranking.scored(unnamed) + weighed * (own - highest), abs=1e-4)
    monkeypatch.setattr(query_module, "names_in", lambda *_: Names())
    unnamed = Query.of(asked, alike)
    for hit, _, features, _ in ranking.sentence_features(alike, unnamed, hits_for(alike, unnamed, frozenset())):
        assert not features[:, ranking.FEATURES.index("named")].any(), hit


def test_the_explanation_tells_which_pages_are_named(alike: Library) -> None:
    understanding = Assistant(alike).explain(f"{WHEN} with LGMD2C?").explanation()["understanding"]
    assert understanding["names"] == ["Limb-girdle muscular dystrophy, type 2C"]


def test_where_questions_are_expected_nothing_is_named(starter_library: Library) -> None:
    query = Query.of("Does SCA6 weaken the quadriceps?", starter_library)
    assert query.names == Names()
    assert query.text == "Does SCA6 weaken the quadriceps?"


def test_passages_of_pages_that_are_named_are_looked_through_whatever_else_is_nearer(
    starter_folder: Path, embedder: Embedder, tmp_path: Path
) -> None:
    shutil.copytree(starter_folder, tmp_path / "library")
    (tmp_path / "texts").mkdir()
    for title in ("Zellberg ribbon myelopathy", "Zonal retinal maculopathy"):  # two, so that the short name is read as it stands
        text = "The valley has a mill. Its wheel was mended in spring."
        (tmp_path / "texts" / f"{title}.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
    with Library.open(tmp_path / "library", create=False, embedder=embedder) as library:
        with library._store.writing():
            library._store.forget_expected()
        added = {one.document_id for one in library.add([Source(path=str(tmp_path / "texts"))])}
        query = Query.of("Does exercise make the muscles of people with ZRM weaker?", library)
        assert query.names.most == added
        assert query.sought is not None
        found = {hit.passage.document_id for hit in library.search(query.expanded, 24, query.vector, sought=query.sought.passage)}
        assert not added & found
        assert added & {hit.passage.document_id for hit in hits_for(library, query, frozenset())}
