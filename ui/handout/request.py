"""What a browser sends to get a sheet: its questions, and the places of their quotes. Nothing of it is stored."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.assistant import LONGEST_QUESTION

# As many turns as a page holds, and more quotes than an answer has.
MOST_TURNS = 40
MOST_QUOTES = 12
# Some 25 KB of places, and the questions themselves.
MOST_BODY_BYTES = 256 * 1024

Paper = Literal["a4", "us-letter"]
_Offset = Annotated[int, Field(ge=0, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuotePlace(_Part):
    """Where a quote stands: `start:end` in the text of the document with this id."""

    document: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    start: _Offset
    end: _Offset


class AskedTurn(_Part):
    """One question as it was asked, with the places of its quotes in the order they are shown; none where nothing was found."""

    question: Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
    quotes: Annotated[tuple[QuotePlace, ...], Field(max_length=MOST_QUOTES)] = ()


class HandoutRequest(_Part):
    """The turns that were chosen, oldest first, and the paper to lay them out for."""

    turns: Annotated[tuple[AskedTurn, ...], Field(min_length=1, max_length=MOST_TURNS)]
    paper: Paper = "a4"
