"""What people decided: numbered per post, appended, never updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from moderation.domain.review import DecisionKind, ReviewState
from moderation.domain.verdict import Action
from moderation.store.tables import DecisionRow, PostRow, ReviewItemRow, UserRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def append(session: Session, values: dict[str, Any]) -> DecisionRow:
    """Append a decision, numbered after the post's latest."""
    number = session.scalar(
        select(func.coalesce(func.max(DecisionRow.number), 0)).where(DecisionRow.post_id == values["post_id"])
    )
    row = DecisionRow(**values, number=(number or 0) + 1)
    session.add(row)
    session.flush()
    return row


def of_post(session: Session, post_id: str) -> list[tuple[DecisionRow, UserRow]]:
    """Every decision on a post with who made it, oldest first."""
    rows = session.execute(
        select(DecisionRow, UserRow)
        .join(UserRow, UserRow.id == DecisionRow.moderator_id)
        .where(DecisionRow.post_id == post_id)
        .order_by(DecisionRow.number)
    )
    return list(rows.all())


def undoable_of(session: Session, community_id: int, moderator_id: int, *, since: int) -> DecisionRow | None:
    """The newest decision of a moderator that still stands: made from ``since`` on, on the post as it now reads.

    Those that were taken back already are passed over, so that each call after an undo finds the one before it.
    """
    later = aliased(DecisionRow)
    superseded = exists().where(later.post_id == DecisionRow.post_id, later.number > DecisionRow.number)
    statement = (
        select(DecisionRow)
        .join(ReviewItemRow, ReviewItemRow.id == DecisionRow.review_item_id)
        .join(PostRow, PostRow.id == DecisionRow.post_id)
        .where(
            DecisionRow.moderator_id == moderator_id,
            DecisionRow.community_id == community_id,
            DecisionRow.created_at >= since,
            DecisionRow.kind != DecisionKind.UNDO.value,
            ~superseded,
            ReviewItemRow.state == ReviewState.DECIDED.value,
            ReviewItemRow.revision == PostRow.revision,
        )
    )
    return session.scalar(statement.order_by(DecisionRow.id.desc()).limit(1))


def latest_of_post(session: Session, community_id: int, decision_id: int) -> DecisionRow | None:
    """A community's decision, where it is the latest on its post."""
    later = aliased(DecisionRow)
    superseded = exists().where(later.post_id == DecisionRow.post_id, later.number > DecisionRow.number)
    return session.scalar(
        select(DecisionRow).where(
            DecisionRow.id == decision_id, DecisionRow.community_id == community_id, ~superseded
        )
    )


def standing(session: Session, item_ids: Sequence[int]) -> dict[int, DecisionRow]:
    """The latest decision on each of several items."""
    rows = session.scalars(
        select(DecisionRow).where(DecisionRow.review_item_id.in_(item_ids)).order_by(DecisionRow.number)
    )
    return {row.review_item_id: row for row in rows}


def standing_of_posts(session: Session, post_ids: Sequence[str]) -> dict[str, DecisionRow]:
    """The decision that stands on each of several posts as it reads: neither undone nor on an older text."""
    rows = session.execute(
        select(DecisionRow, PostRow.revision)
        .join(PostRow, PostRow.id == DecisionRow.post_id)
        .where(DecisionRow.post_id.in_(post_ids))
        .order_by(DecisionRow.number)
    )
    latest = {row.post_id: (row, revision) for row, revision in rows}
    return {
        post_id: row
        for post_id, (row, revision) in latest.items()
        if row.kind != DecisionKind.UNDO.value and row.revision == revision
    }


def standing_actions(session: Session, post_ids: Sequence[str]) -> dict[str, Action]:
    """What people's decisions that stand say to do with each of several posts."""
    return {post_id: Action(row.action) for post_id, row in standing_of_posts(session, post_ids).items()}


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
