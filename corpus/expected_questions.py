"""Expected questions: how readers may ask for what a sentence says, in their own words.

Texts are found by them too, as in Nogueira et al. 2019, "Document expansion by query prediction", arXiv:1904.08375: a model
that hardly connects "bit late for the gym now" with "exercise is safe at all stages" sees at once that it is much the same
question as another one about the gym. They are never shown and never quoted. Here people write them, in files "….txt":

> A sentence, word for word as its text has it.
a question that it answers
another one

"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from corpus.errors import ReadError

_MARK = "> "


class ExpectedQuestions:
    """The questions of some files, by sentence. `digest` changes with what they hold."""

    def __init__(self, by_sentence: Mapping[str, tuple[str, ...]]) -> None:
        """`by_sentence` holds the questions that each sentence answers; white space in sentences does not count."""
        self._questions = {_flat(sentence): questions for sentence, questions in by_sentence.items()}
        self.digest = hashlib.sha256(json.dumps(sorted(self._questions.items())).encode()).hexdigest()

    @classmethod
    def load(cls, folders: Iterable[Path]) -> Self:
        """The questions of every file in `folders`, in name order; a folder that is not there has none.

        Raises `ReadError`, which names the line, for a file that is not as it should be.
        """
        found: dict[str, tuple[str, ...]] = {}
        for path in (file for folder in folders for file in sorted(folder.glob("*.txt"))):
            for sentence, question in _lines(path):
                found[sentence] = (*found.get(sentence, ()), question)
        return cls(found)

    def of(self, sentence: str) -> tuple[str, ...]:
        """The questions that `sentence` answers, each once; none where nobody wrote any."""
        return tuple(dict.fromkeys(self._questions.get(_flat(sentence), ())))

    def sentences(self) -> Iterable[str]:
        """Every sentence that has questions, with single spaces."""
        return self._questions.keys()


def _lines(path: Path) -> Iterable[tuple[str, str]]:
    """Each question of a file, after the sentence that answers it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError("the expected questions cannot be read", str(path), f"Write them as UTF-8 text ({error})") from error
    sentence = None
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line.startswith(_MARK):
            sentence = _flat(line.removeprefix(_MARK))
        elif line and sentence is None:
            raise ReadError(
                "a question stands before any sentence", f"{path}, line {number}", 'Begin with the sentence it asks for: "> …"'
            )
        elif line and sentence is not None:
            yield sentence, line


def _flat(text: str) -> str:
    return " ".join(text.split())
