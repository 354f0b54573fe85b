"""The first run: where there is no library yet, the starter library is built, and a build that was cut off is finished.

The first run of a new version reads the starter pages anew, where it embeds texts in another way or expects other questions.
"""

from __future__ import annotations

from pathlib import Path

from assistant import Assistant
from corpus.starter import starter_sources
from index import Library
from index.embedding import ENCODING_VERSION
from index.progress import Progress

_MARK = "starter"
_UNDER_WAY = "under way"


def open_or_build(directory: Path, progress: Progress) -> Assistant:
    """The assistant of the library in `directory`, with the starter library built there if there was none.

    `progress(done, total, address)` is called while pages are added.
    """
    library = Library.open(directory)
    if library.is_new or library.mark(_MARK) is not None:
        complete = f"complete, encoding {ENCODING_VERSION}, questions {library.expected_questions().digest[:16]}"
        if library.mark(_MARK) != complete:
            library.set_mark(_MARK, _UNDER_WAY)
            library.add(starter_sources(), progress)
            library.set_mark(_MARK, complete)
    return Assistant(library)
