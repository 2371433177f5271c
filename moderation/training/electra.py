"""Replaced-token detection (ELECTRA): a small generator fills masked words, the encoder finds the fakes.

The encoder is a plain ``transformers.BertModel``, so that what comes out of pre-training loads anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from moderation.training.embed import look_at_neighbours

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of an encoder; ``ffn`` is the inner width of the feed-forward part."""

    layers: int = 6
    width: int = 256
    heads: int = 4
    ffn: int = 1024
    positions: int = 512


GENERATOR = Shape(layers=4, width=128, heads=4, ffn=512)


def bert_config(shape: Shape, vocabulary: int, attention: str = "eager", dropout: float = 0.0) -> BertConfig:
    """A BertConfig of this shape; ``attention`` is ``eager`` on a CPU (faster there) and ``sdpa`` on a GPU."""
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.ffn,
        max_position_embeddings=shape.positions,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        pad_token_id=0,
    )
    config._attn_implementation = attention  # noqa: SLF001 - the constructor's keyword is not in its signature
    return config


@dataclass(frozen=True, slots=True)
class Step:
    """Loss of one batch, and named figures for the log."""

    loss: Tensor
    figures: dict[str, float]


class Electra(nn.Module):
    """Generator and encoder with shared character embeddings."""

    def __init__(
        self, shape: Shape, vocabulary: int, attention: str = "eager", generator: Shape = GENERATOR
    ) -> None:
        super().__init__()
        self.encoder = BertModel(bert_config(shape, vocabulary, attention), add_pooling_layer=False)
        self.generator = BertModel(bert_config(generator, 1, attention), add_pooling_layer=False)
        self.narrow = nn.Linear(shape.width, generator.width)
        self.widen = nn.Linear(generator.width, shape.width)
        self.widen_norm = nn.LayerNorm(shape.width)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.detect = nn.Linear(shape.width, shape.width)
        self.verdict = nn.Linear(shape.width, 1)
        for layer in (self.narrow, self.widen, self.detect, self.verdict):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    @torch.no_grad()
    def prepare(self, embeddings: Tensor) -> None:
        """Start values: heads that look at neighbours, embeddings from counts (vocabulary, width)."""
        basis = look_at_neighbours(self.encoder)
        look_at_neighbours(self.generator, layers=2)
        self.encoder.embeddings.word_embeddings.weight.copy_(embeddings - embeddings @ basis @ basis.T)
        nn.init.orthogonal_(self.narrow.weight)
        nn.init.orthogonal_(self.widen.weight)

    def forward(
        self, original: Tensor, masked: Tensor, places: Tensor, counted: Tensor, weight: float = 50.0
    ) -> Step:
        """One training step's losses.

        Args:
            original: ids, shape (batch, length), padded with 0.
            masked: the same with [MASK] at the chosen places.
            places: the chosen places as indices into the flattened batch.
            counted: shape (batch, length), 1 where the encoder's verdict counts, else 0.
            weight: of the detector's loss against the generator's.
        """
        attention = (original != 0).long() if bool((original == 0).any()) else None
        words = self.encoder.embeddings.word_embeddings
        hidden = self.generator(
            inputs_embeds=self.narrow(words(masked)), attention_mask=attention
        ).last_hidden_state
        hidden = functional.gelu(self.widen(hidden.flatten(0, 1)[places]))
        logits = (functional.linear(self.widen_norm(hidden), words.weight) + self.bias).float()
        wanted = original.flatten()[places]
        filling = functional.cross_entropy(logits, wanted)
        seen = original.flatten().clone()
        seen[places] = draw(logits.detach())
        fake = (seen != original.flatten()).float()
        hidden = self.encoder(input_ids=seen.view_as(original), attention_mask=attention).last_hidden_state
        verdict = self.verdict(functional.gelu(self.detect(hidden))).flatten().float()
        counted = counted.flatten()
        losses = functional.binary_cross_entropy_with_logits(verdict, fake, reduction="none")
        telling = (losses * counted).sum() / counted.sum()
        with torch.no_grad():
            said = (verdict > 0).float() * counted
            found = float((said * fake).sum() / (fake * counted).sum().clamp(min=1))
            false_alarms = float((said * (1 - fake)).sum() / ((1 - fake) * counted).sum().clamp(min=1))
        figures = {"generator": filling.item(), "detector": telling.item(), "found": found}
        return Step(filling + weight * telling, figures | {"false_alarms": false_alarms})


def draw(logits: Tensor) -> Tensor:
    """Draw one id a row from softmax(logits), by the inverse of the cumulative distribution."""
    cumulative = torch.softmax(logits, -1).cumsum(-1)
    chance = torch.rand(len(logits), 1, device=logits.device) * cumulative[:, -1:]
    return torch.searchsorted(cumulative, chance).squeeze(-1).clamp(max=logits.shape[-1] - 1)
