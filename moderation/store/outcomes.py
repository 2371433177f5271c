"""How things stand with some posts: what people said last, and which still wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from moderation.domain.review import ReviewState
from moderation.store import decisions
from moderation.store.tables import ReviewItemRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

WAITING: Final = "review"
"""Stands for a post that somebody has yet to decide."""


def standing(session: Session, post_ids: Sequence[str]) -> dict[str, str]:
    """By post: ``pass`` or ``block`` where a person's decision stands, ``review`` where an item is open.

    Posts of which neither is true are left out.
    """
    said = decisions.standing_of_posts(session, post_ids)
    waiting = session.scalars(
        select(ReviewItemRow.post_id).where(
            ReviewItemRow.post_id.in_(post_ids), ReviewItemRow.state == ReviewState.OPEN.value
        )
    )
    return {post: row.kind for post, row in said.items()} | dict.fromkeys(waiting, WAITING)
