"""Machine verdicts: numbered per post, appended, never updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import aliased

from moderation.domain.post import PostState
from moderation.domain.verdict import Suggestion
from moderation.store.tables import PostRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def append(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Append verdicts, numbering each after the post's latest.

    The posts must be settled in the same transaction, so that no other worker appends to them.
    """
    if not rows:
        return
    ids = [row["post_id"] for row in rows]
    latest = dict(
        session.execute(
            select(VerdictRow.post_id, func.max(VerdictRow.number))
            .where(VerdictRow.post_id.in_(ids))
            .group_by(VerdictRow.post_id)
        ).all()
    )
    session.execute(
        insert(VerdictRow), [{**row, "number": latest.get(row["post_id"], 0) + 1} for row in rows]
    )


def latest(session: Session, post_id: str) -> VerdictRow | None:
    """The latest verdict on a post."""
    return session.scalar(
        select(VerdictRow).where(VerdictRow.post_id == post_id).order_by(VerdictRow.number.desc()).limit(1)
    )


def history(session: Session, post_id: str) -> list[VerdictRow]:
    """Every verdict on a post, oldest first."""
    return list(
        session.scalars(select(VerdictRow).where(VerdictRow.post_id == post_id).order_by(VerdictRow.number))
    )


def latest_of(session: Session, post_ids: Sequence[str]) -> dict[str, VerdictRow]:
    """The latest verdict of each of several posts."""
    newest = (
        select(VerdictRow.post_id, func.max(VerdictRow.number).label("number"))
        .where(VerdictRow.post_id.in_(post_ids))
        .group_by(VerdictRow.post_id)
        .subquery()
    )
    rows = session.scalars(
        select(VerdictRow).join(
            newest, (VerdictRow.post_id == newest.c.post_id) & (VerdictRow.number == newest.c.number)
        )
    )
    return {row.post_id: row for row in rows}


def is_latest() -> ColumnElement[bool]:
    """Whether no later verdict of whatever source follows a verdict on its post."""
    later = aliased(VerdictRow)
    return ~exists().where(later.post_id == VerdictRow.post_id, later.number > VerdictRow.number)


def numbered(session: Session, wanted: Collection[tuple[str, int]]) -> dict[str, VerdictRow]:
    """For each (post, number) that verdict, by post."""
    numbers = dict(wanted)
    rows = session.scalars(select(VerdictRow).where(VerdictRow.post_id.in_(numbers)))
    return {row.post_id: row for row in rows if row.number == numbers[row.post_id]}


def blocked(
    session: Session, community_id: int, *, limit: int = 50, offset: int = 0
) -> list[tuple[PostRow, VerdictRow]]:
    """Posts whose latest machine verdict is a block, newest verdict first."""
    statement = (
        select(PostRow, VerdictRow)
        .join(PostRow, PostRow.id == VerdictRow.post_id)
        .where(
            VerdictRow.community_id == community_id,
            VerdictRow.suggestion == Suggestion.BLOCK.value,
            VerdictRow.revision == PostRow.revision,
            PostRow.state == PostState.DECIDED.value,
            is_latest(),
        )
        .order_by(VerdictRow.created_at.desc(), VerdictRow.id.desc())
    )
    return list(session.execute(statement.limit(limit).offset(offset)).all())
