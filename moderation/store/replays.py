"""Posts with their latest machine verdict and the decision that stands: what a backtest reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from moderation.domain.post import PostState
from moderation.store.tables import DecisionRow, PostRow, VerdictRow

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def count(session: Session, community_id: int, *, since: int, until: int) -> int:
    """How many decided posts came in during ``[since, until)``."""
    return (
        session.scalar(select(func.count()).select_from(PostRow).where(*_window(community_id, since, until)))
        or 0
    )


def batch(
    session: Session, community_id: int, *, since: int, until: int, after: int, limit: int
) -> list[tuple[PostRow, VerdictRow, str | None]]:
    """Posts that follow sequence ``after``, with the kind of the latest human decision (an undo shows as such)."""
    posts = list(
        session.scalars(
            select(PostRow)
            .where(*_window(community_id, since, until), PostRow.sequence > after)
            .order_by(PostRow.sequence)
            .limit(limit)
        )
    )
    ids = [post.id for post in posts]
    verdicts = {
        row.post_id: row
        for row in session.scalars(
            select(VerdictRow)
            .where(VerdictRow.post_id.in_(ids), VerdictRow.source == "machine")
            .order_by(VerdictRow.number)
        )
    }
    decisions = {
        row.post_id: row.kind
        for row in session.scalars(
            select(DecisionRow).where(DecisionRow.post_id.in_(ids)).order_by(DecisionRow.number)
        )
    }
    return [(post, verdicts[post.id], decisions.get(post.id)) for post in posts if post.id in verdicts]


def _window(community_id: int, since: int, until: int) -> tuple[ColumnElement[bool], ...]:
    return (
        PostRow.community_id == community_id,
        PostRow.state == PostState.DECIDED.value,
        PostRow.received_at >= since,
        PostRow.received_at < until,
    )
