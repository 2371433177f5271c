"""Figures with their uncertainty: Wilson bounds, calibration error, F1, bootstrap intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """95 % Wilson interval of a share; (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    share, square = hits / total, z * z
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, centre - half), min(1.0, centre + half)


def calibration_error(confidence: Floats, right: Floats, bins: int = 15) -> float:
    """Expected calibration error over bins of equal width."""
    if not len(confidence):
        return 0.0
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    gap = np.abs(np.bincount(place, confidence, bins) - np.bincount(place, right, bins))
    return float(gap[count > 0].sum() / len(confidence))


def f1_of(wanted: Whole, said: Whole, label: int) -> float:
    """F1 of one class; 0 where the class neither occurs nor is said."""
    both = int(((wanted == label) & (said == label)).sum())
    total = int((wanted == label).sum() + (said == label).sum())
    return 2 * both / total if total else 0.0


def macro_f1(wanted: Whole, said: Whole) -> float:
    """Mean F1 over the classes that occur in ``wanted``."""
    return float(np.mean([f1_of(wanted, said, int(label)) for label in np.unique(wanted)]))


def accuracy(wanted: Whole, said: Whole) -> float:
    """Share of equal entries."""
    return float((wanted == said).mean())


def bootstrap(
    figure: Callable[[Whole, Whole], float], wanted: Whole, said: Whole, rounds: int = 300, seed: int = 1
) -> tuple[float, float]:
    """95 % bootstrap interval of a figure of (wanted, said)."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(rounds):
        draw = random.integers(0, len(wanted), len(wanted))
        found.append(figure(wanted[draw], said[draw]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
