"""How communities read the clauses, in versions, and who has read which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects import postgresql, sqlite

from moderation.domain.guidance import Reading, Version, cases_from_json, cases_json
from moderation.domain.review import DecisionKind
from moderation.store.tables import (
    CommunityRow,
    DecisionRow,
    GuidanceReadRow,
    GuidanceRow,
    PostKeyRow,
    PostRow,
    UserRow,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


def latest(session: Session, community_id: int) -> dict[str, GuidanceRow]:
    """The latest version of every clause that a community wrote of."""
    newest = _newest(community_id).subquery()
    rows = session.scalars(
        select(GuidanceRow)
        .join(newest, and_(GuidanceRow.clause == newest.c.clause, GuidanceRow.number == newest.c.number))
        .where(GuidanceRow.community_id == community_id)
    )
    return {row.clause: row for row in rows}


def numbers(session: Session, community_id: int) -> dict[str, int]:
    """The number of the latest version of every clause that a community wrote of."""
    return dict(session.execute(_newest(community_id)).all())


def _newest(community_id: int) -> Select[str, int]:
    return (
        select(GuidanceRow.clause, func.max(GuidanceRow.number).label("number"))
        .where(GuidanceRow.community_id == community_id)
        .group_by(GuidanceRow.clause)
    )


def versions(session: Session, community_id: int, clause: str) -> list[GuidanceRow]:
    """Every version of a clause, newest first."""
    statement = select(GuidanceRow).where(
        GuidanceRow.community_id == community_id, GuidanceRow.clause == clause
    )
    return list(session.scalars(statement.order_by(GuidanceRow.number.desc())))


def newest(session: Session, community_id: int, clause: str) -> GuidanceRow | None:
    """The latest version of one clause; None where the shipped text holds."""
    statement = select(GuidanceRow).where(
        GuidanceRow.community_id == community_id, GuidanceRow.clause == clause
    )
    return session.scalar(statement.order_by(GuidanceRow.number.desc()).limit(1))


def append(session: Session, community_id: int, version: Version, user_id: int) -> None:
    """Append a version; who wrote it has read it."""
    reading = version.reading
    session.add(
        GuidanceRow(
            community_id=community_id,
            clause=version.clause,
            number=version.number,
            zh=reading.zh,
            en=reading.en,
            cases=cases_json(reading.cases),
            why=version.why,
            author=version.author,
            created_at=version.at,
        )
    )
    session.flush()
    tick(session, community_id, user_id, [(version.clause, version.number)], now=version.at)


def version(row: GuidanceRow) -> Version:
    """A kept version as the domain has it."""
    reading = Reading(row.zh, row.en, cases_from_json(row.cases))
    return Version(row.clause, row.number, reading, row.why, row.author, row.created_at)


def lock(session: Session, community_id: int) -> None:
    """Keep other writers of this community waiting until the transaction ends: versions are numbered."""
    session.scalar(select(CommunityRow.id).where(CommunityRow.id == community_id).with_for_update())


def tick(
    session: Session, community_id: int, user_id: int, versions: Sequence[tuple[str, int]], *, now: int
) -> None:
    """Note that somebody read some (clause, version); again changes nothing."""
    if not versions:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(GuidanceReadRow).on_conflict_do_nothing(),
        [
            {"community_id": community_id, "user_id": user_id, "clause": clause, "number": number, "at": now}
            for clause, number in versions
        ],
    )


def read_by(session: Session, user_id: int) -> dict[str, int]:
    """The latest version of each clause that somebody read."""
    rows = session.execute(
        select(GuidanceReadRow.clause, func.max(GuidanceReadRow.number))
        .where(GuidanceReadRow.user_id == user_id)
        .group_by(GuidanceReadRow.clause)
    )
    return dict(rows.all())


def receipts(session: Session, community_id: int, clause: str) -> list[GuidanceReadRow]:
    """Who read which version of a clause, latest first."""
    statement = select(GuidanceReadRow).where(
        GuidanceReadRow.community_id == community_id, GuidanceReadRow.clause == clause
    )
    return list(session.scalars(statement.order_by(GuidanceReadRow.id.desc())))


def readers(session: Session, community_id: int, roles: Collection[str]) -> dict[str, int]:
    """How many active users of some roles have read the latest version of each clause that a community wrote of."""
    newest = _newest(community_id).subquery()
    rows = session.execute(
        select(GuidanceReadRow.clause, func.count())
        .join(
            newest, and_(GuidanceReadRow.clause == newest.c.clause, GuidanceReadRow.number == newest.c.number)
        )
        .join(UserRow, UserRow.id == GuidanceReadRow.user_id)
        .where(
            GuidanceReadRow.community_id == community_id,
            UserRow.active.is_(True),
            UserRow.role.in_(roles),
        )
        .group_by(GuidanceReadRow.clause)
    )
    return dict(rows.all())


def team(session: Session, community_id: int, roles: Collection[str]) -> list[UserRow]:
    """A community's active users of some roles, by name."""
    statement = select(UserRow).where(
        UserRow.community_id == community_id, UserRow.active.is_(True), UserRow.role.in_(roles)
    )
    return list(session.scalars(statement.order_by(UserRow.name, UserRow.id)))


def posts(session: Session, community_id: int, ids: Collection[str]) -> dict[str, PostRow]:
    """A community's posts by id."""
    if not ids:
        return {}
    rows = session.scalars(select(PostRow).where(PostRow.community_id == community_id, PostRow.id.in_(ids)))
    return {row.id: row for row in rows}


def post(session: Session, community_id: int, data_id: str) -> PostRow | None:
    """A community's post by the platform's number."""
    return session.scalar(
        select(PostRow)
        .join(PostKeyRow, PostKeyRow.post_id == PostRow.id)
        .where(PostKeyRow.community_id == community_id, PostKeyRow.data_id == data_id)
    )


def decisions(session: Session, ids: Collection[str]) -> dict[str, DecisionRow]:
    """The human decision that stands on each of some posts; an undone one is none."""
    if not ids:
        return {}
    rows = session.scalars(
        select(DecisionRow).where(DecisionRow.post_id.in_(ids)).order_by(DecisionRow.number)
    )
    last = {row.post_id: row for row in rows}
    return {one: row for one, row in last.items() if row.kind != DecisionKind.UNDO.value}
