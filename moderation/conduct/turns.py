"""What behaviour does to a human's turn: one rule, whether a post waits for a person, was closed or never asked for.

A block ends the turn; a review opens it, or tells an open one why; what a person decided stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moderation.domain import review
from moderation.domain.review import ReviewState
from moderation.domain.verdict import Suggestion
from moderation.store import reviews

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.behaviour_verdicts import Change
    from moderation.store.standing import Standing

Changed = tuple["Standing", "Change"]
"""A post that the transaction holds, and the verdict that is appended to it."""


def turn(session: Session, changes: Sequence[Changed], *, now: int) -> None:
    """Bring the review items of posts in line with their new verdicts.  The posts are locked before their items."""
    reviews.close_for_post(session, [one.post.id for one, change in changes if _ends(one, change)])
    asking = [pair for pair in changes if review.needs_human(pair[1].verdict)]
    known = reviews.items_of(session, [one.post.id for one, _ in asking])
    fresh = []
    for one, change in asking:
        item = known.get((one.post.id, one.post.revision))
        values = _values(change)
        if item is None:
            fresh.append(_row(one, values, now))
        elif item.state == ReviewState.CLOSED.value:
            reviews.reopen(session, item.id, **values, now=now)
        elif item.state == ReviewState.OPEN.value:
            reviews.tell(session, item.id, **values)
    reviews.open_items(session, fresh)


def _ends(one: Standing, change: Change) -> bool:
    """Whether the verdict blocks a post that was not: one that was blocked before waits because somebody asked."""
    return review.ends_turn(Suggestion(one.verdict.suggestion), change.verdict.suggestion)


def _values(change: Change) -> dict[str, Any]:
    return {
        "queue": review.queue_of(change.verdict).value,
        "priority": review.priority(change.verdict),
        "reason": change.body["behaviour"][-1]["reason"],
    }


def _row(one: Standing, values: dict[str, Any], now: int) -> dict[str, Any]:
    return {
        "community_id": one.post.community_id,
        "post_id": one.post.id,
        "revision": one.post.revision,
        "opened_at": now,
        **values,
    }
