"""Backtests of policy versions: asked for, claimed, worked off in steps, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, or_, select, update

from moderation.domain.rehearsal import MOST_ATTEMPTS, Stage
from moderation.store.engine import db_now
from moderation.store.tables import RehearsalRow

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def find(session: Session, policy_id: int, *, lock: bool = False) -> tuple[RehearsalRow, bool] | None:
    """The latest backtest of a version, and whether it was cut off so often that nobody goes on with it."""
    statement = select(RehearsalRow, _given_up()).where(RehearsalRow.policy_id == policy_id)
    found = session.execute(statement.with_for_update() if lock else statement).first()
    return (found[0], bool(found[1])) if found else None


def waits(session: Session) -> bool:
    """Whether a backtest has work to do that nobody is at."""
    return session.scalar(_waiting().limit(1)) is not None


def claim(session: Session, *, lease: int) -> RehearsalRow | None:
    """Take the backtest that waited longest for its turn, for ``lease`` microseconds."""
    next_one = _waiting().order_by(RehearsalRow.beat_at, RehearsalRow.id).limit(1)
    # Materialised: PostgreSQL may run a limited sub-select more than once, and claim more than one.
    chosen = next_one.with_for_update(skip_locked=True).cte("oldest")
    chosen = chosen.prefix_with("MATERIALIZED", dialect="postgresql")
    return session.scalar(
        update(RehearsalRow)
        .where(RehearsalRow.id.in_(select(chosen.c.id)))
        .values(leased_until=db_now() + lease, attempts=RehearsalRow.attempts + 1)
        .returning(RehearsalRow)
        .execution_options(synchronize_session=False)
    )


def hold(session: Session, row: RehearsalRow, *, lease: int) -> None:
    """Claim a backtest that was just asked for, for ``lease`` microseconds, before any worker sees it."""
    session.execute(
        update(RehearsalRow)
        .where(RehearsalRow.id == row.id)
        .values(leased_until=db_now() + lease, attempts=1)
        .execution_options(synchronize_session=False)
    )


def note(session: Session, row: RehearsalRow, *, lease: int, **changes: Any) -> bool:
    """Keep a step forward from where ``row`` was; False where it was stopped, asked again or taken over."""
    found = session.scalars(
        update(RehearsalRow)
        .where(*_still(row), RehearsalRow.cursor == row.cursor)
        .values(attempts=0, leased_until=db_now() + lease, **changes)
        .returning(RehearsalRow.id)
        .execution_options(synchronize_session=False)
    )
    return found.first() is not None


def release(session: Session, row: RehearsalRow) -> None:
    """Let others go on with it at once."""
    session.execute(
        update(RehearsalRow)
        .where(*_still(row))
        .values(leased_until=None)
        .execution_options(synchronize_session=False)
    )


def stop(session: Session, policy_id: int) -> bool:
    """Stop a backtest that is going on; whether there was one."""
    found = session.scalars(
        update(RehearsalRow)
        .where(RehearsalRow.policy_id == policy_id, RehearsalRow.state == Stage.RUNNING.value)
        .values(state=Stage.STOPPED.value, leased_until=None)
        .returning(RehearsalRow.id)
        .execution_options(synchronize_session=False)
    )
    return found.first() is not None


def _still(row: RehearsalRow) -> tuple[ColumnElement[bool], ...]:
    return (
        RehearsalRow.id == row.id,
        RehearsalRow.run == row.run,
        RehearsalRow.state == Stage.RUNNING.value,
    )


def _free() -> ColumnElement[bool]:
    return or_(RehearsalRow.leased_until.is_(None), RehearsalRow.leased_until < db_now())


def _given_up() -> ColumnElement[bool]:
    return (RehearsalRow.state == Stage.RUNNING.value) & (RehearsalRow.attempts >= MOST_ATTEMPTS) & _free()


def _waiting() -> Select[int]:
    return select(RehearsalRow.id).where(
        RehearsalRow.state == Stage.RUNNING.value, RehearsalRow.attempts < MOST_ATTEMPTS, _free()
    )
