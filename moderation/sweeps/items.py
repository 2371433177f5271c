"""Review items of the posts that a sweep changes: opened where a person must look, closed where nobody must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moderation.domain.review import ReviewState
from moderation.domain.sweeps import SweepKind
from moderation.domain.verdict import Suggestion
from moderation.store import reviews

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.store.standing import Standing
    from moderation.store.tables import ReviewItemRow, SweepPostRow, SweepRow

_NAMES: Final = {SweepKind.RELEASE.value: "放行"}


def open_items(
    session: Session, sweep: SweepRow, fit: Sequence[tuple[SweepPostRow, Standing]], now: int
) -> dict[str, tuple[int, bool]]:
    """See to it that each post to review has an open item; answers the items, and which of them the sweep opened."""
    wanted = [row for row, _ in fit if row.after == Suggestion.REVIEW.value]
    reason = f"{_NAMES.get(sweep.kind, '回扫')} #{sweep.id}" + (f":{sweep.why}" if sweep.why else "")
    known = reviews.items_of(session, [row.post_id for row in wanted])
    fresh = [row for row in wanted if (row.post_id, row.revision) not in known]
    reviews.open_items(session, [_item(row, sweep.community_id, reason, now) for row in fresh])
    opened = {row.post_id for row in fresh}
    for row in wanted:
        item = known.get((row.post_id, row.revision))
        if item is not None and item.state == ReviewState.CLOSED.value:
            reviews.reopen(session, item.id, queue=row.queue, priority=row.priority, reason=reason, now=now)
            opened.add(row.post_id)
    items: dict[tuple[str, int], ReviewItemRow] = reviews.items_of(session, [row.post_id for row in wanted])
    return {row.post_id: (items[row.post_id, row.revision].id, row.post_id in opened) for row in wanted}


def _item(row: SweepPostRow, community_id: int, reason: str, now: int) -> dict[str, Any]:
    return {
        "community_id": community_id,
        "post_id": row.post_id,
        "revision": row.revision,
        "queue": row.queue,
        "priority": row.priority,
        "reason": reason,
        "opened_at": now,
    }


def close_items(
    session: Session, fit: Sequence[tuple[SweepPostRow, Standing]]
) -> dict[str, tuple[int, bool]]:
    """Close the open items of posts that pass now; answers them, none of them opened by the sweep."""
    freed = [row for row, _ in fit if passes(row)]
    known = reviews.items_of(session, [row.post_id for row in freed])
    found = {row.post_id: known.get((row.post_id, row.revision)) for row in freed}
    waiting = {
        post_id: item.id
        for post_id, item in found.items()
        if item is not None and item.state == ReviewState.OPEN.value
    }
    reviews.close_items(session, list(waiting.values()))
    return {post_id: (item_id, False) for post_id, item_id in waiting.items()}


def give_back(session: Session, fit: Sequence[tuple[SweepPostRow, Standing]]) -> None:
    """What the sweep opened is closed, and what it closed is open again, as it was."""
    reviews.close_items(session, [row.review_item_id or 0 for row, _ in fit if row.opened])
    reviews.restore(session, [row.review_item_id or 0 for row, _ in fit if passes(row)])


def passes(row: SweepPostRow) -> bool:
    """Whether the sweep releases the post."""
    return row.after == Suggestion.PASS.value
