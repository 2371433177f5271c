"""Held posts that wait for a person, and those whose time ran out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, insert, select, update

from moderation.domain.post import PostState
from moderation.domain.review import ReviewState
from moderation.store import verdicts
from moderation.store.tables import PostRow, ReviewItemRow, TimeoutRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open review item whose time-out was not noted yet, its post, and the post's latest verdict."""

    item: ReviewItemRow
    post: PostRow
    verdict: VerdictRow


def batch(
    session: Session, *, before: int, after: tuple[int, int], limit: int
) -> tuple[list[Waiting], tuple[int, int] | None]:
    """Items opened up to ``before``, oldest first, that follow ``after`` (opened_at, id); and where to go on.

    None where the end was reached.
    """
    opened, number = after
    found = session.execute(
        select(ReviewItemRow, PostRow)
        .join(PostRow, PostRow.id == ReviewItemRow.post_id)
        .where(
            *_open(),
            ReviewItemRow.opened_at <= before,
            (ReviewItemRow.opened_at > opened)
            | ((ReviewItemRow.opened_at == opened) & (ReviewItemRow.id > number)),
        )
        .order_by(ReviewItemRow.opened_at, ReviewItemRow.id)
        .limit(limit)
    ).all()
    latest = verdicts.latest_of(session, [post.id for _, post in found])
    rest = (found[-1][0].opened_at, found[-1][0].id) if len(found) == limit else None
    return [Waiting(item, post, latest[post.id]) for item, post in found if post.id in latest], rest


def locked(session: Session, item_ids: Sequence[int]) -> list[Waiting]:
    """Those of the items that still wait, held until the transaction ends: posts first, as deciding does."""
    posts = session.scalars(
        select(PostRow)
        .join(ReviewItemRow, ReviewItemRow.post_id == PostRow.id)
        .where(ReviewItemRow.id.in_(item_ids))
        .order_by(PostRow.sequence)
        .with_for_update(of=PostRow)
        .execution_options(populate_existing=True)
    )
    held = {post.id: post for post in posts}
    items = session.scalars(
        select(ReviewItemRow)
        .join(PostRow, PostRow.id == ReviewItemRow.post_id)
        .where(*_open(), ReviewItemRow.id.in_(item_ids))
        .order_by(ReviewItemRow.id)
        .execution_options(populate_existing=True)
    )
    latest = verdicts.latest_of(session, list(held))
    return [
        Waiting(item, held[item.post_id], latest[item.post_id])
        for item in items
        if item.post_id in held and item.post_id in latest
    ]


def note(session: Session, rows: Sequence[dict[str, Any]], *, rise: int) -> dict[str, int]:
    """Note time-outs (columns of :class:`TimeoutRow`): items rise, posts get the version of their next event."""
    session.execute(insert(TimeoutRow), list(rows))
    session.execute(
        update(ReviewItemRow)
        .where(ReviewItemRow.id.in_([row["review_item_id"] for row in rows]))
        .values(priority=ReviewItemRow.priority + rise)
        .execution_options(synchronize_session=False)
    )
    versions = session.execute(
        update(PostRow)
        .where(PostRow.id.in_([row["post_id"] for row in rows]))
        .values(event_version=PostRow.event_version + 1)
        .returning(PostRow.id, PostRow.event_version)
        .execution_options(synchronize_session=False)
    )
    return dict(versions.all())


def _open() -> tuple[Any, ...]:
    noted = exists().where(TimeoutRow.review_item_id == ReviewItemRow.id)
    return (
        ReviewItemRow.state == ReviewState.OPEN.value,
        ReviewItemRow.revision == PostRow.revision,
        PostRow.state == PostState.DECIDED.value,
        ~noted,
    )
