"""The detectors over a part of a community's posts, and what a finding says of each single post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour import DETECTORS, pile_on
from moderation.classifiers.behaviour.clusters import cluster
from moderation.classifiers.behaviour.facts import Advert
from moderation.classifiers.behaviour.repeat_ads import ALIKE
from moderation.domain.behaviour import BehaviourKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.domain.behaviour import BehaviourFinding

THIRD: Final = 2
"""Place (from 0) of the copy from which repetition needs no second witness."""

_PERSONAL: Final = {"1.10": "privacy", "2.8": "threat"}
"""Clauses of a pile-on that only the posts break whose own words do, and the cue that says so."""


def find_among(posts: Sequence[Observed], heads: Collection[int]) -> list[BehaviourFinding]:
    """Findings over posts that were picked because they may belong together.

    ``heads`` are the indexes of posts that begin a thread.  Only those can be a thread's starter: the first of the
    posts that happen to be here need not be the first that was written.
    """
    found = [made for detector in DETECTORS if detector is not pile_on.find for made in detector(posts)]
    return found + pile_on.find([each for each in posts if each.attack or each.post.index in heads])


def third_copies(run: Sequence[Observed]) -> frozenset[int]:
    """Indexes of sure adverts that follow two of their like."""
    sure = [each for each in run if each.advert is Advert.SURE and not each.unaided]
    groups = (sorted(group, key=lambda each: each.order) for group in cluster(sure, alike=ALIKE))
    return frozenset(each.post.index for group in groups for each in group[THIRD:])


def clauses_of(found: BehaviourFinding, each: Observed) -> tuple[str, ...]:
    """Clauses of a finding that one of its posts breaks, the weightiest first."""
    if found.kind is BehaviourKind.FAKE_ENGAGEMENT and each.engagement:
        return tuple(sorted(each.engagement))
    return tuple(
        clause for clause in found.clauses if clause not in _PERSONAL or each.cues.has(_PERSONAL[clause])
    )
