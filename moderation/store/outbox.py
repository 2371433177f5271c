"""Events for the platform, written in the transaction of the fact they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from moderation.store.tables import OutboxEventRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.store.tables import PostRow


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
