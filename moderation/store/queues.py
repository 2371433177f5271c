"""The queues of review items: what waits, how much, since when, and what to take next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from moderation.domain.review import QueueName, ReviewState
from moderation.store import holding
from moderation.store.tables import PostRow, ReviewItemRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.holding import HeldBy


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A review item with its post and latest verdict, as a queue page shows it."""

    item: ReviewItemRow
    post: PostRow
    verdict: VerdictRow | None


def entries(
    session: Session,
    community_id: int,
    *,
    state: ReviewState = ReviewState.OPEN,
    name: QueueName | None = None,
    window: HeldBy | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[QueueEntry]:
    """Review items of a community in the order to take them: most urgent first, oldest first among equals."""
    statement = (
        select(ReviewItemRow, PostRow)
        .join(PostRow, PostRow.id == ReviewItemRow.post_id)
        .where(ReviewItemRow.community_id == community_id, ReviewItemRow.state == state.value)
    )
    if name is not None:
        statement = statement.where(ReviewItemRow.queue == name.value)
    if window:
        statement = statement.where(holding.by_window(window))
    newest_first = (ReviewItemRow.decided_at.desc(), ReviewItemRow.id.desc())
    urgent_first = (ReviewItemRow.priority.desc(), ReviewItemRow.id)
    order = urgent_first if state is ReviewState.OPEN else newest_first
    found = session.execute(statement.order_by(*order).limit(limit).offset(offset)).all()
    verdicts = _latest_verdicts(session, [post.id for _, post in found])
    return [QueueEntry(item, post, verdicts.get(post.id)) for item, post in found]


def _latest_verdicts(session: Session, post_ids: Sequence[str]) -> dict[str, VerdictRow]:
    rows = session.scalars(
        select(VerdictRow).where(VerdictRow.post_id.in_(post_ids)).order_by(VerdictRow.number)
    )
    return {row.post_id: row for row in rows}


def open_counts(session: Session, community_id: int) -> dict[QueueName, int]:
    """How many open items each queue has."""
    rows = session.execute(
        select(ReviewItemRow.queue, func.count())
        .where(ReviewItemRow.community_id == community_id, ReviewItemRow.state == ReviewState.OPEN.value)
        .group_by(ReviewItemRow.queue)
    )
    counts = dict(rows.all())
    return {name: counts.get(name.value, 0) for name in QueueName}


def oldest_open(session: Session, community_id: int) -> int | None:
    """When the oldest open item was opened."""
    return session.scalar(
        select(func.min(ReviewItemRow.opened_at)).where(
            ReviewItemRow.community_id == community_id, ReviewItemRow.state == ReviewState.OPEN.value
        )
    )


def next_open(
    session: Session, row: ReviewItemRow, *, name: QueueName | None = None, window: HeldBy | None = None
) -> int | None:
    """The open item that follows ``row`` in the order of its queue (all queues where ``name`` is None)."""
    after = or_(
        ReviewItemRow.priority < row.priority,
        and_(ReviewItemRow.priority == row.priority, ReviewItemRow.id > row.id),
    )
    statement = select(ReviewItemRow.id).where(
        ReviewItemRow.community_id == row.community_id,
        ReviewItemRow.state == ReviewState.OPEN.value,
        ReviewItemRow.id != row.id,
    )
    if name is not None:
        statement = statement.where(ReviewItemRow.queue == name.value)
    if window:
        statement = statement.where(holding.by_window(window))
    order = (ReviewItemRow.priority.desc(), ReviewItemRow.id)
    following = session.scalar(statement.where(after).order_by(*order).limit(1))
    # At the end of the queue go back to its head: there may be newer or more urgent work.
    return following or session.scalar(statement.order_by(*order).limit(1))
