"""The FAISS index of the vectors by which passages are found: a file derived from the stored vectors, never the only copy."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from typing import Any

import faiss
import numpy as np

from index.errors import LibraryError
from index.records import Vectors
from index.store import EXPECTED, Store

FILE_NAME = "vectors.faiss"


class VectorIndex:
    """Passages by the inner product of their unit vectors with a vector, with a unit one the cosine: exact. Searching is
    thread-safe.
    """

    def __init__(self, index: faiss.Index, generation: str) -> None:
        """Wrap a FAISS index of what `Store.vectors` gave in that `generation`."""
        self._index: Any = index  # FAISS declares neither what it maps ids to nor how to select among them
        self._generation = generation

    @classmethod
    def build(cls, store: Store) -> VectorIndex:
        """The index of every vector that `store` holds."""
        generation, ids, matrix = store.vectors()
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(int(store.manifest("dimension") or 0)))
        if len(ids):
            index.add_with_ids(matrix, ids)
        return cls(index, generation)

    @classmethod
    def open(cls, store: Store) -> VectorIndex:
        """The index as filed, or built anew and filed where the file is missing, stale or damaged."""
        path = store.path.with_name(FILE_NAME)
        generation = str(store.manifest("generation"))
        if store.manifest("vectors_generation") == generation and path.is_file():
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == store.manifest("vectors_sha256"):
                return cls(faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8)), generation)
        index = cls.build(store)
        index.file(store)
        return index

    def part(self, ids: Sequence[int]) -> VectorIndex:
        """An index of those passages of `ids` alone that this one knows, and of the questions they are expected to answer."""
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(self._index.d))
        every = faiss.vector_to_array(self._index.id_map)
        rows = np.flatnonzero(np.isin(every % EXPECTED, ids))
        if len(rows):
            index.add_with_ids(self._index.index.reconstruct_batch(rows), every[rows])
        return VectorIndex(index, self._generation)

    def file(self, store: Store) -> None:
        """Write the file beside the store: complete under another name first, then renamed, then noted in the manifest.

        The file is only a saved computation, so a folder that cannot be written or is full is no error.
        """
        path = store.path.with_name(FILE_NAME)
        content = faiss.serialize_index(self._index).tobytes()
        draft = path.with_name(f"{FILE_NAME}.{os.getpid()}")
        try:
            draft.write_bytes(content)
            draft.replace(path)
            store.set_manifest(vectors_generation=self._generation, vectors_sha256=hashlib.sha256(content).hexdigest())
        except (OSError, LibraryError):
            draft.unlink(missing_ok=True)

    def __len__(self) -> int:
        """The number of vectors."""
        return int(self._index.ntotal)

    def search(self, question: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` passages of the greatest inner product, that is cosine with a unit one, with a vector (dimension,): (id,
        product), greatest first.
        """
        return self._search(question, k, faiss.IDSelectorRange(0, EXPECTED))

    def search_among(self, ids: Sequence[int], question: Vectors, k: int) -> list[tuple[int, float]]:
        """As `search`, of those passages alone."""
        return self._search(question, k, faiss.IDSelectorBatch(np.array(ids, dtype=np.int64))) if ids else []

    def search_expected(self, question: Vectors, k: int) -> list[tuple[int, float]]:
        """The passages of the `k` expected questions nearest to a unit vector: (id, cosine of the nearest), nearest first."""
        found: dict[int, float] = {}
        for number, cosine in self._search(question, k, faiss.IDSelectorRange(EXPECTED, np.iinfo(np.int64).max)):
            found.setdefault(number % EXPECTED, cosine)
        return list(found.items())

    def _search(self, question: Vectors, k: int, among: faiss.IDSelector) -> list[tuple[int, float]]:
        faiss.omp_set_num_threads(1)  # counted by thread; two of them would wait for each other longer than they search
        only = faiss.SearchParameters(sel=among)  # type: ignore[call-arg]  # its wrapper takes it, undeclared
        scores, ids = self._index.search(question[None, :], min(k, max(1, len(self))), params=only)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def products(self, question: Vectors, ids: list[int]) -> dict[int, float]:
        """The inner product of `question`, (dimension,), with each passage of `ids` that the index knows: of a unit vector the
        cosine.
        """
        return {passage_id: float(row @ question) for passage_id, row in self._rows(ids).items()}

    def completed(self, found: Sequence[tuple[int, float]], question: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """What a search for `question` has `found`, and the inner products with the others of `ids`."""
        known = dict(found)
        return known | self.products(question, [number for number in ids if number not in known])

    def _rows(self, ids: Iterable[int]) -> dict[int, Vectors]:
        """The vectors of those passages of `ids` that the index knows."""
        found = {}
        for passage_id in ids:
            try:
                found[passage_id] = self._index.reconstruct(passage_id)
            except RuntimeError:  # FAISS raises this for an id it does not hold
                continue
        return found
