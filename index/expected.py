"""Expected questions in the store: each sentence that the library holds with the questions that it answers, as vectors.

They hang on passages and are filed after these, so that a change of the questions alone reads no document anew.
"""

from __future__ import annotations

from collections.abc import Callable

from corpus.expected_questions import ExpectedQuestions
from index.embedding import ENCODING_VERSION, Embedder
from index.store import Store

_DIGEST = "expected_digest"
_UNTIL = "expected_until"


def file_expected(store: Store, questions: ExpectedQuestions, embedder: Callable[[], Embedder]) -> None:
    """Bring what `store` holds of expected questions up to its passages and to `questions`.

    New passages are looked at, and all of them where the questions have changed, or the way they are read; only questions that
    are new are read by the model, which is asked for when there are any. A run that is cut off is made good by the next.
    """
    noted, digest = store.manifest(_DIGEST) or "", f"{ENCODING_VERSION} {questions.digest}"
    same = noted == digest
    until = int(store.manifest(_UNTIL) or 0) if same else 0
    expected: list[tuple[int, int, str]] = []
    last = until
    for last, passage in store.passages_after(until):
        sentences = enumerate(passage.sentence_texts)
        expected += [(last, position, asked) for position, text in sentences for asked in questions.of(text)]
    done = {_DIGEST: digest, _UNTIL: str(last)}
    filed = {} if same else store.expected_vectors_by_question()
    if not expected and not filed:
        if not same or last != until:
            store.set_manifest(**done)
        return
    vectors = filed if noted.startswith(f"{ENCODING_VERSION} ") else {}
    new = list(dict.fromkeys(asked for _, _, asked in expected if asked not in vectors))
    if new:
        vectors.update(zip(new, embedder().encode_expected(new), strict=True))
    with store.writing():
        if not same:
            store.forget_expected()
        store.insert_expected([(number, position, asked, vectors[asked]) for number, position, asked in expected])
        store.set_manifest(**done)
