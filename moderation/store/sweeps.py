"""Sweeps back: kept, claimed and read, with what is noted of each post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, insert, or_, select, update

from moderation.domain.sweeps import WORKING, SweepKind
from moderation.store.engine import db_now
from moderation.store.tables import CommunityRow, PostRow, SweepPostRow, SweepRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.sweeps import Swept


def add(session: Session, **values: Any) -> SweepRow:
    """Keep a new sweep (column values of :class:`SweepRow`)."""
    row = SweepRow(**values)
    session.add(row)
    session.flush()
    return row


def all_of(session: Session, community_id: int, *, limit: int = 100) -> list[SweepRow]:
    """A community's sweeps, newest first."""
    statement = select(SweepRow).where(SweepRow.community_id == community_id)
    return list(session.scalars(statement.order_by(SweepRow.id.desc()).limit(limit)))


def community_name(session: Session, community_id: int) -> str:
    """What a community is called: a receipt says whose it is."""
    return session.scalar(select(CommunityRow.name).where(CommunityRow.id == community_id)) or ""


def find(session: Session, community_id: int, sweep_id: int, *, lock: bool = False) -> SweepRow | None:
    """A community's sweep; ``lock`` keeps a second run of it waiting until the transaction ends."""
    statement = select(SweepRow).where(SweepRow.id == sweep_id, SweepRow.community_id == community_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def waits(session: Session, *, most_attempts: int) -> bool:
    """Whether a sweep has work to do that nobody is at."""
    return session.scalar(_waiting(most_attempts).limit(1)) is not None


def claim(session: Session, *, lease: int, most_attempts: int) -> SweepRow | None:
    """Take the oldest sweep with work to do that nobody is at, for ``lease`` microseconds."""
    oldest = _waiting(most_attempts).order_by(SweepRow.id).limit(1).with_for_update(skip_locked=True)
    # Materialised: PostgreSQL may run a limited sub-select more than once, and claim more than one.
    chosen = oldest.cte("oldest").prefix_with("MATERIALIZED", dialect="postgresql")
    return session.scalar(
        update(SweepRow)
        .where(SweepRow.id.in_(select(chosen.c.id)))
        .values(leased_until=db_now() + lease, attempts=SweepRow.attempts + 1)
        .returning(SweepRow)
        .execution_options(synchronize_session=False)
    )


def release(session: Session, sweep_id: int) -> None:
    """Let others go on with a sweep at once."""
    session.execute(update(SweepRow).where(SweepRow.id == sweep_id).values(leased_until=None))


def _waiting(most_attempts: int) -> Select[int]:
    return select(SweepRow.id).where(
        SweepRow.state.in_(sorted(WORKING)),
        SweepRow.attempts < most_attempts,
        or_(SweepRow.leased_until.is_(None), SweepRow.leased_until < db_now()),
    )


def plan(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note posts to change (column values of :class:`SweepPostRow`)."""
    if rows:
        session.execute(insert(SweepPostRow), list(rows))


def settle(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note what became of posts: each row names ``id`` and the columns that change, the same ones in all rows."""
    if rows:
        session.execute(update(SweepPostRow), list(rows))


def next_posts(
    session: Session, sweep_id: int, states: Collection[Swept], *, after: int, limit: int
) -> list[SweepPostRow]:
    """Posts of a sweep in some states that follow row ``after``."""
    statement = select(SweepPostRow).where(
        SweepPostRow.sweep_id == sweep_id,
        SweepPostRow.state.in_([one.value for one in states]),
        SweepPostRow.id > after,
    )
    return list(session.scalars(statement.order_by(SweepPostRow.id).limit(limit)))


def changes(session: Session, sweep_id: int) -> list[tuple[str, str, str, str, str, int]]:
    """Counts of posts by (state, reason, suggestion before, suggestion after, clause)."""
    key = (
        SweepPostRow.state,
        SweepPostRow.reason,
        SweepPostRow.before,
        SweepPostRow.after,
        SweepPostRow.clause,
    )
    statement = select(*key, func.count()).where(SweepPostRow.sweep_id == sweep_id)
    return list(session.execute(statement.group_by(*key).order_by(*key)).all())


def samples(session: Session, sweep_id: int, *, limit: int) -> list[tuple[SweepPostRow, PostRow]]:
    """Posts of a sweep, taking turns among the kinds of change."""
    turn = (
        func.row_number()
        .over(
            partition_by=(SweepPostRow.before, SweepPostRow.after, SweepPostRow.clause),
            order_by=SweepPostRow.id,
        )
        .label("turn")
    )
    ranked = select(SweepPostRow.id, turn).where(SweepPostRow.sweep_id == sweep_id).subquery()
    statement = (
        select(SweepPostRow, PostRow)
        .join(ranked, ranked.c.id == SweepPostRow.id)
        .join(PostRow, PostRow.id == SweepPostRow.post_id)
        .order_by(ranked.c.turn, SweepPostRow.id)
        .limit(limit)
    )
    return list(session.execute(statement).all())


def listed(session: Session, sweep_id: int) -> list[SweepPostRow]:
    """Posts that a sweep changed, by their numbers; those put back again are among them."""
    statement = select(SweepPostRow).where(
        SweepPostRow.sweep_id == sweep_id, SweepPostRow.verdict_after.is_not(None)
    )
    return list(session.scalars(statement.order_by(SweepPostRow.data_id)))


@dataclass(frozen=True, slots=True)
class Marked:
    """The sweep that a verdict is of, and whether it puts back what the sweep had changed."""

    sweep_id: int
    undone: bool
    release: bool = False


def of_verdicts(session: Session, community_id: int, post_id: str) -> dict[int, Marked]:
    """For each verdict of a post that a sweep wrote, by its number: which sweep, and whether by being undone."""
    rows = session.execute(
        select(SweepPostRow, SweepRow.kind)
        .join(SweepRow, SweepRow.id == SweepPostRow.sweep_id)
        .where(SweepRow.community_id == community_id, SweepPostRow.post_id == post_id)
    )
    return {
        number: Marked(row.sweep_id, undone, release=kind == SweepKind.RELEASE.value)
        for row, kind in rows
        for number, undone in ((row.verdict_after, False), (row.verdict_undone, True))
        if number is not None
    }
