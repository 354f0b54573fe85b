"""Trains the question encoder (assistant/question_encoder.py), and writes assistant/question_encoder.npz.

    python -m tests.eval.fit_question_encoder LIBRARY QUESTIONS.txt [LIBRARY QUESTIONS.txt …]

The files of questions are those of tests/eval/reading_questions, and the folder of them corpus/starter/expected_questions.
They are asked of the library before them; those that nothing answers teach nothing here. Texts keep the vectors that the
embedding model gives them. A question learns to prefer what answers it to everything else in its library: by passages, by all
sentences, and by the pieces of those that come nearest, each a choice whose loss is the negative logarithm of what is given to
the right ones together.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from assistant import ranking, spelling
from assistant.evaluation import stands_in
from assistant.question_encoder import WEIGHTS, QuestionEncoder
from index import Library
from index.embedding import Embedder
from index.pieces import PieceReducer
from tests.eval.learning import Labelled, batches, fitted_to, learn, store_weights, to_be_trained

PASSES = 4
BATCH = 48
RATE = 6e-5
HEAD_RATE = 1e-3
DECAY = 0.01
# The choices among all passages and among all sentences by their vectors are made as if these were so many times as sure.
SURER = {"passages": 3.0, "sentences": 1.5}
# What the losses of the three choices count.
COUNTS = {"passages": 0.3, "sentences": 0.4, "pieces": 1.0}
# So many sentences, those that come nearest by their vectors and some that answer, are compared piece by piece, by so many of
# their pieces.
COMPARED = 40
RIGHT_COMPARED = 4
PIECES = 48


@dataclass(frozen=True, slots=True)
class Texts:
    """What a library holds: unit float32 (passages, dimension) and (sentences, dimension), the passage of each sentence, int64,
    and the pieces of each, float32 (pieces + `PIECES`, piece dimension), from `first` on `count` of them, int64 (sentences,);
    `written` are the sentences' words.
    """

    passages: Tensor
    sentences: Tensor
    passage_of: Tensor
    pieces: Tensor
    first: Tensor
    count: Tensor
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question, and which sentences of the texts answer it, int64 (some,)."""

    question: str
    texts: Texts
    right: Tensor


def texts_of(library: Library) -> Texts:
    """All that `library` holds, read by the embedding model."""
    read = [
        (passage, vectors)
        for document in library.documents()
        for passages in [library.passages_of(document.id)]
        for passage, vectors in zip(passages, library.embedder.encode_passages(document, passages), strict=True)
    ]
    pieces = [own[:PIECES] for _, vectors in read for own in vectors.pieces]
    count = np.array([len(own) for own in pieces])
    room = np.zeros((PIECES, pieces[0].shape[-1]), dtype=np.float32)
    return Texts(
        passages=torch.from_numpy(np.stack([vectors.passage for _, vectors in read])),
        sentences=torch.from_numpy(np.concatenate([vectors.sentences for _, vectors in read])),
        passage_of=torch.tensor([at for at, (_, vectors) in enumerate(read) for _ in vectors.pieces]),
        pieces=torch.from_numpy(np.concatenate([PieceReducer.restored(np.concatenate(pieces)), room])),
        first=torch.from_numpy(np.cumsum(count) - count),
        count=torch.from_numpy(count),
        written=tuple(text for passage, _ in read for text in passage.sentence_texts),
    )


def examples(library: Library, questions: Sequence[Labelled]) -> Iterator[Example]:
    """Each question that sentences of `library` answer, once, with these."""
    texts = texts_of(library)
    places: dict[str, list[int]] = {}
    for place, written in enumerate(texts.written):
        places.setdefault(" ".join(written.split()), []).append(place)
    answers: dict[str, tuple[str, ...]] = {}
    for question, gold in questions:
        answers[question] = (*answers.get(question, ()), *gold)
    for question, gold in answers.items():
        right = {place for sentence in gold for place in places.get(" ".join(sentence.split()), [])}
        if gold and not right:
            right = {place for place, written in enumerate(texts.written) if stands_in(written, gold)}
        if right:
            yield Example(spelling.mend(question, library), texts, torch.tensor(sorted(right)))


