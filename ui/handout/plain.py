"""The sheet as plain text, to be copied or put into an e-mail."""

from __future__ import annotations

from ui.handout.sheet import Sheet
from ui.texts import text


def handout_text(sheet: Sheet) -> str:
    """All of the sheet but the room for notes, a blank line between paragraphs."""
    note = f"{sheet.rendered} {sheet.disclaimer}".strip()
    parts = [text("handout.title"), text("handout.made", date=sheet.made), f"{text('handout.please_note')}: {note}"]
    for position, turn in enumerate(sheet.turns, start=1):
        parts.append(f"{position}. {turn.question}")
        if turn.remark:
            parts.append(turn.remark)
        for quote in turn.quotes:
            source = f"[{quote.reference}] {sheet.references[quote.reference - 1].short}"
            lines = [f"“{quote.text}”", f"– {source}{f', {quote.place}' if quote.place else ''}"]
            parts.append("\n".join([*lines, *(f"  {text('handout.cited')} {one}" for one in quote.cited)]))
    if sheet.references:
        numbered = (f"[{number}] {one.full}" for number, one in enumerate(sheet.references, start=1))
        parts.append("\n".join([text("handout.references"), *numbered]))
    return "\n\n".join(parts) + "\n"
