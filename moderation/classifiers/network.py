"""The encoder with all heads on it: the torch form of a bundle's model (needs torch and transformers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import nn
from torch.nn import functional
from transformers import BertModel

from moderation.classifiers.sounding import embed
from moderation.classifiers.tokenise import TARGET_START
from moderation.domain.convention import Category

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor
    from transformers import BertConfig


_FACTORS: Final = (7_368_787, 1_299_709, 15_485_863)
# How many characters a run spans, and whether it is spelled by its characters or by their sounds.
RUNS: Final = ((1, False), (2, False), (3, False), (2, True), (3, True))
SIZE: Final = 1 << 18
# Behind the logits that the wide part adds: sentiment as reviews write it, and how much a text is a review.
REVIEW: Final = 4
_SENTIMENT: Final = 1 + len(Category)
# Characters from a target's mark at which a place counts half.
_NEAR: Final = 12.0


class Wide(nn.Module):
    """A linear model on hashed runs of one to three characters and of two and three syllables.

    It knows set phrases that a small encoder has not seen often enough; runs of syllables stay the same
    when a character is replaced by one that sounds alike.  The sum over all runs is divided by the square
    root of their number.

    Args:
        outputs: columns of the table.
        sounds: the syllable of every id of the vocabulary, shape (vocabulary,).
        size: rows of the table; one more stands for padding and stays zero.
    """

    sounds: Tensor

    def __init__(self, outputs: int, sounds: Tensor, size: int = SIZE) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("sounds", sounds.long())
        self.table = nn.Parameter(torch.zeros(size + 1, outputs))
        self.shift = nn.Parameter(torch.zeros(outputs))

    def runs(self, ids: Tensor) -> Tensor:
        """Rows of the table, shape (batch, runs), for padded ids (batch, length); ``size`` where there is no text."""
        spoken, rows = self.sounds[ids], []
        for kind, (span, by_sound) in enumerate(RUNS):
            read = spoken if by_sound else ids
            mixed = torch.full_like(ids[:, span - 1 :], 40_503 * (kind + 1))
            for place in range(span):
                mixed = mixed + read[:, place : ids.shape[1] - span + 1 + place] * _FACTORS[place]
            rows.append(torch.where(ids[:, span - 1 :] != 0, mixed % self.size, self.size))
        return torch.cat(rows, dim=1)

    def total(self, rows: Tensor) -> Tensor:
        """Sum of the table's rows over the runs, shape (batch, outputs)."""
        return self.table[rows].sum(1)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (batch, outputs) of padded ids (batch, length)."""
        rows = self.runs(ids)
        count = (rows != self.size).to(self.shift.dtype).sum(1, keepdim=True)
        return self.total(rows) / count.clamp(min=1.0).sqrt() + self.shift


def _rounded(table: Tensor) -> tuple[Tensor, Tensor]:
    """Scale of each column and the table in whole numbers, by the least squared error.

    The few largest weights may be cut: a scale that fits them can round the many small ones to nothing.
    """
    most = table.abs().max(dim=0).values.clamp(min=1e-8)
    tries = [most / share / 127 for share in (1, 2, 3, 4, 6, 8)]
    codes = [(table / scale).round().clamp(-127, 127) for scale in tries]
    errors = torch.stack(
        [((code * scale - table) ** 2).sum(0) for code, scale in zip(codes, tries, strict=True)]
    )
    best = errors.argmin(0)
    columns = torch.arange(table.shape[1])
    scale = torch.stack(tries)[best, columns]
    return scale, (table / scale).round().clamp(-127, 127).to(torch.int8)


class PackedWide(Wide):
    """A wide part whose table holds whole numbers from -127 to 127, with a scale for every column."""

    scale: Tensor
    codes: Tensor

    def __init__(self, wide: Wide) -> None:
        super().__init__(1, wide.sounds, 1)
        self.size = wide.size
        table = wide.table.detach().float()
        scale, codes = _rounded(table)
        self.register_buffer("scale", scale)
        self.register_buffer("codes", codes)
        self.shift = nn.Parameter(wide.shift.detach().clone())

    def total(self, rows: Tensor) -> Tensor:
        """Sum of the table's rows over the runs, shape (batch, outputs)."""
        return self.codes[rows].float().sum(1) * self.scale


