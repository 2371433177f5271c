"""Posts that say nearly the same, or name the same private contact.  No pair is compared without a shared band."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from moderation.text.fingerprint import similar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.text.fingerprint import Fingerprint

ALIKE: Final = 0.6
"""Estimated Jaccard index from which two texts are one: a sentence with a tenth of its characters changed has .55
to .75, two unrelated posts of one subject below .2."""

_SHORT: Final = 12
"""Characters below which a likeness says too little: such texts must be the same."""

_LEADERS: Final = 40
"""Different texts of one band that a text is compared with: bounds the work where someone aims at a band."""


def cluster(
    posts: Sequence[Observed], *, alike: float = ALIKE, contacts: bool = True
) -> list[list[Observed]]:
    """Groups of two posts or more, in the order of their first posts."""
    ordered = sorted(posts, key=lambda each: each.order)
    joined = _Joined(len(ordered))
    _join_same(ordered, joined, contacts=contacts)
    _join_alike(ordered, joined, alike)
    groups: defaultdict[int, list[Observed]] = defaultdict(list)
    for place, each in enumerate(ordered):
        groups[joined.root(place)].append(each)
    return [group for group in groups.values() if len(group) > 1]


class _Joined:
    """Sets of places, joined one pair at a time (union–find with path halving)."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, place: int) -> int:
        above = self._above
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._above[second] = first


def _join_same(ordered: Sequence[Observed], joined: _Joined, *, contacts: bool) -> None:
    """Join the same words and the same contacts."""
    first: dict[Hashable, int] = {}
    for place, each in enumerate(ordered):
        keys: list[Hashable] = [("text", each.core)] if each.core else []
        if contacts:
            keys += [("contact", contact) for contact in each.contacts]
        for key in keys:
            joined.join(first.setdefault(key, place), place)


def _join_alike(ordered: Sequence[Observed], joined: _Joined, alike: float) -> None:
    """Join texts that share a band and are alike."""
    seen: set[tuple[int, ...]] = set()
    leaders: defaultdict[int, list[tuple[int, Fingerprint]]] = defaultdict(list)
    for place, each in enumerate(ordered):
        sketch = each.fingerprint
        if sketch.length < _SHORT or sketch.signature in seen:
            continue
        seen.add(sketch.signature)
        compared: set[int] = set()
        for key in sketch.band_keys():
            band = leaders[key]
            for other, known in band[:_LEADERS]:
                if other in compared or joined.root(other) == joined.root(place):
                    continue
                compared.add(other)
                if similar(sketch, known) >= alike:
                    joined.join(other, place)
            if len(band) < _LEADERS:
                band.append((place, sketch))
