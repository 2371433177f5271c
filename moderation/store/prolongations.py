"""Who prolonged emergency words, and until when: appended, never updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from moderation.store.tables import EmergencyProlongationRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note prolongations (column values of :class:`EmergencyProlongationRow`)."""
    if rows:
        session.execute(insert(EmergencyProlongationRow), list(rows))


def of(session: Session, ids: Collection[int]) -> dict[int, list[EmergencyProlongationRow]]:
    """Prolongations of several emergency words, by word, oldest first."""
    found: dict[int, list[EmergencyProlongationRow]] = {}
    rows = session.scalars(
        select(EmergencyProlongationRow)
        .where(EmergencyProlongationRow.emergency_id.in_(ids))
        .order_by(EmergencyProlongationRow.id)
    )
    for row in rows:
        found.setdefault(row.emergency_id, []).append(row)
    return found
