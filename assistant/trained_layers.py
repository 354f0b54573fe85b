"""The layers of the embedding model, trained on for something else: what networks that begin as its copies have in common."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding import Embedder, readable

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertModel, PreTrainedTokenizerFast

# Of a question, that is of its end, so many words are read; few are longer.
MOST_ASKED = 50


def end_of(question: str) -> str:
    """The last `MOST_ASKED` words of `question`: of a story, what it asks at last."""
    return " ".join(readable(question).split()[-MOST_ASKED:])


def own_layers(embedder: Embedder) -> tuple[PreTrainedTokenizerFast, BertModel]:
    """A tokenizer, and a copy of the embedding model as it is, but for its word vectors, which are shared; it has no pooler."""
    tokenizer, whole = embedder.pretrained
    network = copy.deepcopy(whole, {id(whole.embeddings): whole.embeddings})
    network.pooler = None
    return tokenizer, network


def stored_weights(path: Path, embedder: Embedder) -> dict[str, Tensor] | None:
    """The float32 weights in the file, by name; None where they belong to another embedding model."""
    import torch

    with np.load(path, allow_pickle=False) as stored:
        if str(stored["weights_sha256"]) != embedder.identity.sha256:
            return None
        return {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files if name != "weights_sha256"}
