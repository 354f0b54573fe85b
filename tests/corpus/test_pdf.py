"""PDFs made here from known text: every word comes out, in order, on its page, and nothing else is taken for it."""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
from dataclasses import dataclass

import pypdf
import pytest
import typst

from corpus import Document, ReadError, Source, read
from corpus.fetch import Fetched
from corpus.pdf import read_pdf
from corpus.pdf_places import PdfPlaces
from tests.corpus.span_checks import check_document

_SUBJECTS = [
    *("quadriceps", "swallowing", "physiotherapist", "finger-flexor", "wheelchair", "inflammation", "immunoglobulin"),
    *("electromyography", "rehabilitation", "dysphagia", "difficulty", "office", "flexor", "affliction"),
]
_VERBS = ["weakened", "improved", "deteriorated", "stabilised", "fluctuated"]


def sentences(name: str, count: int) -> list[str]:
    chosen = random.Random(name)  # noqa: S311 - the same words on every run
    return [
        f"In {name} {number} the {chosen.choice(_SUBJECTS)} of the participants {chosen.choice(_VERBS)} more efficiently than "
        f"the {chosen.choice(_SUBJECTS)} of the comparison group did."
        for number in range(1, count + 1)
    ]


INTRODUCTION, METHODS, RESULTS = sentences("introduction", 12), sentences("methods", 14), sentences("results", 100)


def marked(texts: list[str]) -> str:
    """Typst source of `texts`, each with a note of the page that Typst sets it on."""
    return " ".join(f'#context [#metadata(("{" ".join(text.split()[1:3])}", here().page())) <at>]{text}' for text in texts)


PAPER = rf"""
#set document(title: "Strength and swallowing in a made-up cohort")
#set page(paper: "a4", columns: 2, margin: 2cm,
  header: [_Journal of Made-up Results_ #h(1fr) 2024; 12: 34–39],
  footer: context align(center)[#counter(page).display()])
#set text(size: 10pt, lang: "en", hyphenate: true)
#set par(justify: true)
#set heading(numbering: "1.1")
#place(top + center, scope: "parent", float: true)[
  #text(size: 18pt, weight: "bold")[Strength and swallowing in a made-up cohort]]

= Introduction
{marked(INTRODUCTION)}

= Methods
{marked(METHODS)}#footnote[Small print stands at the foot of the page and is no evidence.] One more sentence follows the note.

#figure(table(columns: 3, [Group], [People], [Change], [Training], [22], [+0.9%], [Control], [21], [-9.2%]),
  caption: [Leg strength after twelve weeks.])

= Results
{marked(RESULTS)}

= References
1. Someone A, Other B. A made-up paper. J Made-up Results 2020; 1: 1–9.
2. Third C. Another made-up paper. J Made-up Results 2021; 2: 10–19.
"""


@dataclass(frozen=True)
class Paper:
    document: Document
    quotable: str
    pages: dict[str, int]


def made(source: str) -> bytes:
    content: bytes = typst.compile(source.encode(), ignore_system_fonts=True)
    return content


def document_of(content: bytes) -> Document:
    return read(Source(url="file:///paper.pdf"), Fetched(content, "file:///paper.pdf", "application/pdf"))


def quotable(document: Document) -> str:
    return "\n\n".join(document.text[section.start : section.end] for section in document.sections if section.quotable)


@pytest.fixture(scope="module")
def paper() -> Paper:
    document = document_of(made(PAPER))
    notes = json.loads(typst.query(PAPER.encode(), "<at>", field="value", ignore_system_fonts=True))
    return Paper(document, quotable(document), dict(notes))


def test_every_word_of_two_columns_comes_out_in_order_without_line_end_hyphens(paper: Paper) -> None:
    for texts in (INTRODUCTION, METHODS, RESULTS):
        assert " ".join(texts) in paper.document.text.replace("\n\n", " ")


def test_no_paragraph_is_parted_at_a_column_or_a_page(paper: Paper) -> None:
    assert " ".join(RESULTS) in paper.document.text


def test_spans_hold(paper: Paper) -> None:
    check_document(paper.document)


def test_sections_carry_the_paper_s_headings(paper: Paper) -> None:
    title = "Strength and swallowing in a made-up cohort"
    assert paper.document.title == title
    paths = list(dict.fromkeys(section.path for section in paper.document.sections))
    assert paths == [(title, name) for name in ("1 Introduction", "2 Methods", "3 Results", "4 References")]


def test_every_sentence_stands_on_its_page(paper: Paper) -> None:
    assert len(paper.pages) == len(INTRODUCTION) + len(METHODS) + len(RESULTS)
    assert set(paper.pages.values()) == {page.number for page in paper.document.pages} == {1, 2, 3}
    for name, page in paper.pages.items():
        assert paper.document.page_at(paper.document.text.index(f"In {name} the")) == page


