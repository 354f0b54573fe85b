"""The chat page: what it is, a question box, topics, and the conversation so far.

Each visitor's conversation lives in a `gr.State` of their own session, in memory only, and nowhere else.
"""

from __future__ import annotations

import itertools
import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant import Answer, Assistant
from assistant.texts import DISCLAIMER
from corpus import MyositisError
from corpus.starter import topics
from ui.cards import Subject, question_buttons, turn_html
from ui.markup import escaped
from ui.texts import text

# How many turns a page holds, so that one visitor cannot fill the server's memory.
_MOST_TURNS = 40
# A conversation is forgotten an hour after its tab was closed, as Gradio has it, and after this long in any case.
_KEPT_SECONDS = 12 * 3600
# How many questions are answered at once; each takes all the cores there are.
_AT_ONCE = 2
# Every click in the component is looked at here: the buttons inside come and go with the answers.
_ASK_ON_CLICK = (
    "element.addEventListener('click', (event) => { const pressed = event.target.closest('button[data-ask]'); "
    "if (pressed) trigger('click', { question: pressed.dataset.ask }); });"
)
_CLEAR_ON_CLICK = (
    "element.addEventListener('click', (event) => { if (event.target.closest('button[data-start-over]')) trigger('click'); });"
)
_problems = itertools.count(1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked, and its answer as it is shown. `number` counts from the first one, 1."""

    number: int
    question: str
    html: str


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page that asks `assistant`; it holds no state of its own."""

    def respond(typed: str, turns: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
        question = _pressed(event) or typed
        try:
            answer = assistant.ask(question, [turn.question for turn in turns])
            number = turns[-1].number + 1 if turns else 1
            turn = Turn(number, question, turn_html(answer, number, _closest(assistant, answer)))
        except Exception as error:  # whatever it is, the reader gets a plain sentence and keeps the conversation
            return gr.skip(), gr.skip(), gr.skip(), gr.skip(), _problem(error)
        kept = [*turns, turn][-_MOST_TURNS:]
        box = gr.update(value="", label=text("ask.next_question"))
        return kept, _conversation(kept), box, _start_over(), ""

    def forget() -> tuple[Any, ...]:
        return [], "", gr.update(value="", label=text("ask.question")), "", ""

    with gr.Blocks(title=text("page.title"), analytics_enabled=False) as page:
        turns = gr.State([], time_to_live=_KEPT_SECONDS)
        _html(_introduction(), "introduction")
        conversation = _html("", "conversation", _ASK_ON_CLICK)
        with gr.Column(elem_id="asking"):
            box = gr.Textbox(
                label=text("ask.question"), info=text("ask.example"), elem_id="question", lines=1, max_lines=8, autofocus=False
            )
            button = gr.Button(text("ask.button"), elem_id="ask", variant="primary")
            _html(f'<p id="looking" hidden>{escaped(text("ask.looking"))}</p>', "waiting")
            status = _html("", "status")
        topic_list = _html(_topics(), "topics", _ASK_ON_CLICK)
        start_over = _html("", "start-over", _CLEAR_ON_CLICK)
        everything = [turns, conversation, box, start_over, status]
        gr.on(
            [box.submit, button.click, topic_list.click, conversation.click],
            respond,
            [box, turns],
            everything,
            api_visibility="private",
            show_progress="hidden",
            trigger_mode="once",
            concurrency_limit=_AT_ONCE,
        )
        start_over.click(forget, None, everything, api_visibility="private", show_progress="hidden")
    return page


def _html(content: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(content, elem_id=name, js_on_load=script, apply_default_css=False)


def _pressed(event: gr.EventData) -> str | None:
    """The question of the button that was pressed, None where it was the Ask button or Enter."""
    data = event._data
    question = data.get("question") if isinstance(data, dict) else None
    return question if isinstance(question, str) else None


def _introduction() -> str:
    return (
        f'<header><h1><img src="icon.svg" alt="" width="56" height="56"> {escaped(text("page.title"))}</h1>'
        f'<p class="lead">{escaped(text("page.lead"))}</p>'
        f'<p class="disclaimer"><strong>{escaped(text("answer.disclaimer"))}:</strong> {escaped(DISCLAIMER)}</p></header>'
        '<div id="tools"></div>'
    )


def _topics() -> str:
    """The topics in two columns, each of which a press opens; opening one closes the others."""
    items = [
        f'<details name="topic"><summary>{escaped(topic.name)}</summary>{question_buttons(topic.questions)}</details>'
        for topic in topics()
    ]
    half = (len(items) + 1) // 2
    columns = "".join(f"<div>{''.join(column)}</div>" for column in (items[:half], items[half:]))
    return (
        f'<section aria-labelledby="topics-heading"><h2 id="topics-heading">{escaped(text("ask.topics"))}</h2>'
        f'<p>{escaped(text("ask.topics_hint"))}</p><div class="columns">{columns}</div></section>'
    )


def _conversation(turns: Sequence[Turn]) -> str:
    gone = f"<p>{escaped(text('answer.earlier_gone', count=_MOST_TURNS))}</p>" if turns[0].number > 1 else ""
    return gone + "".join(turn.html for turn in turns)


def _start_over() -> str:
    """The button, and the question it asks before anything is removed; js/dialogs.js opens the dialog.

    The harmless choice stands first: a dialog gives the focus to its first button.
    """
    return (
        f'<button type="button" class="quiet" data-opens="start-over-dialog">{escaped(text("start_over.button"))}</button>'
        '<dialog id="start-over-dialog" aria-labelledby="start-over-question"><form method="dialog">'
        f'<h2 id="start-over-question">{escaped(text("start_over.question"))}</h2>'
        f"<p>{escaped(text('start_over.explanation'))}</p>"
        f'<button class="quiet">{escaped(text("start_over.keep"))}</button>'
        f'<button class="filled" data-start-over>{escaped(text("start_over.confirm"))}</button></form></dialog>'
    )


def _closest(assistant: Assistant, answer: Answer) -> list[Subject]:
    """What the library covers nearest to the question: topics with their questions, documents with their address."""
    if not answer.closest_topics:
        return []
    questions = {topic.name: topic.questions for topic in topics()}
    addresses = {summary.title: f"source/{summary.id}" for summary in assistant.library.summaries()}
    return [Subject(name, questions.get(name, ()), addresses.get(name)) for name in answer.closest_topics]


def _problem(error: Exception) -> str:
    """What the reader is told. The log gets the place in the program but not the message, which may repeat the question."""
    if isinstance(error, MyositisError):
        message = text("problem.known", what=error.what, remedy=error.remedy)
    else:
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("a question could not be answered: %s\n%s", type(error).__name__, frames)
        message = text("problem.unexpected")
    # The number makes the same problem, met again, a change of the page, from which js/asking.js learns that it is over.
    return f'<p class="problem" role="alert" data-number="{next(_problems)}">{escaped(message)}</p>'
