"""PubMed and Europe PMC: what a query finds there, as abstracts and open-access full texts, through their public interfaces.

Sources: NCBI, "Entrez Programming Utilities Help" (https://www.ncbi.nlm.nih.gov/books/NBK25501/): at most three requests a
second without a key, `tool` and `email` with each; Europe PMC, "Articles RESTful API" (https://europepmc.org/RestfulWebService).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from lxml import etree

from corpus.abstracts import EUROPE_PMC_MEDIA_TYPE, PUBMED_MEDIA_TYPE, europe_pmc_types, is_retracted, pubmed_types
from corpus.download import Downloads, GoneError, NoAnswerError
from corpus.errors import ReadError
from corpus.fetch import Fetched
from corpus.jats import MEDIA_TYPE as JATS_MEDIA_TYPE
from corpus.jats import has_body
from corpus.safe_xml import xml_tree

PUBMED, EUROPE_PMC = "pubmed:", "europepmc:"
PUBMED_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
EUROPE_PMC_URL = "https://www.ebi.ac.uk/europepmc/webservices/rest"
TOOL = "myositis-assistant"
_MOST_BYTES = 64 * 1024 * 1024
_RECORDS_AT_A_TIME = 100
_FULL_TEXTS_AT_A_TIME = 10
_PASSING = frozenset({429, 500, 502, 503, 504})
# The pauses before a request is tried again, in seconds.
_PAUSES = (1.0, 4.0, 15.0)


@dataclass(frozen=True, slots=True)
class LiteratureAccess:
    """Where the services are, and who asks them: `contact` is the e-mail address that they ask for."""

    contact: str
    ncbi_api_key: str | None = None
    pubmed_url: str = PUBMED_URL
    europe_pmc_url: str = EUROPE_PMC_URL


def is_query(address: str) -> bool:
    """Whether `address` is a search ("pubmed:…", "europepmc:…") and no place."""
    return address.startswith((PUBMED, EUROPE_PMC))


class LiteratureSearch:
    """One query at one service. `total` is how many articles match it, known once the first was given out."""

    def __init__(
        self,
        query: str,
        access: LiteratureAccess,
        downloads: Downloads,
        *,
        most: int = 200,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`query` begins with "pubmed:" or "europepmc:"; at most `most` articles are given out, the best matching first."""
        name, _, terms = query.partition(":")
        if not terms.strip():
            raise ReadError("there is no query", query, f'Write one after it, like "{name}:inclusion body myositis"')
        self._query = query
        self._terms = terms.strip()
        self._most = most
        self.total = 0
        self._access = access
        at_ncbi = query.startswith(PUBMED)
        base = access.pubmed_url if at_ncbi else access.europe_pmc_url
        self._service = _Service(base, downloads, pause, 1 / (10 if access.ncbi_api_key or not at_ncbi else 3))

    def articles(self) -> Iterator[Fetched]:
        """Each article as its service gives it, under the address where people read it. Raises `ReadError`."""
        yield from self._from_pubmed() if self._query.startswith(PUBMED) else self._from_europe_pmc()

    # PubMed

    def _from_pubmed(self) -> Iterator[Fetched]:
        for ids in _batches(self._pubmed_ids(), _RECORDS_AT_A_TIME):
            answer = self._service.get("efetch.fcgi", {"db": "pubmed", "id": ",".join(ids), "retmode": "xml", **self._identity})
            records = list(xml_tree(answer, self._query).iter("PubmedArticle"))
            for some in _batches(records, _FULL_TEXTS_AT_A_TIME):
                whole = [record for record in some if not is_retracted(pubmed_types(record))]
                full = self._full_texts([pmcid for record in whole if (pmcid := _pmcid(record))])
                for record in some:
                    article = full.get(_pmcid(record) or "")
                    number = record.findtext("MedlineCitation/PMID") or ""
                    if article is not None:
                        yield _of_xml(article, f"https://pmc.ncbi.nlm.nih.gov/articles/{_pmcid(record)}/", JATS_MEDIA_TYPE)
                    elif number.isdecimal():
                        yield _of_xml(record, f"https://pubmed.ncbi.nlm.nih.gov/{number}/", PUBMED_MEDIA_TYPE)

    def _pubmed_ids(self) -> list[str]:
        asked = {"db": "pubmed", "term": self._terms, "retmode": "json", "sort": "relevance", "retmax": str(self._most)}
        result = self._service.json("esearch.fcgi", asked | self._identity).get("esearchresult", {})
        if not isinstance(result, dict) or "idlist" not in result:
            problem = result.get("ERROR") if isinstance(result, dict) else None
            raise ReadError(f"PubMed does not take the query ({problem or 'no reason given'})", self._query, "Change its words")
        self.total = int(result.get("count", 0))
        return [str(number) for number in result["idlist"] if str(number).isdecimal()]

    def _full_texts(self, pmcids: list[str]) -> dict[str, etree._Element]:
        """The articles of those numbers that may be read as full text, by number."""
        if not pmcids:
            return {}
        numbers = ",".join(pmcid.removeprefix("PMC") for pmcid in pmcids)
        try:
            answer = self._service.get("efetch.fcgi", {"db": "pmc", "id": numbers, "retmode": "xml", **self._identity})
            articles = list(xml_tree(answer, self._query).iter("article"))
        except NoAnswerError:
            raise
        except ReadError:
            return {}  # the abstracts are at hand
        found = {}
        for article in articles:
            for number in article.iterfind("front/article-meta/article-id"):
                if number.get("pub-id-type") in ("pmc", "pmcid") and has_body(article):
                    found["PMC" + (number.text or "").strip().removeprefix("PMC")] = article
        return found

    @property
    def _identity(self) -> dict[str, str]:
        key = self._access.ncbi_api_key
        return {"tool": TOOL, "email": self._access.contact, **({"api_key": key} if key else {})}

    # Europe PMC

    def _from_europe_pmc(self) -> Iterator[Fetched]:
        for record in self._europe_pmc_records():
            pmcid = str(record.get("pmcid") or "")
            open_access = record.get("isOpenAccess") == "Y" and re.fullmatch(r"PMC\d+", pmcid)
            if open_access and not is_retracted(europe_pmc_types(record)):
                try:
                    full = self._service.get(f"{pmcid}/fullTextXML", {"email": self._access.contact})
                    if has_body(xml_tree(full, self._query)):
                        yield Fetched(full, f"https://europepmc.org/article/PMC/{pmcid}", JATS_MEDIA_TYPE)
                        continue
                except GoneError:
                    pass  # it is listed before it can be read
            source, number = str(record.get("source") or ""), str(record.get("id") or "")
            if re.fullmatch(r"[A-Z]{3}", source) and re.fullmatch(r"[\w./-]+", number, re.ASCII):
                content = json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
                yield Fetched(content, f"https://europepmc.org/article/{source}/{number}", EUROPE_PMC_MEDIA_TYPE)

    def _europe_pmc_records(self) -> Iterator[dict[str, Any]]:
        given, mark = 0, "*"
        while given < self._most:
            asked = {"query": self._terms, "resultType": "core", "format": "json", "cursorMark": mark}
            size = min(_RECORDS_AT_A_TIME, self._most - given)
            answer = self._service.json("search", asked | {"pageSize": str(size), "email": self._access.contact})
            records = answer.get("resultList", {}).get("result", [])
            self.total = int(answer.get("hitCount", 0))
            yield from records
            given += len(records)
            before, mark = mark, str(answer.get("nextCursorMark") or "")
            if not records or mark in ("", before):
                return


