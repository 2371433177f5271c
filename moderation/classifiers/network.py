"""The encoder with all heads on it: the torch form of a bundle's model (needs torch and transformers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import nn
from torch.nn import functional
from transformers import BertModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor
    from transformers import BertConfig


_FACTORS: Final = ((1,), (7_368_787, 1_299_709), (15_485_863, 2_750_159, 611_953))


class Wide(nn.Module):
    """A linear model on hashed runs of one, two and three characters, for all outputs at once.

    It knows set phrases that a small encoder has not seen often enough; its sum is divided by the square
    root of the number of runs.
    """

    def __init__(self, outputs: int, size: int = 1 << 17) -> None:
        super().__init__()
        self.size = size
        self.table = nn.Embedding(size, outputs, sparse=True)
        nn.init.zeros_(self.table.weight)
        self.shift = nn.Parameter(torch.zeros(outputs))

    def runs(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Rows of the table, shape (batch, runs), and which of them stand for text rather than padding."""
        rows, real = [], []
        for factors in _FACTORS:
            span = len(factors)
            parts = [ids[:, n : ids.shape[1] - span + 1 + n] for n in range(span)]
            mixed = parts[0] * factors[0]
            filled = parts[-1] != 0
            for part, factor in zip(parts[1:], factors[1:], strict=True):
                mixed = mixed + part * factor
            rows.append((mixed + 40_503 * span) % self.size)
            real.append(filled)
        return torch.cat(rows, dim=1), torch.cat(real, dim=1)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (batch, outputs) of padded ids (batch, length)."""
        rows, real = self.runs(ids)
        mask = real.unsqueeze(-1).to(self.table.weight.dtype)
        total = (self.table(rows) * mask).sum(1)
        found: Tensor = total / mask.sum(1).sqrt() + self.shift
        return found


class Network(nn.Module):
    """[CLS], mean and maximum of the encoder's output, one hidden layer, and a logit for every output."""

    def __init__(self, encoder: BertModel, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.mix = nn.Linear(3 * width, width)
        self.out = nn.Linear(width, outputs)
        self.dropout = dropout
        self.wide: Wide | None = None
        for layer in (self.mix, self.out):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        """Logits of shape (batch, outputs) for ids and token types of shape (batch, length); 0 pads."""
        present = (ids != 0).long()
        hidden = self.encoder(input_ids=ids, attention_mask=present, token_type_ids=types).last_hidden_state
        mask = present.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        most = (hidden * mask + (mask - 1.0) * 30.0).max(1).values
        pooled = torch.cat([hidden[:, 0], mean, most], dim=-1)
        mixed = functional.gelu(self.mix(functional.dropout(pooled, self.dropout, self.training)))
        logits: Tensor = self.out(functional.dropout(mixed, self.dropout, self.training))
        return logits if self.wide is None else logits + self.wide(ids)


def from_weights(config: BertConfig, weights: Mapping[str, Tensor]) -> Network:
    """A network ready to run from its weights by name; the wide part is there if they hold one."""
    encoder = BertModel(config, add_pooling_layer=False)
    network = Network(encoder, len(weights["out.bias"]))
    if "wide.table.weight" in weights:
        size, outputs = weights["wide.table.weight"].shape
        network.wide = Wide(outputs, size)
    network.load_state_dict({name: each.float() for name, each in weights.items()})
    return network.eval()
