"""What readers say of the answers, where the operator asks for it: a verdict, the day, and the nearest documents.

The question itself is not sent, not taken and not kept; nor is any free text, nor who said it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assistant import Assistant
from assistant.records import Status
from corpus import MyositisError

FILE_NAME = "feedback.jsonl"
MOST_BODY_BYTES = 4096
# Some ten thousand verdicts; a flood of them must not fill the disk.
_MOST_BYTES = 2_000_000
_NEAREST = 4

Verdict = Literal["yes", "no", "wrong"]
_writing = threading.Lock()


class Given(BaseModel):
    """What a browser sends: the verdict on one answer, its status, and the documents it quoted or that came nearest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Verdict
    status: Status
    documents: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")], ...], Field(max_length=_NEAREST)] = ()


class Kept(BaseModel):
    """One line of the file. `subjects` are the titles of the documents, nearest first, as the library has them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date
    verdict: Verdict
    status: Status
    subjects: tuple[str, ...]


def add_feedback(app: FastAPI, assistant: Assistant) -> None:
    """Let `app` take verdicts at `POST /feedback`, if the operator has turned that on; else there is no such address."""
    if assistant.library.settings.feedback.ask:
        app.add_route("/feedback", _taking(assistant), methods=["POST"])


def _taking(assistant: Assistant) -> Callable[[Request], Awaitable[Response]]:
    def take(body: bytes) -> Response:
        given = Given.model_validate_json(body)
        titles = {one.id: one.title for one in assistant.library.summaries(given.documents)}
        subjects = tuple(titles[one] for one in given.documents if one in titles)
        keep(assistant.library.directory, Kept(day=date.today(), verdict=given.verdict, status=given.status, subjects=subjects))
        return Response(status_code=204)

    async def answer(request: Request) -> Response:
        try:
            return await run_in_threadpool(take, await request.body())
        except ValidationError:
            return PlainTextResponse("Not a verdict", 422)
        except (MyositisError, OSError):
            return PlainTextResponse("The verdict could not be kept", 503)

    return answer


def keep(directory: Path, kept: Kept) -> None:
    """Add one line to the file in the library's folder; nothing happens once it is full. Raises `OSError`."""
    path = directory / FILE_NAME
    with _writing, path.open("a", encoding="utf-8") as file:
        if file.tell() < _MOST_BYTES:
            file.write(kept.model_dump_json() + "\n")


def verdicts(directory: Path) -> Iterator[Kept]:
    """What was kept, oldest first; nothing where there is no file. Raises `MyositisError` for a line that is none of ours."""
    path = directory / FILE_NAME
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield Kept.model_validate_json(line)
            except ValidationError as error:
                raise MyositisError("a verdict cannot be read", f"{path}, line {number}", "Mend or remove this line") from error


def summary(kept: list[Kept]) -> dict[str, Any]:
    """The counts of each verdict, and how often each nearest subject stood beside an answer that did not help.

    `unanswered` counts those that found nothing or did not answer the question, `wrong` those with something wrong in them;
    most often first. An answer counts for its nearest subject alone, or for "" where nothing was near.
    """
    unanswered = Counter(_nearest(one) for one in kept if one.verdict == "no")
    wrong = Counter(_nearest(one) for one in kept if one.verdict == "wrong")
    return {
        "verdicts": {verdict: sum(one.verdict == verdict for one in kept) for verdict in ("yes", "no", "wrong")},
        "unanswered": [{"subject": subject, "times": times} for subject, times in unanswered.most_common()],
        "wrong": [{"subject": subject, "times": times} for subject, times in wrong.most_common()],
    }


def _nearest(one: Kept) -> str:
    return one.subjects[0] if one.subjects else ""
