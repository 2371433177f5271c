"""Temperatures, Platt scales and thresholds from the dev parts, on the int8 model as it is served."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch.nn import functional

from moderation.classifiers.bundle import Calibration
from moderation.training.labels import BINARY, HEADS
from moderation.training.limits import Calm, Head, block_threshold, by_benefit, settled, within_budget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moderation.classifiers.bundle import Threshold
    from moderation.training.labels import Example

    Floats = NDArray[np.float64]

_SURE: Final = 0.5
_ABUSIVE: Final = ("offence", "abuse", "hate", "threat")
# The share of near-misses of our own posts that may go to review.
_NEAR: Final = 0.03
_KIND: Final = 1.5


@dataclass(frozen=True, slots=True)
class Judged:
    """Examples and the model's logits for them (examples, outputs)."""

    examples: Sequence[Example]
    logits: NDArray[np.float32]

    def binary(self, name: str, least: float = _SURE) -> tuple[Floats, Floats]:
        """Logits and labels of a binary head, where the label is known well enough."""
        column = BINARY.index(name)
        rows = [
            (self.logits[n, column], each.binary[name][0])
            for n, each in enumerate(self.examples)
            if name in each.binary and each.binary[name][1] >= least
        ]
        found = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def classes(self, head: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Logits and classes of a softmax head, where the class is known (poles only for binary sources)."""
        wanted = [getattr(each, head) for each in self.examples]
        if head == "sentiment":
            wanted = [
                None if each.poles else label for each, label in zip(self.examples, wanted, strict=True)
            ]
        if head == "target":
            wanted = [None if label is not None and label > 2 else label for label in wanted]
        rows = [n for n, label in enumerate(wanted) if label is not None]
        return self.logits[rows][:, slice(*HEADS[head])], np.asarray(
            [wanted[n] for n in rows], dtype=np.int64
        )


def platt(logits: Floats, labels: Floats, pull: float = 2.0) -> tuple[float, float]:
    """Scale and shift that make sigmoid(scale * logit + shift) a probability; few positives stay near (1, 0)."""
    if labels.sum() < 5 or labels.sum() > len(labels) - 5:
        return 1.0, 0.0
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    theta = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([theta], lr=0.5, max_iter=100)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        value = functional.binary_cross_entropy_with_logits(theta[0].exp() * x + theta[1], y, reduction="sum")
        value = value + pull * (theta**2).sum()
        value.backward()
        return value

    optimiser.step(closure)
    return float(theta[0].detach().exp()), float(theta[1].detach())


def temperature(logits: NDArray[np.float32], wanted: NDArray[np.int64]) -> float:
    """The temperature of least cross-entropy."""
    if len(wanted) < 20:
        return 1.0
    x, y = torch.from_numpy(logits).double(), torch.from_numpy(wanted)
    grid = np.exp(np.linspace(np.log(0.3), np.log(5.0), 120))
    losses = [float(functional.cross_entropy(x / each, y)) for each in grid]
    return float(grid[int(np.argmin(losses))])


def fit(judged: Judged) -> Calibration:
    """Calibration of every head on dev examples."""
    binary = {name: platt(*judged.binary(name)) for name in BINARY}
    heads = ("sentiment", "intent", "target")
    return Calibration(binary, {head: temperature(*judged.classes(head)) for head in heads})


def probabilities(logits: Floats, pair: tuple[float, float]) -> Floats:
    """Calibrated probabilities of a binary head."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(logits * pair[0] + pair[1], -30, 30)))
    return found


def thresholds(
    judged: Judged,
    calibration: Calibration,
    calm: Sequence[NDArray[np.float32]],
    mixed: NDArray[np.float32],
    budgets: tuple[float, float] = (0.012, 0.0005),
) -> dict[str, Threshold]:
    """Review and block threshold of every binary head.

    Args:
        judged: dev examples.
        calibration: of the same model.
        calm: logits of labelled ordinary dev posts (posts, outputs), one array a kind of talk: no head should flag
            them, and no kind more than :data:`_KIND` times its share, since nobody knows of what kinds a community is.
        mixed: logits of unlabelled posts, which hardly ever advertise but may well insult: the abusive heads
            do not count there.
        budgets: shares of each that may go to review and be blocked, over all heads together.
    """
    blocks, heads = np.full(len(BINARY), np.inf), []
    own = [n for n, each in enumerate(judged.examples) if each.source == "posts"]
    posts = Judged([judged.examples[n] for n in own], judged.logits[own])
    for n, name in enumerate(BINARY):
        pair = calibration.binary[name]
        known = [each.binary(name) for each in (judged, posts)]
        sets = [(probabilities(logits, pair), labels) for logits, labels in known]
        heads.append(Head(sets))
        blocks[n] = block_threshold(*sets[0]) or np.inf
    unlabelled = _scored(mixed, calibration)
    unlabelled[:, [BINARY.index(name) for name in _ABUSIVE]] = -1.0
    near = _scored(posts.logits[[each.group == "near_miss" for each in posts.examples]], calibration)
    quiet = _scored(posts.logits[[each.group == "ordinary" for each in posts.examples]], calibration)
    kinds = [_scored(each, calibration) for each in calm]
    ordinary = Calm(np.concatenate(kinds), budgets[0])
    kept = [
        ordinary,
        *(Calm(each, _KIND * budgets[0]) for each in kinds),
        Calm(unlabelled, budgets[0]),
        Calm(near, _NEAR),
        Calm(quiet, 1.5 * budgets[0]),
    ]
    review = by_benefit(heads, kept)
    blocks = within_budget(Calm(ordinary.scores, budgets[1]), np.maximum(blocks, review))
    return settled(review, within_budget(Calm(unlabelled, budgets[1]), blocks))


def _scored(logits: NDArray[np.float32], calibration: Calibration) -> Floats:
    pairs = [calibration.binary[name] for name in BINARY]
    return np.stack(
        [probabilities(logits[:, n].astype(np.float64), pair) for n, pair in enumerate(pairs)], axis=1
    )
