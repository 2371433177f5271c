"""Masked language modelling: the encoder itself fills in the masked words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional
from transformers import BertModel

from moderation.classifiers.sounding import embed, folded
from moderation.training.electra import Shape, Step, bert_config
from moderation.training.embed import look_at_neighbours

if TYPE_CHECKING:
    from torch import Tensor


class MaskedModel(nn.Module):
    """The encoder and a head that shares its character embeddings, which hold their syllables' (``partners``)."""

    partners: Tensor

    def __init__(self, shape: Shape, vocabulary: int, attention: str = "eager") -> None:
        super().__init__()
        self.register_buffer("partners", torch.zeros(vocabulary, dtype=torch.long))
        self.encoder = BertModel(bert_config(shape, vocabulary, attention), add_pooling_layer=False)
        self.turn = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        nn.init.orthogonal_(self.turn.weight)
        nn.init.zeros_(self.turn.bias)

    @torch.no_grad()
    def prepare(self, embeddings: Tensor) -> None:
        """Start values: heads that look at neighbours, embeddings from counts (vocabulary, width)."""
        basis = look_at_neighbours(self.encoder)
        self.encoder.embeddings.word_embeddings.weight.copy_(embeddings - embeddings @ basis @ basis.T)

    def forward(
        self,
        original: Tensor,
        masked: Tensor,
        places: Tensor,
        counted: Tensor,  # noqa: ARG002 - both objectives are called alike
    ) -> Step:
        """Loss of a batch; arguments as in :meth:`moderation.training.electra.Electra.forward`."""
        attention = (original != 0).long() if bool((original == 0).any()) else None
        words = self.encoder.embeddings.word_embeddings
        read = embed(words, masked, self.partners)
        hidden = self.encoder(inputs_embeds=read, attention_mask=attention).last_hidden_state
        hidden = self.norm(functional.gelu(self.turn(hidden.flatten(0, 1)[places])))
        table = folded(words.weight, self.partners)
        logits = (functional.linear(hidden, table) + self.bias).float()
        wanted = original.flatten()[places]
        loss = functional.cross_entropy(logits, wanted)
        right = float((logits.argmax(-1) == wanted).float().mean())
        return Step(loss, {"masked": loss.item(), "right": right})
