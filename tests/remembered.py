"""Vectors remembered from one run to the next, so that only the first one waits for the model to read the starter library."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from index.embedding import ENCODING_VERSION, Embedder, TextVectors


@contextmanager
def remembered_vectors(embedder: Embedder, folder: Path) -> Iterator[None]:
    """Within, a text that `embedder` has read in an earlier run gets the vector it got then, kept in `folder`.

    Other weights, another precision, or other versions of what runs them, are remembered apart. What is read anew is noted at
    the end.
    """
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("sentence-transformers", "torch", "transformers")]
    what = [embedder.identity.sha256, str(embedder._model.dtype), f"encoding {ENCODING_VERSION}", *versions]
    made_by = hashlib.sha256(" ".join(what).encode()).hexdigest()[:16]
    file = folder / f"{made_by}.npz"
    known: dict[str, TextVectors] = {}
    if file.is_file():
        with np.load(file) as kept:
            pieces = np.split(kept["pieces"], np.cumsum(kept["counts"])[:-1])
            known = dict(zip(kept["texts"].tolist(), map(TextVectors, kept["vectors"], pieces), strict=True))
    read_before = len(known)
    encode = embedder._encode

    def remember(texts: list[str]) -> list[TextVectors]:
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            known.update(zip(new, encode(list(new.values())), strict=True))
        return [known[key] for key in keys]

    embedder._encode = remember  # type: ignore[method-assign]
    try:
        yield
    finally:
        del embedder._encode
        if len(known) > read_before:
            draft = file.with_name(f"{made_by}.{os.getpid()}.npz")
            np.savez(
                draft,
                texts=np.array(list(known)),
                vectors=np.stack([one.vector for one in known.values()]),
                pieces=np.concatenate([one.pieces for one in known.values()]),
                counts=np.array([len(one.pieces) for one in known.values()]),
            )
            draft.replace(file)
