"""Findings over several posts: kept once, growing while posts join them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from moderation.store import verdicts
from moderation.store.tables import (
    BehaviourFindingPostRow,
    BehaviourFindingRow,
    MentionRow,
    OutboxEventRow,
    PostRow,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from moderation.store.tables import VerdictRow

Key = tuple[str, str]
"""Kind and subject of a finding."""


@dataclass(frozen=True, slots=True)
class FoundTogether:
    """A finding with some of its posts as they now are, the latest first, and counts over all of them."""

    row: BehaviourFindingRow
    posts: list[tuple[BehaviourFindingPostRow, PostRow, VerdictRow | None]]
    count: int
    accounts: int
    since: int
    until: int


def touching(
    session: Session, community_id: int, post_ids: Collection[str]
) -> dict[str, list[BehaviourFindingRow]]:
    """Findings that each of several posts belongs to, oldest first."""
    rows = session.execute(
        select(BehaviourFindingPostRow.post_id, BehaviourFindingRow)
        .join(BehaviourFindingRow, BehaviourFindingRow.id == BehaviourFindingPostRow.finding_id)
        .where(
            BehaviourFindingPostRow.post_id.in_(post_ids), BehaviourFindingRow.community_id == community_id
        )
        .order_by(BehaviourFindingRow.id)
    )
    found: dict[str, list[BehaviourFindingRow]] = {}
    for post_id, row in rows:
        found.setdefault(post_id, []).append(row)
    return found


def of_subjects(
    session: Session, community_id: int, kind: str, subjects: Collection[str], *, since: int
) -> dict[str, BehaviourFindingRow]:
    """Findings of a kind by their subject that have changed since an instant; the oldest of each."""
    rows = session.scalars(
        select(BehaviourFindingRow)
        .where(
            BehaviourFindingRow.community_id == community_id,
            BehaviourFindingRow.kind == kind,
            BehaviourFindingRow.subject.in_(subjects),
            BehaviourFindingRow.changed_at >= since,
        )
        .order_by(BehaviourFindingRow.id.desc())
    )
    return {row.subject: row for row in rows}


def members(
    session: Session, finding_ids: Collection[int], post_ids: Collection[str]
) -> set[tuple[int, str, int]]:
    """(finding, post, revision) of those of some posts that belong to several findings."""
    rows = session.execute(
        select(
            BehaviourFindingPostRow.finding_id,
            BehaviourFindingPostRow.post_id,
            BehaviourFindingPostRow.revision,
        ).where(
            BehaviourFindingPostRow.finding_id.in_(finding_ids), BehaviourFindingPostRow.post_id.in_(post_ids)
        )
    )
    return {(finding, post, revision) for finding, post, revision in rows}


def add(session: Session, rows: Sequence[BehaviourFindingRow]) -> None:
    """Keep new findings; their ids are set."""
    session.add_all(rows)
    session.flush()


def add_posts(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Let posts join findings (column values of :class:`BehaviourFindingPostRow`)."""
    if rows:
        session.execute(insert(BehaviourFindingPostRow), list(rows))


def last_versions(session: Session, community_id: int, subjects: Collection[str]) -> dict[str, int]:
    """The version that the latest event about each of several subjects carries."""
    rows = session.execute(
        select(OutboxEventRow.subject, func.max(OutboxEventRow.subject_version))
        .where(OutboxEventRow.community_id == community_id, OutboxEventRow.subject.in_(subjects))
        .group_by(OutboxEventRow.subject)
    )
    return dict(rows.all())


def naming_brands(session: Session, post_ids: Collection[str]) -> list[str]:
    """Those of some posts that name a brand and still count as clean."""
    if not post_ids:
        return []
    named = select(MentionRow.post_id).where(MentionRow.post_id.in_(post_ids), MentionRow.clean.is_(True))
    return sorted(session.scalars(named.distinct()))


def of_post(
    session: Session, community_id: int, post_id: str, revision: int, *, limit: int
) -> list[FoundTogether]:
    """Findings that a post, as it now reads, belongs to, each with up to ``limit`` posts."""
    mine = select(BehaviourFindingPostRow.finding_id).where(
        BehaviourFindingPostRow.post_id == post_id, BehaviourFindingPostRow.revision == revision
    )
    rows = list(
        session.scalars(
            select(BehaviourFindingRow)
            .where(BehaviourFindingRow.community_id == community_id, BehaviourFindingRow.id.in_(mine))
            .order_by(BehaviourFindingRow.id)
        )
    )
    ids = [row.id for row in rows]
    counted = counts(session, ids) if ids else {}
    shown = _shown(session, ids, limit) if ids else {}
    return [FoundTogether(row, shown.get(row.id, []), *counted[row.id]) for row in rows]


def counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, int, int]]:
    """Posts, accounts, first and last instant of each finding."""
    rows = session.execute(
        select(
            BehaviourFindingPostRow.finding_id,
            func.count(func.distinct(BehaviourFindingPostRow.post_id)),
            func.count(func.distinct(BehaviourFindingPostRow.author_id)),
            func.min(BehaviourFindingPostRow.at),
            func.max(BehaviourFindingPostRow.at),
        )
        .where(BehaviourFindingPostRow.finding_id.in_(ids))
        .group_by(BehaviourFindingPostRow.finding_id)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def _shown(
    session: Session, ids: Sequence[int], limit: int
) -> dict[int, list[tuple[BehaviourFindingPostRow, PostRow, VerdictRow | None]]]:
    place = (
        func.row_number()
        .over(
            partition_by=BehaviourFindingPostRow.finding_id,
            order_by=(BehaviourFindingPostRow.at.desc(), BehaviourFindingPostRow.post_id),
        )
        .label("place")
    )
    part = BehaviourFindingPostRow
    ranked = (
        select(part.finding_id, part.post_id, part.revision, place).where(part.finding_id.in_(ids)).subquery()
    )
    rows = session.execute(
        select(part, PostRow)
        .join(
            ranked,
            (ranked.c.finding_id == part.finding_id)
            & (ranked.c.post_id == part.post_id)
            & (ranked.c.revision == part.revision),
        )
        .join(PostRow, PostRow.id == part.post_id)
        .where(ranked.c.place <= limit)
        .order_by(part.finding_id, part.at.desc(), part.post_id)
    ).all()
    latest = verdicts.latest_of(session, [post.id for _, post in rows])
    found: dict[int, list[tuple[BehaviourFindingPostRow, PostRow, VerdictRow | None]]] = {}
    for member, post in rows:
        found.setdefault(member.finding_id, []).append((member, post, latest.get(post.id)))
    return found
