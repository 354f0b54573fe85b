"""The interfaces of PubMed and Europe PMC, as far as this project asks them, over real HTTP on loopback.

The shapes of the answers (element names, attributes, nesting) are those of the public services; the texts are made up.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.corpus.site_server import Answer, Site

CONTACT = "ann@example.org"

_HEAD = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/pubmed.dtd">"""
_JATS_HEAD = """<?xml version="1.0" ?>
<!DOCTYPE pmc-articleset PUBLIC "-//NLM//DTD ARTICLE SET 2.0//EN" "https://dtd.nlm.nih.gov/ncbi/pmc/articleset/nlm-articleset-2.0.dtd">"""
# A number, whether it has an abstract, its number in PubMed Central.
ARTICLES = {
    "31000001": (True, "PMC7000001"),
    "31000002": (True, None),
    "31000003": (False, None),
    "31000004": (True, "PMC7000004"),
}
CLOSED = "PMC7000004"  # its publisher gives no full text away


def pubmed_record(number: str, *, retracted: bool = False) -> str:
    """One record of `efetch` from PubMed."""
    retraction = '<PublicationType UI="D016441">Retracted Publication</PublicationType>' if retracted else ""
    has_abstract, pmcid = ARTICLES[number]
    abstract = f"""<Abstract>
        <AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Falls of cohort {number} were counted.</AbstractText>
        <AbstractText Label="RESULTS" NlmCategory="RESULTS">In <i>most</i> people (n = 41) the knee gave way; CK was above
        10<sup>3</sup> U/L &amp; rose (p &lt; 0.05).</AbstractText>
        <CopyrightInformation>© 2021</CopyrightInformation></Abstract>"""
    ids = f'<ArticleId IdType="pubmed">{number}</ArticleId><ArticleId IdType="doi">10.1000/x{number}</ArticleId>'
    ids += f'<ArticleId IdType="pmc">{pmcid}</ArticleId>' if pmcid else ""
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{number}</PMID>
    <Article PubModel="Print-Electronic"><Journal><JournalIssue CitedMedium="Internet"><PubDate><Year>2021</Year>
    <Month>Mar</Month></PubDate></JournalIssue><Title>A journal</Title></Journal>
    <ArticleTitle>Falls in <i>myositis</i> {number}.</ArticleTitle>
    {abstract if has_abstract else ""}
    <AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Doe</LastName><ForeName>Ann B</ForeName>
    <Initials>AB</Initials></Author>
    <Author><CollectiveName>The Falls Group</CollectiveName></Author></AuthorList>
    <PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>
    <PublicationType UI="D016449">Randomized Controlled Trial</PublicationType>
    {retraction}</PublicationTypeList></Article></MedlineCitation>
    <PubmedData><ArticleIdList>{ids}</ArticleIdList><ReferenceList><Reference><ArticleIdList>
    <ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>"""


def jats(pmcid: str, *, body: bool = True) -> str:
    """One article in JATS."""
    sections = """<body><sec sec-type="intro"><title>Introduction</title>
      <p>Stairs are hard<xref ref-type="bibr" rid="r1"><sup>1</sup></xref> for
      many<sup><xref ref-type="bibr" rid="r1">1</xref>,<xref ref-type="bibr" rid="r2">2</xref></sup>.
      Others say so too [<xref ref-type="bibr" rid="r1">1</xref>].</p></sec>
      <sec><title>Methods</title><sec><title>People</title><p>We asked 41 people with a body mass index below 30
      kg/m<sup>2</sup>. They answered three questions:<list list-type="order"><list-item><label>1.</label>
      <p>Did you fall?</p></list-item>
      <list-item><label>2.</label><p>Where did you fall?</p></list-item></list></p>
      <table-wrap id="t1"><label>Table 1</label><caption><title>Falls by place</title></caption><table><thead><tr><th>Place</th>
      <th>Falls</th></tr></thead><tbody><tr><td>Stairs</td><td>17</td></tr></tbody></table></table-wrap>
      <p>The share was <inline-formula><alternatives><tex-math>\\frac{1}{2}</tex-math><mml:math><mml:mn>0.5</mml:mn></mml:math>
      </alternatives></inline-formula> of all.</p></sec></sec>
      <sec><title>Results</title><p>The knee gave way in most.</p><fig id="f1"><label>Figure 1</label><caption><p>How people
      fell.</p></caption><graphic xlink:href="f1.jpg"/></fig></sec></body>"""
    return f"""<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML"
      article-type="review-article"><front><journal-meta><journal-title-group><journal-title>A journal</journal-title>
      </journal-title-group></journal-meta><article-meta><article-id pub-id-type="pmid">31000001</article-id>
      <article-id pub-id-type="pmc">{pmcid.removeprefix("PMC")}</article-id>
      <article-id pub-id-type="doi">10.1000/full</article-id>
      <title-group><article-title>Falls and <italic>stairs</italic></article-title></title-group>
      <contrib-group><contrib contrib-type="author"><name><surname>Doe</surname><given-names>Ann B</given-names></name></contrib>
      <contrib contrib-type="author"><name><surname>Roe</surname><given-names>Ed</given-names></name></contrib>
      <contrib contrib-type="editor"><name><surname>No</surname><given-names>Body</given-names></name></contrib></contrib-group>
      <pub-date pub-type="pmc-release"><year>2019</year></pub-date><pub-date pub-type="epub"><year>2020</year></pub-date>
      <pub-date pub-type="ppub"><year>2021</year></pub-date>
      <permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>Free.</license-p></license>
      </permissions><abstract><sec><title>Background</title><p>We asked how people fall.</p></sec></abstract>
      <abstract abstract-type="graphical"><p>A picture.</p></abstract></article-meta></front>{sections if body else ""}
      <back><ack><title>Thanks</title><p>We thank everyone who fell.</p></ack><ref-list><title>References</title><ref id="r1">
      <label>1</label><mixed-citation>Poe C. Earlier falls. J Falls. 1999.</mixed-citation></ref><ref id="r2"><element-citation>
      <person-group><name><surname>Loe</surname><given-names>D</given-names></name></person-group><article-title>More
      falls</article-title><year>2001</year></element-citation></ref></ref-list></back></article>"""


class Literature(Site):
    """Both services at one address; `asked_for` has each request's path and parameters. `busy` answers come first."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for: list[tuple[str, dict[str, str]]] = []
        self.busy = 0
        self.retracted: set[str] = set()
        self.europe_pmc = [
            {
                "id": "31000001",
                "source": "MED",
                "pmid": "31000001",
                "pmcid": "PMC7000001",
                "doi": "10.1000/full",
                "title": "Falls and <i>stairs</i>.",
                "authorString": "Doe AB, Roe E.",
                "pubYear": "2020",
                "isOpenAccess": "Y",
                "citedByCount": 3,
                "abstractText": "<h4>Background</h4>We asked how people fall.",
            },
            {
                "id": "PPR12345",
                "source": "PPR",
                "title": "A preprint about hands.",
                "authorString": "Roe E.",
                "pubYear": "2022",
                "isOpenAccess": "N",
                "pubTypeList": {"pubType": ["Preprint"]},
                "abstractText": "<h4>Background</h4>The grip weakens early (p &lt; 0.01).<h4>Methods</h4>We squeezed "
                "<i>hands</i> again and again.",
            },
        ]

    def answer(self, handler: BaseHTTPRequestHandler) -> Answer:
        path, asked = urlsplit(handler.path).path, parse_qs(urlsplit(handler.path).query)
        parameters = {name: values[0] for name, values in asked.items()}
        self.asked_for.append((path, parameters))
        if self.busy:
            self.busy -= 1
            return Answer(status=429)
        if parameters.get("email") != CONTACT:
            return Answer(b'{"error":"who are you?"}', "application/json", status=400)
        if path.startswith("/eutils/"):
            if parameters.get("tool") != "myositis-assistant":
                return Answer(status=400)
            return self._ncbi(path, parameters)
        return self._europe_pmc(path, parameters)

    def _ncbi(self, path: str, asked: dict[str, str]) -> Answer:
        if path.endswith("/esearch.fcgi"):
            found = [] if "nothing" in asked["term"] else list(ARTICLES)
            result = {
                "count": str(len(found)),
                "retmax": asked["retmax"],
                "retstart": "0",
                "idlist": found[: int(asked["retmax"])],
            }
            if "[[" in asked["term"]:
                result = {"ERROR": "Invalid query"}  # type: ignore[dict-item]
            return Answer(json.dumps({"header": {"type": "esearch"}, "esearchresult": result}).encode(), "application/json")
        if asked["db"] == "pubmed":
            records = "".join(pubmed_record(number, retracted=number in self.retracted) for number in asked["id"].split(","))
            return Answer(f"{_HEAD}<PubmedArticleSet>{records}</PubmedArticleSet>".encode(), "text/xml")
        articles = "".join(jats(f"PMC{n}", body=f"PMC{n}" != CLOSED) for n in asked["id"].split(","))
        return Answer(f"{_JATS_HEAD}<pmc-articleset>{articles}</pmc-articleset>".encode(), "text/xml")

    def _europe_pmc(self, path: str, asked: dict[str, str]) -> Answer:
        if path.endswith("/fullTextXML"):
            return Answer(jats(path.split("/")[-2]).encode(), "application/xml")
        # One result a page, so that the marks are followed.
        at = 0 if asked["cursorMark"] == "*" else int(asked["cursorMark"])
        some = self.europe_pmc[at : at + 1]
        answer = {"hitCount": len(self.europe_pmc), "nextCursorMark": str(at + len(some)), "resultList": {"result": some}}
        return Answer(json.dumps(answer).encode(), "application/json")
