"""Review items: opened, told more, closed, moved on, read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, insert, select, update

from moderation.domain.review import ReviewState, UnknownItemError
from moderation.store.tables import ReviewItemRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


def open_items(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Open review items (column values of :class:`ReviewItemRow`)."""
    if rows:
        session.execute(insert(ReviewItemRow), list(rows))


def reopen(session: Session, item_id: int, *, queue: str, priority: int, reason: str, now: int) -> None:
    """Open an item again that was closed without a decision."""
    session.execute(
        update(ReviewItemRow)
        .where(ReviewItemRow.id == item_id, ReviewItemRow.state == ReviewState.CLOSED.value)
        .values(
            state=ReviewState.OPEN.value,
            version=ReviewItemRow.version + 1,
            queue=queue,
            priority=priority,
            reason=reason,
            opened_at=now,
        )
        .execution_options(synchronize_session=False)
    )


def restore(session: Session, item_ids: Collection[int]) -> None:
    """Open items again as they were before they were closed without a decision."""
    session.execute(
        update(ReviewItemRow)
        .where(ReviewItemRow.id.in_(item_ids), ReviewItemRow.state == ReviewState.CLOSED.value)
        .values(state=ReviewState.OPEN.value, version=ReviewItemRow.version + 1)
        .execution_options(synchronize_session=False)
    )


def tell(session: Session, item_id: int, *, queue: str, priority: int, reason: str) -> None:
    """Say why an open item is more than it was: it never sinks, and goes to another queue only where it rises.

    Its version stays: whoever reads it meanwhile may still decide.
    """
    rises = ReviewItemRow.priority < priority
    session.execute(
        update(ReviewItemRow)
        .where(ReviewItemRow.id == item_id, ReviewItemRow.state == ReviewState.OPEN.value)
        .values(
            queue=case((rises, queue), else_=ReviewItemRow.queue),
            priority=case((rises, priority), else_=ReviewItemRow.priority),
            reason=reason,
        )
        .execution_options(synchronize_session=False)
    )


def close_for_post(session: Session, post_ids: Sequence[str]) -> None:
    """Close the open items of posts that were edited or withdrawn."""
    session.execute(
        update(ReviewItemRow)
        .where(ReviewItemRow.post_id.in_(post_ids), ReviewItemRow.state == ReviewState.OPEN.value)
        .values(state=ReviewState.CLOSED.value, version=ReviewItemRow.version + 1)
        .execution_options(synchronize_session=False)
    )


def close_items(session: Session, item_ids: Collection[int]) -> None:
    """Close items that nobody has decided."""
    session.execute(
        update(ReviewItemRow)
        .where(ReviewItemRow.id.in_(item_ids), ReviewItemRow.state == ReviewState.OPEN.value)
        .values(state=ReviewState.CLOSED.value, version=ReviewItemRow.version + 1)
        .execution_options(synchronize_session=False)
    )


def move(
    session: Session, row: ReviewItemRow, *, version: int, state: ReviewState, decided_at: int | None
) -> bool:
    """Move an item, if nobody else changed it since ``version`` was read."""
    found = session.scalars(
        update(ReviewItemRow)
        .where(ReviewItemRow.id == row.id, ReviewItemRow.version == version)
        .values(state=state.value, version=ReviewItemRow.version + 1, decided_at=decided_at)
        .returning(ReviewItemRow.id)
        .execution_options(synchronize_session=False)
    )
    return found.first() is not None


def item(session: Session, community_id: int, item_id: int) -> ReviewItemRow | None:
    """A community's review item."""
    return session.scalar(
        select(ReviewItemRow).where(ReviewItemRow.id == item_id, ReviewItemRow.community_id == community_id)
    )


def known_item(row: ReviewItemRow | None, item_id: int) -> ReviewItemRow:
    """The item itself.

    Raises:
        UnknownItemError: there is none.
    """
    if row is None:
        message = f"no review item {item_id}"
        raise UnknownItemError(message)
    return row


def item_of_post(session: Session, community_id: int, post_id: str) -> ReviewItemRow | None:
    """The latest review item of a post."""
    return session.scalar(
        select(ReviewItemRow)
        .where(ReviewItemRow.post_id == post_id, ReviewItemRow.community_id == community_id)
        .order_by(ReviewItemRow.id.desc())
        .limit(1)
    )


def items_of(session: Session, post_ids: Collection[str]) -> dict[tuple[str, int], ReviewItemRow]:
    """Review items by post and revision."""
    rows = session.scalars(select(ReviewItemRow).where(ReviewItemRow.post_id.in_(post_ids)))
    return {(row.post_id, row.revision): row for row in rows}
