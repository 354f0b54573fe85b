"""Trains the cross-encoder (assistant/cross_encoder.py), and writes assistant/cross_encoder.npz.

    python -m tests.eval.fit_cross_encoder LIBRARY QUESTIONS.txt [LIBRARY QUESTIONS.txt …]

The files of questions are those of tests/eval/reading_questions, and are asked of the library before them as fit_reader.py asks;
where none that answers is found, the page that holds it is asked alone, so that the hardest questions teach as well. The shipped
one was trained for an hour on two cores (docs/evaluation.md, "Read together").

The loss is that of a choice among the sentences and "none of them", as of the reading network. What ranking says of a sentence is
added to what the cross-encoder says, so that it learns what ranking does not know; what reading says is not, for the network has
learnt from these questions and is surer of them than of others.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from assistant import reading
from assistant.cross_encoder import WEIGHTS, CrossEncoder
from assistant.evaluation import stands_in
from assistant.reading_together import READ_TOGETHER, titled
from index import Library
from index.embedding import Embedder
from tests.eval.fit_reader import ranked_for
from tests.eval.learning import Labelled, batches, fitted_to, learn, loss_of_choice, store_weights, to_be_trained

PASSES = 1
BATCH = 16
RATE = 1e-4
HEAD_RATE = 1e-3
# What the score by ranking weighs at first.
RANKING = 0.3
DECAY = 0.01
# Of what is found for a question so many sentences are learnt from at a time: the first, and one of those after them.
AT_A_TIME = 4
# Of each file at most so many questions are drawn.
MOST_OF_A_FILE = 7000
# Into so many parts, by the length of the sentence, are the pairs of a batch divided.
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A question with sentences that were found, the score of each by ranking, float32 (sentences,), and which of them answer."""

    question: str
    sentences: list[str]
    scores: NDArray[np.float32]
    is_right: NDArray[np.bool_]

    @property
    def is_answerable(self) -> bool:
        """Whether any of them answers; where one could, it is among them."""
        return bool(self.is_right.any())

    def drawn(self, chance: random.Random) -> Example:
        """The same with `AT_A_TIME` of its sentences: the first, and one after them, a right one if no other is."""
        last = AT_A_TIME - 1
        if len(self.sentences) <= AT_A_TIME:
            return self
        further = range(last, len(self.sentences))
        right = [at for at in further if self.is_right[at]]
        chosen = [*range(last), right[0] if right and not self.is_right[:last].any() else chance.choice(further)]
        return Example(self.question, [self.sentences[at] for at in chosen], self.scores[chosen], self.is_right[chosen])


def examples(library: Library, questions: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Example]:
    """The first sentences of what is found for each question; the best right one is put in where it stands further down."""
    titles = {document.id: document.title for document in library.summaries()}
    texts = {document.id: " ".join(document.text.split()) for document in library.documents()}
    sha256 = library.embedder.identity.sha256
    for question, gold in questions:
        query, found = ranked_for(library, question)
        if gold and not any(stands_in(candidate.text, gold) for candidate in found):
            within = frozenset(name for name, text in texts.items() if any(" ".join(one.split()) in text for one in gold))
            found = ranked_for(library, question, within)[1] if within else []
        ranked = reading.read(query, found, titles, sha256)
        is_right = np.array([stands_in(candidate.text, gold) for candidate in ranked], dtype=np.bool_)
        if not ranked or (gold and not is_right.any()):
            continue
        chosen = list(range(min(READ_TOGETHER, len(ranked))))
        if is_right.any() and not is_right[chosen].any():
            chosen.append(int(is_right.argmax()))
        sentences = [ranked[at] for at in chosen]
        scores = np.array([one.ranked for one in sentences], dtype=np.float32)
        yield Example(query.text, titled(sentences, titles), scores, is_right[chosen])


def fit(learnt: Sequence[Example], encoder: CrossEncoder, passes: int = PASSES) -> CrossEncoder:
    """`encoder` trained on what is `learnt`, in float32; the word vectors stay as they are."""
    torch.manual_seed(0)
    chance = random.Random(0)  # noqa: S311
    network = to_be_trained(encoder.network)
    trained = CrossEncoder(
        encoder.tokenizer, network, encoder.head.clone().requires_grad_(), torch.tensor([RANKING], requires_grad=True)
    )
    parameters = [
        {"params": list(network.encoder.parameters()), "lr": RATE, "weight_decay": DECAY},
        {"params": [trained.head, trained.of_ranking], "lr": HEAD_RATE, "weight_decay": DECAY},
    ]
    optimizer = torch.optim.AdamW(parameters)
    steps = passes * (len(learnt) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [RATE, HEAD_RATE], total_steps=steps + 1, pct_start=0.05)

    def pass_over() -> list[list[Example]]:
        drawn = [example.drawn(chance) for example in learnt]
        return batches(drawn, lambda example: len(example.question) + 30 * chance.random(), BATCH, chance)

    learn(pass_over, lambda batch: loss_of(trained, batch), optimizer, schedule, passes)
    for one in (trained.head, trained.of_ranking):
        one.requires_grad_(False)
    return trained


def loss_of(encoder: CrossEncoder, batch: Sequence[Example]) -> Tensor:
    """The mean negative logarithm of what is given to the right sentences together, or to none of them."""
    return loss_of_choice(_scores(encoder, batch), batch)


def _scores(encoder: CrossEncoder, batch: Sequence[Example]) -> Tensor:
    """Those of all pairs, one after the other; sentences of about one length are read together, so that little is padded."""
    pairs = [(example.question, sentence) for example in batch for sentence in example.sentences]
    ranked = torch.from_numpy(np.concatenate([example.scores for example in batch]))
    order = np.argsort([len(sentence) for _, sentence in pairs], kind="stable")
    with torch.autocast("cpu", torch.bfloat16):
        parts = [
            encoder.score(*zip(*[pairs[at] for at in some], strict=True), ranked[torch.from_numpy(some)])
            for some in np.array_split(order, AT_ONCE)
        ]
    return torch.cat(parts)[torch.from_numpy(np.argsort(order, kind="stable"))]


def _some(library: Library, questions: list[Labelled]) -> Iterator[Example]:
    """The examples of `MOST_OF_A_FILE` of the questions, drawn by chance."""
    random.Random(3).shuffle(questions)  # noqa: S311
    return examples(library, questions[:MOST_OF_A_FILE])


def main(arguments: Sequence[str]) -> int:
    """Ask everything, train, write."""
    return fitted_to(arguments, __doc__, _some, _fit_and_store)


def _fit_and_store(learnt: Sequence[Example], embedder: Embedder) -> None:
    trained = fit(learnt, CrossEncoder.untrained(embedder))
    own = {"head": trained.head, "of_ranking": trained.of_ranking}
    store_weights(WEIGHTS, embedder, {**trained.network.encoder.state_dict(), **own})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
