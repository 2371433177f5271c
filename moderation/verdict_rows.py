"""What is written about a post when its verdict is reached: column values, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moderation.domain import review
from moderation.domain.convention import Label
from moderation.domain.verdict import Suggestion
from moderation.domain.wire import verdict_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.verdict import Verdict
    from moderation.store.claims import Claimed

MAX_SURFACE: Final = 200
"""Code points of a mention that are kept: invisible characters can stretch a name without end."""


def verdict_row(one: Claimed, verdict: Verdict, now: int) -> dict[str, Any]:
    """Column values of a machine verdict."""
    return {
        "post_id": one.id,
        "community_id": one.community_id,
        "revision": one.revision,
        "source": "machine",
        "suggestion": verdict.suggestion.value,
        "risk_level": verdict.risk_level.value,
        "label": verdict.label.value,
        "clause": verdict.clause,
        "action": verdict.action.value,
        "body": verdict_json(verdict),
        "created_at": now,
    }


def review_row(one: Claimed, verdict: Verdict, now: int) -> dict[str, Any]:
    """Column values of the item that asks a person to look."""
    return {
        "community_id": one.community_id,
        "post_id": one.id,
        "revision": one.revision,
        "queue": review.queue_of(verdict).value,
        "priority": review.priority(verdict),
        "reason": verdict.reason,
        "opened_at": now,
    }


def item_rows(judged: Sequence[tuple[Claimed, Verdict]], spot_check: float, now: int) -> list[dict[str, Any]]:
    """Review items of posts: whatever asks for a person, and the share of blocks that is drawn for a check."""
    check = {"priority": review.SPOT_PRIORITY, "reason": review.SPOT_CHECK}
    asked = [review_row(one, verdict, now) for one, verdict in judged if review.needs_human(verdict)]
    return asked + [
        review_row(one, verdict, now) | check
        for one, verdict in judged
        if verdict.suggestion is Suggestion.BLOCK and review.is_drawn(one.id, one.revision, spot_check)
    ]


def mention_rows(one: Claimed, verdict: Verdict) -> list[dict[str, Any]]:
    """Column values of the brands mentioned; what is spam does not count as clean."""
    clean = not (verdict.suggestion is Suggestion.BLOCK and verdict.label in (Label.SPAM_ADS, Label.QUALITY))
    return [
        {
            "community_id": one.community_id,
            "brand_id": mention.brand_id,
            "post_id": one.id,
            "surface": mention.surface[:MAX_SURFACE],
            "field": mention.field.value,
            "start": mention.start,
            "end": mention.end,
            "polarity": mention.polarity.value,
            "probability": mention.probability,
            "link_confidence": mention.link_confidence,
            "clean": clean,
            "content_hash": one.row.content_hash,
            "author_id": one.row.author_id,
            "source": one.row.source,
            "posted_at": one.row.posted_at,
        }
        for mention in verdict.mentions
    ]
