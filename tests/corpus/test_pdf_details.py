"""What a PDF states of itself, its sections, and what of it is never quoted: a made-up journal article."""

from __future__ import annotations

import pytest
import typst

from corpus import Document, ReadError, Source, read
from corpus.fetch import Fetched
from tests.corpus.span_checks import check_document

TITLE = "Exercise training in sporadic inclusion body myositis: a randomised trial of home programmes"
FILLER = " ".join(f"In week {week} the participants trained at home and noted what they had done." for week in range(1, 60))
ARTICLE = rf"""
#set document(title: "Microsoft Word - draft7.docx", author: "jsmith")
#set page(paper: "a4", columns: 2, margin: 2cm, header: [J Made-up Dis 2021;8:123–131 #h(1fr) doi:10.3233/JND-200554],
  footer: context align(center)[#counter(page).display()])
#set text(size: 9pt, hyphenate: true)
#set par(justify: true)
#place(top + center, scope: "parent", float: true)[
  #text(size: 8pt)[RESEARCH ARTICLE]

  #text(size: 17pt, weight: "bold")[{TITLE}]

  #text(size: 11pt)[Anna B. Smith#super[1,2]\*, Jörg Müller#super[2], and Maria van den Berg, MD, PhD#super[3]]

  #text(size: 8pt)[#super[1]Department of Neurology, University of Somewhere; #super[2]Institute of Muscle, Elsewhere]

  #text(size: 8pt)[Received 3 May 2019; accepted 2 June 2020. Published online 4 January 2021. © 2020 The Authors]

  #align(left)[*Abstract* We studied exercise in 45 people. It was safe and well tolerated by all of them.]
  #align(left)[*Keywords:* exercise, myositis, strength]
]
= Introduction
Exercise was once feared.#super[1] People who trained did better than controls.#super[2,3] The next sentence follows here.

== Participants
The mean BMI was 24.1 kg/m#super[2] and counts were 10#super[9] per litre. R#super[2] was 0.4 in our model.#super[4–6]
They were seen at a follow-#linebreak()up visit. {FILLER}

#figure(table(columns: 4, [Group], [People], [Change], [P value], [Training], [22], [+0.9%], [0.04], [Control], [21], [-9.2%],
  [0.5]), caption: [Leg strength after twelve weeks.])

{FILLER}
#place(auto, float: true, scope: "parent", figure(rect(width: 80%, height: 3cm)[Flow],
  caption: [The flow of people through the trial.]))

= Results
{FILLER} It ended in 2015.#footnote[This footnote is small.] After that nothing.

= References
#set text(size: 7pt)
1. Jones A. Something. J Foo 1998;1:2–3. doi:10.1000/wrong
"""


def made(source: str, **stated: object) -> Document:
    content = typst.compile(source.encode(), ignore_system_fonts=True)
    return read(
        Source(url="file:///draft7.pdf", **stated),  # type: ignore[arg-type]
        Fetched(content, "file:///draft7.pdf", "application/pdf"),
    )


@pytest.fixture(scope="module")
def article() -> Document:
    return made(ARTICLE)


def quotable(document: Document) -> str:
    return "\n\n".join(document.text[section.start : section.end] for section in document.sections if section.quotable)


def test_title_authors_year_and_doi_are_those_of_the_first_page(article: Document) -> None:
    assert article.title == TITLE
    assert article.authors == "Anna B. Smith, Jörg Müller, Maria van den Berg"
    assert article.year == 2021
    assert article.doi == "10.3233/JND-200554"
    assert article.kind == "study"


def test_what_the_source_states_goes_first() -> None:
    document = made(ARTICLE, title="My title", year=1999, kind="guide")
    assert (document.title, document.year, document.kind) == ("My title", 1999, "guide")


@pytest.mark.parametrize("label", ["REVIEW", "Review article", "Systematic review"])
def test_a_paper_that_calls_itself_a_review_is_one(label: str) -> None:
    assert made(ARTICLE.replace("RESEARCH ARTICLE", label)).kind == "review"


