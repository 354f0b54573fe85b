"""Measuring the answers on labelled questions. docs/evaluation.md says what is measured, and on what."""

from assistant.evaluation.labels import DEFAULT_QUESTIONS, LabelledQuestion, load_questions, stands_in
from assistant.evaluation.outcomes import Outcome, ask_all
from assistant.evaluation.phrasings import DEFAULT_PHRASINGS, Agreement, agreement, load_phrasings
from assistant.evaluation.report import Report, evaluate, report_on

__all__ = [
    "DEFAULT_PHRASINGS",
    "DEFAULT_QUESTIONS",
    "Agreement",
    "LabelledQuestion",
    "Outcome",
    "Report",
    "agreement",
    "ask_all",
    "evaluate",
    "load_phrasings",
    "load_questions",
    "report_on",
    "stands_in",
]
