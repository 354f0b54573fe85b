"""The tools of the page as HTML: reading aids, reading aloud, voice typing, and what to take to the doctor.

The scripts of the same names in js/ bring them to life; what a browser cannot do, its script leaves hidden.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from assistant import Answer
from ui.markup import escaped
from ui.texts import LANGUAGES, language, text

# Sizes of the text in hundredths of the page's own, and the colours to choose from ("auto": as the device has it).
_SIZES = (100, 125, 150, 175, 200, 250, 300)
_THEMES = ("auto", "light", "dark", "contrast")
# The single keys, in the order in which they are listed. Each presses the last visible button that carries it.
_KEYS = ("a", "r", "s", "p", "q")


def tools_html(asks_feedback: bool) -> str:
    """What stands under the title: the buttons, and the panels they open."""
    feedback = _feedback_template() if asks_feedback else ""
    return (
        f'<div class="tools">{_opener("aids-dialog", "aids.button", "a")}{_languages()}</div>'
        f"{_aids_dialog()}{_handout_dialog()}{feedback}"
    )


def turn_tools(answer: Answer, near: Sequence[str]) -> str:
    """What can be done with one answer. `near` holds the addresses of the documents ("source/ID") nearest to the question.

    `data-answer` tells the scripts where its quotes stand and what it was, and nothing that the page does not show.
    """
    places = [{"document": quote.document_id, "start": quote.start, "end": quote.end} for quote in answer.quotes]
    documents = [quote.document_id for quote in answer.quotes] or [address.removeprefix("source/") for address in near]
    told = {"status": answer.status, "quotes": places, "documents": list(dict.fromkeys(documents))[:4]}
    states = " ".join(
        f'data-{state}="{escaped(text(f"read_aloud.{name}"))}"'
        for state, name in (("silent", "read"), ("reading", "pause"), ("paused", "resume"))
    )
    handout = "" if answer.status == "emergency" else _opener("handout-dialog", "handout.open", "p")
    return (
        f'<div class="turn-tools" data-answer="{escaped(json.dumps(told))}">'
        f"{_button('read_aloud.read', f'data-read-aloud {states}', 'r', hidden=True)}"
        f"{_button('read_aloud.stop', 'data-read-stop', 's', hidden=True)}{handout}</div>"
    )


def voice_typing_html() -> str:
    """The button that takes a spoken question, and what has to be known before it is first used."""
    return (
        f"{_button('voice.button', 'id=speak', None, hidden=True)}"
        f'<p id="voice-said" role="status" data-listening="{escaped(text("voice.listening"))}" '
        f'data-failed="{escaped(text("voice.failed"))}"></p>'
        '<dialog id="voice-dialog" aria-labelledby="voice-heading">'
        f'<h2 id="voice-heading">{escaped(text("voice.heading"))}</h2><p>{escaped(text("voice.notice"))}</p>'
        f'<p class="links">{_button("voice.no", "data-closes")}'
        f"{_button('voice.yes', 'id=speak-agreed', filled=True)}</p></dialog>"
    )


def _button(name: str, attributes: str, key: str | None = None, *, hidden: bool = False, filled: bool = False) -> str:
    keyed = f' data-key="{key}" aria-keyshortcuts="{key}"' if key else ""
    shown = " hidden" if hidden else ""
    look = "filled" if filled else "quiet"
    return f'<button type="button" class="{look}" {attributes}{keyed}{shown}>{escaped(text(name))}</button>'


def _opener(dialog: str, name: str, key: str) -> str:
    return _button(name, f'data-opens="{dialog}"', key)


def _languages() -> str:
    """The other languages of the page, each named in itself."""
    links = (
        f'<a class="button-link" href="?lang={code}" lang="{code}" hreflang="{code}" data-language="{code}">'
        f"{escaped(text(f'languages.{code}'))}</a>"
        for code in LANGUAGES
        if code != language()
    )
    return "".join(links)


def _choices(legend: str, name: str, kind: str, values: Sequence[tuple[str, str]]) -> str:
    """Radio buttons or tick boxes in a group; `values` are pairs of value and label."""
    rows = (
        f'<label class="choice"><input type="{kind}" name="{name}" value="{value}"> <span>{escaped(label)}</span></label>'
        for value, label in values
    )
    return f'<fieldset><legend>{escaped(legend)}</legend><div class="choices">{"".join(rows)}</div></fieldset>'


def _aids_dialog() -> str:
    sizes = [(str(size), text("aids.percent", size=size)) for size in _SIZES]
    themes = [(theme, text(f"aids.{theme}")) for theme in _THEMES]
    switches = [(name, text(f"aids.{name}")) for name in ("spacing", "still", "keys")]
    rows = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{escaped(text(f'keys.{key}'))}</dd>" for key in _KEYS)
    return (
        '<dialog id="aids-dialog" aria-labelledby="aids-heading">'
        f'<h2 id="aids-heading">{escaped(text("aids.heading"))}</h2><p>{escaped(text("aids.explanation"))}</p>'
        f"{_choices(text('aids.size'), 'size', 'radio', sizes)}{_choices(text('aids.theme'), 'theme', 'radio', themes)}"
        f"{_choices(text('aids.more'), 'switch', 'checkbox', switches)}"
        f'<h3>{escaped(text("keys.heading"))}</h3><p>{escaped(text("keys.explanation"))}</p><dl class="keys">{rows}</dl>'
        f'<p class="links">{_button("aids.reset", "data-reset-aids")}'
        f"{_button('aids.close', 'data-closes', filled=True)}</p></dialog>"
    )


def _handout_dialog() -> str:
    paper = [("a4", text("handout.a4")), ("us-letter", text("handout.letter"))]
    told = " ".join(
        f'data-{name.replace("_", "-")}="{escaped(text(f"handout.{name}"))}"'
        for name in ("copied", "copy_by_hand", "saved", "failed", "none_chosen", "mail_cut", "title")
    )
    return (
        f'<dialog id="handout-dialog" aria-labelledby="handout-heading" {told}>'
        f'<h2 id="handout-heading">{escaped(text("handout.open"))}</h2><p>{escaped(text("handout.explanation"))}</p>'
        f'<p class="links">{_button("handout.print", "data-print", "p", filled=True)}{_button("handout.pdf", "data-pdf")}'
        f"{_button('handout.copy', 'data-copy')}"
        f'<a class="button-link" id="handout-mail" href="mailto:">{escaped(text("handout.mail"))}</a>'
        f"{_button('handout.close', 'data-closes')}</p>"
        '<p id="handout-said" role="status"></p>'
        f'<label id="handout-copy" hidden><span>{escaped(text("handout.text"))}</span>'
        '<textarea readonly rows="8"></textarea></label>'
        f'<fieldset id="handout-turns"><legend>{escaped(text("handout.which"))}</legend><div class="choices"></div></fieldset>'
        f"{_choices(text('handout.paper'), 'paper', 'radio', paper)}"
        f'<h3 id="handout-preview">{escaped(text("handout.preview"))}</h3>'
        '<div class="sheet-frame" role="region" aria-labelledby="handout-preview"></div></dialog>'
    )


def _feedback_template() -> str:
    """What each answer is asked about; js/feedback.js puts a copy of it at the end of each."""
    buttons = "".join(_button(f"feedback.{verdict}", f'data-verdict="{verdict}"') for verdict in ("yes", "no", "wrong"))
    return (
        f'<template id="feedback-template"><div class="feedback" role="group" aria-label="{escaped(text("feedback.question"))}">'
        f'<p>{escaped(text("feedback.question"))}</p><div class="links">{buttons}</div>'
        f'<p class="small">{escaped(text("feedback.kept"))}</p></div></template>'
        f'<template id="feedback-thanks"><p>{escaped(text("feedback.thanks"))}</p></template>'
    )
