"""Temperatures, Platt scales and thresholds from the dev parts, on the int8 model as it is served."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch.nn import functional

from moderation.classifiers.bundle import Calibration, Threshold
from moderation.training.labels import BINARY, HEADS
from moderation.training.statistics import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moderation.training.labels import Example

    Floats = NDArray[np.float64]

_SURE: Final = 0.5
_RULE: Final = 0.95
_ABUSIVE: Final = ("offence", "abuse", "hate", "threat")
# How the review budget is shared: heads with many labels earn more of it.
_WEIGHTS: Final = {"offence": 4.0, "ad": 4.0, "abuse": 3.0, "diversion": 2.0, "hate": 2.0}


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


def block_threshold(scores: Floats, labels: Floats) -> float | None:
    """Least score from which on the lower 95 % bound of precision is at least .95; None if there is none."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    best: float | None = None
    for n in range(len(order)):
        last = n + 1 == len(order) or scores[order[n + 1]] < scores[order[n]]
        if last and wilson(int(hits[n]), n + 1)[0] >= _RULE:
            best = float(scores[order[n]])
    return best


def best_f1_threshold(scores: Floats, labels: Floats) -> float:
    """The score at which F1 is highest."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + max(1.0, labels.sum()))
    return float(scores[order[int(np.argmax(f1))]]) if len(order) else 0.5


def _above(groups: Sequence[Floats], limits: Floats) -> float:
    return max(float(np.mean((group >= limits).any(axis=1))) for group in groups if len(group))


def within_budget(
    groups: Sequence[Floats], floors: Floats, budget: float, weights: Floats | None = None
) -> Floats:
    """Raise thresholds (heads) over ``floors`` until at most ``budget`` of each group (posts, heads) pass any.

    Heads share the budget by their ``weights`` (equal if None), as much of it as the unions allow; quantiles
    are those of the first group.
    """
    parts = np.ones(len(floors)) if weights is None else weights / weights.mean()
    if not len(groups[0]):
        return floors
    low, high = 0.0, 2.0 * budget
    limits: Floats = np.maximum(floors, np.nextafter(groups[0].max(axis=0), 2.0))
    ordered = np.sort(groups[0], axis=0)[::-1]
    for _ in range(24):
        share = (low + high) / 2
        places = np.minimum((share * parts * len(ordered)).astype(int), len(ordered) - 1)
        tried = np.maximum(floors, np.nextafter(ordered[places, np.arange(len(floors))], 2.0))
        if _above(groups, tried) <= budget:
            low, limits = share, tried
        else:
            high = share
    return limits


def thresholds(
    judged: Judged,
    calibration: Calibration,
    calm: NDArray[np.float32],
    mixed: NDArray[np.float32],
    budgets: tuple[float, float] = (0.01, 0.0005),
) -> dict[str, Threshold]:
    """Review and block threshold of every binary head.

    Args:
        judged: dev examples.
        calibration: of the same model.
        calm: logits of labelled ordinary dev posts (posts, outputs): no head should flag them.
        mixed: logits of unlabelled posts, which hardly ever advertise but may well insult: the abusive heads
            do not count there.
        budgets: shares of each that may go to review and be blocked, over all heads together.
    """
    size = len(BINARY)
    floors, blocks = np.full(size, 0.5), np.full(size, np.inf)
    for n, name in enumerate(BINARY):
        logits, labels = judged.binary(name)
        if not len(labels):
            continue
        scores = probabilities(logits, calibration.binary[name])
        floors[n] = best_f1_threshold(scores, labels)
        blocks[n] = block_threshold(scores, labels) or np.inf
    groups = [_scored(calm, calibration), _scored(mixed, calibration)]
    groups[1][:, [BINARY.index(name) for name in _ABUSIVE]] = -1.0
    weights = np.asarray([_WEIGHTS.get(name, 1.0) for name in BINARY])
    review = within_budget(groups, floors, budgets[0], weights)
    block = within_budget(groups, np.maximum(blocks, review), budgets[1], weights)
    return {
        name: Threshold(_rounded(review[n]), _rounded(block[n]) if np.isfinite(blocks[n]) else None)
        for n, name in enumerate(BINARY)
    }


def _scored(logits: NDArray[np.float32], calibration: Calibration) -> Floats:
    pairs = [calibration.binary[name] for name in BINARY]
    return np.stack(
        [probabilities(logits[:, n].astype(np.float64), pair) for n, pair in enumerate(pairs)], axis=1
    )


def _rounded(value: float) -> float | None:
    """Four digits, upwards; None above 1."""
    return None if value > 1.0 else min(1.0, float(np.ceil(value * 1e4) / 1e4))
