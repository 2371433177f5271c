"""Posts: kept once per ``data_id``, edited, withdrawn, read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, and_, case, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.domain.post import PostState
from moderation.store.tables import PostKeyRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


class Kept(StrEnum):
    """What became of a submission."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    WITHDRAWN = "withdrawn"


def add(session: Session, community_id: int, rows: Sequence[dict[str, Any]]) -> list[tuple[Kept, str]]:
    """Keep posts, each ``data_id`` once per community.

    Args:
        session: a writing session.
        community_id: the tenant.
        rows: column values of new posts; ``id`` is used only where the ``data_id`` is new.

    Returns:
        For each row, in order, what became of it and the id of the post that its ``data_id`` names.
    """
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["data_id"], row)
    keys = [
        {
            "community_id": community_id,
            "data_id": row["data_id"],
            "post_id": row["id"],
            "content_hash": row["content_hash"],
        }
        for row in first.values()
    ]
    _insert_missing(session, keys)
    known = {
        key.data_id: key
        for key in session.scalars(
            select(PostKeyRow).where(PostKeyRow.community_id == community_id, PostKeyRow.data_id.in_(first))
        )
    }
    fresh = [row for row in first.values() if known[row["data_id"]].post_id == row["id"]]
    if fresh:
        session.execute(insert(PostRow), fresh)
    fresh_ids = {row["id"] for row in fresh}
    return [_outcome(row, known[row["data_id"]], fresh_ids) for row in rows]


def states(session: Session, post_ids: Sequence[str]) -> dict[str, PostState]:
    """The state of each of several posts."""
    rows = session.execute(select(PostRow.id, PostRow.state).where(PostRow.id.in_(post_ids)))
    return {post_id: PostState(state) for post_id, state in rows}


def _insert_missing(session: Session, keys: list[dict[str, Any]]) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    # Sorted, so that two batches with the same keys cannot wait for each other.
    ordered = sorted(keys, key=lambda key: key["data_id"])
    session.execute(dialect.insert(PostKeyRow).on_conflict_do_nothing(), ordered)


def _outcome(row: dict[str, Any], key: PostKeyRow, fresh_ids: set[str]) -> tuple[Kept, str]:
    if row["id"] in fresh_ids:
        return Kept.NEW, row["id"]
    same = key.content_hash == row["content_hash"]
    return (Kept.DUPLICATE if same else Kept.CONFLICT), key.post_id


def find(session: Session, community_id: int, data_id: str) -> PostRow | None:
    """The post that a community's ``data_id`` names, or None."""
    return session.scalar(
        select(PostRow)
        .join(PostKeyRow, PostKeyRow.post_id == PostRow.id)
        .where(PostKeyRow.community_id == community_id, PostKeyRow.data_id == data_id)
    )


def by_id(session: Session, community_id: int, post_id: str) -> PostRow | None:
    """A community's post by our id, or None."""
    return session.scalar(select(PostRow).where(PostRow.id == post_id, PostRow.community_id == community_id))


def edit(session: Session, post: PostRow, values: dict[str, Any], *, edited_at: int) -> bool:
    """Replace a post's content as of ``edited_at``; it is scored again.

    Edits can arrive out of order, or twice: one older than the latest known edit, or the same again, changes
    nothing and answers False.
    The first edit always counts: ``posted_at`` may be of another clock than the platform's.
    """
    statement = (
        update(PostRow)
        .where(
            PostRow.id == post.id,
            PostRow.state != PostState.WITHDRAWN.value,
            or_(
                PostRow.edited_at.is_(None),
                PostRow.edited_at < edited_at,
                and_(PostRow.edited_at == edited_at, PostRow.content_hash != values["content_hash"]),
            ),
        )
        .values(
            **values,
            edited_at=edited_at,
            revision=PostRow.revision + 1,
            state=PostState.PENDING.value,
            claim_token=None,
            claimed_until=None,
            attempts=0,
        )
        .execution_options(synchronize_session=False)
    )
    return _changed(session, statement)


def withdraw(session: Session, post: PostRow) -> bool:
    """Leave a tombstone: whatever a worker still computes about the post is not written."""
    statement = (
        update(PostRow)
        .where(PostRow.id == post.id, PostRow.state != PostState.WITHDRAWN.value)
        .values(
            state=PostState.WITHDRAWN.value,
            revision=PostRow.revision + 1,
            claim_token=None,
            claimed_until=None,
        )
        .execution_options(synchronize_session=False)
    )
    return _changed(session, statement)


def set_metrics(session: Session, post: PostRow, metrics: dict[str, Any]) -> None:
    """Replace a post's metrics; nothing is scored again."""
    session.execute(update(PostRow).where(PostRow.id == post.id).values(metrics=metrics))


def count_by_state(session: Session, community_id: int) -> dict[PostState, int]:
    """How many posts a community has in each state."""
    pending = func.sum(case((PostRow.state == PostState.PENDING.value, 1), else_=0))
    decided = func.sum(case((PostRow.state == PostState.DECIDED.value, 1), else_=0))
    row = session.execute(
        select(func.count(), pending, decided).where(PostRow.community_id == community_id)
    ).one()
    total, waiting, done = (int(value or 0) for value in row)
    return {
        PostState.PENDING: waiting,
        PostState.DECIDED: done,
        PostState.WITHDRAWN: total - waiting - done,
    }


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - narrows the type: an UPDATE gives a cursor
    return bool(result.rowcount)


def by_author(
    session: Session, community_id: int, author_id: str | None, *, besides: str, limit: int = 10
) -> list[PostRow]:
    """An author's latest other posts, newest first."""
    if not author_id:
        return []
    return list(
        session.scalars(
            select(PostRow)
            .where(
                PostRow.community_id == community_id, PostRow.author_id == author_id, PostRow.id != besides
            )
            .order_by(PostRow.posted_at.desc())
            .limit(limit)
        )
    )
