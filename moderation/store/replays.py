"""Posts with their latest machine verdict and the decision that stands: what a backtest reads.

Columns, no objects: a backtest reads a hundred thousand posts, and whole rows take longer than deciding them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import func, select

from moderation.domain.post import PostState
from moderation.store.tables import DecisionRow, PostRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

T = TypeVar("T")


class KeptPost(NamedTuple):
    """What is read of a post: the columns of :class:`PostRow` by their names."""

    sequence: int
    id: str
    data_id: str
    text: str
    scene: str
    group_path: str
    mode: str
    author: dict[str, Any]
    received_at: int


Kept = tuple[KeptPost, dict[str, Any], str | None]
"""A post, the body of its latest machine verdict, and the kind of the latest decision on it."""


def count(session: Session, community_id: int, *, since: int, until: int) -> int:
    """How many decided posts came in during ``[since, until)``."""
    return (
        session.scalar(select(func.count()).select_from(PostRow).where(*_window(community_id, since, until)))
        or 0
    )


def batch(
    session: Session, community_id: int, *, since: int, until: int, after: int, limit: int
) -> list[Kept]:
    """Posts that follow sequence ``after``, with the kind of the latest human decision (an undo shows as such)."""
    columns = [getattr(PostRow, name) for name in KeptPost._fields]
    posts = [
        KeptPost(*row)
        for row in session.execute(
            select(*columns)
            .where(*_window(community_id, since, until), PostRow.sequence > after)
            .order_by(PostRow.sequence)
            .limit(limit)
        )
    ]
    ids = [post.id for post in posts]
    bodies: dict[str, dict[str, Any]] = _by_post(
        session.execute(
            select(VerdictRow.post_id, VerdictRow.body)
            .where(VerdictRow.post_id.in_(ids), VerdictRow.source == "machine")
            .order_by(VerdictRow.number)
        )
    )
    decisions = _by_post(
        session.execute(
            select(DecisionRow.post_id, DecisionRow.kind)
            .where(DecisionRow.post_id.in_(ids))
            .order_by(DecisionRow.number)
        )
    )
    return [(post, bodies[post.id], decisions.get(post.id)) for post in posts if post.id in bodies]


def _by_post(rows: Iterable[Row[str, T]]) -> dict[str, T]:
    """The last of each post."""
    return {post_id: found for post_id, found in rows}  # noqa: C416 - dict() of rows has no type


def _window(community_id: int, since: int, until: int) -> tuple[ColumnElement[bool], ...]:
    return (
        PostRow.community_id == community_id,
        PostRow.state == PostState.DECIDED.value,
        PostRow.received_at >= since,
        PostRow.received_at < until,
    )
