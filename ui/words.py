"""Hard words in quotes: each can be pressed for its meaning, and all are listed at the end of their answer.

Marking changes no character of a quote: the text content of what `WordsInAnswer.marked` returns is the text it was given.
"""

from __future__ import annotations

from corpus.starter.glossary import Term, glossary, mentions
from ui.markup import escaped
from ui.sources import citations_in
from ui.texts import text


class WordsInAnswer:
    """The glossary's terms that the quotes of one turn use. `turn` is the turn's number, which keeps ids apart."""

    def __init__(self, turn: int) -> None:
        self._turn = turn
        self._terms: dict[str, Term] = {}

    def marked(self, words: str) -> str:
        """`words` as HTML, with the first use of each term a link to its line in the list; js/words.js shows it in place.

        What stands in the name of a source is left alone.
        """
        parts = []
        drawn_to = 0
        here: set[str] = set()
        citations = citations_in(words)
        for mention in mentions(words):
            named = any(start <= mention.start < end for start, end in citations)
            if named or mention.term.term in here:
                continue
            here.add(mention.term.term)
            self._terms.setdefault(mention.term.term, mention.term)
            parts.append(escaped(words[drawn_to : mention.start]))
            parts.append(
                f'<a class="term" role="button" aria-expanded="false" href="#{self._id(mention.term)}">'
                f"{escaped(words[mention.start : mention.end])}</a>"
            )
            drawn_to = mention.end
        parts.append(escaped(words[drawn_to:]))
        return "".join(parts)

    def list_html(self) -> str:
        """Every term that was marked, in alphabetical order, with its meaning and how it is said; "" where there is none."""
        if not self._terms:
            return ""
        lines = []
        for term in glossary():
            if term.term not in self._terms:
                continue
            said = escaped(text("words.said", said=term.said))
            meaning = f"{term.meaning} ({term.reference})" if term.reference else term.meaning
            lines.append(
                f'<div id="{self._id(term)}"><dt>{escaped(term.term)} <span class="said">{said}</span></dt>'
                f"<dd>{escaped(meaning)}</dd></div>"
            )
        return f'<div class="words"><h3>{escaped(text("words.heading"))}</h3><dl lang="en">{"".join(lines)}</dl></div>'

    def _id(self, term: Term) -> str:
        return f"turn-{self._turn}-word-{glossary().index(term)}"
