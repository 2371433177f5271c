"""Publishing modes of single threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from moderation.domain.post import PublishingMode, PublishingRule
from moderation.store.tables import ThreadModeRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


def modes(session: Session, community_id: int, threads: Collection[str]) -> list[PublishingRule]:
    """Rules of those of the threads that have one."""
    rows = session.scalars(
        select(ThreadModeRow).where(
            ThreadModeRow.community_id == community_id, ThreadModeRow.thread.in_(sorted(set(threads)))
        )
    )
    return [PublishingRule(PublishingMode(row.mode), thread=row.thread) for row in rows]


def listed(session: Session, community_id: int, *, limit: int = 200) -> list[ThreadModeRow]:
    """A community's threads with a mode of their own, latest change first."""
    return list(
        session.scalars(
            select(ThreadModeRow)
            .where(ThreadModeRow.community_id == community_id)
            .order_by(ThreadModeRow.changed_at.desc(), ThreadModeRow.thread)
            .limit(limit)
        )
    )


def set_mode(
    session: Session,
    community_id: int,
    thread: str,
    mode: PublishingMode,
    *,
    why: str,
    author: str,
    now: int,
) -> None:
    """Give a thread a mode of its own."""
    session.merge(
        ThreadModeRow(
            community_id=community_id, thread=thread, mode=mode.value, why=why, author=author, changed_at=now
        )
    )


def forget(session: Session, community_id: int, thread: str) -> None:
    """Let a thread follow board and scene again."""
    session.execute(
        delete(ThreadModeRow).where(
            ThreadModeRow.community_id == community_id, ThreadModeRow.thread == thread
        )
    )