def test_running_heads_and_page_numbers_are_dropped(paper: Paper) -> None:
    assert "Journal of Made-up" not in paper.document.text
    assert "34–39" not in paper.document.text
    assert not re.search(r"^\d+$", paper.document.text, re.MULTILINE)


def test_footnotes_captions_and_references_are_kept_but_not_quotable(paper: Paper) -> None:
    for small in ("Small print stands at the foot of the page", "Leg strength after twelve weeks", "Someone A, Other B"):
        assert small in paper.document.text
        assert small not in paper.quotable


def test_the_table_is_no_part_of_the_sentence_before_it(paper: Paper) -> None:
    sentence = "One more sentence follows the note."
    assert sentence in paper.quotable
    passages = check_document(paper.document)
    spoken = [paper.document.text[start:end] for passage in passages for start, end in passage.sentences]
    assert sentence in spoken
    assert METHODS[-1] in spoken  # without the mark of its footnote


def test_a_paper_is_a_study(paper: Paper) -> None:
    assert paper.document.kind == "web page"  # no abstract: nothing says that it is a paper
    abstract = PAPER.replace("= Introduction", "= Abstract\nIt is about strength.\n\n= Introduction")
    assert document_of(made(abstract)).kind == "study"


_BESIDE = [
    "nclusion body myositis begins slowly and",
    "goes on for years, and most people notice",
    "it first in their thighs and their fingers, when",
    "stairs and bottles become hard for them to do.",
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (1, 2, 3, 4, 0), (1, 0, 2, 3, 4)])
def test_a_large_initial_belongs_to_the_first_line_beside_it(order: tuple[int, ...]) -> None:
    edges = 'top-edge: "cap-height", bottom-edge: "baseline"'
    drawn = [f"#place(dx: 20pt, dy: 20pt, text(size: 40pt, {edges})[I])"] + [
        f"#place(dx: {20 + 18 * (row < 3)}pt, dy: {19 + 12 * row}pt, text(size: 10pt, {edges})[{words}])"
        for row, words in enumerate(_BESIDE)
    ]
    page = "#set page(width: 300pt, height: 200pt, margin: 0pt)\n" + "\n".join(drawn[at] for at in order)
    assert document_of(made(page)).text == f"I{' '.join(_BESIDE)}"


def test_a_table_in_a_column_leaves_the_other_column_s_text_in_order() -> None:
    rows = "".join(f"[Group {number}], [{number}.1], [{number}.2], [{number}.3], " for number in range(24))
    table = (
        f"#figure(table(columns: 4, stroke: none, inset: 2pt, column-gutter: 12pt, {rows}), caption: [Strength of each group.])"
    )
    body = f"{' '.join(INTRODUCTION[:6])}\n{table}\n{' '.join(RESULTS[:30])}"
    page = '#set page(paper: "a5", columns: 2, margin: 1cm)\n#set text(size: 8pt)\n#set par(justify: true)\n'
    document = document_of(made(page + body))
    assert " ".join(RESULTS[:30]) in " ".join(quotable(document).split())
    assert "Group 7 | 7.1 | 7.2 | 7.3" in document.text
    assert "7.2" not in quotable(document)


def test_heads_of_a_table_are_no_part_of_a_sentence_that_goes_on_below_it() -> None:
    rows = "".join(f"[Group {number}], [{number}.1], [{number}.2], " for number in range(5))
    table = f"Groups Firsts Seconds #v(-8pt) #table(columns: 3, stroke: none, inset: 2pt, column-gutter: 20pt, {rows})"
    source = f"#set text(size: 10pt)\n{METHODS[0]} It was of the order of the\n#pagebreak()\n{table}\nsmaller part of it."
    document = document_of(made(source))
    assert "It was of the order of the smaller part of it." in quotable(document)
    assert "Groups Firsts Seconds" in document.text


def test_a_sentence_that_speaks_of_a_figure_is_no_caption() -> None:
    speaking = "Table 3 shows what was left in the end. Figure 2 tells the same in colours, as all of them saw it."
    within = "It was so in all of the groups that took part in it, and the numbers are given in full, with their errors, in"
    source = f"#set page(width: 9cm)\n#set text(size: 10pt)\n{speaking}\n\n{within} #linebreak() Table 4. We also asked them."
    assert speaking in quotable(document_of(made(source)))
    assert f"{within} Table 4. We also asked them." in quotable(document_of(made(source)))
    caption = document_of(made(f"{' '.join(METHODS)}\n#figure(rect(), caption: [What they saw.], supplement: [Figure])"))
    assert "Figure 1: What they saw." in caption.text
    assert "What they saw" not in quotable(caption)


