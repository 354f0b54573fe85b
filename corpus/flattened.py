"""Lists and headings that lost their lines and stand in running text, as old pages, PDFs and collections of texts hold them.

Only safe evidence counts: a cut at the wrong place is worse than none.
"""

from __future__ import annotations

import re

# The mark before an item of a list. Numbers are no such mark: they may belong to what is said.
MARK = re.compile(r"[-*•◦▪‣·–—]\s+")
# What leads into a list whose items follow in the same line: "any of these: - fever. - chills."
_LEAD = re.compile(
    r"(?::|\b(?:are|is|include|includes|including|following|as|of|with|to|if|on|by|have|experience))\s+[-*•◦▪‣·]\s", re.IGNORECASE
)
# An item is a sentence of its own when its verb comes before anything that could make it a part of another's.
_VERB = (
    r"(?:is|are|was|were|has|have|had|can|cannot|may|might|must|should|will|would|does|do|did|includes?|needs?|occurs?|happens?|"
    r"helps?|causes?)"
)
_DEPENDS = r"(?:which|that|who|whose|whom|where|when|while|if|because|than|what|how|whether|as)"
_WHOLE_ITEM = re.compile(rf"(?!{_DEPENDS}\b)[A-Z\d](?:(?!\b{_DEPENDS}\b)[^.:;?!])*?\s{_VERB}\s", re.DOTALL)
# The name of a text's first part, as MedlinePlus sets it before each of its topics.
_LABEL = re.compile(r"Summary ?: (?=[A-Z\d])")
# What is left of a bracket or of a sentence before: it begins no sentence.
_STRAY = re.compile(r"(?:[)\]}]+[.,;:]?|[.,;:]+)\s+(?=\S)")
# Words that begin a sentence and, with a capital and a small word after them, stand in the middle of none.
_OPENING = re.compile(
    r"(?<=[\w)]) (?=(?:(?:The|There|These|This|Those|Most|Many|Some|Several|If|Although|Because|While|When|An|Each|Once) "
    r"(?!(?:to|and|or|if|when|not)\b)|In (?:addition|most|some|many|this|these|general|rare|other)\b,? "
    r"|(?:For|As) (?:example|instance|many|most|some|people)\b,? |Not (?:all|everyone) "
    r"|Only (?:about|a|some) |Various |Certain |Sometimes,? |One of (?:the|these) |Be sure |Try (?:to|not) |Talk (?:to|with) "
    r"|To (?:find|check|learn|diagnose|help|prevent|treat|confirm|determine|see|reduce|make|rule|avoid|get) "
    r"|(?:Studies|Research|Researchers|Experts|Scientists|Doctors) (?:also |often |usually |may |can |will |use |know |have |has "
    r"|are |believe |think |recommend |suggests? |shows? )"
    r"|(?:You|It|They|We|He|She) (?:may|can|should|will|might|must|is|are|was|were) |Your (?:doctor|body|health) )[a-z])"
)
# A heading ends in none of these, so that what follows still belongs to it, or names a title ("a film called The thing").
_UNFINISHED = re.compile(
    r"\b(?:the|a|an|of|in|on|at|to|for|from|by|with|without|about|and|or|but|nor|as|than|is|are|was|were|be|been|am|has|have|had|"
    r"can|may|should|will|called|named|titled|entitled|see|read|visit|ask|say|says|said|what|how|why|who|which|whether|when|where|"
    r"if|that|until|do|does|not|no|your|our|their|his|her|its|my|this|these|those|vs|per|via|into|under|during|after|before)$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[A-Z\d][^.,;:!?|\"“”]*")
_MOST_HEADING_WORDS = 9
# "Key Points - Falls are …", before another item.
_LIST_HEADING = re.compile(r"[A-Z][\w'’]*(?: [\w'’]+){0,3} (?=[-•] [A-Z])")
# A heading in capitals, small words between them, and the word of it that its sentence begins with: "Symptoms of Glaucoma
# Glaucoma can …", "How Bone Loss Occurs Bone is …". A short word said twice and nothing else may be a name.
_TITLE_WORD = re.compile(r"[A-Z][\w'’.-]*|\d+|of|and|the|for|in|to|or|on|at|with|a|an|your|from|vs")
_SMALL_FOLLOWS = re.compile(r"(?!(?:of|and|or|for|in|on|at|to|with|from|the)\b)[a-z(]")
_SHORTEST_TWICE = 6
_SMALL_ITEM = re.compile(r"\s[-*•◦▪‣·]\s+[a-z]")


def run_in_heading(sentence: str) -> int:
    """Where the sentence begins in `sentence` that a heading was run into, 0 where there is no safe sign of one."""
    if label := _LABEL.match(sentence):
        return label.end()
    for match in _OPENING.finditer(sentence):
        before = sentence[: match.start()]
        items = list(_SMALL_ITEM.finditer(before))
        # Behind items in small letters a capital begins a sentence; the list lost its full stop.
        rest = before[items[-1].end() :] if len(items) > 1 else before
        if len(rest.split()) > _MOST_HEADING_WORDS:
            break
        if (len(items) > 1 or _HEADING.fullmatch(before)) and not _UNFINISHED.search(before):
            return match.end()
    return _echo(sentence)


def _echo(sentence: str) -> int:
    """Where a word of the heading begins the sentence behind it, 0 where none does."""
    words = sentence.split(" ")[: _MOST_HEADING_WORDS + 3]
    plain = [word.rstrip(",").lower() for word in words]
    for position, word in enumerate(words[:-1]):
        if (
            word[:1].isupper()
            and plain[position] in plain[:position]
            and _SMALL_FOLLOWS.match(words[position + 1])
            and (position > 1 or len(word) >= _SHORTEST_TWICE)
        ) or (word in ("A", "An") and plain[position + 1] in plain[:position]):
            start = position
            # The words before may be the heading's as well: "Vitamin B12 Deficiency Vitamin B12 deficiency may …".
            while start > 1 and " ".join(plain[start - 1 : position + 1]) in " ".join(plain[: start - 1]):
                start -= 1
            start -= plain[start - 1] in ("the", "a", "an")
            before = " ".join(words[:start])
            return 0 if not before or _UNFINISHED.search(before) else len(before) + 1
        if not _TITLE_WORD.fullmatch(word):
            return 0
    return 0


def is_whole_item(item: str) -> bool:
    """Whether an item of a list, its mark left out, is a sentence of its own."""
    return _WHOLE_ITEM.match(item) is not None


def leads(sentence: str) -> bool:
    """Whether `sentence` leads into a list: it ends in a colon, or holds the first item already."""
    return sentence.endswith(":") or _LEAD.search(sentence) is not None


def opens_list(sentence: str) -> int:
    """Where the first item stands in a `sentence` that is a list's heading and its first item, 0 where it is none."""
    match = _LIST_HEADING.match(sentence)
    return match.end() if match else 0


def without_mark(text: str, start: int, end: int, *, dependent: bool) -> int:
    """Where a sentence begins behind the mark of its list, or what is left of a bracket; `start` where nothing is behind it.

    An item that is `dependent` on the line that leads into its list keeps its mark: without the line it is no sentence.
    """
    begin = start
    while match := _STRAY.match(text, begin, end) or (None if dependent else MARK.match(text, begin, end)):
        begin = match.end()
    return begin if begin < end else start
