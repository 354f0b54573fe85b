"""The content of the starter library passes its check, and the check fails for each thing it is there for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from corpus.starter.references import Reference
from tests.starter.check import Content, problems, starter_content
from tests.starter.content import Page, markdown_page, typst_page
from tests.starter.reading import grade

CONTENT = starter_content()
# A page that speaks of trials, so that every rule applies to it.
PAGE = next(page for page in CONTENT.pages if page.name == "trials-now")
ALONE = Content([PAGE], [], CONTENT.references, CONTENT.terms)
BEFORE = set(problems(ALONE))


def new_problems(content: Content) -> list[str]:
    return [problem for problem in problems(content) if problem not in BEFORE]


def with_page(alter: Callable[[str], str]) -> list[str]:
    altered = alter(PAGE.text)
    assert altered != PAGE.text
    return new_problems(replace(ALONE, pages=[markdown_page(PAGE.name, altered)]))


def with_reference(label: str, **changes: str | None) -> list[str]:
    known = CONTENT.references
    return new_problems(replace(ALONE, references=known | {label: replace(known[label], **changes)}))


def added(sentence: str) -> Callable[[str], str]:
    """A page with one more sentence, before its list of sources."""
    return lambda text: text.replace("\n\n## Sources", f"\n\n{sentence}\n\n## Sources")


def test_the_starter_library_passes() -> None:
    assert problems(CONTENT) == []


def test_a_reference_that_is_removed_is_missed_wherever_it_is_cited() -> None:
    label = "Fierce Biotech, 24 February 2026"
    left = {known: reference for known, reference in CONTENT.references.items() if known != label}
    found = new_problems(replace(ALONE, references=left))
    cited = [sentence for sentence in PAGE.sentences if label in sentence]
    assert len(cited) > 3
    assert sum(f"does not hold ({label}" in problem for problem in found) == len(cited)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"year": ""}, "has no year"),
        ({"year": "lately"}, "has no year"),
        ({"title": ""}, "has no title"),
        ({"url": "ncbi.nlm.nih.gov/1"}, "has an address that is none"),
        ({"url": "https://doi.org/11.1/x"}, "has a DOI that is none"),
        ({"pmid": "PMC9551222"}, "has a PMID that is none"),
        ({"url": None}, "needs either a url or"),
        ({"no_address": "a leaflet"}, "needs either a url or"),
    ],
)
def test_a_reference_is_whole(change: dict[str, str | None], problem: str) -> None:
    assert any(problem in found for found in with_reference("Machado 2023", **change))


def test_a_reference_that_nothing_cites_is_named() -> None:
    unused = Reference("Nobody 2020", "A title", None, "2020", "https://example.org/")
    assert new_problems(replace(ALONE, references=CONTENT.references | {"Nobody 2020": unused})) == [
        "reference Nobody 2020: is cited nowhere"
    ]


@pytest.mark.parametrize(
    ("alter", "problem"),
    [
        (lambda text: text.replace(" is as of November 2026.", ""), "its note does not say as of which"),
        (lambda text: text.replace(" is as of November 2026.", " is as of lately."), "its note does not say as of which"),
        (lambda text: text.replace("year: 2026", "year: 2019"), "its newest source is of 2026"),
        (lambda text: text.replace("audience: everyone\n", ""), "states no audience"),
        (lambda text: text.replace("As of November 2026, no results", "No results"), "the state of a trial without 'as of'"),
        (lambda text: text.replace("As of November 2026, no results", "No: as of 2026, no results"), "opens as the answer to"),
        (lambda text: text.replace(" (Machado 2023).", "."), "claims without a citation"),
        (lambda text: text.replace("(Machado 2023)", "(Machado 2022)"), "does not hold (Machado 2022)"),
        (lambda text: text.replace("(Hanna 2019)", "(Hanna 2019; Hana 2019)"), "does not hold (Hana 2019)"),
        (lambda text: text.replace("- Machado 2023: ", "- Machado: "), "does not list what it cites"),
        (lambda text: text.replace("## What does IBMFRS mean?", "## IBMFRS"), "has a heading that is no question: IBMFRS"),
        (added("Ask your doctor: 8 in 10 people are helped."), "claims without a citation"),
        (added("Steroids help, so ask your doctor."), "claims without a citation"),
        (added("Ask your docter about it."), "may be misspelt: docter"),
        (added("Ask your doctor about it. " * 100), "words without its citations, not 500 to 1000"),
        (lambda text: text.replace("title: Trials", "title: Trails"), "but states 'Trails"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_page_is_named(alter: Callable[[str], str], problem: str) -> None:
    found = with_page(alter)
    assert any(problem in line for line in found), found
    assert all(line.startswith(("trials-now: ", "reference ", "glossary: ", "word lists: ")) for line in found)


def test_hard_sentences_push_the_grade_of_a_page_over_the_limit() -> None:
    hard = (
        "Ask whether immunohistochemical characterisation of inflammatory infiltrates necessitates additional histopathological "
        "confirmation notwithstanding considerable interlaboratory variability, heterogeneous methodological presuppositions and "
        "incompletely standardised interpretative recommendations."
    )
    assert not any("reads at grade" in line for line in with_page(added("Ask your own doctor.")))
    assert any("reads at grade" in line and hard in line for line in with_page(added(f"{hard} " * 3)))


def test_terms_of_the_glossary_do_not_make_a_text_hard_but_other_long_words_do() -> None:
    plain = grade(["People with IBM may need a brace, and they may find it hard to eat."])
    terms = grade(["People with inclusion body myositis may need a brace, and they may have dysphagia to eat."])
    long = grade(["Individuals experiencing neurodegeneration additionally necessitate compensatory instrumentation."])
    assert abs(terms - plain) < 1.5
    assert plain < 6
    assert long > 12


def test_a_term_that_nothing_uses_or_nothing_supports_is_named() -> None:
    unused = replace(CONTENT.terms[0], term="zebra stripes", forms=(), reference="Nobody 2020")
    found = new_problems(replace(ALONE, terms=[*CONTENT.terms, unused]))
    assert found == [
        "glossary: no page uses zebra stripes",
        "glossary: zebra stripes cites what references.toml does not hold: Nobody 2020",
    ]


def test_a_digest_is_checked_like_a_page() -> None:
    text = next(digest.text for digest in CONTENT.digests if digest.name == "clinical-trials")

    def found(altered: str) -> list[str]:
        assert altered != text
        digest: Page = typst_page("clinical-trials", altered)
        return [line for line in problems(replace(ALONE, digests=[digest])) if line.startswith("clinical-trials: ")]

    assert any("claims without a citation" in line for line in found(text.replace(' #src("Hanna 2019").', ".")))
    assert any("does not hold (Hanna 2018)" in line for line in found(text.replace('"Hanna 2019"', '"Hanna 2018"')))
    assert any("may be misspelt: thd" in line for line in found(text.replace(" the trial", " thd trial")))
