"""What the networks learn from and how: the files of questions, batches, the loss of a choice, and the passes over all.

Of a file of tests/eval/reading_questions, tests/eval/fit_reader.py tells the form.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from index import Library
from index.embedding import Embedder

if TYPE_CHECKING:
    from transformers import BertModel

_SENTENCE = ">"
T = TypeVar("T")
Labelled = tuple[str, tuple[str, ...]]


def questions_of(path: Path) -> Iterator[Labelled]:
    """Each question of a file, or of all files of a folder, with the sentences that answer it, () where none does."""
    if path.is_dir():
        for each in sorted(path.iterdir()):
            yield from questions_of(each)
        return
    gold: list[str] = []
    fresh = True
    for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()):
        if line.startswith(_SENTENCE):
            gold = [*([] if fresh else gold), *filter(None, [line.removeprefix(_SENTENCE).strip()])]
            fresh = False
        elif line:
            yield line, tuple(gold)
            fresh = True


def fitted_to(
    arguments: Sequence[str],
    usage: str | None,
    examples: Callable[[Library, list[Labelled]], Iterable[T]],
    fit_and_store: Callable[[list[T], Embedder], None],
) -> int:
    """What a command fits to the `examples` of each file of questions, asked of the library before it in `arguments`: its exit
    status, 2 with the `usage` where there is none.
    """
    if not arguments:
        print(usage)
        return 2
    learnt: list[T] = []
    for folder, path in zip(arguments[::2], arguments[1::2], strict=True):
        with Library.open(folder, create=False) as library:
            learnt += examples(library, list(questions_of(Path(path))))
            embedder = library.embedder
        print(f"{len(learnt)} questions asked", flush=True)
    torch.set_num_threads(2)
    fit_and_store(learnt, embedder)
    return 0


def to_be_trained(network: BertModel) -> BertModel:
    """A copy of `network` in float32, whose word vectors stay as they are. It is not told that it is trained: with many questions
    and few passes it needs no dropout, which takes a fifth of the time.
    """
    copied = copy.deepcopy(network).float().eval()
    copied.embeddings.requires_grad_(False)
    return copied


def store_weights(path: Path, embedder: Embedder, weights: Mapping[str, Tensor]) -> None:
    """Write `weights` of layers trained on from those of `embedder`: matrices rounded to half precision."""
    stored = {name: (one.half() if one.ndim == 2 else one.float()).detach().numpy() for name, one in weights.items()}
    np.savez_compressed(path, weights_sha256=np.array(embedder.identity.sha256), **stored)


def batches(learnt: Iterable[T], length: Callable[[T], float], size: int, chance: random.Random) -> list[list[T]]:
    """Those of about one `length` together, so that little is padded; in an order of their own each time."""
    order = sorted(learnt, key=length)
    found = [order[first : first + size] for first in range(0, len(order), size)]
    chance.shuffle(found)
    return found


def learn(
    pass_over: Callable[[], list[list[T]]],
    loss_of: Callable[[Sequence[T]], Tensor],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    passes: int,
) -> None:
    """Make the loss of the batches of each `pass_over` all less, and say what it was."""
    parameters = [one for group in optimizer.param_groups for one in group["params"]]
    for number in range(passes):
        total = count = 0.0
        for batch in pass_over():
            loss = loss_of(batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
            count += len(batch)
        print(f"pass {number + 1} of {passes}: mean loss {total / count:.3f}", flush=True)


class Choice(Protocol):
    """A question with sentences, none or some of which answer it."""

    @property
    def is_right(self) -> NDArray[np.bool_]: ...

    @property
    def is_answerable(self) -> bool: ...


def loss_of_choice(scores: Tensor, batch: Sequence[Choice]) -> Tensor:
    """The mean negative logarithm of what `scores`, those of all sentences one after the other, give to the right ones together;
    where there is none, to "none of them", whose score is 0."""
    losses, first = [], 0
    for example in batch:
        own = scores[first : first + len(example.is_right)]
        first += len(example.is_right)
        choice = torch.logsumexp(torch.cat([own, torch.zeros(1)]), 0)
        right = torch.logsumexp(own[torch.from_numpy(example.is_right)], 0) if example.is_answerable else torch.zeros(())
        losses.append(choice - right)
    return torch.stack(losses).mean()
