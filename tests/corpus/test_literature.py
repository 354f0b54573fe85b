"""Articles of PubMed and Europe PMC: asked for as the services want to be asked, and read into documents with sections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus import Document, Fetched, ReadError, Source, cut, read
from corpus.download import Downloads
from corpus.jats import MEDIA_TYPE
from corpus.literature import LiteratureAccess, LiteratureSearch
from tests.corpus.literature_server import ARTICLES, CONTACT, Literature, jats
from tests.corpus.site_server import served
from tests.corpus.span_checks import count_words

LOOPBACK = frozenset({"127.0.0.1"})


@pytest.fixture(scope="module")
def service() -> Iterator[Literature]:
    with served(Literature()) as running:
        assert isinstance(running, Literature)
        yield running


def search(service: Literature, query: str, **options: int) -> tuple[LiteratureSearch, list[Fetched], list[float]]:
    access = LiteratureAccess(CONTACT, None, f"{service.url}/eutils", f"{service.url}/rest/")
    pauses: list[float] = []
    service.asked_for.clear()
    with Downloads(LOOPBACK) as downloads:
        found = LiteratureSearch(query, access, downloads, pause=pauses.append, **options)
        return found, list(found.articles()), pauses


def as_document(fetched: Fetched) -> Document:
    return read(Source(url=fetched.url), fetched)


def test_pubmed_gives_full_text_where_it_may_and_else_the_abstract(service: Literature) -> None:
    found, articles, pauses = search(service, "pubmed:inclusion body myositis[tiab]")
    assert found.total == len(ARTICLES)
    assert [one.url for one in articles] == [
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC7000001/",
        "https://pubmed.ncbi.nlm.nih.gov/31000002/",
        "https://pubmed.ncbi.nlm.nih.gov/31000003/",
        "https://pubmed.ncbi.nlm.nih.gov/31000004/",
    ]
    assert [path for path, _ in service.asked_for] == ["/eutils/esearch.fcgi", "/eutils/efetch.fcgi", "/eutils/efetch.fcgi"]
    assert service.asked_for[0][1]["term"] == "inclusion body myositis[tiab]"
    assert all(asked["email"] == CONTACT and asked["tool"] for _, asked in service.asked_for)
    assert len(pauses) == 2
    assert all(0.2 < pause <= 1 / 3 for pause in pauses)  # three requests a second


def test_an_abstract_is_read_with_its_parts_and_what_it_states(service: Literature) -> None:
    _, articles, _ = search(service, "pubmed:falls")
    document = as_document(articles[1])
    assert (document.title, document.year, document.kind) == ("Falls in myositis 31000002", 2021, "trial")
    assert (document.authors, document.doi, document.pmid) == ("Ann B Doe, The Falls Group", "10.1000/x31000002", "31000002")
    assert (document.audience, document.media_type) == ("research", "application/pubmed+xml")
    assert [section.path for section in document.sections] == [("Abstract", "Background"), ("Abstract", "Results")]
    assert "In most people (n = 41) the knee gave way; CK was above 10³ U/L & rose (p < 0.05)." in document.text
    with pytest.raises(ReadError, match="no text"):
        as_document(articles[2])


def test_a_full_text_is_read_section_by_section_and_its_asides_are_not_quoted() -> None:
    document = as_document(Fetched(jats("PMC7000001").encode(), "https://pmc.ncbi.nlm.nih.gov/articles/PMC7000001/", MEDIA_TYPE))
    assert (document.title, document.year, document.kind) == ("Falls and stairs", 2020, "review")
    assert (document.authors, document.doi, document.pmid) == ("Ann B Doe, Ed Roe", "10.1000/full", "31000001")
    assert document.licence == "https://creativecommons.org/licenses/by/4.0/"
    quotable = {section.path: document.text[section.start : section.end] for section in document.sections if section.quotable}
    assert list(quotable) == [("Abstract", "Background"), ("Introduction",), ("Methods", "People"), ("Results",)]
    assert quotable["Introduction",] == "Stairs are hard for many. Others say so too [1]."
    assert "below 30 kg/m². They answered three questions:\n\nDid you fall?\nWhere did you fall?" in document.text
    assert "The share was 0.5 of all." in quotable["Methods", "People"]
    told = (
        "Table 1 Falls by place\nPlace | Falls\nStairs | 17",
        "Figure 1 How people fell.",
        "We thank everyone",
        "Poe C. Earlier",
    )
    passages = cut(document, count_words)
    for aside in told:
        assert aside in document.text
        assert not any(aside[:12] in passage.text for passage in passages)
    assert "A picture" not in document.text
    assert "frac" not in document.text


def test_europe_pmc_is_followed_from_page_to_page(service: Literature) -> None:
    found, articles, _ = search(service, "europepmc:falls")
    assert found.total == 2
    assert [one.url for one in articles] == [
        "https://europepmc.org/article/PMC/PMC7000001",
        "https://europepmc.org/article/PPR/PPR12345",
    ]
    preprint = as_document(articles[1])
    assert (preprint.title, preprint.authors, preprint.year) == ("A preprint about hands", "Roe E", 2022)
    assert [section.path for section in preprint.sections] == [("Abstract", "Background"), ("Abstract", "Methods")]
    assert "The grip weakens early (p < 0.01)." in preprint.text
    assert "We squeezed hands again and again." in preprint.text
    assert search(service, "europepmc:falls", most=1)[0].total == 2


def test_a_busy_service_is_waited_for_and_a_strict_one_is_told_of(service: Literature) -> None:
    service.busy = 2
    _, articles, pauses = search(service, "pubmed:falls")
    assert len(articles) == len(ARTICLES)
    assert {1.0, 4.0} <= set(pauses)
    service.busy = 9
    with pytest.raises(ReadError, match="answered 429"):
        search(service, "pubmed:falls")
    service.busy = 0
    with pytest.raises(ReadError, match="Invalid query"):
        search(service, "pubmed:[[")
    with pytest.raises(ReadError, match=r"no query.*pubmed:inclusion"):
        search(service, "pubmed: ")


def test_no_message_holds_a_key() -> None:
    access = LiteratureAccess(CONTACT, "secret-key", "http://127.0.0.1:1/eutils")
    with Downloads(LOOPBACK) as downloads, pytest.raises(ReadError) as raised:
        list(LiteratureSearch("pubmed:falls", access, downloads, pause=lambda _: None).articles())
    assert "secret-key" not in str(raised.value)


def test_entities_and_files_of_others_are_not_opened() -> None:
    evil = '<!DOCTYPE article [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "boo"><!ENTITY b "&a;&a;">]>' + jats(
        "PMC1"
    ).replace("We asked how people fall.", "We asked how people fall &f;&b; there.")
    document = as_document(Fetched(evil.encode(), "https://pmc.ncbi.nlm.nih.gov/articles/PMC1/", MEDIA_TYPE))
    assert "root:" not in document.text
    assert "boo" not in document.text
    with pytest.raises(ReadError, match="damaged"):
        as_document(Fetched(jats("PMC1").encode()[:500], "https://pmc.ncbi.nlm.nih.gov/articles/PMC1/", MEDIA_TYPE))
