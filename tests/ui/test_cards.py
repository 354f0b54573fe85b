"""Answers as HTML: what is shown, in which order, and that nothing from outside can become markup."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from assistant import Notice
from assistant.texts import DECLINED, DISCLAIMER, NOT_FOUND, NOT_FOUND_HELP
from corpus.records import KINDS
from corpus.starter.glossary import glossary
from corpus.starter.references import references
from tests.ui.answers import a_quote, an_answer
from ui.cards import Subject, Surroundings, turn_html
from ui.markup import link, safe_address
from ui.texts import text


def drawn(*arguments: object, **named: object) -> HtmlElement:
    return html.fromstring(turn_html(*arguments, **named))


def links(turn: HtmlElement) -> dict[str, str]:
    """The links of a turn by their visible words, but for the words that are explained."""
    return {one.text: one.get("href") for one in turn.iter("a") if one.get("class") != "term"}


def test_a_card_shows_the_quote_its_context_and_where_it_stands() -> None:
    turn = drawn(an_answer(a_quote(kind="study", page=3, year=2019)), 1)
    article = turn.find(".//article")
    assert article.find(".//mark").text == "Small bites help."
    assert article.find("blockquote").text_content() == "Eating takes time. Small bites help. Ask a speech therapist."
    assert [item.text for item in article.iterfind(".//ul[@class='source']/li")] == [
        "Research study",
        "2019",
        "Section: Day to day",
        "Page 3",
    ]
    assert article.find(".//p[@class='title']").text == "Swallowing"
    assert article.find(".//span[@class='match']").text == "Answers your question"
    assert links(turn) == {
        "Open the source": "https://example.org/swallowing#:~:text=Small%20bites%20help.",
        "Show me where": "source/0123456789abcdef?start=19&end=36#quote",
    }


def test_every_link_opens_apart_and_hands_nothing_over() -> None:
    for one in drawn(an_answer(a_quote()), 1).iterfind(".//p[@class='links']/a"):
        assert (one.get("target"), one.get("rel")) == ("_blank", "noopener")
        assert ("(opens in a new tab)" in one.text_content()) == (one.get("role") is None)
        assert "Swallowing" in one.text_content()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_plain_words(kind: str) -> None:
    assert text(f"kinds.{kind}") in turn_html(an_answer(a_quote(kind=kind)), 1)


def test_what_is_not_stated_is_said_or_left_out() -> None:
    facts = [
        item.text for item in drawn(an_answer(a_quote(year=None, section="", page=None)), 1).iterfind(".//ul[@class='source']/li")
    ]
    assert facts == ["Patient guide", "no year stated"]
    assert drawn(an_answer(a_quote(url="file:///a.txt")), 1).find(".//div[@class='who']") is None


def test_a_weaker_match_is_said_in_words() -> None:
    assert "May answer your question" in turn_html(an_answer(a_quote(match="possible")), 1)


NASTY = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


def test_nothing_from_outside_becomes_markup() -> None:
    quote = a_quote(
        text=NASTY, before=NASTY, after=NASTY, title=NASTY, section=NASTY, snapshot=f"source/{NASTY}", url=NASTY, link=NASTY
    )
    answer = an_answer(quote, question=NASTY, understood_as=NASTY + "?", notices=(Notice("distress", NASTY),))
    drawing = turn_html(
        answer,
        1,
        Surroundings({quote.document_id: NASTY}, [NASTY], [Subject(NASTY, (NASTY,), NASTY), Subject(NASTY)], NASTY),
    )
    turn = html.fromstring(drawing)
    assert "<script" not in drawing
    assert "<img" not in drawing
    assert not list(turn.iter("script", "img"))
    assert all(not name.startswith("on") for element in turn.iter() for name in element.attrib)
    assert turn.find(".//mark").text_content() == NASTY
    assert NASTY in turn.find("h2").text_content()
    assert turn.find(".//button").get("data-ask") == NASTY


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "blob:https://example.org/1",
        "//evil.example/x",
        "/\\evil.example/x",
        "\\\\evil.example",
        "ftp://example.org/x",
        "starter:what-ibm-is",
        "http://[bad",
    ],
)
def test_addresses_that_could_run_or_lead_astray_are_refused(address: str) -> None:
    assert safe_address(address) is None
    assert link(address, "Open") == ""
    assert links(drawn(an_answer(a_quote(link=address, snapshot=address)), 1)) == {}


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c#d", "http://example.org", "file:///a.pdf", "source/1?start=2", "../", "#quote"]
)
def test_addresses_that_only_lead_somewhere_are_kept(address: str) -> None:
    assert safe_address(address) == address


def test_a_file_is_opened_from_the_stored_original() -> None:
    pdf = a_quote(url="file:///home/me/a.pdf", link="file:///home/me/a.pdf#page=4", page=4)
    assert links(drawn(an_answer(pdf), 1))["Open the source"] == "original/0123456789abcdef#page=4"
    note = a_quote(url="file:///home/me/a.txt", link="file:///home/me/a.txt#:~:text=x")
    assert links(drawn(an_answer(note), 1))["Open the source"] == "original/0123456789abcdef"


def test_the_source_of_a_starter_page_is_what_it_names() -> None:
    reference = next(one for one in references().values() if one.url)
    page = a_quote(url="starter:x", text=f"Small bites help ({reference.label}).")
    turn = drawn(an_answer(page), 1)
    assert links(turn)["Open the source"] == reference.url
    assert reference.title in turn.find(".//div[@class='who']").text_content()
    assert text("source.unreviewed") in turn.text_content()
    assert text("source.unreviewed") not in drawn(an_answer(a_quote()), 1).text_content()
    unnamed = a_quote(url="starter:x")
    assert links(drawn(an_answer(unnamed), 1))["Open the source"] == unnamed.snapshot


def test_of_several_sources_the_button_says_which_it_opens_and_none_is_named_twice() -> None:
    known = references().values()
    unopened, opened = next(one for one in known if not one.url), next(one for one in known if one.url)
    said = next(one for one in known if one.title.casefold() in one.label.casefold() and one.where in (None, "Cure IBM"))
    quote = a_quote(url="starter:x", text=f"Small bites help ({'; '.join(one.label for one in (unopened, opened, said))}).")
    turn = drawn(an_answer(quote), 1)
    assert links(turn)[f"Open the source: {opened.label}"] == opened.url
    lines = [item.text for item in turn.iterfind(".//div[@class='who']//li")]
    assert lines[0].startswith(f"{unopened.label}: {unopened.title}")
    assert lines[-1] == said.label


def test_long_context_is_shortened_to_whole_words() -> None:
    before = " ".join(f"before{number}" for number in range(90)) + " "
    after = " " + "\n".join(f"after{number}" for number in range(90))
    article = drawn(an_answer(a_quote(before=before, after=after)), 1).find(".//article")
    shown = article.find("blockquote").text_content()
    assert shown.startswith("… before")
    assert shown.endswith(" …")
    assert {word.rstrip("0123456789") for word in shown.replace("Small bites help.", "").split()} == {"…", "before", "after"}
    assert "before89 Small bites help. after0" in shown
    assert len(shown) < 500


def test_long_context_is_shortened_to_whole_sentences_where_they_are_short_enough() -> None:
    sentence = "A walker steadies those who fall (Ann 2019)."
    context = " ".join([sentence] * 9)
    article = drawn(an_answer(a_quote(before=f"{context}\n", after=f" {context}")), 1).find(".//article")
    shown = article.find("blockquote").text_content()
    assert shown == f"… {' '.join([sentence] * 4)}\nSmall bites help. {' '.join([sentence] * 4)} …"


def test_the_disclaimer_is_with_every_answer() -> None:
    for answer in (an_answer(a_quote()), an_answer(), an_answer(status="emergency")):
        assert DISCLAIMER in drawn(answer, 1).text_content()


def test_an_emergency_comes_before_everything_and_is_an_alert() -> None:
    turn = drawn(an_answer(status="emergency", notices=(Notice("emergency", "Call now."),)), 1)
    first = turn[0]
    assert (first.get("role"), first.find("p").text) == ("alert", "Call now.")
    assert not list(first.iter("a"))
    told = drawn(an_answer(status="emergency", notices=(Notice("emergency", "Call (112 or 116 123), 24 hours."),)), 1)
    assert {one.text: one.get("href") for one in told[0].iter("a")} == {"Call 112": "tel:112", "Call 116 123": "tel:116123"}
    assert turn.get("data-announce") == ""
    assert NOT_FOUND not in turn.text_content()


def test_not_found_says_so_and_names_what_is_near() -> None:
    subjects = [Subject("Swallowing", ("How is swallowing tested?",)), Subject("Falls", (), "source/ab"), Subject("Hands")]
    around = Surroundings(closest=subjects, organisations="source/cd")
    turn = drawn(an_answer(closest_topics=("Swallowing", "Falls", "Hands")), 1, around)
    words = turn.text_content()
    assert NOT_FOUND in words
    assert NOT_FOUND_HELP in words
    assert turn.get("data-announce") == NOT_FOUND
    assert turn.find(".//article") is None
    assert turn.find(".//button").get("data-ask") == "How is swallowing tested?"
    assert links(turn) == {"Whom you can ask": "source/cd", "Falls": "source/ab"}
    assert "Hands" in words


def test_of_an_empty_library_that_is_said_in_place_of_how_to_ask_again() -> None:
    words = drawn(an_answer(), 1, Surroundings(is_empty=True)).text_content()
    assert text("not_found.empty") in words
    assert text("not_found.rephrase") not in words


def test_a_declined_request_is_not_called_missing() -> None:
    turn = drawn(an_answer(notices=(Notice("medication", "Ask your doctor."),)), 1)
    assert turn.get("data-announce") == DECLINED
    assert NOT_FOUND not in turn.text_content()


def test_understood_as_is_shown_only_when_it_differs() -> None:
    assert "Understood as:" not in turn_html(an_answer(a_quote()), 1)
    shown = drawn(an_answer(a_quote(), understood_as="Food gets stuck. And at night?"), 1)
    assert shown.find(".//p[@class='understood']/q").text == "Food gets stuck. And at night?"


def test_quotes_are_counted_and_announced_once() -> None:
    turn = drawn(an_answer(a_quote(), a_quote(text="Another.")), 7)
    assert (turn.get("id"), turn.get("data-turn")) == ("turn-7", "7")
    assert [count.text for count in turn.iterfind(".//span[@class='count']")] == ["Quote 1 of 2", "Quote 2 of 2"]
    assert turn.get("data-announce") == "The library has 2 passages on this, word for word."
    assert "one passage" in turn_html(an_answer(a_quote()), 1)
    unsure = drawn(an_answer(a_quote(match="possible"), a_quote(match="possible")), 1)
    assert unsure.get("data-announce") == "The library has 2 passages that may answer this, word for word."


def test_who_says_it_is_the_authors_or_the_site() -> None:
    answer = an_answer(a_quote(url="https://www.example.org/swallowing"))
    assert drawn(answer, 1).find(".//div[@class='who']").text_content() == "Who says it: example.org"
    named = drawn(answer, 1, Surroundings(authors={"0123456789abcdef": "Ann Example"}))
    assert named.find(".//div[@class='who']").text_content() == "Who says it: Ann Example"


def test_old_sources_and_sources_far_apart_say_so() -> None:
    turn = drawn(an_answer(a_quote(year=2003), a_quote(year=date.today().year)), 1)
    assert [one.text for one in turn.iterfind(".//p[@class='old']")] == [text("answer.old", year=2003)]
    assert text("answer.years_apart", first=2003, last=date.today().year) in turn.text_content()
    assert "between" not in turn_html(an_answer(a_quote(year=2024), a_quote(year=2023), a_quote(year=None)), 1)


def test_related_questions_are_asked_by_their_own_words() -> None:
    turn = drawn(an_answer(a_quote()), 1, Surroundings(related=["What helps at night?"]))
    assert [one.get("data-ask") for one in turn.iterfind(".//div[@class='related']//button")] == ["What helps at night?"]


@given(st.lists(st.sampled_from([*(one.term for one in glossary()), "helps", "<b>", "(", ")", "’", "\n", "– a"]), min_size=1))
def test_explaining_words_changes_no_character_of_a_quote(pieces: list[str]) -> None:
    quote = a_quote(text=" ".join(pieces))
    turn = drawn(an_answer(quote), 3)
    assert turn.find(".//mark").text_content() == quote.text
    terms = [one.get("href").removeprefix("#") for one in turn.iterfind(".//mark/a")]
    assert len(terms) == len(set(terms))
    explained = {one.get("id"): one.findtext("dd") for one in turn.iterfind(".//dl/div")}
    assert set(terms) == set(explained)
    assert all(explained.values())


def test_a_word_in_the_name_of_a_source_is_not_explained() -> None:
    label = next(one for one in references() if "Dysphagia" in one)
    turn = drawn(an_answer(a_quote(text=f"Dysphagia is common ({label}).")), 1)
    assert [one.text for one in turn.iterfind(".//mark/a")] == ["Dysphagia"]
    assert drawn(an_answer(a_quote(text=f"It is common ({label}).")), 1).find(".//dl") is None
