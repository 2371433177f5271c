"""Evidence that a title and its body do not fit (clause 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Category, Label, clause
from moderation.domain.evidence import Field, Hit, HitType
from moderation.text.headlines import shares_nothing

if TYPE_CHECKING:
    from moderation.domain.scores import Scores
    from moderation.text.understand import Understanding

MISMATCH: Final = "7.3"
LIKELY: Final = 0.5
"""Clickbait is likelier than not.  Two texts without a word in common are common, and innocent, otherwise."""


def headline_hits(
    title: str, body: Understanding, head: Understanding | None, scores: Scores
) -> tuple[Hit, ...]:
    """A hit over the whole title, where it lures (by score or by a word) and the body says nothing of it."""
    if head is None or not (scores.categories.get(Category.CLICKBAIT, 0.0) >= LIKELY or _lures(head)):
        return ()
    if not shares_nothing(head.words, body.words):
        return ()
    return (
        Hit(
            type=HitType.RULE,
            value=title,
            normalised="",
            field=Field.TITLE,
            start=0,
            end=len(title),
            clause=MISMATCH,
            library="headline",
            reason="title without body",
        ),
    )


def _lures(head: Understanding) -> bool:
    return any(not hit.suppressed and clause(hit.clause).label is Label.CLICKBAIT for hit in head.hits)
