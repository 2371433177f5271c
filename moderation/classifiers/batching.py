"""Cutting long texts into windows, and windows into batches of like length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from moderation.classifiers.tokenise import Encoded

OVERLAP: Final = 32


@dataclass(frozen=True, slots=True)
class Budget:
    """Largest padded batch in tokens, and the most padding within it (per text)."""

    tokens: int = 512
    padding: int = 2


def windows(ids: Sequence[int], size: int, overlap: int = OVERLAP) -> list[Sequence[int]]:
    """Overlapping windows of at most ``size`` ids that cover all of them; the last one ends with the text."""
    if len(ids) <= size:
        return [ids]
    starts = range(0, len(ids) - size, size - min(overlap, size // 4))
    return [ids[start : start + size] for start in [*starts, len(ids) - size]]


def batches(lengths: Sequence[int], budget: Budget) -> Iterator[list[int]]:
    """Indices of texts that run together, shortest first."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    batch: list[int] = []
    for index in order:
        if batch:
            width = lengths[index]
            if width * (len(batch) + 1) > budget.tokens or width - lengths[batch[0]] > budget.padding:
                yield batch
                batch = []
        batch.append(index)
    if batch:
        yield batch


def pad(encoded: Sequence[Encoded]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids and types as arrays (batch, longest), padded with 0."""
    width = max(len(ids) for ids, _ in encoded)
    ids = np.zeros((len(encoded), width), dtype=np.int64)
    types = np.zeros_like(ids)
    for row, (own, own_types) in enumerate(encoded):
        ids[row, : len(own)] = own
        types[row, : len(own)] = own_types
    return ids, types