def test_nothing_is_taken_from_references() -> None:
    body = "It was a made-up trial of which nobody states the year. " * 8
    plain = (
        f"#text(size: 20pt)[A plain leaflet on myositis]\n\n{body}\n\n= References\n#set text(size: 7pt)\n"
        "1. Jones A. Something. J Foo 1998;1:2–3. Published 1998. doi:10.1000/wrong"
    )
    document = made(plain)
    assert (document.title, document.authors, document.year, document.doi) == ("A plain leaflet on myositis", None, None, None)


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("untitled", "A plain leaflet on myositis"),
        ("leaflet_final.indd", "A plain leaflet on myositis"),
        ("Instructions for authors of another journal", "A plain leaflet on myositis"),
        ("A Plain Leaflet on Myositis", "A Plain Leaflet on Myositis"),
    ],
)
def test_a_title_in_the_metadata_counts_where_it_is_the_document_s(stated: str, title: str) -> None:
    body = "Weakness is slow and begins in the fingers or in the thighs. " * 8
    assert made(f'#set document(title: "{stated}")\n#text(size: 20pt)[A plain leaflet on myositis]\n\n{body}').title == title


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("Published online: 12 March 2018", 2018),
        ("Copyright 2017 by the authors", 2017),
        ("J Neurol (2016) 263:1234", 2016),
        ("Muscle Nerve. 2015;51:1", 2015),
        ("Received 1 May 2012; accepted 3 June 2013", 2013),
        ("It has 2014 words", None),
    ],
)
def test_the_year_is_the_one_of_publication(line: str, year: int | None) -> None:
    body = "Weakness is slow and begins in the fingers or in the thighs. " * 8
    assert made(f"#text(size: 20pt)[A title of a paper]\n\n#text(size: 7pt)[{line}]\n\n= Abstract\n{body}").year == year


def test_years_that_an_abstract_in_small_type_speaks_of_are_not_its_own() -> None:
    abstract = "Criteria published in 1997 were revised in 2011. They were accepted in 2014, and this paper looks at them again."
    foot = "#footnote[Published online 3 May 2020.]"
    for note, year in (("", None), (foot, 2020)):
        page = f"#text(size: 20pt)[A title of a paper]\n\n= Abstract\n#text(size: 8pt)[{abstract}]\n\n= Introduction\n"
        assert made(f"{page}{'It was a trial of training at home. ' * 20}{note}").year == year


def test_sections_are_recognised(article: Document) -> None:
    paths = list(dict.fromkeys(section.path[-1] for section in article.sections if section.quotable))
    assert paths == ["Abstract", "Introduction", "Participants", "Results"]
    assert all(section.path[0] == TITLE for section in article.sections if section.quotable)


def test_marks_of_references_are_left_out_and_exponents_stay(article: Document) -> None:
    spoken = {article.text[start:end] for passage in check_document(article) for start, end in passage.sentences}
    for sentence in (
        "Exercise was once feared.",
        "People who trained did better than controls.",
        "The mean BMI was 24.1 kg/m² and counts were 10⁹ per litre.",
        "R² was 0.4 in our model.",
        "They were seen at a follow-up visit.",
        "It ended in 2015.",
    ):
        assert sentence in spoken


def test_a_figure_between_the_columns_parts_no_sentence(article: Document) -> None:
    assert FILLER + " It ended in 2015. After that nothing." in article.text
    assert "Flow" not in quotable(article)


def test_a_table_is_kept_row_by_row_and_never_quoted(article: Document) -> None:
    assert "Group | People | Change | P value\nTraining | 22 | +0.9% | 0.04\nControl | 21 | −9.2% | 0.5" in article.text
    for aside in (
        "Training | 22",
        "Leg strength after",
        "The flow of people",
        "This footnote",
        "Jones A",
        "Keywords",
        "Received",
    ):
        assert aside in article.text
        assert aside not in quotable(article)


def test_scanned_pages_are_named() -> None:
    grey = '#image(bytes((128,) * 30000), format: (encoding: "luma8", width: 200, height: 150), width: 100%)'
    scan = f"#set page(width: 300pt, height: 240pt, margin: 0pt)\n{grey}"
    with pytest.raises(ReadError, match=r"page 1 looks scanned"):
        made(scan)
    mixed = made(f"{scan}\n#pagebreak()\nWeakness is slow. It begins in the fingers.\n#pagebreak()\n{grey}#pagebreak(){grey}")
    assert mixed.text == "Weakness is slow. It begins in the fingers."
    assert mixed.notes[0].startswith("pages 1, 3-4 look scanned")
    assert mixed.page_at(0) == 2
