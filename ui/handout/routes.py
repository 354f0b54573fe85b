"""The addresses at which a sheet is made: `POST /handout.pdf`, `/handout.html` and `/handout.txt`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assistant import Assistant
from corpus import MyositisError
from ui.handout.page import handout_html
from ui.handout.pdf import handout_pdf
from ui.handout.plain import handout_text
from ui.handout.request import HandoutRequest
from ui.handout.sheet import Sheet, make_sheet
from ui.texts import text

_Form = Callable[[Sheet, HandoutRequest], bytes | str]
_FORMS: dict[str, tuple[str, _Form]] = {
    "pdf": ("application/pdf", lambda sheet, request: handout_pdf(sheet, request.paper)),
    "html": ("text/html", lambda sheet, _: handout_html(sheet)),
    "txt": ("text/plain", lambda sheet, _: handout_text(sheet)),
}


def add_handout(app: FastAPI, assistant: Assistant) -> None:
    """Let `app` make sheets from the library of `assistant`. Nothing that is sent, and no sheet, is kept."""
    for ending, (media_type, form) in _FORMS.items():
        app.add_route(f"/handout.{ending}", _answering(assistant, media_type, form), methods=["POST"])


def _answering(assistant: Assistant, media_type: str, form: _Form) -> Callable[[Request], Awaitable[Response]]:
    def made(body: bytes) -> Response:
        request = HandoutRequest.model_validate_json(body)
        content = form(make_sheet(request, assistant), request)
        return Response(content, media_type=media_type, headers={"cache-control": "no-store"})

    async def answer(request: Request) -> Response:
        try:
            return await run_in_threadpool(made, await request.body())
        except ValidationError:
            # Its message would repeat what was sent, the questions among it.
            return PlainTextResponse(text("handout.refused"), 422)
        except MyositisError as error:
            return PlainTextResponse(text("problem.known", what=error.what, remedy=error.remedy), 422)

    return answer
