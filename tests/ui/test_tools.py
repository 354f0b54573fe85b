"""The tools of the page in a real Chromium: reading aids, reading aloud, voice typing, the sheet for the doctor, keys."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant import DISCLAIMER, Assistant
from tests.serving import serving
from tests.ui.measures import FAINT, LEAST_CONTRAST, assert_faultless, findings, opened
from tests.ui.test_page import Proxy
from ui.server import build_app

_QUESTION = "Food gets stuck in his throat. What helps?"
_OTHER = "Can IBM affect breathing?"

# Headless Chromium has the interface of speech but no voice of its own, so this stands in for the browser's speaker: it keeps
# what it is given, and says each part until it is told that it has.
_SPEAKER = """([local, distant]) => {
  const voices = [];
  if (distant) voices.push({ localService: false, lang: "en-US", name: "far away", default: true });
  if (local) voices.push({ localService: true, lang: "en-GB", name: "here", default: false });
  const speaker = new EventTarget();
  Object.assign(speaker, {
    said: [], current: null,
    getVoices: () => voices,
    speak(part) { this.current = part; this.said.push({ words: part.text, voice: part.voice?.name }); },
    cancel() { const part = this.current; this.current = null; part?.dispatchEvent(new Event("end")); },
    finish() { this.current.dispatchEvent(new Event("end")); },
  });
  Object.defineProperty(window, "speechSynthesis", { value: speaker });
  window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
}"""

# The browser's ear, likewise: it hears one question as soon as it is started.
_EAR = """() => {
  window.started = [];
  window.SpeechRecognition = class extends EventTarget {
    start() {
      window.started.push(this.lang);
      const heard = new Event("result");
      heard.results = [[{ transcript: "can IBM affect breathing" }]];
      setTimeout(() => { this.dispatchEvent(heard); this.dispatchEvent(new Event("end")); }, 50);
    }
    stop() {}
  };
}"""


@pytest.fixture(scope="module")
def answered(browser: Browser, address: str) -> Iterator[Page]:
    """One page with two answers, for tests that leave it as they found it."""
    page = opened(browser, address, [_QUESTION, _OTHER], viewport={"width": 1280, "height": 900}, locale="en-US")
    yield page
    page.context.close()


def _with_scripts(browser: Browser, address: str, *scripts: str) -> Page:
    page = browser.new_context().new_page()
    for script in scripts:
        page.add_init_script(script)
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    return page


def _ask(page: Page, question: str, number: int) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(f"#turn-{number} .turn-tools").wait_for(state="attached")
    page.evaluate("document.activeElement.blur()")


def test_panel_and_sheet_are_faultless_in_all_colours(answered: Page) -> None:
    answered.evaluate("document.activeElement.blur()")
    # Out of reach behind a dialog, measured in other tests, and slow to look through twelve times.
    behind = answered.add_style_tag(content="#conversation article, #topics { display: none !important; }")
    answered.keyboard.press("a")
    expect(answered.get_by_role("dialog", name="Reading aids")).to_be_visible()
    assert_faultless(answered, "reading aids")
    answered.get_by_role("button", name="Done").click()
    answered.evaluate("document.activeElement.blur()")
    answered.keyboard.press("p")
    answered.locator(".sheet-frame .sheet").wait_for()
    assert_faultless(answered, "the sheet for the doctor")
    answered.keyboard.press("Escape")
    behind.evaluate("(one) => one.remove()")
    answered.set_viewport_size({"width": 1280, "height": 900})


def test_what_is_chosen_holds_at_once_and_after_a_reload_before_anything_is_drawn(browser: Browser, address: str) -> None:
    page = _with_scripts(
        browser,
        address,
        "new MutationObserver((_, watching) => { if (!document.body) return; watching.disconnect();"
        " window.first = [document.documentElement.dataset.theme, getComputedStyle(document.documentElement).fontSize]; })"
        ".observe(document, { childList: true, subtree: true })",
    )
    assert page.evaluate("localStorage.length") == 0, "nothing is kept until something is chosen"
    assert page.evaluate("window.first") == ["light", "18px"]
    page.get_by_role("button", name="Reading aids").click()
    for label in ("300 %", "High contrast", "Wide spacing", "Nothing moves"):
        page.get_by_label(label).check()
    page.reload()
    page.get_by_label("Your question").wait_for()
    assert page.evaluate("window.first[0]") == "contrast"
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.lead')).fontSize)") >= 3 * 18
    assert page.evaluate("getComputedStyle(document.querySelector('.lead')).backgroundColor") is not None
    spaced = page.evaluate(
        "(({ letterSpacing, fontSize }) => parseFloat(letterSpacing) / parseFloat(fontSize))"
        "(getComputedStyle(document.querySelector('.lead')))"
    )
    assert spaced == pytest.approx(0.12)
    _ask(page, _QUESTION, 1)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "no sideways scrolling at 300 %"
        assert page.evaluate(FAINT, LEAST_CONTRAST) == []
    page.locator(".show-me").first.click()
    page.locator(".viewer #quote").wait_for()
    lowest = "document.elementFromPoint(innerWidth / 2, innerHeight - 30).closest('.back')"
    assert page.evaluate(lowest) is None, "so large a button does not stay in front of the words"
    page.keyboard.press("Escape")
    for key, wanted in (("a", ".keys"), ("p", ".sheet-frame .sheet")):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)
        page.locator(f"dialog[open] {wanted}").wait_for()
        assert (
            page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('dialog[open]'))")
            == 0
        )
        page.keyboard.press("Escape")
    source = page.context.new_page()
    source.goto(f"{address}source/none")
    assert source.evaluate("document.documentElement.dataset.theme") == "contrast", "the library's copies look the same"
    page.get_by_role("button", name="Reading aids").click()
    page.get_by_role("button", name="As it was at first").click()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "18px"
    page.context.close()


def test_single_keys_rest_while_typing_and_can_be_turned_off(answered: Page) -> None:
    dialogs = answered.locator("dialog[open]")
    answered.locator("#question textarea").focus()
    answered.keyboard.type("apr")
    expect(dialogs).to_have_count(0)
    assert answered.locator("#question textarea").input_value() == "apr"
    answered.locator("#question textarea").fill("")
    answered.evaluate("document.activeElement.blur()")
    answered.keyboard.press("Control+a")
    expect(dialogs).to_have_count(0)
    answered.keyboard.press("q")
    expect(answered.locator("#question textarea")).to_be_focused()
    answered.evaluate("document.activeElement.blur()")
    answered.keyboard.press("a")
    keys = answered.get_by_label("Single keys, as listed below")
    listed = answered.locator(".keys dt").all_inner_texts()
    assert set(answered.evaluate("[...document.querySelectorAll('[data-key]')].map((one) => one.dataset.key)")) <= set(listed)
    keys.uncheck()
    answered.keyboard.press("Escape")
    answered.evaluate("document.activeElement.blur()")
    answered.keyboard.press("a")
    expect(dialogs).to_have_count(0)
    answered.get_by_role("button", name="Reading aids").click()
    keys.check()
    answered.keyboard.press("Escape")


def test_reading_aloud_is_hidden_where_no_voice_is_local(browser: Browser, answered: Page, address: str) -> None:
    assert answered.evaluate("speechSynthesis.getVoices().filter((voice) => voice.localService).length") == 0
    expect(answered.locator("[data-read-aloud]:visible")).to_have_count(0)
    page = _with_scripts(browser, address, f"({_SPEAKER})([false, true])")
    _ask(page, _QUESTION, 1)
    expect(page.locator("[data-read-aloud]:visible")).to_have_count(0)
    page.context.close()


def test_an_answer_is_read_in_order_and_paused_and_stopped_by_key(browser: Browser, address: str, assistant: Assistant) -> None:
    page = _with_scripts(browser, address, f"({_SPEAKER})([true, true])")
    _ask(page, _QUESTION, 1)
    button = page.locator("#turn-1 [data-read-aloud]")
    stopping = page.get_by_role("button", name="Stop reading")
    page.keyboard.press("r")
    expect(button).to_have_text("Pause reading")
    page.evaluate("speechSynthesis.finish()")
    page.keyboard.press("r")
    expect(button).to_have_text("Go on reading")
    assert page.evaluate("speechSynthesis.current") is None
    assert page.evaluate("speechSynthesis.said.length") == 2, "a part that was cut off does not lead on to the next"
    page.keyboard.press("r")
    assert page.evaluate("speechSynthesis.said.length") == 3
    while page.evaluate("speechSynthesis.current !== null"):
        page.evaluate("speechSynthesis.finish()")
        if button.inner_text() == "Read aloud":
            break
    expect(stopping).to_be_hidden()
    said = page.evaluate("speechSynthesis.said")
    assert {one["voice"] for one in said} == {"here"}
    words = [one["words"] for one in said]
    assert words[1] == words[2], "going on begins the part again"
    del words[1]
    quotes = assistant.ask(_QUESTION).quotes
    wanted = [_QUESTION, *(part for quote in quotes for part in (quote.text, quote.title)), DISCLAIMER]
    # Two quotes may be of one page, so each part is looked for behind the one before it.
    place = -1
    for part in wanted:
        place = next((later for later in range(place + 1, len(words)) if " ".join(part.split()) in words[later]), None)
        assert place is not None, f"not read, or not in this order: {part}"
    assert place == len(words) - 1
    for quote in quotes:
        assert str(quote.year) in words[words.index(quote.title) + 1]
    button.click()
    expect(stopping).to_be_visible()
    page.keyboard.press("s")
    expect(button).to_have_text("Read aloud")
    expect(stopping).to_be_hidden()
    assert page.evaluate("speechSynthesis.current") is None
    page.context.close()


def test_voice_typing_tells_where_speech_may_go_before_it_listens(browser: Browser, address: str) -> None:
    page = _with_scripts(browser, address, f"({_EAR})()")
    page.get_by_role("button", name="Speak your question").click()
    notice = page.get_by_role("dialog", name="Before you speak")
    assert "send what you say to their maker" in notice.inner_text()
    assert page.evaluate("started") == []
    notice.get_by_role("button", name="No, I will type").click()
    assert page.evaluate("started") == []
    page.get_by_role("button", name="Speak your question").click()
    notice.get_by_role("button", name="I agree, listen now").click()
    box = page.locator("#question textarea")
    expect(box).to_have_value("can IBM affect breathing")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#turn-1").wait_for()
    assert "can IBM affect breathing" in page.locator("#turn-1 h2").inner_text()
    page.add_init_script("delete window.SpeechRecognition; delete window.webkitSpeechRecognition")
    page.reload()
    page.locator("#turn-1").wait_for()
    expect(page.locator("#speak")).to_be_hidden()
    page.context.close()


def test_print_this_for_the_neurologist_takes_at_most_four_actions(browser: Browser, address: str, assistant: Assistant) -> None:
    page = _with_scripts(browser, address, "window.print = () => (window.printed = (window.printed ?? 0) + 1)")
    actions = 0
    for act in (
        lambda: page.get_by_label("Your question").fill(_QUESTION),
        lambda: page.keyboard.press("Enter"),
        lambda: page.get_by_role("button", name="Take it to the doctor").click(),
        lambda: page.get_by_role("button", name="Print", exact=True).click(),
    ):
        act()
        actions += 1
    page.wait_for_function("window.printed === 1")
    assert actions <= 4
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    paper = pypdfium2.PdfDocument(printed)
    assert [round(side) for side in paper[0].get_size()] == [612, 792], "an American browser gets American paper"
    pages = [sheet.get_textpage().get_text_bounded() for sheet in paper]
    words = " ".join("".join(pages).split())
    assert _QUESTION in words
    for quote in assistant.ask(_QUESTION).quotes:
        assert " ".join(quote.text.split()) in words
        assert quote.title in words
    assert DISCLAIMER in words
    assert "Notes" in words
    assert "Ask another question" not in words
    assert "Reading aids" not in words
    assert [f"{number} / {len(pages)}" in one for number, one in enumerate(pages, start=1)] == [True] * len(pages)
    page.context.close()


def test_the_sheet_is_made_of_the_questions_chosen_and_can_be_saved_copied_and_sent(answered: Page, assistant: Assistant) -> None:
    answered.evaluate("document.activeElement.blur()")
    answered.keyboard.press("p")
    dialog = answered.get_by_role("dialog", name="Take it to the doctor")
    preview = dialog.locator(".sheet-frame")
    expect(preview).to_contain_text(_OTHER)
    dialog.get_by_label(_QUESTION).uncheck()
    expect(preview).not_to_contain_text(_QUESTION)
    dialog.get_by_label("A4").check()
    with answered.expect_download() as saving:
        dialog.get_by_role("button", name="Save as PDF").click()
    saved = pypdfium2.PdfDocument(io.BytesIO(saving.value.path().read_bytes()))
    assert [round(side) for side in saved[0].get_size()] == [595, 842]
    words = " ".join("".join(page.get_textpage().get_text_bounded() for page in saved).split())
    assert _OTHER in words
    assert _QUESTION not in words
    answered.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_role("button", name="Copy as text").click()
    expect(dialog.get_by_text("The text is copied")).to_be_visible()
    copied = answered.evaluate("navigator.clipboard.readText()")
    for quote in assistant.ask(_OTHER).quotes:
        assert quote.text in copied
    answered.context.clear_permissions()
    answered.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    dialog.get_by_role("button", name="Copy as text").click()
    assert answered.evaluate("getSelection().toString() || document.activeElement.value") == copied
    answered.evaluate("delete navigator.clipboard")
    mail = dialog.get_by_role("link", name="Send by e-mail").get_attribute("href")
    assert mail.startswith("mailto:?subject=Questions%20and%20sources")
    assert len(mail) < 2000
    dialog.get_by_label(_OTHER).uncheck()
    expect(dialog.get_by_text("Choose at least one question.")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(answered.locator("#turn-2").get_by_role("button", name="Take it to the doctor")).to_be_visible()


def test_the_page_speaks_german_below_a_sub_path_and_quotes_stay_as_they_are(browser: Browser, assistant: Assistant) -> None:
    with serving(Proxy(build_app(assistant, root_path="/ibm"), takes_off=True), wait_for="ibm/healthz") as outside:
        context = browser.new_context(locale="de-AT", viewport={"width": 1280, "height": 900})
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{outside}ibm/")
        page.get_by_label("Ihre Frage").wait_for()
        assert page.evaluate("document.documentElement.lang") == "de"
        _ask(page, _QUESTION, 1)
        quotes = assistant.ask(_QUESTION).quotes
        marks = page.locator("#turn-1 .card mark")
        assert marks.all_text_contents() == [quote.text for quote in quotes]
        assert {mark.evaluate("(one) => one.closest('[lang]').lang") for mark in marks.all()} == {"en"}
        expect(page.locator("#turn-1 .disclaimer")).to_contain_text("Dies ist kein ärztlicher Rat.")
        expect(page.locator("#turn-1 .disclaimer [lang=en]")).to_have_text(DISCLAIMER)
        page.locator("#turn-1 .show-me").first.click()
        expect(page.locator("#turn-1 .viewer")).to_contain_text("Wo es steht")
        _ask(page, "he is choking right now and can't breathe", 2)
        expect(page.locator("#turn-2 [role=alert]")).to_contain_text("Rufen Sie jetzt die örtliche Notrufnummer an")
        assert findings(page) == []
        page.get_by_role("link", name="English").click()
        page.locator("html[lang=en] #turn-2").wait_for()  # the questions are still there
        page.goto(f"{outside}ibm/")
        page.locator("html[lang=en] #turn-2").wait_for()  # and the choice is kept
        expect(page.locator("#turn-1 .disclaimer")).to_contain_text("Please note: This is not medical advice.")
        assert [url for url in asked if not url.startswith(f"{outside}ibm/")] == []
        context.close()
