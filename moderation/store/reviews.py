"""Review items and human decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from moderation.domain.post import PostState
from moderation.domain.review import DecisionKind, QueueName, ReviewState, UnknownItemError
from moderation.domain.verdict import Action, Suggestion
from moderation.store.tables import DecisionRow, PostRow, ReviewItemRow, UserRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A review item with its post and latest verdict, as a queue page shows it."""

    item: ReviewItemRow
    post: PostRow
    verdict: VerdictRow | None


def open_items(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Open review items (column values of :class:`ReviewItemRow`)."""
    if rows:
        session.execute(insert(ReviewItemRow), list(rows))


def close_for_post(session: Session, post_ids: Sequence[str]) -> None:
    """Close the open items of posts that were edited or withdrawn."""
    session.execute(
        update(ReviewItemRow)
        .where(ReviewItemRow.post_id.in_(post_ids), ReviewItemRow.state == ReviewState.OPEN.value)
        .values(state=ReviewState.CLOSED.value, version=ReviewItemRow.version + 1)
        .execution_options(synchronize_session=False)
    )


def queue(
    session: Session,
    community_id: int,
    *,
    state: ReviewState = ReviewState.OPEN,
    name: QueueName | None = None,
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


def append_decision(session: Session, values: dict[str, Any]) -> DecisionRow:
    """Append a decision, numbered after the post's latest."""
    number = session.scalar(
        select(func.coalesce(func.max(DecisionRow.number), 0)).where(DecisionRow.post_id == values["post_id"])
    )
    row = DecisionRow(**values, number=(number or 0) + 1)
    session.add(row)
    session.flush()
    return row


def decisions(session: Session, post_id: str) -> list[tuple[DecisionRow, UserRow]]:
    """Every decision on a post with who made it, oldest first."""
    rows = session.execute(
        select(DecisionRow, UserRow)
        .join(UserRow, UserRow.id == DecisionRow.moderator_id)
        .where(DecisionRow.post_id == post_id)
        .order_by(DecisionRow.number)
    )
    return list(rows.all())


def last_decision_of(session: Session, moderator_id: int) -> DecisionRow | None:
    """The latest decision that a moderator made."""
    return session.scalar(
        select(DecisionRow)
        .where(DecisionRow.moderator_id == moderator_id)
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )


def latest_of_post(session: Session, community_id: int, decision_id: int) -> DecisionRow | None:
    """A community's decision, where it is the latest on its post."""
    later = aliased(DecisionRow)
    superseded = exists().where(later.post_id == DecisionRow.post_id, later.number > DecisionRow.number)
    return session.scalar(
        select(DecisionRow).where(
            DecisionRow.id == decision_id, DecisionRow.community_id == community_id, ~superseded
        )
    )


def next_open(session: Session, row: ReviewItemRow, *, name: QueueName | None = None) -> int | None:
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
    order = (ReviewItemRow.priority.desc(), ReviewItemRow.id)
    following = session.scalar(statement.where(after).order_by(*order).limit(1))
    # At the end of the queue go back to its head: there may be newer or more urgent work.
    return following or session.scalar(statement.order_by(*order).limit(1))


def tally(
    session: Session, community_id: int, since: int, *, moderator_id: int | None = None
) -> dict[DecisionKind, int]:
    """How many decisions of each kind were made since an instant and still stand: undone ones count as undone."""
    later = aliased(DecisionRow)
    undone = exists().where(
        later.post_id == DecisionRow.post_id,
        later.number == DecisionRow.number + 1,
        later.kind == DecisionKind.UNDO.value,
    )
    statement = select(DecisionRow.kind, func.count()).where(
        DecisionRow.community_id == community_id, DecisionRow.created_at >= since, ~undone
    )
    if moderator_id is not None:
        statement = statement.where(DecisionRow.moderator_id == moderator_id)
    counts = dict(session.execute(statement.group_by(DecisionRow.kind)).all())
    return {kind: counts.get(kind.value, 0) for kind in DecisionKind}


def blocked(
    session: Session, community_id: int, *, limit: int = 50, offset: int = 0
) -> list[tuple[PostRow, VerdictRow]]:
    """Posts whose latest machine verdict is a block, newest verdict first."""
    later = aliased(VerdictRow)
    superseded = exists().where(later.post_id == VerdictRow.post_id, later.number > VerdictRow.number)
    statement = (
        select(PostRow, VerdictRow)
        .join(PostRow, PostRow.id == VerdictRow.post_id)
        .where(
            VerdictRow.community_id == community_id,
            VerdictRow.suggestion == Suggestion.BLOCK.value,
            VerdictRow.revision == PostRow.revision,
            PostRow.state == PostState.DECIDED.value,
            ~superseded,
        )
        .order_by(VerdictRow.created_at.desc(), VerdictRow.id.desc())
    )
    return list(session.execute(statement.limit(limit).offset(offset)).all())


def standing(session: Session, item_ids: Sequence[int]) -> dict[int, DecisionRow]:
    """The latest decision on each of several items."""
    rows = session.scalars(
        select(DecisionRow).where(DecisionRow.review_item_id.in_(item_ids)).order_by(DecisionRow.number)
    )
    return {row.review_item_id: row for row in rows}


def item_of_post(session: Session, community_id: int, post_id: str) -> ReviewItemRow | None:
    """The latest review item of a post."""
    return session.scalar(
        select(ReviewItemRow)
        .where(ReviewItemRow.post_id == post_id, ReviewItemRow.community_id == community_id)
        .order_by(ReviewItemRow.id.desc())
        .limit(1)
    )


def standing_actions(session: Session, post_ids: Sequence[str]) -> dict[str, Action]:
    """What people's decisions that stand say to do with each of several posts; an undone one says nothing."""
    rows = session.scalars(
        select(DecisionRow).where(DecisionRow.post_id.in_(post_ids)).order_by(DecisionRow.number)
    )
    latest = {row.post_id: row for row in rows}
    return {
        post_id: Action(row.action) for post_id, row in latest.items() if row.kind != DecisionKind.UNDO.value
    }
