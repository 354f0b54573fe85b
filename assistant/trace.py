"""What each step made of a question: for the operator who wonders why an answer is as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.confidence import Confidence
from assistant.lay_words import expansions
from assistant.ranking import FEATURES, Candidate
from assistant.records import Answer
from assistant.retrieval import Found
from assistant.safety import Finding
from assistant.selection import Verdict
from index import Hit
from index.words import content_words, stem

_BECAUSE = {
    "quoted": "one of the first that say something new",
    "joined": "it stands beside one before it and is not much less likely to answer, so both are one quote",
    "overlaps": "it shares a sentence with one before it, and both are too long or too unlike in score for one quote",
    "copy": "another document says it in the same words, and that one is quoted with both addresses",
    "alike": "it says much the same as one before it",
    "no room": "there are enough quotes before it",
    "not sure enough": "it stands first, and its probability is below the threshold of a possible answer",
    "not looked at": "the first one does not answer, and it decides for all",
    "not quotable": "no sentence of the passage can be quoted",
}
_MARKS = '.,;:!?()"“”'
# Where the passages miss more of the question's weight than this, the library lacks what was asked.
_LACKS = 0.5

# assistant/level.py
_PUT_FIRST = "; first among those that come out level, for whom its document is written for or its year"


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of one question. `answer` is what the reader gets; the rest is what the steps before it saw.

    `findings` are those of the safety rules and of the second look. `joined` is the question made to stand alone, before its
    spelling was mended. A step that was not reached has left nothing: nothing `found`, no `verdicts`, no `confidence`.
    """

    answer: Answer
    joined: str
    findings: tuple[Finding, ...] = ()
    found: Found | None = None
    verdicts: tuple[Verdict, ...] = ()
    confidence: Confidence | None = None

    @property
    def probability(self) -> float | None:
        """The probability, 0 to 1, that the library answers; None where the way ended before there was a candidate."""
        return self._first_judged()[0]

    @property
    def certainty(self) -> float | None:
        """The probability, 0 to 1, that the first candidate itself answers; None as `probability` is."""
        return self._first_judged()[1]

    @property
    def thresholds(self) -> dict[str, float] | None:
        """Those that decided on the first candidate; None as `probability` is."""
        return self.confidence.thresholds(self.verdicts[0].candidate) if self.confidence and self.verdicts else None

    def _first_judged(self) -> tuple[float, float] | tuple[None, None]:
        return self.confidence.judged(self.verdicts[0].candidate) if self.confidence and self.verdicts else (None, None)

    def explanation(self) -> dict[str, Any]:
        """The way as plain lists and dictionaries, in the form that `myositis ask --explain --json` prints."""
        candidates = list(self._candidates())
        step, why = self._look_at(candidates)
        thresholds = self.thresholds
        return {
            "understanding": {
                "asked": self.answer.question,
                "made_to_stand_alone": self.joined,
                "mended": self._mended(),
                "understood_as": self.answer.understood_as,
                "added_words": list(expansions(self.found.query.text)) if self.found else [],
                "never_seen": [one["written"] for one in self._mended()] + self._unknown(),
                "names": self._names(),
            },
            "safety": [{"found": finding.rule, "action": finding.action} for finding in self.findings],
            "thresholds": {name: _rounded(value) for name, value in thresholds.items()} if thresholds else None,
            "candidates": candidates,
            "look_at": {"step": step, "why": why},
        }

    def _mended(self) -> list[dict[str, str]]:
        """Each word whose spelling was mended; mending leaves the spaces between words as they are."""
        pairs = zip(self.joined.split(), self.answer.understood_as.split(), strict=False)
        return [{"written": written.strip(_MARKS), "read": read.strip(_MARKS)} for written, read in pairs if written != read]

    def _names(self) -> list[str]:
        """The titles of the documents that the question names most, and which were looked through for that."""
        if self.found is None:
            return []
        return sorted(self.found.titles[document] for document in self.found.query.names.most if document in self.found.titles)

    def _unknown(self) -> list[str]:
        """The words, as they were read, that the library never uses."""
        if self.found is None:
            return []
        query = self.found.query
        return [word for word in content_words(query.text) if stem(word) in query.unknown]

    def _candidates(self) -> Iterator[dict[str, Any]]:
        """Each candidate, best first, then the passages of which nothing can be quoted."""
        best = max((verdict.candidate.score for verdict in self.verdicts), default=0.0)
        for rank, verdict in enumerate(self.verdicts, start=1):
            candidate = verdict.candidate
            judged = self.confidence.judged(candidate) if self.confidence else None
            yield {
                "rank": rank,
                **self._place(candidate.hit),
                "text": candidate.text,
                "start": candidate.start,
                "end": candidate.end,
                "scores": self._scores(candidate),
                "features": self._features(candidate),
                "probability": _rounded(judged[0]) if judged else None,
                "certainty": _rounded(judged[1]) if judged else None,
                "verdict": verdict.fate,
                "because": _BECAUSE[verdict.fate] + (_PUT_FIRST if rank == 1 and candidate.score < best else ""),
                "like": None if verdict.like is None else verdict.like + 1,
            }
        looked_at = {id(verdict.candidate.hit) for verdict in self.verdicts}
        for hit in self.found.hits if self.found and self.verdicts else ():
            if id(hit) not in looked_at:
                scores = {"fused": _rounded(hit.fused), "dense": _rounded(hit.dense), "bm25": _rounded(hit.lexical)}
                span = {"text": hit.passage.text, "start": hit.passage.start, "end": hit.passage.end}
                verdict_of = {"verdict": "not quotable", "because": _BECAUSE["not quotable"], "like": None}
                yield {
                    "rank": None,
                    **self._place(hit),
                    **span,
                    "scores": scores,
                    "features": {},
                    "probability": None,
                    "certainty": None,
                } | verdict_of

    def _place(self, hit: Hit) -> dict[str, Any]:
        passage = hit.passage
        title = self.found.titles.get(passage.document_id, "") if self.found else ""
        return {"document_id": passage.document_id, "title": title, "section": " › ".join(passage.section), "page": passage.page}

    def _scores(self, candidate: Candidate) -> dict[str, float]:
        hit = candidate.hit
        own = {name: _rounded(getattr(candidate, name)) for name in ("score", "ranked", "read", "together", *FEATURES)}
        return own | {"fused": _rounded(hit.fused), "dense": _rounded(hit.dense), "bm25": _rounded(hit.lexical)}

    def _features(self, candidate: Candidate) -> dict[str, float]:
        if self.confidence is None:
            return {}
        features = self.confidence.features(candidate)
        of_alone = self.confidence.of_alone(candidate) or {}
        alone = {"alone_adds": self.confidence.alone(candidate), "unknown": of_alone.get("unknown", 0.0)}
        return {name: _rounded(value) for name, value in (features | alone).items()}

    def _look_at(self, candidates: list[dict[str, Any]]) -> tuple[str, str]:
        """The step to look at where the answer is not what it should be, and why that one."""
        decisive = [finding for finding in self.findings if finding.action != "notice"]
        if decisive:
            return "safety", f"{decisive[0].rule} led to {decisive[0].action}, so nothing is quoted"
        ranked = [one for one in candidates if one["rank"]]
        if not ranked or self.confidence is None:
            return "library", "it holds no sentence that could be quoted for this question"
        first = ranked[0]
        best = max((one for one in ranked if one["like"] != first["rank"]), key=lambda one: float(one["probability"]))
        if best is not first and best["probability"] > first["probability"] + 0.1:
            return "ranking", f"candidate {best['rank']} has a higher probability than the first"
        if self.answer.status == "answered":
            return "ranking", "the first candidate is sure enough; if another one answers better, it stands too low"
        unknown = self._unknown()
        if unknown:
            return "words", f"the library never uses {', '.join(unknown)}: a lay phrase or a source may be missing"
        if first["features"]["missed"] > _LACKS:
            return "library", "most of what was asked is in no passage that was found: a source may be missing"
        if self._mended():
            return "spelling", "words were mended; see whether they were meant so"
        if self.joined != self.answer.question:
            return "follow-up", "the question was joined to earlier ones; see whether it says what was meant"
        return "confidence", "the first candidate is below the threshold, though the library has the words"


def _rounded(value: float) -> float:
    return round(float(value), 4)
