"""Where sentences end, in the prose that patients and researchers write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.canonical import canonical_line
from corpus.sentences import LONGEST, LONGEST_LIST, sentence_spans
from tests.corpus.span_checks import NO_WORDS


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dalakas et al. described it.", "Others agreed."],
        ["Levels rose (Naddaf et al. 2022).", "Others fell."],
        ["As in Fig. 2 the muscle is weak.", "We saw it twice."],
        ["The fibres in Figs. 2 and 3 are small.", "They are rimmed."],
        ["See Fig. 2.", "Dr. Jones agreed.", "He left."],
        ["Some foods, e.g., bread, get stuck.", "Soft food helps."],
        ["Some foods (e.g. bread) get stuck.", "Soft food helps."],
        ["The main muscle, i.e. the quadriceps, weakens.", "It buckles."],
        ["Strength fell (p < 0.05).", "Grip held."],
        ["Strength fell, p = 0.03.", "Grip held."],
        ["Ask Dr. Smith first.", "He knows."],
        ["Prof. Greenberg and Mrs. Hill spoke.", "We listened."],
        ["It took approx. 12 weeks.", "Then it stopped."],
        ["The dose was 0.5 mg vs. 1.5 mg.", "No change was seen."],
        ["Version 2.5.1 is out.", "See www.example.org.", "Then go on."],
        ["J. K. Rowling wrote.", "M. C. Dalakas too.", "It ended."],
        ['He said "It is stuck."', "Then he coughed."],
        ["She said, “I cannot swallow.”", "We called."],
        ["Is it safe?", "Yes!", "Ask first."],
        ["It hurts...", "Then it stops."],
        ["IBM weakens fingers, thighs, etc.", "It is rare."],
        ["Patients (n = 22) trained for 12 weeks.", "Strength was kept."],
        ["The U.S. trial ended.", "The U.K. trial went on."],
        ["Weakness is slow.³", "The hands weaken."],
        ["Weakness is slow [12].", "The hands weaken."],
        ["It helps me \U0001f600.", "Try it \U0001f3cb\ufe0f often.", "Then \U0001f468\u200d\U0001f469\u200d\U0001f467 rest."],
        ["これは文です。", "次の文です。"],
        ["الضعف بطيء.", "اليدان تضعفان."],
    ],
    ids=lambda expected: expected[0],
)
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "whole",
    [
        "As in Fig.2 IBM is slow.",
        "The p.Arg159His variant of VCP is known.",
        "See section 2.1 Methods for more.",
        "It is 3.5 T.",
        "As in Fig.2",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(whole: str) -> None:
    assert sentences(whole) == [whole]


def test_blocks_and_list_lines_end_sentences() -> None:
    assert sentences("A title without a stop\n\nfirst item\nsecond item. With more\n\nLast.") == [
        "A title without a stop",
        "first item",
        "second item.",
        "With more",
        "Last.",
    ]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_colon_takes_its_list_along(gap: str) -> None:
    listed = f"Soft foods that help are:{gap}yoghurt\nmashed potato\nsoup"
    assert sentences(f"It is slow. {listed}\n\nAsk first.") == ["It is slow.", listed, "Ask first."]


def test_a_colon_takes_the_bulleted_paragraphs_of_a_pdf_along() -> None:
    listed = "Soft foods that help are:\n\n• yoghurt\n\n• mashed potato\n\n2) soup"
    assert sentences(f"{listed}\n\nAsk first.") == [listed, "Ask first."]


def test_a_colon_takes_no_ordinary_paragraph_along() -> None:
    assert sentences("He said this:\n\nIt is slow. It is rare.") == ["He said this:", "It is slow.", "It is rare."]


def test_a_long_list_stays_behind_its_colon_only_as_far_as_can_be_read() -> None:
    items = [f"item {number} of a very long list of foods" for number in range(40)]
    found = sentences("All of these help:\n\n" + "\n".join(items))
    assert found[0].startswith("All of these help:\n\nitem 0 of")
    assert LONGEST_LIST - 50 < len(found[0]) <= LONGEST_LIST
    assert found[1:] == items[len(found[0].splitlines()) - 2 :]


@pytest.mark.parametrize("text", ["word " * 500, "word, and more; " * 200, "a" * 2500])
def test_text_without_full_stops_is_cut_to_a_readable_length(text: str) -> None:
    found = sentences(text)
    assert all(LONGEST // 2 <= len(sentence) <= LONGEST for sentence in found[:-1])
    assert "".join("".join(found).split()) == "".join(text.split())


def test_overlong_text_is_cut_between_clauses() -> None:
    found = sentences("the word of it, and more; " * 100)
    assert all(sentence.endswith(";") for sentence in found[:-1])


def test_only_the_stretch_asked_for_is_cut() -> None:
    text = "One. Two. Three. Four."
    assert [text[start:end] for start, end in sentence_spans(text, 5, 16)] == ["Two.", "Three."]
    assert sentence_spans(text, 4, 5) == []
    assert sentence_spans("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Weakness is slow.12 Patients fall often.", ["Weakness is slow.", "Patients fall often."]),
        ("Weakness is slow.1,2 - The hands weaken.", ["Weakness is slow.", "The hands weaken."]),
        (
            "On average, Americans eat about 15 grams of fiber each day.3",
            ["On average, Americans eat about 15 grams of fiber each day."],
        ),
        (
            "(Watch the video.\n) In glaucoma the fluid drains too slowly.",
            ["(Watch the video.", "In glaucoma the fluid drains too slowly."],
        ),
    ],
)
def test_the_number_of_a_note_and_what_is_left_of_a_bracket_are_no_part_of_a_sentence(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_the_name_of_a_texts_first_part_is_no_part_of_its_first_sentence() -> None:
    assert sentences("Summary : Botox is made from a toxin. It is slow.") == [
        "Summary :",
        "Botox is made from a toxin.",
        "It is slow.",
    ]


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("Smoking", "Most cases of COPD develop over time, from breathing in fumes."),
        ("How Glaucoma Develops", "There are several different types of glaucoma."),
        ("Open-angle Glaucoma", "The most common type of glaucoma is called open-angle glaucoma."),
        ("Symptoms of Glaucoma", "Glaucoma can develop in one or both eyes."),
        ("Hashimotos Disease", "Hashimotos disease, also called chronic lymphocytic thyroiditis, is common."),
        ("How Bone Loss Occurs", "Bone is living tissue."),
        ("Signs and Symptoms of Vitamin B12 Deficiency", "Vitamin B12 deficiency may lead to nerve damage."),
        ("Physical Exam", "A physical exam may help diagnose anemia."),
        ("Risk factors", "The risk of cataract increases as you get older."),
        ("Limit the Amount of Alcohol You Drink", "In general, healthy men and women should drink little."),
    ],
)
def test_a_heading_that_was_run_into_a_sentence_is_no_part_of_it(heading: str, sentence: str) -> None:
    assert sentences(f"It is slow. {heading} {sentence} Ask first.") == ["It is slow.", heading, sentence, "Ask first."]


@pytest.mark.parametrize(
    "whole",
    [
        "The American College of Rheumatology recommends it.",
        "New York and New Jersey have clinics.",
        "Duran Duran is a band.",
        "It was in The Lancet that it stood.",
        "They live in The Hague with friends.",
        "He saw a film called The thing.",
        "Young People Who Fall can call us.",
        "Vitamin A helps the eyes, and Hepatitis B is a virus.",
        "Deep vein thrombosis in Deep Vein Clinics is treated.",
        "Read The doctor is in by Hill.",
        "National Cancer Institute Cancer Information Service answers.",
        "The Food and Drug Administration approved it.",
        "Patients with IBM (If ambulant) fall.",
    ],
)
def test_a_name_in_capitals_does_not_part_a_sentence(whole: str) -> None:
    assert sentences(whole) == [whole]


def test_a_list_in_running_text_stays_behind_its_colon() -> None:
    listed = "Call if you have: - A feeling of fullness. - Headaches. - Weakness."
    assert sentences(f"It is slow. {listed} Ask first.") == ["It is slow.", listed, "Ask first."]


def test_an_item_far_behind_its_colon_keeps_its_mark_unless_it_is_a_sentence() -> None:
    items = ["A Holter monitor, which is a small box that is worn.", "A Holter monitor is worn on the chest."]
    found = sentences(
        "Tests include: - " + "- ".join(["One of very many other tests there are. "] * 20 + [f"{item} " for item in items])
    )
    assert found[-2:] == [f"- {items[0]}", items[1]]


def test_items_that_nothing_leads_into_are_sentences_without_their_marks() -> None:
    text = "Key Points - Falls are common. - Most falls happen at home."
    assert sentences(text) == ["Key Points", "Falls are common.", "Most falls happen at home."]


def test_a_list_in_small_letters_that_lost_its_full_stop_ends_before_the_next_sentence() -> None:
    listed = "Some common causes are - stroke - diabetes - heavy metal poisoning"
    assert sentences(f"{listed} In addition, some children are born with it.") == [
        listed,
        "In addition, some children are born with it.",
    ]


_PIECES = st.sampled_from(
    [
        "The muscle",
        "Dr.",
        "et al.",
        "Fig. 2",
        "p < 0.05",
        "e.g.",
        "weak.",
        "slow.12",
        "“Stop!”",
        "(or not?)",
        "これ。",
        "ضعف.",
        "\U0001f600",
        "•",
        "- Falls",
        "are: -",
        ":",
        ")",
        "Symptoms of Weakness Weakness can",
        "Smoking The most",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=12).map(canonical_line), st.sampled_from(["\n", "\n\n"])), max_size=40))
def test_spans_hold_every_word_once_and_in_order(pieces: list[str]) -> None:
    text = " ".join(pieces)
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end
        assert NO_WORDS.fullmatch(text, at, start), text[at:start]
        assert text[start:end] == text[start:end].strip()
        at = end
    assert NO_WORDS.fullmatch(text, at), text[at:]
