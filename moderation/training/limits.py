"""Review and block thresholds: what each head may cost in false alarms, and what it finds for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from moderation.classifiers.bundle import Threshold
from moderation.training.labels import BINARY
from moderation.training.statistics import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_RULE: Final = 0.95
_FEW: Final = 6.0
# Below this the policy asks nobody.
_LEAST: Final = 0.1


@dataclass(frozen=True, slots=True)
class Calm:
    """Scores (posts, heads) of posts that should pass, and the share of them that any head may flag."""

    scores: Floats
    budget: float


@dataclass(frozen=True, slots=True)
class Head:
    """Scores and labels (0 or 1) of one head on dev, in one or several sets that count alike."""

    sets: Sequence[tuple[Floats, Floats]]

    def gain(self, limits: Floats) -> Floats:
        """Mean F1 over the sets at each threshold; a head with few positives counts less."""
        found = np.zeros(len(limits))
        known = 0.0
        for scores, labels in self.sets:
            positive = labels.sum()
            if not positive:
                continue
            order = np.argsort(scores)
            hits = np.concatenate([np.cumsum(labels[order][::-1])[::-1], [0.0]])
            place = np.searchsorted(scores[order], limits, side="left")
            flagged = len(scores) - place
            found += 2 * hits[place] / (flagged + positive) * positive / (positive + _FEW)
            known += 1.0
        return found / max(known, 1.0)


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


def flagged(groups: Sequence[Calm], limits: Floats) -> float:
    """The largest share of a group's budget that is used up."""
    shares = [
        float(np.mean((each.scores >= limits).any(axis=1))) / each.budget
        for each in groups
        if len(each.scores)
    ]
    return max(shares, default=0.0)


def _candidates(groups: Sequence[Calm], column: int) -> Floats:
    """Thresholds just above the highest calm scores, and lower ones at growing steps."""
    found = [np.asarray([0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99])]
    for each in groups:
        ordered = np.sort(each.scores[:, column])[::-1]
        places = np.unique((np.geomspace(1, max(1, 0.05 * len(ordered)), 60) - 1).astype(int))
        found.append(np.nextafter(ordered[places], 2.0) if len(ordered) else ordered)
    limits = np.unique(np.concatenate(found))
    return limits[limits >= _LEAST]


def by_benefit(heads: Sequence[Head], groups: Sequence[Calm]) -> Floats:
    """Review thresholds that find most for the false alarms allowed.

    One price is set on a false alarm; each head takes the threshold at which its F1, less what it costs,
    is highest; the price rises until no group's budget is exceeded.  What is left of the budgets goes, step
    by step, to the head that gains most for it.
    """
    options = [_candidates(groups, column) for column in range(len(heads))]
    gains = [head.gain(limits) for head, limits in zip(heads, options, strict=True)]
    costs = [_costs(groups, column, limits) for column, limits in enumerate(options)]

    def chosen(price: float) -> list[int]:
        return [int(np.argmax(gain - price * cost)) for gain, cost in zip(gains, costs, strict=True)]

    def at(places: Sequence[int]) -> Floats:
        return np.asarray([limits[place] for limits, place in zip(options, places, strict=True)])

    low, high = 1e-6, 1e4
    for _ in range(60):
        price = float(np.sqrt(low * high))
        low, high = (low, price) if flagged(groups, at(chosen(price))) <= 1.0 else (price, high)
    places = chosen(high)
    open_moves = {(n, lower) for n, place in enumerate(places) for lower in range(place)}
    while open_moves:
        n, lower = max(
            open_moves, key=lambda move: _worth(gains[move[0]], costs[move[0]], places[move[0]], move[1])
        )
        tried = [*places[:n], lower, *places[n + 1 :]]
        gained = gains[n][lower] > gains[n][places[n]]
        if gained and flagged(groups, at(tried)) <= 1.0:
            places = tried
            open_moves = {move for move in open_moves if move[0] != n or move[1] < lower}
        else:
            open_moves.discard((n, lower))
    return at(places)


def _worth(gain: Floats, cost: Floats, place: int, lower: int) -> float:
    """What a head gains for each share of the budgets when its threshold goes down."""
    return float((gain[lower] - gain[place]) / (cost[lower] - cost[place] + 1e-9))


def _costs(groups: Sequence[Calm], column: int, limits: Floats) -> Floats:
    """Share of the budgets that a head alone uses up at each threshold, over all groups."""
    found = np.zeros(len(limits))
    for each in groups:
        if len(each.scores):
            ordered = np.sort(each.scores[:, column])
            above = len(ordered) - np.searchsorted(ordered, limits, side="left")
            found += above / len(ordered) / each.budget
    return found


def within_budget(calm: Calm, floors: Floats) -> Floats:
    """Raise thresholds (heads) over ``floors``, all by the same share, until the group's budget is kept."""
    if not len(calm.scores):
        return floors
    low, high = 0.0, 2.0 * calm.budget
    ordered = np.sort(calm.scores, axis=0)[::-1]
    limits: Floats = np.maximum(floors, np.nextafter(ordered[0], 2.0))
    for _ in range(24):
        share = (low + high) / 2
        place = min(int(share * len(ordered)), len(ordered) - 1)
        tried = np.maximum(floors, np.nextafter(ordered[place], 2.0))
        if flagged([calm], tried) <= 1.0:
            low, limits = share, tried
        else:
            high = share
    return limits


def settled(review: Floats, blocks: Floats) -> dict[str, Threshold]:
    """Thresholds by head; a block threshold is never below the review threshold, and infinity is none."""
    return {
        name: Threshold(
            _rounded(review[n]), _rounded(max(review[n], blocks[n])) if np.isfinite(blocks[n]) else None
        )
        for n, name in enumerate(BINARY)
    }


def _rounded(value: float) -> float | None:
    """Four digits, upwards; None above 1."""
    return None if value > 1.0 else min(1.0, float(np.ceil(value * 1e4) / 1e4))
