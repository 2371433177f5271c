"""The encoder with all heads on it: the torch form of a bundle's model (needs torch and transformers)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional
from transformers import BertModel

if TYPE_CHECKING:
    from torch import Tensor


class Network(nn.Module):
    """[CLS], mean and maximum of the encoder's output, one hidden layer, and a logit for every output."""

    def __init__(self, encoder: BertModel, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.mix = nn.Linear(3 * width, width)
        self.out = nn.Linear(width, outputs)
        self.dropout = dropout
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
        return logits
