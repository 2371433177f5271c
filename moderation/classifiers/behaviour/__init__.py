"""Behaviour over posts of one community: repeat and coordinated ads, floods, fake engagement, links, pile-ons.

:class:`Observer` finds the facts of each post once; :func:`find` runs every detector over them.  Detectors are pure:
the order of the posts makes no difference, and posts that have nothing to do with a finding do not remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour import (
    coordinated_ads,
    deceptive_link,
    fake_engagement,
    flood,
    pile_on,
    repeat_ads,
)
from moderation.classifiers.behaviour.facts import Advert, Attack, Detector, Observed, Posted
from moderation.classifiers.behaviour.observing import Observer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.behaviour import BehaviourFinding

__all__ = ["DETECTORS", "Advert", "Attack", "Detector", "Observed", "Observer", "Posted", "find"]

DETECTORS: Final[tuple[Detector, ...]] = (
    repeat_ads.find,
    coordinated_ads.find,
    flood.find,
    fake_engagement.find,
    deceptive_link.find,
    pile_on.find,
)


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """Findings of every detector over a window of posts, by kind, then by time of the first post."""
    found: list[BehaviourFinding] = []
    for detector in DETECTORS:
        made = detector(posts)
        found += sorted(
            made, key=lambda each: (each.evidence[0].minute, each.authors, each.clauses, each.reason)
        )
    return found
