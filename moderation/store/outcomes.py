"""How things stand with some posts: what people said last, and which still wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from moderation.domain.review import DecisionKind, ReviewState
from moderation.store.tables import DecisionRow, ReviewItemRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

WAITING: Final = "review"
"""Stands for a post that somebody has yet to decide."""


def standing(session: Session, post_ids: Collection[str]) -> dict[str, str]:
    """By post: ``pass`` or ``block`` where a person's decision stands, ``review`` where an item is open.

    Posts of which neither is true are left out.
    """
    rows = session.execute(
        select(DecisionRow.post_id, DecisionRow.kind)
        .where(DecisionRow.post_id.in_(post_ids))
        .order_by(DecisionRow.number)
    )
    said = {post: kind for post, kind in rows}  # noqa: C416 - rows, not pairs
    waiting = session.scalars(
        select(ReviewItemRow.post_id).where(
            ReviewItemRow.post_id.in_(post_ids), ReviewItemRow.state == ReviewState.OPEN.value
        )
    )
    found = {post: kind for post, kind in said.items() if kind != DecisionKind.UNDO.value}
    return found | dict.fromkeys(waiting, WAITING)
