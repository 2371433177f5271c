"""Examples to batches of ids and labels."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import torch

from moderation.classifiers.tokenise import CLS, MASK, SEP, SPECIAL, TARGET_START, Tokeniser
from moderation.training.augment import vary
from moderation.training.labels import AUXILIARY, BINARY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from moderation.training.labels import Example

_COLUMNS: Final = {name: n for n, name in enumerate((*BINARY, *AUXILIARY))}
_WIDTHS: Final = (16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512)


class PlannedStep(NamedTuple):
    """Width of the batch and the examples in it."""

    width: int
    members: list[int]


def around_target(ids: list[int], limit: int) -> list[int]:
    """At most ``limit`` ids, with the target mark about in the middle."""
    if len(ids) <= limit:
        return ids
    middle = ids.index(TARGET_START) if TARGET_START in ids else 0
    start = min(max(0, middle - limit // 2), len(ids) - limit)
    return ids[start : start + limit]


def view(
    example: Example, tokeniser: Tokeniser, limit: int, rng: random.Random
) -> tuple[list[int], list[int]]:
    """Ids and types of one training view of an example: varied, cut to the head or the tail, some ids masked."""
    if example.span is not None:
        ids = around_target(tokeniser.ids_with_target(example.text, *example.span), limit - 2)
        return [CLS, *ids, SEP], [0] * (len(ids) + 2)
    varied = example.target is None
    text = example.text
    if varied:
        filled = example.source == "fbs_sms"
        text = vary(text, rng, filled=filled, cloakable=example.cloakable)
    ids = tokeniser.ids(text)
    title = tokeniser.ids(example.title) if example.title else None
    if len(ids) > limit - 2 and rng.random() < 0.5:
        ids = ids[-(limit - 2) :]
    if varied and rng.random() < 0.5:
        ids = [MASK if each >= len(SPECIAL) and rng.random() < 0.06 else each for each in ids]
    return tokeniser.assemble(ids, title, limit)


def label_tensors(examples: Sequence[Example]) -> dict[str, Tensor]:
    """The labels of a batch, as :func:`moderation.training.network.loss` wants them."""
    binary = np.zeros((len(examples), len(_COLUMNS)), dtype=np.float32)
    weight = np.zeros_like(binary)
    for row, example in enumerate(examples):
        for name, (value, own) in example.binary.items():
            binary[row, _COLUMNS[name]], weight[row, _COLUMNS[name]] = value, own
    return {
        "binary": torch.from_numpy(binary),
        "binary_weight": torch.from_numpy(weight),
        "sentiment": torch.tensor([-1 if each.sentiment is None else each.sentiment for each in examples]),
        "sentiment_weight": torch.tensor([each.sentiment_weight for each in examples]),
        "poles": torch.tensor([each.poles for each in examples]),
        "intent": torch.tensor([-1 if each.intent is None else each.intent for each in examples]),
        "target": torch.tensor([-1 if each.target is None else each.target for each in examples]),
    }


def pad(
    encoded: Sequence[tuple[list[int], list[int]]], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pad to a given width."""
    ids = np.zeros((len(encoded), width), dtype=np.int64)
    types = np.zeros_like(ids)
    for row, (own, own_types) in enumerate(encoded):
        ids[row, : len(own)], types[row, : len(own)] = own, own_types
    return ids, types


def plan(
    examples: Sequence[Example], tokens: int, limit: int, seed: int, ranks: int = 1
) -> list[PlannedStep]:
    """Steps of one pass in random order, each of about ``tokens`` padded ids over all ranks.

    All steps of one width have the same number of examples (the last one is filled up with others of the
    pass): new shapes are dear on a CPU.  A text that a cloak makes longer than its width is cut.
    """
    rng = np.random.default_rng(seed)
    widths = np.asarray([width for width in _WIDTHS if width <= limit])
    sizes = [min(limit, int(1.08 * len(each.text)) + len(each.title or "") + 4) for each in examples]
    place = np.searchsorted(widths, np.asarray(sizes))
    steps: list[PlannedStep] = []
    for number, width in enumerate(widths.tolist()):
        members = rng.permutation(np.flatnonzero(place == number))
        rows = max(1, tokens // width // ranks) * ranks
        missing = -len(members) % rows
        if len(members):
            members = np.concatenate([members, np.resize(members, missing)])
        steps.extend(
            PlannedStep(width, members[start : start + rows].tolist())
            for start in range(0, len(members), rows)
        )
    return [steps[int(n)] for n in rng.permutation(len(steps))]


def batches(
    examples: Sequence[Example],
    steps: Sequence[PlannedStep],
    tokeniser: Tokeniser,
    seed: int,
    share: tuple[int, int] = (0, 1),
) -> Iterator[tuple[Tensor, Tensor, dict[str, Tensor]]]:
    """Ids, types and labels of each step; ``share`` is (rank, ranks)."""
    rank, ranks = share
    for step in steps:
        own = step.members[rank::ranks]
        draws = [random.Random(seed * 10_000_019 + n) for n in own]  # noqa: S311 - repeatable, not secret
        pairs = zip(own, draws, strict=True)
        encoded = [view(examples[n], tokeniser, step.width, draw) for n, draw in pairs]
        ids, types = pad(encoded, step.width)
        yield torch.from_numpy(ids), torch.from_numpy(types), label_tensors([examples[n] for n in own])
