"""Policy versions, and where a shadow differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from moderation.domain.policy_versions import PolicyState
from moderation.store.tables import PolicyMoveRow, PolicyRow, PostRow, ShadowRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def all_of(session: Session, community_id: int) -> list[PolicyRow]:
    """A community's versions, newest first."""
    return list(
        session.scalars(
            select(PolicyRow).where(PolicyRow.community_id == community_id).order_by(PolicyRow.number.desc())
        )
    )


def find(session: Session, community_id: int, number: int) -> PolicyRow | None:
    """A community's version by its number."""
    return session.scalar(
        select(PolicyRow).where(PolicyRow.community_id == community_id, PolicyRow.number == number)
    )


def in_state(session: Session, community_id: int, state: PolicyState) -> PolicyRow | None:
    """The version of a community that is in a state of which there is at most one (live, shadow)."""
    return session.scalar(
        select(PolicyRow)
        .where(PolicyRow.community_id == community_id, PolicyRow.state == state.value)
        .order_by(PolicyRow.number.desc())
        .limit(1)
    )


def active(session: Session) -> list[PolicyRow]:
    """Every community's live and shadow versions: what scoring workers apply."""
    states = (PolicyState.LIVE.value, PolicyState.SHADOW.value)
    return list(session.scalars(select(PolicyRow).where(PolicyRow.state.in_(states))))


def version(session: Session) -> tuple[int, int]:
    """A value that changes whenever any version does, in one cheap query."""
    row = session.execute(select(func.count(), func.coalesce(func.max(PolicyMoveRow.id), 0))).one()
    return int(row[0]), int(row[1])


def next_number(session: Session, community_id: int) -> int:
    """The number that a community's next version has."""
    latest = session.scalar(select(func.max(PolicyRow.number)).where(PolicyRow.community_id == community_id))
    return (latest or 0) + 1


def names(session: Session, community_id: int) -> dict[str, int]:
    """Numbers of a community's versions by name; of an older database's versions of one name, the latest."""
    found = session.execute(
        select(PolicyRow.name, PolicyRow.number)
        .where(PolicyRow.community_id == community_id)
        .order_by(PolicyRow.number)
    )
    return {name: number for name, number in found}  # noqa: C416 - rows, not pairs


def add(session: Session, row: PolicyRow) -> PolicyRow:
    """Keep a new version and note who made it."""
    session.add(row)
    session.flush()
    _note(session, row, why=row.why, author=row.author, now=row.created_at)
    return row


def move(session: Session, row: PolicyRow, state: PolicyState, *, why: str, author: str, now: int) -> None:
    """Move a version and note who did and why."""
    row.state = state.value
    row.changed_at = now
    session.flush()
    _note(session, row, why=why, author=author, now=now)


def _note(session: Session, row: PolicyRow, *, why: str, author: str, now: int) -> None:
    session.add(PolicyMoveRow(policy_id=row.id, state=row.state, why=why, author=author, at=now))
    session.flush()


def moves(session: Session, policy_ids: Sequence[int]) -> list[PolicyMoveRow]:
    """The history of several versions, oldest first."""
    return list(
        session.scalars(
            select(PolicyMoveRow).where(PolicyMoveRow.policy_id.in_(policy_ids)).order_by(PolicyMoveRow.id)
        )
    )


def add_differences(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note where shadows differ (column values of :class:`ShadowRow`)."""
    if rows:
        session.execute(insert(ShadowRow), list(rows))


def differences(
    session: Session, policy_id: int, *, limit: int = 50
) -> tuple[dict[tuple[str, str], int], list[tuple[ShadowRow, PostRow]]]:
    """How often a shadow said what where the live policy said what, and the latest posts of it."""
    counted = session.execute(
        select(ShadowRow.live, ShadowRow.shadow, func.count())
        .where(ShadowRow.policy_id == policy_id)
        .group_by(ShadowRow.live, ShadowRow.shadow)
    )
    latest = session.execute(
        select(ShadowRow, PostRow)
        .join(PostRow, PostRow.id == ShadowRow.post_id)
        .where(ShadowRow.policy_id == policy_id)
        .order_by(ShadowRow.id.desc())
        .limit(limit)
    )
    return {(live, shadow): count for live, shadow, count in counted}, list(latest.all())
