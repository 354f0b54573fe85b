"""The sheet as HTML: what the page shows before it is printed, and what it prints."""

from __future__ import annotations

from ui.fixed_texts import fixed_html
from ui.handout.sheet import Sheet, SheetQuote, SheetTurn
from ui.markup import escaped
from ui.texts import text


def handout_html(sheet: Sheet) -> str:
    """One article, for inside a page. Its headings begin at level 2, under the page's own."""
    turns = "".join(_turn(turn, position, sheet) for position, turn in enumerate(sheet.turns, start=1))
    references = "".join(f"<li>{escaped(reference.full)}</li>" for reference in sheet.references)
    sources = f'<h3>{escaped(text("handout.references"))}</h3><ol class="sheet-sources">{references}</ol>' if references else ""
    lines = "".join(f"<span>{escaped(text(name))}:</span>" for name in ("handout.name", "handout.appointment"))
    return (
        f'<article class="sheet"><h2>{escaped(text("handout.title"))}</h2>'
        f'<p>{escaped(text("handout.for_you"))}</p><p class="sheet-lines">{lines}</p>'
        f'<p class="disclaimer"><strong>{escaped(text("handout.please_note"))}:</strong> '
        f"{fixed_html(sheet.disclaimer)}</p>"
        f"<p>{escaped(text('handout.made', date=sheet.made))}</p>"
        f"{turns}{sources}{_notes('handout.further_notes', 6)}</article>"
    )


def _turn(turn: SheetTurn, position: int, sheet: Sheet) -> str:
    remark = f"<p>{escaped(turn.remark)}</p>" if turn.remark else ""
    quotes = "".join(_quote(quote, sheet) for quote in turn.quotes)
    heading = f"<h3>{position}. {escaped(turn.question)}</h3>"
    return f"<section>{heading}{remark}{quotes}{_notes('handout.notes', 3)}</section>"


def _quote(quote: SheetQuote, sheet: Sheet) -> str:
    source = f"[{quote.reference}] {sheet.references[quote.reference - 1].short}{f' – {quote.place}' if quote.place else ''}"
    cited = "".join(f"<p>{escaped(text('handout.cited'))} {escaped(one)}</p>" for one in quote.cited)
    words = f'<blockquote lang="en">{escaped(quote.text)}</blockquote>'
    return f"<figure>{words}<figcaption><p>{escaped(source)}</p>{cited}</figcaption></figure>"


def _notes(name: str, lines: int) -> str:
    """A heading, and lines to write on; they are drawn, so a screen reader is told of the heading alone."""
    ruled = '<span class="sheet-line"></span>' * lines
    return f'<p class="sheet-notes">{escaped(text(name))}</p><div aria-hidden="true">{ruled}</div>'
