"""Recent posts in batches, newest first: what a new word is tried on, and posts by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from moderation.domain.post import PostState
from moderation.store.tables import PostRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def recent(
    session: Session, community_id: int, *, since: int, before: int | None, limit: int
) -> list[PostRow]:
    """Posts received from ``since`` on, newest first; ``before`` is the sequence that the last batch ended with."""
    statement = select(PostRow).where(*_kept(community_id, since))
    if before is not None:
        statement = statement.where(PostRow.sequence < before)
    return list(session.scalars(statement.order_by(PostRow.sequence.desc()).limit(limit)))


def count(session: Session, community_id: int, *, since: int) -> int:
    """How many posts there are from ``since`` on."""
    return session.scalar(select(func.count()).select_from(PostRow).where(*_kept(community_id, since))) or 0


def first_at(session: Session, community_id: int, *, since: int) -> int | None:
    """When the first post from ``since`` on came in, UTC microseconds."""
    return session.scalar(select(func.min(PostRow.received_at)).where(*_kept(community_id, since)))


def by_ids(session: Session, community_id: int, ids: Collection[str]) -> dict[str, PostRow]:
    """A community's posts by id; withdrawn ones are left out."""
    rows = session.scalars(select(PostRow).where(PostRow.id.in_(ids), *_kept(community_id, 0)))
    return {row.id: row for row in rows}


def _kept(community_id: int, since: int) -> tuple[ColumnElement[bool], ...]:
    return (
        PostRow.community_id == community_id,
        PostRow.state != PostState.WITHDRAWN.value,
        PostRow.received_at >= since,
    )
