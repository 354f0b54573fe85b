"""Follow-ups made to stand alone by a language model, where the operator names one. It never sees a source nor writes an answer.

Off by default, because it sends the conversation's last questions to the endpoint. Whatever goes wrong, the built-in way
(assistant/follow_up.py) is taken, and nobody is told.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from typing import Any

import httpx

from assistant.follow_up import leans
from index.settings import FollowUps
from index.words import stems

# Seconds for the whole exchange; an answer must not wait for longer.
PATIENCE = 3.0
_LONGEST = 300
_MOST_BYTES = 100_000
_REACH = 3
_TASK = (
    "Rewrite the last question of this conversation as one short question that can be understood without the others. "
    "Use the person's own words. Do not answer it and add nothing. Write only the question."
)


def rewritten(question: str, history: Sequence[str], settings: FollowUps) -> str | None:
    """`question` as one that stands alone; None where it does so already, no endpoint is set, or its reply is of no use.

    A reply is of use that is one line of at most 300 characters and shares a content word with the conversation.
    """
    turns = [*filter(None, map(str.strip, history)), question][-_REACH - 1 :]
    if settings.endpoint is None or len(turns) < 2 or not leans(question):
        return None
    try:
        said = " ".join(_reply(turns, settings).split())
        said.encode()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    return said if len(said) <= _LONGEST and stems(said) & stems(" ".join(turns)) else None


def _reply(turns: Sequence[str], settings: FollowUps) -> str:
    key = os.environ.get(settings.api_key_env, "") if settings.api_key_env else ""
    asked: dict[str, Any] = {
        "model": settings.model,
        "temperature": 0,
        "max_tokens": 100,
        "messages": [
            {"role": "system", "content": _TASK},
            {"role": "user", "content": "\n".join(f"{number}. {turn}" for number, turn in enumerate(turns, start=1))},
        ],
    }
    until = time.monotonic() + PATIENCE
    body = b""
    # No proxy of the environment is used: the conversation goes where the operator's file says, and nowhere else.
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False) as client,
        client.stream(
            "POST",
            f"{(settings.endpoint or '').rstrip('/')}/chat/completions",
            json=asked,
            headers={"authorization": f"Bearer {key}"} if key else {},
        ) as response,
    ):
        response.raise_for_status()
        for part in response.iter_bytes():
            body += part
            if len(body) > _MOST_BYTES or time.monotonic() > until:
                raise ValueError("the reply is too long or too late")
    said: str = json.loads(body)["choices"][0]["message"]["content"]
    return said
