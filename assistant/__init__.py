"""Text answers: a question becomes an `Answer` of verbatim `Quote`s, or says that the library has none."""

from assistant.assistant import Assistant
from assistant.records import Answer, Notice, Place, Quote
from assistant.texts import DISCLAIMER

__all__ = ["DISCLAIMER", "Answer", "Assistant", "Notice", "Place", "Quote"]
