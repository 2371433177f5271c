"""Posts that lie close together in time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from moderation.classifiers.behaviour.facts import Observed

_K = TypeVar("_K", bound="Hashable")


def by(posts: Iterable[Observed], key: Callable[[Observed], _K]) -> dict[_K, list[Observed]]:
    """Posts by a key, each list in order of time."""
    groups: defaultdict[_K, list[Observed]] = defaultdict(list)
    for each in sorted(posts, key=lambda one: one.order):
        groups[key(each)].append(each)
    return dict(groups)


def minutes_over(run: Sequence[Observed]) -> int:
    """Whole minutes from the first post of a run, in order of time, to its last; at least one."""
    return max(1, math.ceil(run[-1].post.minute - run[0].post.minute))


def dense(
    posts: Iterable[Observed],
    minutes: float,
    least: float,
    weigh: Callable[[Observed], float] = lambda _: 1.0,
) -> list[list[Observed]]:
    """Runs of posts in which some window of ``minutes`` weighs at least ``least``; windows that touch are one run.

    Adding posts can lengthen or join runs, but never break one.
    """
    ordered = sorted(posts, key=lambda each: each.order)
    return _runs(ordered, minutes, lambda window: window.weight >= least, weigh)


def crowded(
    posts: Iterable[Observed],
    minutes: float,
    accounts: float,
    weigh: Callable[[Observed], float] = lambda _: 1.0,
) -> list[list[Observed]]:
    """Runs of posts in which some window of ``minutes`` has that weight of accounts, each by its weightiest post."""
    ordered = sorted(posts, key=lambda each: each.order)
    return _runs(ordered, minutes, lambda window: window.accounts >= accounts, weigh)


class _Window:
    """Weight of the posts between two moving ends."""

    def __init__(self) -> None:
        self.weight = 0.0
        self.accounts = 0.0
        self._held: defaultdict[str, Counter[float]] = defaultdict(Counter)

    def add(self, author: str, weight: float) -> None:
        held = self._held[author]
        self.accounts -= max(held, default=0.0)
        held[weight] += 1
        self.accounts += max(held)
        self.weight += weight

    def drop(self, author: str, weight: float) -> None:
        held = self._held[author]
        self.accounts -= max(held)
        held[weight] -= 1
        if not held[weight]:
            del held[weight]
        self.accounts += max(held, default=0.0)
        self.weight -= weight


def _runs(
    ordered: Sequence[Observed],
    minutes: float,
    enough: Callable[[_Window], bool],
    weigh: Callable[[Observed], float],
) -> list[list[Observed]]:
    """Two ends move over the posts once; each window that is enough is kept, joined with the one it touches."""
    spans: list[tuple[int, int]] = []
    window = _Window()
    first = 0
    for last, each in enumerate(ordered):
        window.add(each.post.author, weigh(each))
        while each.post.minute - ordered[first].post.minute > minutes:
            window.drop(ordered[first].post.author, weigh(ordered[first]))
            first += 1
        if enough(window):
            if spans and first <= spans[-1][1]:
                spans[-1] = (spans[-1][0], last)
            else:
                spans.append((first, last))
    return [list(ordered[start : end + 1]) for start, end in spans]
