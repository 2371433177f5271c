"""Events for the platform, written in the transaction of the fact they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from moderation.store.tables import OutboxEventRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


def append(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Append events (column values of :class:`OutboxEventRow`)."""
    if rows:
        session.execute(insert(OutboxEventRow), list(rows))


def post_event(
    post: PostRow, version: int, told: dict[str, Any], *, now: int, kind: str = "post.decided"
) -> dict[str, Any]:
    """Column values of an event about a post: every event names post, revision and version, and tells the rest."""
    named = {
        "data_id": post.data_id,
        "id": post.id,
        "revision": post.revision,
        "subject_version": version,
    }
    return {
        "id": f"evt_{post.id}_{version}",
        "community_id": post.community_id,
        "type": kind,
        "subject": f"post:{post.data_id}",
        "subject_version": version,
        "body": named | told,
        "created_at": now,
        "next_attempt_at": None,
    }


def next_version(session: Session, post_id: str) -> int:
    """Raise and return the version that the next event about a post carries."""
    statement = (
        update(PostRow)
        .where(PostRow.id == post_id)
        .values(event_version=PostRow.event_version + 1)
        .returning(PostRow.event_version)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(statement).one()


def next_versions(session: Session, post_ids: Collection[str]) -> dict[str, int]:
    """Raise and return, for each post, the version that its next event carries."""
    statement = (
        update(PostRow)
        .where(PostRow.id.in_(post_ids))
        .values(event_version=PostRow.event_version + 1)
        .returning(PostRow.id, PostRow.event_version)
        .execution_options(synchronize_session=False)
    )
    return dict(session.execute(statement).all())
