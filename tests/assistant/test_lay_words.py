"""What people say is put into the words of texts, in any inflection, and ordinary talk is left alone."""

from __future__ import annotations

import tomllib

import pytest

from assistant.lay_words import LayVocabulary, expansions
from corpus.starter import FOLDER
from index.full_names import in_full

VOCABULARY = tomllib.loads((FOLDER / "lay_vocabulary.toml").read_text(encoding="utf-8"))
GENERAL = tomllib.loads((FOLDER / "general_lay_vocabulary.toml").read_text(encoding="utf-8"))
PHRASES = [(phrase, entry["texts"]) for entry in [*VOCABULARY["lay"], *GENERAL["lay"]] for phrase in entry["says"]]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Food gets stuck in my throat", "dysphagia"),
        ("the meat got stuck half way", "dysphagia"),
        ("My legs keep giving way", "knee buckling"),
        ("his knee just gave out on the stairs", "knee buckling"),
        ("I can't open jars any more", "grip"),
        ("I struggle to open a jar", "grip"),
        ("trouble opening bottles", "grip"),
        ("A brace for a drop foot?", "AFO"),
        ("She catches her toes on rugs", "foot drop"),
        ("her toe keeps catching", "foot drop"),
        ("Do we have to puree his dinner?", "food texture"),
        ("vent mask at night", "CPAP"),
        ("Is there a blood test for IBM?", "anti-cN1A antibody"),
        ("Is there a blood test for inclusion body myositis?", "anti-cN1A antibody"),
        ("Climbing stairs is hard", "thigh weakness"),
        ("I'm worn out by noon", "fatigue"),
        ("Who makes the shaky chair?", "lift chair"),
        ("Can I take a water pill?", "diuretic"),
        ("I've got a tummy ache", "abdominal pain"),
        ("Is it safe with my blood thinners", "anticoagulant"),
        ("He has fits", "seizures"),
        ("What about the shakes in her hands", "tremor"),
        ("pins and needles in both feet", "paresthesia"),
        ("She can't keep her food down", "vomiting"),
        ("He’s had a runny tummy all week", "diarrhea"),
        ("trouble with the waterworks", "bladder"),
        ("Is it catching? Does it run in the family?", "hereditary"),
        ("how long has she got", "life expectancy"),
        ("They put a muscle sample under the microscope", "biopsy"),
        ("What do gallstones stem from?", "causes"),
        ("Is ringworm catching?", "contagious"),
        ("How long have we got?", "life expectancy"),
        ("What are my odds of a second one?", "risk"),
        ("Will it clear up by itself?", "resolves without treatment"),
        ("How can I ward off shingles?", "prevent"),
        ("How do doctors find out if it is coeliac?", "diagnosis"),
        ("Mum has furred-up arteries", "atherosclerosis"),
        ("Nan's face dropped on one side", "facial paralysis"),
        ("He's gone yellow", "jaundice"),
        ("She had water on the brain as a baby", "hydrocephalus"),
        ("touch of sugar", "diabetes"),
        ("I leak when I sneeze", "urinary incontinence"),
        ("They want to put a camera up his backside", "colonoscopy"),
        ("Does he need a new kidney?", "organ transplant"),
        ("She's on clot busters", "anticoagulants"),
        ("my grandson was born with six fingers", "polydactyly"),
        ("Why do I keep forgetting things?", "memory loss"),
    ],
)
def test_lay_phrases_bring_the_words_of_texts(question: str, text: str) -> None:
    assert text in expansions(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is inclusion body myositis?",
        "Which muscles does IBM affect?",
        "Is the trial of arimoclomol over?",
        "Does he have to give up dairy?",
        "The waiting drives me mad.",
        "I fell. Over the years I had many doctors.",
        "Why did the study run for a year?",
        "It is hard to say.",
        # Words with the stem of a lay word: preventer, monthlies, thinner, secondaries.
        "Does sleep prevent it?",
        "I see the nurse every month.",
        "Is the slice thin?",
        "Are there secondary forms?",
        "Is it cold there?",
        "Write it down, please.",
        "",
    ],
)
def test_other_talk_brings_none(question: str) -> None:
    assert expansions(question) == ()


def test_what_the_question_says_already_is_left_out() -> None:
    assert "dysphagia" in expansions("food sticks in his throat")
    assert "dysphagia" not in expansions("food sticks in his throat, is that dysphagia")
    assert "creatine kinase" in expansions("the muscle blood test")
    assert "creatine kinase" not in expansions("the muscle blood test, is that the CK")


def test_texts_come_once_and_in_the_order_of_the_phrases() -> None:
    texts = expansions("A water pill, a blood thinner and another water pill")
    assert texts.index("diuretic") < texts.index("anticoagulant")
    assert len(set(texts)) == len(texts)


def test_every_phrase_is_known_in_its_own_words() -> None:
    for phrase, texts in PHRASES:
        said = in_full(phrase.replace("+", "and"))
        full = set(map(in_full, texts))
        assert full <= {*expansions(f"Well, {said}."), *(text for text in full if text.lower() in said)}, phrase


def test_no_entry_of_the_general_vocabulary_repeats_a_phrase_or_says_what_the_first_file_says_already() -> None:
    said = {(phrase, text) for entry in VOCABULARY["lay"] for phrase in entry["says"] for text in entry["texts"]}
    for entry in GENERAL["lay"]:
        assert len(set(entry["says"])) == len(entry["says"]), entry
        assert not [phrase for phrase in entry["says"] if {(phrase, text) for text in entry["texts"]} <= said], entry


def test_the_vocabulary_is_broad_and_no_phrase_shrinks_to_one_common_word() -> None:
    assert len({phrase for phrase, _ in PHRASES}) >= 4000
    plain = LayVocabulary({"food + stuck": ["dysphagia"]}, VOCABULARY["same"], VOCABULARY["ignored"], VOCABULARY["unstemmed"])
    for phrase, _ in PHRASES:
        for part in phrase.split("+"):
            words = plain.words(part)
            assert words, phrase
            assert len(words) > 1 or len(part.split()) == 1 or "+" in phrase, phrase


def test_parts_in_any_order_stand_near_each_other_and_in_one_clause() -> None:
    vocabulary = LayVocabulary({"food + get stuck": ["dysphagia"], "give way": ["buckling"]}, [["get", "got"]], ["the", "it"])
    assert vocabulary.texts_for("it got stuck, the food") == ["dysphagia"]
    assert vocabulary.texts_for("food and drink and pills get stuck") == ["dysphagia"]
    assert vocabulary.texts_for("we like the food here but on the way home we always get stuck") == []
    assert vocabulary.texts_for("We had food. It got stuck.") == []
    assert vocabulary.texts_for("The way they give advice") == []
