"""Texts that are tried: asked, answered by a worker, and gone after minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, delete, insert, select, update

from moderation.store.tables import TrialRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

MOST_ATTEMPTS: Final = 3
"""Workers that may take a text in hand: one that kills them is left alone then."""


def add(session: Session, row: dict[str, Any]) -> None:
    """Keep a text to try (column values of :class:`TrialRow`)."""
    session.execute(insert(TrialRow), [row])


def find(session: Session, user_id: int, trial_id: str, *, since: int) -> TrialRow | None:
    """Somebody's own text, asked from ``since`` on."""
    return session.scalar(
        select(TrialRow).where(
            TrialRow.id == trial_id, TrialRow.user_id == user_id, TrialRow.asked_at >= since
        )
    )


def waits(session: Session) -> bool:
    """Whether a text waits for its verdict."""
    return session.scalar(select(TrialRow.id).where(*_waiting()).limit(1)) is not None


def take(session: Session, *, limit: int) -> list[TrialRow]:
    """The oldest texts that wait, each counted as taken once more."""
    rows = list(
        session.scalars(
            select(TrialRow)
            .where(*_waiting())
            .order_by(TrialRow.asked_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    for row in rows:
        row.attempts += 1
    return rows


def settle(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note verdicts: each row names ``id`` and ``body``."""
    for row in rows:  # one that was deleted meanwhile is no error
        session.execute(update(TrialRow).where(TrialRow.id == row["id"]).values(body=row["body"]))


def purge(session: Session, *, before: int) -> int:
    """Delete what was asked before an instant; answers how many texts that were."""
    gone = session.scalars(delete(TrialRow).where(TrialRow.asked_at < before).returning(TrialRow.id))
    return len(gone.all())


def _waiting() -> tuple[ColumnElement[bool], ...]:
    return TrialRow.body.is_(None), TrialRow.attempts < MOST_ATTEMPTS