def _place(ids: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Where a text is read: the output (batch, width) there, and how near each place is (batch, length, 1).

    A text with a marked target is read at the mark, and what stands near it counts more; any other at [CLS],
    every place alike.
    """
    marked = (ids == TARGET_START).to(hidden.dtype)
    some = marked.sum(1, keepdim=True)
    places = torch.arange(ids.shape[1], dtype=hidden.dtype, device=ids.device)
    middle = (marked * places).sum(1, keepdim=True)
    near = 1.0 / (1.0 + some * ((places - middle) / _NEAR) ** 2)
    first = (hidden * marked.unsqueeze(-1)).sum(1) + (1.0 - some) * hidden[:, 0]
    return first, near.unsqueeze(-1)


class Network(nn.Module):
    """[CLS] (or the mark of a target), mean and maximum of the output, one hidden layer, a logit for every output."""

    review: Tensor

    def __init__(self, encoder: BertModel, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.mix = nn.Linear(3 * width, width)
        self.out = nn.Linear(width, outputs)
        self.dropout = dropout
        self.wide: Wide | None = None
        self.partners: Tensor | None = None
        self.register_buffer("review", torch.zeros(1))
        for layer in (self.mix, self.out):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        """Logits of shape (batch, outputs) for ids and token types of shape (batch, length); 0 pads."""
        present = (ids != 0).long()
        hidden = self._read(ids, present, types)
        mask = present.unsqueeze(-1).to(hidden.dtype)
        first, near = _place(ids, hidden)
        weight = mask * near
        mean = (hidden * weight).sum(1) / weight.sum(1)
        most = (hidden * mask + (mask - 1.0) * 30.0).max(1).values
        pooled = torch.cat([first, mean, most], dim=-1)
        mixed = functional.gelu(self.mix(functional.dropout(pooled, self.dropout, self.training)))
        logits: Tensor = self.out(functional.dropout(mixed, self.dropout, self.training))
        return logits if self.wide is None else self._with_wide(logits, self.wide(ids))

    def _read(self, ids: Tensor, present: Tensor, types: Tensor) -> Tensor:
        """The encoder's output; in training the syllables' embeddings are added (``partners``)."""
        if self.partners is None:
            given = {"input_ids": ids}
        else:
            given = {"inputs_embeds": embed(self.encoder.embeddings.word_embeddings, ids, self.partners)}
        hidden: Tensor = self.encoder(**given, attention_mask=present, token_type_ids=types).last_hidden_state
        return hidden

    def _with_wide(self, logits: Tensor, added: Tensor) -> Tensor:
        """Add the wide part: its sentiment as reviews write it counts as far as the text is a review."""
        review = torch.sigmoid(added[:, -1:])
        deep = logits[:, _SENTIMENT : _SENTIMENT + 3] * self.review
        extra = review * (deep + added[:, -REVIEW:-1])
        rest = logits.shape[1] - _SENTIMENT - 3
        return logits + added[:, :-REVIEW] + functional.pad(extra, (_SENTIMENT, rest))


def from_weights(config: BertConfig, weights: Mapping[str, Tensor]) -> Network:
    """A network ready to run from its weights by name; the wide part is there if they hold one."""
    encoder = BertModel(config, add_pooling_layer=False)
    network = Network(encoder, len(weights["out.bias"]))
    if "wide.table" in weights:
        rows, outputs = weights["wide.table"].shape
        network.wide = Wide(outputs, weights["wide.sounds"], rows - 1)
    given = {"review": torch.zeros(1), **weights}
    network.load_state_dict(
        {name: each.float() if each.is_floating_point() else each for name, each in given.items()}
    )
    return network.eval()
