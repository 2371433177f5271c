"""The loss of all heads together, with what is unknown masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from moderation.training.labels import HEADS

if TYPE_CHECKING:
    from torch import Tensor


def loss(logits: Tensor, labels: dict[str, Tensor]) -> Tensor:
    """Weighted sum of all heads' losses, per example of the batch.

    ``labels`` holds ``binary`` and ``binary_weight`` (batch, binary + auxiliary heads; weight 0 = unknown),
    ``sentiment``, ``intent``, ``target`` (batch; -1 = unknown), ``poles`` (batch, bool) and
    ``sentiment_weight`` (batch).
    """
    logits = logits.float()
    (first, last), (aux, end) = HEADS["binary"], HEADS["auxiliary"]
    binary = torch.cat([logits[:, first:last], logits[:, aux:end]], dim=1)
    each = functional.binary_cross_entropy_with_logits(binary, labels["binary"], reduction="none")
    total = (each * labels["binary_weight"]).sum()
    total = total + _sentiment(logits[:, slice(*HEADS["sentiment"])], labels)
    intent = functional.cross_entropy(
        logits[:, slice(*HEADS["intent"])], labels["intent"], ignore_index=-1, reduction="sum"
    )
    target = _target(logits[:, slice(*HEADS["target"])], labels["target"])
    return (total + 0.5 * intent + target) / len(logits)


def _sentiment(logits: Tensor, labels: dict[str, Tensor]) -> Tensor:
    """Cross-entropy; a source without a neutral class trains the two poles against each other only."""
    wanted, weight = labels["sentiment"], labels["sentiment_weight"]
    shut = torch.zeros_like(logits)
    shut[:, 1] = labels["poles"].float() * -1e4
    each = functional.cross_entropy(logits + shut, wanted, ignore_index=-1, reduction="none")
    return (each * weight).sum()


def _target(logits: Tensor, wanted: Tensor) -> Tensor:
    """Cross-entropy; "not negative" asks for the sum of neutral and positive."""
    probabilities = logits.log_softmax(-1)
    not_negative = torch.logsumexp(probabilities[:, 1:], dim=-1, keepdim=True)
    choices = torch.cat([probabilities, not_negative], dim=-1)
    picked = choices.gather(1, wanted.clamp(min=0).unsqueeze(1)).squeeze(1)
    return -(picked * (wanted >= 0)).sum()