def test_signs_without_a_letter_are_never_quoted() -> None:
    document = document_of(made(f"{METHODS[0]}\n\n% 12 !\n\n{METHODS[1]}"))
    assert "% 12 !" in document.text
    assert "%" not in quotable(document)


def test_prose_in_large_type_is_no_heading() -> None:
    lead = "Exercise did no harm in this group. Those who trained twice a week kept their strength longer than the others did."
    source = (
        f'#set text(size: 10pt)\n#text(size: 20pt, weight: "bold")[A leaflet on training]\n\n#text(size: 13pt)[{lead}]\n\n'
        f"#text(size: 13pt)[What was measured]\n\n{' '.join(METHODS)}"
    )
    document = document_of(made(source))
    assert lead in quotable(document)
    title = "A leaflet on training"
    assert [section.path for section in document.sections] == [(title,), (title, "What was measured")]


def test_ligatures_are_spelt_out() -> None:
    source = (
        "#set text(ligatures: true)\nA difficult a\ufb00liction of \ufb01nger \ufb02exors ended in the o\ufb03ce. First fluff."
    )
    assert document_of(made(source)).text == "A difficult affliction of finger flexors ended in the office. First fluff."


def test_a_hyphen_of_its_own_stays_at_a_line_s_end() -> None:
    spelt = "The follow-up was long. " * 3
    source = f"#set text(hyphenate: false)\n{spelt}\n\n#box(width: 60pt)[It had a long follow-up of a year, by self-report.]"
    text = document_of(made(source)).text
    assert "follow-up of a year" in text
    assert "followup" not in text


def test_a_list_stays_with_the_colon_that_leads_into_it() -> None:
    source = (
        "These foods are easy to eat:\n- yoghurt with honey\n- mashed potato with gravy\n- thick soup\n\nAsk a therapist first."
    )
    passages = check_document(document_of(made(source)))
    spoken = [passage.text[s - passage.start : e - passage.start] for passage in passages for s, e in passage.sentences]
    assert spoken == [
        "These foods are easy to eat:\n\n• yoghurt with honey\n\n• mashed potato with gravy\n\n• thick soup",
        "Ask a therapist first.",
    ]


def test_a_single_page_without_headings_is_read() -> None:
    document = document_of(made("Weakness is slow. It begins in the fingers."))
    assert document.text == "Weakness is slow. It begins in the fingers."
    assert document.title == "paper.pdf"
    assert [page.number for page in document.pages] == [1]


def test_a_blank_page_keeps_its_number() -> None:
    document = document_of(made("First page here.\n#pagebreak()\n#pagebreak()\nThird page here."))
    assert [page.number for page in document.pages] == [1, 3]
    assert document.page_at(document.text.index("Third")) == 3


def test_accents_that_are_set_apart_from_their_letter_are_put_on_it() -> None:
    over = "#box(width: 0pt)[{}]"
    source = f"Sj{over.format('¨')}ogren and na{over.format('¨')}ıve M{over.format('´')}erida"
    content = made(f"#set text(size: 20pt)\n{source}")
    assert document_of(content).text == "Sjögren and naïve Mérida"
    assert len(PdfPlaces(content, "paper.pdf").boxes(0, 24)) == 1


def test_other_scripts_come_out() -> None:
    text = "Η αδυναμία είναι αργή. Слабость мышц нарастает."
    assert document_of(made(text)).text == text


def encrypted(password: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(made("Secret words.")))
    writer.encrypt(user_password=password, owner_password=password[::-1], algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(ReadError) as raised:
        read_pdf(content, "leaflet.pdf")
    message = str(raised.value)
    assert "leaflet.pdf" in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_an_encrypted_file_is_refused_with_what_to_do(algorithm: str) -> None:
    assert "encrypted" in refusal(encrypted("password", algorithm))


def test_a_file_that_any_reader_opens_without_a_password_is_read() -> None:
    assert document_of(encrypted("", "AES-256")).text == "Secret words."


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert "empty" in refusal(content)


def test_a_file_without_text_is_refused() -> None:
    assert "no text" in refusal(made('#rect(width: 5cm, height: 5cm, fill: rgb("#abc"))'))


@pytest.mark.parametrize("keep", [5, 200, 2000])
def test_a_truncated_file_is_refused(keep: int) -> None:
    refusal(made(PAPER)[:keep])


def test_damage_gives_a_message_or_a_sound_document() -> None:
    """Bytes overwritten at random places: the reader may mend the file or refuse it, but never anything else."""
    whole = made(PAPER)
    chosen = random.Random(7)  # noqa: S311 - the same damage on every run
    for _ in range(12):
        content = bytearray(whole)
        for _ in range(30):
            content[chosen.randrange(len(content))] = chosen.randrange(256)
        with contextlib.suppress(ReadError):
            check_document(document_of(bytes(content)))