def fit(learnt: Sequence[Example], encoder: QuestionEncoder, passes: int = PASSES) -> QuestionEncoder:
    """`encoder` trained on what is `learnt`; the word vectors stay as they are."""
    torch.manual_seed(0)
    chance = random.Random(0)  # noqa: S311
    network = to_be_trained(encoder.network)
    heads = {name: head.clone().requires_grad_() for name, head in encoder.heads.items()}
    trained = QuestionEncoder(encoder.tokenizer, network, heads)
    quick = [heads[name] for name in ("weights", "scale")]
    slow = [*network.encoder.parameters(), *(heads[name] for name in ("passage", "sentence", "pieces", "bias"))]
    optimizer = torch.optim.AdamW([{"params": slow, "lr": RATE}, {"params": quick, "lr": HEAD_RATE}], weight_decay=DECAY)
    libraries = list({id(example.texts): example.texts for example in learnt}.values())

    def pass_over() -> list[list[Example]]:
        found = []
        for texts in libraries:
            own = [example for example in learnt if example.texts is texts]
            found += batches(own, lambda example: len(example.question) + 30 * chance.random(), BATCH, chance)
        chance.shuffle(found)
        return found

    steps = passes * len(pass_over())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [RATE, HEAD_RATE], total_steps=steps + 1, pct_start=0.05)
    learn(pass_over, lambda batch: loss_of(trained, batch), optimizer, schedule, passes)
    for head in heads.values():
        head.requires_grad_(False)
    return trained


def loss_of(encoder: QuestionEncoder, batch: Sequence[Example]) -> Tensor:
    """The mean loss of the choices for questions of one library, weighed by `COUNTS`."""
    texts = batch[0].texts
    with torch.autocast("cpu", torch.bfloat16):
        passage, sentence, pieces, weights = (part.float() for part in encoder.read([example.question for example in batch]))
    by_passage = passage @ texts.passages.T
    by_vector = by_passage[:, texts.passage_of] + sentence @ texts.sentences.T
    compared = _compared(by_vector.detach(), batch)
    by_all = by_vector.gather(1, compared) + nearest(texts, compared, pieces, weights)
    is_right = torch.stack([torch.isin(chosen, example.right) for chosen, example in zip(compared, batch, strict=True)])
    losses = {
        "passages": _loss(SURER["passages"] * by_passage, _mask(by_passage, [texts.passage_of[one.right] for one in batch])),
        "sentences": _loss(SURER["sentences"] * by_vector, _mask(by_vector, [one.right for one in batch])),
        "pieces": _loss(by_all, is_right),
    }
    return torch.stack([COUNTS[name] * loss for name, loss in losses.items()]).sum()


def nearest(texts: Texts, chosen: Tensor, pieces: Tensor, weights: Tensor) -> Tensor:
    """What `Sought.nearest` says of the sentences `chosen`, int64 (questions, sentences), for torch to learn from."""
    count = texts.count[chosen]
    steps = torch.arange(int(count.max()))
    said = texts.pieces[texts.first[chosen][..., None] + steps]
    cosines = torch.einsum("qpd,qsrd->qpsr", pieces, said)
    cosines = cosines.masked_fill((steps >= count[..., None])[:, None], -1.0)
    return torch.einsum("qp,qps->qs", weights, cosines.amax(-1))


def _compared(by_vector: Tensor, batch: Sequence[Example]) -> Tensor:
    """The sentences compared piece by piece for each question: int64 (questions, at most `COMPARED`)."""
    chosen = by_vector.topk(min(COMPARED, by_vector.shape[1]), dim=1).indices
    for own, example in zip(chosen, batch, strict=True):
        missing = example.right[~torch.isin(example.right, own)][:RIGHT_COMPARED]
        if len(missing):
            own[-len(missing) :] = missing
    return chosen


def _mask(scores: Tensor, right: Sequence[Tensor]) -> Tensor:
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    for row, places in zip(mask, right, strict=True):
        row[places] = True
    return mask


def _loss(scores: Tensor, is_right: Tensor) -> Tensor:
    """The mean negative logarithm of what `scores` give to the right ones of each row together."""
    right = scores.masked_fill(~is_right, -torch.inf)
    return (torch.logsumexp(scores, dim=1) - torch.logsumexp(right, dim=1)).mean()


def main(arguments: Sequence[str]) -> int:
    """Read everything, train, write."""
    return fitted_to(arguments, __doc__, examples, _fit_and_store)


def _fit_and_store(learnt: Sequence[Example], embedder: Embedder) -> None:
    alone = ranking.weights()["alone"]
    start = QuestionEncoder.untrained(embedder, alone["passage"], alone["sentence"], alone["pieces"])
    trained = fit(learnt, start)
    store_weights(WEIGHTS, embedder, {**trained.network.encoder.state_dict(), **trained.heads})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
