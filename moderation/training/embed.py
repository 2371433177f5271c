"""First values for the character embeddings, from counts: PPMI of neighbours, reduced by SVD.

A minute of counting over the whole text gives what gradient descent would take an hour to find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from moderation.training.tokenised import CONTINUES, Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor
    from transformers import BertModel

_CHUNK: Final = 8_000_000
_NEAR: Final = (2, 3, 4, 5)
_SHIFTS: Final = ((-1, 1, -2, 2), (-1, 1, -3, 3), (-1, 1))


def neighbour_counts(
    lines: Lines, size: int, most: int = 200_000_000
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How often b stands right after a, and how often within 2 to 5 characters either side; each (size, size)."""
    after = np.zeros(size * size, dtype=np.float32)
    near = np.zeros(size * size, dtype=np.float32)
    total = min(len(lines.ids), most)
    for start in range(0, total, _CHUNK):
        ids = (np.asarray(lines.ids[start : min(total, start + _CHUNK)]) & (CONTINUES - 1)).astype(np.int64)
        after += np.bincount(ids[:-1] * size + ids[1:], minlength=size * size).astype(np.float32)
        pairs = np.concatenate([ids[:-gap] * size + ids[gap:] for gap in _NEAR])
        near += np.bincount(pairs, minlength=size * size).astype(np.float32)
    both = near.reshape(size, size)
    return after.reshape(size, size), both + both.T


def positive_information(counts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Positive pointwise mutual information, contexts smoothed by the power 0.75."""
    rows = counts.sum(1, keepdims=True) + 1.0
    columns = (counts.sum(0, keepdims=True) + 1.0) ** 0.75
    expected = rows * (columns / columns.sum())
    information: NDArray[np.float32] = np.log(np.maximum(counts, 1e-6) / expected, dtype=np.float32)
    return np.where((counts > 0) & (information > 0), information, 0.0).astype(np.float32)


def first_embeddings(lines: Lines, size: int, width: int, spread: float = 0.05, seed: int = 1) -> Tensor:
    """Embeddings of shape (size, width) with standard deviation ``spread``."""
    torch.manual_seed(seed)
    after, near = neighbour_counts(lines, size)
    parts = [positive_information(each) for each in (after, np.ascontiguousarray(after.T), near)]
    matrix = torch.from_numpy(np.concatenate(parts, axis=1))
    left, values, _ = torch.svd_lowrank(matrix, q=width + 16, niter=2)
    found = left[:, :width] * values[:width].sqrt()
    turn = torch.linalg.qr(torch.randn(width, width)).Q
    found = (found - found.mean(0)) @ turn
    scaled: Tensor = found / found.std() * spread
    return scaled


@torch.no_grad()
def look_at_neighbours(model: BertModel, layers: int = 3, seed: int = 1) -> Tensor:
    """Give the first layers heads that look at the characters next to their own, from the first step on.

    Without this, training stands at the level of single-character frequencies until such heads arise by
    chance.  Positions become waves in a space of one head's size; a head's query turns the wave by its
    shift, so that it fits the key ``shift`` places on.

    Returns:
        An orthonormal basis (width, head size) of the position space, which token embeddings should avoid.
    """
    config = model.config
    size = config.hidden_size // config.num_attention_heads
    generator = torch.Generator().manual_seed(seed)
    basis: Tensor = torch.linalg.qr(torch.randn(config.hidden_size, size, generator=generator)).Q
    waves = size // 2
    speeds = torch.pi * (torch.arange(waves) + torch.rand(waves, generator=generator)) / waves
    angles = torch.arange(config.max_position_embeddings)[:, None] * speeds
    wave = torch.cat([angles.cos(), angles.sin()], dim=1)
    spread = 0.05 * (config.hidden_size / waves) ** 0.5
    model.embeddings.position_embeddings.weight.copy_(wave @ basis.T * spread)
    gain = (7.0 * size**0.5 / (config.hidden_size / 2)) ** 0.5
    chosen: list[Any] = list(model.encoder.layer)[:layers]
    for number, layer in enumerate(chosen):
        attention, output = layer.attention.self, layer.attention.output.dense
        for head, shift in enumerate(_SHIFTS[number % len(_SHIFTS)][: config.num_attention_heads]):
            rows = slice(head * size, (head + 1) * size)
            cosine, sine = (shift * speeds).cos().diag(), (shift * speeds).sin().diag()
            turn = torch.cat([torch.cat([cosine, -sine], 1), torch.cat([sine, cosine], 1)], 0)
            attention.query.weight[rows] = gain * turn @ basis.T
            attention.key.weight[rows] = gain * basis.T
            value = torch.linalg.qr(torch.randn(config.hidden_size, size, generator=generator)).Q
            place = torch.linalg.qr(torch.randn(config.hidden_size, size, generator=generator)).Q
            attention.value.weight[rows] = value.T
            output.weight[:, rows] = 0.5 * place
    return basis
