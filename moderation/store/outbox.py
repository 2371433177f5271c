"""Events for the platform, written in the transaction of the fact they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from moderation.store.tables import OutboxEventRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def append(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Append events (column values of :class:`OutboxEventRow`)."""
    if rows:
        session.execute(insert(OutboxEventRow), list(rows))
