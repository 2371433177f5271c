"""Open items whose posts are held, and by which sensitive period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, exists, func, literal, select
from sqlalchemy.orm import aliased

from moderation.domain.review import ReviewState
from moderation.domain.verdict import Action, Suggestion
from moderation.store.tables import ReviewItemRow, TimeoutRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def timed_out(session: Session, item_ids: Collection[int]) -> set[int]:
    """Those of the items on which the time-out rule has acted."""
    return set(
        session.scalars(select(TimeoutRow.review_item_id).where(TimeoutRow.review_item_id.in_(item_ids)))
    )


def by_window(name: str) -> ColumnElement[bool]:
    """Whether an item's post is held by a sensitive period: its standing verdict names it and says hold.

    What its board would have held anyway counts too: it came in within the period, and waits as long.
    """
    later = aliased(VerdictRow)
    named = literal("+", String).concat(VerdictRow.body["versions"]["policy"].as_string()).concat("+")
    return exists().where(
        VerdictRow.post_id == ReviewItemRow.post_id,
        VerdictRow.action == Action.HOLD.value,
        VerdictRow.suggestion != Suggestion.BLOCK.value,
        named.contains(f"+{name}+", autoescape=True),
        ~exists().where(later.post_id == VerdictRow.post_id, later.number > VerdictRow.number),
    )


def held_in(session: Session, community_id: int, name: str) -> int:
    """How many open items of a community a sensitive period holds."""
    found = session.scalar(
        select(func.count())
        .select_from(ReviewItemRow)
        .where(
            ReviewItemRow.community_id == community_id,
            ReviewItemRow.state == ReviewState.OPEN.value,
            by_window(name),
        )
    )
    return found or 0
