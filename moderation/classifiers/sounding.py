"""Characters share what their syllable means: an embedding is the character's own part plus its syllable's.

While a model is trained, the row of a syllable token is added to the row of every character that sounds so.
What the model learns about one character then reaches those that an evader puts in its place, and a syllable
spelled in Latin letters means what its characters have in common (compare the phonetic embeddings of
ChineseBERT, Sun et al. 2021).  For serving the sum is folded into one table, so it costs nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn


def embed(words: nn.Embedding, ids: Tensor, partners: Tensor) -> Tensor:
    """Embeddings (batch, length, width) of ids: the own row, and the row of the syllable where there is one.

    ``partners`` gives the syllable token of every id, 0 for none.
    """
    other = partners[ids]
    found: Tensor = words(ids) + words(other) * (other > 0).unsqueeze(-1)
    return found


def folded(weight: Tensor, partners: Tensor) -> Tensor:
    """The table (tokens, width) that gives without partners what :func:`embed` gives with them."""
    return weight + weight[partners] * (partners > 0).unsqueeze(-1)


def unfolded(weight: Tensor, partners: Tensor) -> Tensor:
    """The inverse of :func:`folded`: the syllables' rows taken off their characters'."""
    return weight - weight[partners] * (partners > 0).unsqueeze(-1)


def with_means(weight: Tensor, partners: Tensor, counts: Tensor) -> Tensor:
    """A folded table whose syllable rows are the means of their characters, weighted by ``counts`` (tokens,)."""
    has = partners > 0
    share = (counts + 1.0).unsqueeze(-1)
    total = torch.zeros_like(weight).index_add_(0, partners[has], (weight * share)[has])
    amount = torch.zeros_like(share).index_add_(0, partners[has], share[has])
    return torch.where(amount > 0, total / amount.clamp(min=1.0), weight)