class _Service:
    """Requests to one interface, at least `interval` seconds apart, and again where it is busy."""

    def __init__(self, base: str, downloads: Downloads, pause: Callable[[float], None], interval: float) -> None:
        self._base = base.rstrip("/")
        self._downloads = downloads
        self._pause = pause
        self._interval = interval
        self._last: float | None = None

    def get(self, path: str, asked: Mapping[str, str]) -> bytes:
        """The answer to one request. Raises `ReadError`; no message holds what was asked, which may be a key."""
        url = f"{self._base}/{path}"
        for pause in (*_PAUSES, None):
            left = 0.0 if self._last is None else self._last + self._interval - time.monotonic()
            if left > 0:
                self._pause(left)
            try:
                answer = self._downloads.get(f"{url}?{urlencode(asked)}", _MOST_BYTES)
            except NoAnswerError as error:
                raise NoAnswerError("the service does not answer", url, "Check your connection, then try again") from error
            finally:
                self._last = time.monotonic()
            if answer.status in _PASSING and pause is not None:
                self._pause(pause)
                continue
            if answer.failure or answer.redirect:
                kind = GoneError if isinstance(answer.failure, GoneError) else ReadError
                raise kind(f"the service answered {answer.status}", url, "Try again later, or change the query")
            return answer.content
        raise AssertionError("the last try returns or raises")

    def json(self, path: str, asked: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object that the service answers with. Raises `ReadError`."""
        try:
            answer = json.loads(self.get(path, asked), strict=False)
        except ValueError as error:
            raise ReadError("the service's answer is damaged", f"{self._base}/{path}", f"Try again later ({error})") from error
        if not isinstance(answer, dict):
            raise ReadError("the service's answer is not what it should be", f"{self._base}/{path}", "Try again later")
        return answer


def _pmcid(record: etree._Element) -> str | None:
    """The number in PubMed Central of a PubMed record, if any. Not those of the articles that it refers to."""
    number = (record.findtext("PubmedData/ArticleIdList/ArticleId[@IdType='pmc']") or "").strip()
    return number if re.fullmatch(r"PMC\d+", number) else None


_T = TypeVar("_T")


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _of_xml(element: etree._Element, url: str, media_type: str) -> Fetched:
    element.tail = None
    return Fetched(etree.tostring(element, encoding="utf-8"), url, media_type)
