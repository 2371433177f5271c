"""Emergency words with what they struck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from moderation.domain.emergency import FOLLOWED
from moderation.domain.post import PostState
from moderation.store.tables import DecisionRow, EmergencyHitRow, EmergencyWordRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note words that come into force (column values of :class:`EmergencyWordRow`)."""
    session.execute(insert(EmergencyWordRow), list(rows))


def of(session: Session, community_id: int, *, limit: int = 200) -> list[EmergencyWordRow]:
    """A community's emergency words, newest first."""
    statement = select(EmergencyWordRow).where(EmergencyWordRow.community_id == community_id)
    return list(session.scalars(statement.order_by(EmergencyWordRow.id.desc()).limit(limit)))


def standing(session: Session, community_id: int, words: Collection[str]) -> list[EmergencyWordRow]:
    """Rows of some words that nobody withdrew, held until the transaction ends."""
    statement = select(EmergencyWordRow).where(
        EmergencyWordRow.community_id == community_id,
        EmergencyWordRow.word.in_(words),
        EmergencyWordRow.withdrawn_at.is_(None),
    )
    return list(session.scalars(statement.order_by(EmergencyWordRow.id).with_for_update()))


def waits(session: Session, *, now: ColumnElement[int], every: int) -> bool:
    """Whether any word is due to be counted."""
    return session.scalar(select(EmergencyWordRow.id).where(*_due(now, every)).limit(1)) is not None


def due(session: Session, *, now: int, every: int, limit: int) -> list[EmergencyWordRow]:
    """Words of one community that were not counted for ``every`` microseconds."""
    first = (
        select(EmergencyWordRow.community_id).where(*_due(now, every)).order_by(EmergencyWordRow.id).limit(1)
    )
    statement = select(EmergencyWordRow).where(
        EmergencyWordRow.community_id == first.scalar_subquery(), *_due(now, every)
    )
    return list(session.scalars(statement.order_by(EmergencyWordRow.id).limit(limit)))


def _due(now: Any, every: int) -> tuple[ColumnElement[bool], ...]:
    return (
        EmergencyWordRow.since > now - FOLLOWED,
        or_(EmergencyWordRow.counted_at.is_(None), EmergencyWordRow.counted_at < now - every),
    )


def held(session: Session, ids: Collection[int]) -> list[EmergencyWordRow]:
    """Words held until the transaction ends."""
    statement = select(EmergencyWordRow).where(EmergencyWordRow.id.in_(ids))
    return list(session.scalars(statement.order_by(EmergencyWordRow.id).with_for_update()))


def add_hits(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note posts that are struck (column values of :class:`EmergencyHitRow`)."""
    if rows:
        session.execute(insert(EmergencyHitRow), list(rows))


def tallies(session: Session, ids: Collection[int]) -> dict[tuple[int, bool, str], int]:
    """Struck posts by (word, whether they came before it, what people decided last; empty: nothing)."""
    struck = select(EmergencyHitRow.post_id).where(EmergencyHitRow.emergency_id.in_(ids))
    newest = (
        select(DecisionRow.post_id, func.max(DecisionRow.number).label("number"))
        .where(DecisionRow.post_id.in_(struck))
        .group_by(DecisionRow.post_id)
        .subquery()
    )
    last = (
        select(DecisionRow.post_id, DecisionRow.kind)
        .join(newest, and_(DecisionRow.post_id == newest.c.post_id, DecisionRow.number == newest.c.number))
        .subquery()
    )
    kind = func.coalesce(last.c.kind, "")
    key = (EmergencyHitRow.emergency_id, EmergencyHitRow.before, kind)
    rows = session.execute(
        select(*key, func.count())
        .join(last, last.c.post_id == EmergencyHitRow.post_id, isouter=True)
        .where(EmergencyHitRow.emergency_id.in_(ids))
        .group_by(*key)
    )
    return {(word, bool(before), said): posts for word, before, said, posts in rows}


def find(session: Session, community_id: int, number: int) -> EmergencyWordRow | None:
    """One of a community's emergency words."""
    return session.scalar(
        select(EmergencyWordRow).where(
            EmergencyWordRow.id == number, EmergencyWordRow.community_id == community_id
        )
    )


def struck(session: Session, number: int, *, limit: int) -> list[tuple[EmergencyHitRow, PostRow]]:
    """Posts that a word strikes, newest first; withdrawn ones are left out."""
    statement = (
        select(EmergencyHitRow, PostRow)
        .join(PostRow, PostRow.id == EmergencyHitRow.post_id)
        .where(EmergencyHitRow.emergency_id == number, PostRow.state != PostState.WITHDRAWN.value)
    )
    return list(session.execute(statement.order_by(PostRow.sequence.desc()).limit(limit)).all())


def settle(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep figures: each row names ``id`` and the same columns."""
    if rows:
        session.execute(update(EmergencyWordRow), list(rows))
