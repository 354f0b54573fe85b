"""The chat page: what it is, a question box, topics, and the conversation so far.

Each visitor's conversation lives in a `gr.State` of their own session, in memory only. The visitor's own browser keeps the
questions (js/memory.js), for as long as the tab is open, so that a reload can ask them again.
"""

from __future__ import annotations

import itertools
import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import gradio as gr

from assistant import Assistant
from assistant.assistant import LONGEST_QUESTION
from assistant.texts import DISCLAIMER
from corpus import MyositisError
from corpus.starter import topics
from ui.cards import Surroundings, asks, question_buttons, turn_html
from ui.fixed_texts import fixed_html, unreviewed_html
from ui.markup import escaped
from ui.related import nearest_subjects, organisations_address, related_questions
from ui.texts import language, speaking, text
from ui.tools import tools_html, voice_typing_html

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
_REMOVE_ON_CLICK = (
    "element.addEventListener('click', (event) => { const pressed = event.target.closest('button[data-remove]'); "
    "if (pressed) trigger('click', { remove: pressed.dataset.remove }); });"
)
# js/memory.js, which loads earlier, puts the kept questions there.
_ASK_AGAIN_ON_LOAD = "if (window.keptQuestions?.length) trigger('click', { questions: window.keptQuestions });"
_Sent = TypeVar("_Sent")
_problems = itertools.count(1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked, and its answer as it is shown. `number` counts from the first one, 1."""

    number: int
    question: str
    html: str


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page that asks `assistant`, in the language that is spoken now; it holds no state of its own."""
    spoken = language()  # Gradio calls the functions below outside of any request

    @speaking(spoken)
    def respond(typed: str, turns: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
        question = _sent(event, "question", str) or typed
        told = _refusal(question.strip())
        if told is None:
            try:
                return _shown(_asked(assistant, question, turns))
            except Exception as error:  # whatever it is, the reader gets a plain sentence and keeps the conversation
                told = _problem(error)
        return gr.skip(), gr.skip(), gr.skip(), gr.skip(), told

    @speaking(spoken)
    def ask_again(turns: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
        """After a reload: the questions that the visitor's browser kept are asked again, in their order."""
        kept = turns
        try:
            for question in (_sent(event, "questions", list) or [])[-_MOST_TURNS:]:
                kept = _asked(assistant, str(question), kept)
        except Exception as error:
            return *_shown(kept)[:-1], _problem(error)
        return _shown(kept)

    @speaking(spoken)
    def remove(turns: list[Turn], event: gr.EventData) -> tuple[Any, ...]:
        if _sent(event, "remove", str) == "last":
            return _shown(turns[:-1])
        return _shown([], gr.update(value="", label=text("ask.question")))

    with gr.Blocks(title=text("page.title"), analytics_enabled=False) as page:
        turns = gr.State([], time_to_live=_KEPT_SECONDS)
        _html(_introduction(assistant.library.settings.feedback.ask), "introduction")
        conversation = _html("", "conversation", _ASK_ON_CLICK)
        removing = _html("", "removing", _REMOVE_ON_CLICK)
        with gr.Column(elem_id="asking"):
            box = gr.Textbox(
                label=text("ask.question"), info=text("ask.example"), elem_id="question", lines=1, max_lines=8, autofocus=False
            )
            button = gr.Button(text("ask.button"), elem_id="ask", variant="primary")
            _html(voice_typing_html(), "voice")
            _html(_waiting(), "waiting")
            status = _html("", "status")
        topic_list = _html(_topics(), "topics", _ASK_ON_CLICK)
        reloaded = _html("", "reloaded", _ASK_AGAIN_ON_LOAD)
        everything = [turns, conversation, box, removing, status]
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
        reloaded.click(ask_again, turns, everything, api_visibility="private", show_progress="hidden", concurrency_limit=_AT_ONCE)
        removing.click(remove, turns, everything, api_visibility="private", show_progress="hidden")
    return page


def _html(content: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(content, elem_id=name, js_on_load=script, apply_default_css=False)


def _sent(event: gr.EventData, name: str, kind: type[_Sent]) -> _Sent | None:
    """What the page's script sent along as `name`, None where there is nothing of that kind."""
    data = event._data
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, kind) else None


def _asked(assistant: Assistant, question: str, turns: Sequence[Turn]) -> list[Turn]:
    """`turns` with the answer to `question` after them; the oldest go where there are too many."""
    questions = [turn.question for turn in turns]
    # What an answer offers to go on with stands alone, as it stood in its page.
    offered = any(asks(question) in turn.html for turn in turns)
    answer = assistant.ask(question, [] if offered else questions)
    library = assistant.library
    documents = [library.document(name) for name in {quote.document_id for quote in answer.quotes}]
    around = Surroundings(
        authors={document.id: document.authors for document in documents if document.authors},
        related=related_questions(library, answer, [*questions, question]),
        closest=nearest_subjects(library, answer),
        organisations=organisations_address(library),
        is_empty=not answer.quotes and library.is_empty,
    )
    number = turns[-1].number + 1 if turns else 1
    return [*turns, Turn(number, question, turn_html(answer, number, around))][-_MOST_TURNS:]


def _shown(turns: list[Turn], box: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """The page with these turns: state, conversation, question box, what removes turns, no problem.

    What the box holds is left to js/asking.js, which knows what was written after the question was sent.
    """
    box = box or gr.update(label=text("ask.next_question"))
    return turns, _conversation(turns), box, _removing(turns), ""


def _introduction(asks_feedback: bool) -> str:
    return (
        f'<header><h1><img src="icon.svg" alt="" width="56" height="56"> {escaped(text("page.title"))}</h1>'
        f'<p class="lead">{escaped(text("page.lead"))}</p>'
        f'<p class="disclaimer"><strong>{escaped(text("answer.disclaimer"))}:</strong> {fixed_html(DISCLAIMER)}</p>'
        f"{unreviewed_html()}</header>"
        f'<div id="tools">{tools_html(asks_feedback)}</div>'
    )


def _waiting() -> str:
    """What the scripts show when it is so: the page is looking; a copy could not be opened."""
    return (
        f'<p id="looking" hidden>{escaped(text("ask.looking"))}</p>'
        f'<p id="copy-failed" hidden>{escaped(text("viewer.failed"))}</p>'
    )


def _topics() -> str:
    """The topics in two columns, each of which a press opens; opening one closes the others."""
    items = [
        f'<details name="topic"><summary lang="en">{escaped(topic.name)}</summary>{question_buttons(topic.questions)}</details>'
        for topic in topics()
    ]
    half = (len(items) + 1) // 2
    columns = "".join(f"<div>{''.join(column)}</div>" for column in (items[:half], items[half:]))
    return (
        f'<section aria-labelledby="topics-heading"><h2 id="topics-heading">{escaped(text("ask.topics"))}</h2>'
        f'<p>{escaped(text("ask.topics_hint"))}</p><div class="columns">{columns}</div></section>'
    )


def _conversation(turns: Sequence[Turn]) -> str:
    gone = f"<p>{escaped(text('answer.earlier_gone', count=_MOST_TURNS))}</p>" if turns and turns[0].number > 1 else ""
    return gone + "".join(turn.html for turn in turns)


def _removing(turns: Sequence[Turn]) -> str:
    """Taking back the last question, and all of them; each asks first (js/dialogs.js opens the dialogs)."""
    if not turns:
        return ""
    last = _remover("undo", "last") if len(turns) > 1 else ""
    # A paragraph would end where the first dialog begins.
    return f'<div class="links">{last}{_remover("start_over", "all")}</div>'


def _remover(name: str, what: str) -> str:
    """A button and the question it asks. The harmless choice stands first: a dialog gives the focus to its first button."""
    dialog = f"{what}-dialog"
    return (
        f'<button type="button" class="quiet" data-opens="{dialog}">{escaped(text(f"{name}.button"))}</button>'
        f'<dialog id="{dialog}" aria-labelledby="{dialog}-question"><form method="dialog">'
        f'<h2 id="{dialog}-question">{escaped(text(f"{name}.question"))}</h2>'
        f"<p>{escaped(text(f'{name}.explanation'))}</p>"
        f'<button class="quiet">{escaped(text(f"{name}.keep"))}</button>'
        f'<button class="filled" data-remove="{what}">{escaped(text(f"{name}.confirm"))}</button></form></dialog>'
    )


def _refusal(question: str) -> str | None:
    """What is told of a question that the assistant would refuse, None where it would not: in the language of the page."""
    if not question:
        return _alert(text("problem.empty"))
    if len(question) > LONGEST_QUESTION:
        return _alert(text("problem.long", count=f"{len(question):,}", most=f"{LONGEST_QUESTION:,}"))
    return None


def _problem(error: Exception) -> str:
    """What the reader is told. The log gets the place in the program but not the message, which may repeat the question."""
    if isinstance(error, MyositisError):
        message = text("problem.known", what=error.what, remedy=error.remedy)
    else:
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("a question could not be answered: %s\n%s", type(error).__name__, frames)
        message = text("problem.unexpected")
    return _alert(message)


def _alert(message: str) -> str:
    # The number makes the same problem, met again, a change of the page, from which js/asking.js learns that it is over.
    return f'<p class="problem" role="alert" data-number="{next(_problems)}">{escaped(message)}</p>'
