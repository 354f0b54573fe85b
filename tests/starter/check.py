"""The content check of the starter library: `python -m tests.starter.check` names everything that is wrong with its text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.starter.glossary import Term, glossary, mentions
from corpus.starter.references import Reference, cited_labels, references, with_sources, without_citations
from tests.starter.content import Page, digests, starter_pages
from tests.starter.reading import grade, in_dictionary, misspelt, project_words, words_of

HIGHEST_GRADE = 8.0
FEWEST_WORDS, MOST_WORDS = 500, 1000
_KINDS = {"guide", "review", "study", "trial", "news", "web page"}

# Advice makes no claim: it sends readers to someone, or to another page. A figure in it would be a claim.
_ADVICE = re.compile(
    r"(?!.*\d)(?:(?:Ask|Tell|Talk|Call|Keep|Learn|Follow|Get|Raise|Check|Look|Have|See|Do not|Never)\b"
    r"|(?:If|For) [^.]*, (?:call|tell|ask|follow)\b)"
)
# Sentences that make no claim either, each read and agreed to by hand.
_AGREED = frozenset((Path(__file__).parent / "uncited.txt").read_text(encoding="utf-8").splitlines())

# What answers the heading above it, and any other question wrongly.
_ANSWERS_ITS_HEADING = re.compile(r"(?:Yes|No|Perhaps|Maybe)\b[,:;.]")
_CITATION = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)[.;:]?$")
_LIKE_A_LABEL = re.compile(r"\b(?:19|20)\d\d\b|no date")
_YEAR = re.compile(r"(?:after )?(?:19|20)\d\d(?:-\d\d)?|no date")
_ADDRESS = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?:[:/?#]\S*)?")
_DOI = re.compile(r"https?://(?:dx\.)?doi\.org/(.*)")
_PMID = re.compile(r"\d{1,8}")
_AS_OF = re.compile(r"as of (?:January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d\.")
_TRIALS = re.compile(r"\btrials?\b|\bNCT\d+", re.IGNORECASE)
# What is true of a trial today and may be false tomorrow.
_STATE_OF_A_TRIAL = re.compile(
    r"\b(?:recruiting|no results|results (?:are |were )?pending|with results pending|still running|under way|no approval)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Content:
    """All that is checked together."""

    pages: Sequence[Page]
    digests: Sequence[Page]
    references: dict[str, Reference]
    terms: Sequence[Term]


def starter_content() -> Content:
    """The content of the starter library as it stands in the repository."""
    return Content(starter_pages(), digests(), references(), glossary())


def problems(content: Content) -> list[str]:
    """Everything that is wrong, a line each: where it is, and what."""
    found = []
    for page in content.pages:
        of_page = (
            *_stated(page, content.references),
            *_layout(page, content.references),
            *_claims(page, content.references),
            *_reading(page, content.references),
        )
        found += [f"{page.name}: {problem}" for problem in of_page]
    for digest in content.digests:
        of_digest = (*_claims(digest, content.references), *_spelling(digest, content.references))
        found += [f"{digest.name}: {problem}" for problem in of_digest]
    found += [f"reference {label}: {problem}" for label, problem in _reference_list(content)]
    found += [f"glossary: {problem}" for problem in _glossary(content)]
    found += [f"word lists: {problem}" for problem in _word_lists(content)]
    return found


def _stated(page: Page, known: dict[str, Reference]) -> Iterator[str]:
    """The front matter is whole; its year is that of the newest source; what speaks of trials says as of when."""
    for name in ("title", "kind", "year", "audience", "topics", "note"):
        if not page.stated.get(name):
            yield f"states no {name}"
    if page.stated.get("kind") not in _KINDS:
        yield f"is of no known kind: {page.stated.get('kind')}"
    if _TRIALS.search(without_citations(page.prose, known)) and not _AS_OF.search(str(page.stated.get("note", ""))):
        yield "speaks of trials, but its note does not say as of which month"
    years = [year for label in cited_labels(page.prose, known) for year in re.findall(r"(?:19|20)\d\d", known[label].year)]
    if years and str(page.stated.get("year")) != max(years):
        yield f"states the year {page.stated.get('year')}, but its newest source is of {max(years)}"


def _layout(page: Page, known: dict[str, Reference]) -> Iterator[str]:
    """A title, then headings that are questions; a length people read to the end; a list of exactly what is cited."""
    title, *questions = page.headings
    if title != page.stated.get("title"):
        yield f"is titled {title!r}, but states {page.stated.get('title')!r}"
    yield from (f"has a heading that is no question: {heading}" for heading in questions if not heading.endswith("?"))
    length = len(words_of(" ".join((*page.headings, without_citations(page.prose, known)))))
    if not FEWEST_WORDS <= length <= MOST_WORDS:
        yield f"has {length} words without its citations, not {FEWEST_WORDS} to {MOST_WORDS}"
    if with_sources(page.text, known) != page.text:
        yield "does not list what it cites: run python -m corpus.starter.references"


def _claims(page: Page, known: dict[str, Reference]) -> Iterator[str]:
    """Every sentence that claims something cites a source that exists, and what may change has its date."""
    for sentence in page.sentences:
        citation = _CITATION.search(sentence)
        labels = citation[1].split("; ") if citation else []
        cited = [label for label in labels if label in known]
        unknown = [label for label in labels if label not in known and _LIKE_A_LABEL.search(label)]
        if unknown or (cited and len(cited) < len(labels)):
            yield f"cites what references.toml does not hold ({'; '.join(unknown or labels)}): {sentence}"
        elif not cited and not _ADVICE.match(sentence) and sentence not in _AGREED:
            yield f"claims without a citation: {sentence}"
        if _STATE_OF_A_TRIAL.search(sentence) and "as of " not in sentence.lower():
            yield f"tells the state of a trial without 'as of': {sentence}"
        if _ANSWERS_ITS_HEADING.match(sentence):
            yield f"opens as the answer to its heading, and is quoted to other questions: {sentence}"


def _reading(page: Page, known: dict[str, Reference]) -> Iterator[str]:
    sentences = [without_citations(sentence, known) for sentence in page.sentences]
    if page.stated.get("audience") == "everyone" and (reached := grade(sentences)) > HIGHEST_GRADE:
        hardest = sorted(sentences, key=lambda sentence: -grade([sentence]))[:3]
        yield f"reads at grade {reached:.1f}, over {HIGHEST_GRADE:.0f}; hardest: {' / '.join(hardest)}"
    yield from _spelling(page, known)


def _spelling(page: Page, known: dict[str, Reference]) -> Iterator[str]:
    yield from (f"may be misspelt: {word}" for word in misspelt(_written(page, known)))


def _reference_list(content: Content) -> Iterator[tuple[str, str]]:
    """Every reference has a title, a year and an address, or says why not; and it is cited."""
    cited = {label for page in (*content.pages, *content.digests) for label in cited_labels(page.prose, content.references)}
    for label, reference in content.references.items():
        if not reference.title:
            yield label, "has no title"
        if not _YEAR.fullmatch(reference.year):
            yield label, f"has no year: {reference.year!r}"
        doi = _DOI.match(reference.url or "")
        if reference.url and not _ADDRESS.fullmatch(reference.url):
            yield label, f"has an address that is none: {reference.url}"
        if doi and not re.fullmatch(r"10\.\d{4,9}/\S+", doi[1]):
            yield label, f"has a DOI that is none: {doi[1]}"
        if reference.pmid and not _PMID.fullmatch(reference.pmid):
            yield label, f"has a PMID that is none: {reference.pmid}"
        if bool(reference.url) == bool(reference.no_address):
            yield label, "needs either a url or, under no_address, the reason why it has none"
        if label not in cited:
            yield label, "is cited nowhere"


def _glossary(content: Content) -> Iterator[str]:
    """Every term is used, and what a meaning claims has a source that exists."""
    texts = (" ".join((*page.headings, page.prose)) for page in (*content.pages, *content.digests))
    used = {mention.term.term for text in texts for mention in mentions(text)}
    for term in content.terms:
        if term.term not in used:
            yield f"no page uses {term.term}"
        if term.reference and term.reference not in content.references:
            yield f"{term.term} cites what references.toml does not hold: {term.reference}"
        yield from (f"the meaning of {term.term} may be misspelt: {word}" for word in misspelt(term.meaning))


def _word_lists(content: Content) -> Iterator[str]:
    """The lists of exceptions hold nothing that no text needs."""
    written = " ".join(_written(page, content.references) for page in (*content.pages, *content.digests))
    written += " ".join(term.meaning for term in content.terms)
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", written)}
    yield from (f"words.txt holds {word}, which no text uses" for word in sorted(project_words() - words))
    yield from (f"words.txt holds {word}, which the dictionary knows" for word in sorted(in_dictionary(project_words())))
    sentences = {sentence for page in (*content.pages, *content.digests) for sentence in page.sentences}
    yield from (f"uncited.txt holds what no page says: {sentence}" for sentence in sorted(_AGREED - sentences))


def _written(page: Page, known: dict[str, Reference]) -> str:
    return "\n".join((*page.headings, without_citations(page.prose, known)))


if __name__ == "__main__":
    listed = problems(starter_content())
    print(*listed, sep="\n", end="\n" if listed else "")
    sys.exit(1 if listed else 0)
