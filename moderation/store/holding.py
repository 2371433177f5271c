"""Open items whose posts are held, and by which sensitive period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from moderation.domain.post import PublishingMode
from moderation.domain.review import ReviewState
from moderation.domain.verdict import Action, Suggestion
from moderation.store.tables import PostRow, ReviewItemRow, ThreadModeRow, TimeoutRow, VerdictRow
from moderation.store.verdicts import is_latest

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from moderation.domain.holding import HeldBy


def timed_out(session: Session, item_ids: Collection[int]) -> set[int]:
    """Those of the items on which the time-out rule has acted."""
    return set(
        session.scalars(select(TimeoutRow.review_item_id).where(TimeoutRow.review_item_id.in_(item_ids)))
    )


def by_window(held: HeldBy) -> ColumnElement[bool]:
    """Whether an item's post is held by a sensitive period and by nothing else of its place."""
    if not held.anyway:
        return _named(held.window)
    post = aliased(PostRow)  # whoever asks may have joined posts already
    place = tuple_(post.group_path, post.scene, _thread(post, held.threads))
    anyway = exists().where(
        post.id == ReviewItemRow.post_id,
        post.mode != PublishingMode.POST_MODERATION.value,
        place.in_(sorted(held.anyway)),
    )
    return and_(_named(held.window), ~anyway)


def places(
    session: Session, community_id: int, window: str, threads: Collection[str]
) -> list[tuple[str, str, str]]:
    """Board path, scene and thread of the posts that a sensitive period holds and that came in where posts are held.

    Args:
        session: a transaction.
        community_id: the tenant.
        window: the period's name.
        threads: those that the policy names; beside them, those set apart are told.
    """
    columns = (PostRow.group_path, PostRow.scene, _thread(PostRow, threads))
    found = session.execute(
        select(*columns)
        .join(ReviewItemRow, ReviewItemRow.post_id == PostRow.id)
        .where(*_open(community_id), _named(window), PostRow.mode != PublishingMode.POST_MODERATION.value)
        .distinct()
    )
    return [(group, scene, thread) for group, scene, thread in found]


def _thread(post: type[PostRow], named: Collection[str]) -> ColumnElement[str]:
    """The thread of a post where something is said of it, else nothing: boards are few, threads are not."""
    thread = func.coalesce(post.context["thread_id"].as_string(), "")
    apart = exists().where(ThreadModeRow.community_id == post.community_id, ThreadModeRow.thread == thread)
    return case((or_(thread.in_(sorted(named)), apart), thread), else_="")


def _open(community_id: int) -> tuple[ColumnElement[bool], ...]:
    return ReviewItemRow.community_id == community_id, ReviewItemRow.state == ReviewState.OPEN.value


def _named(name: str) -> ColumnElement[bool]:
    """Whether the standing verdict of an item's post names a sensitive period and says hold."""
    named = literal("+", String).concat(VerdictRow.body["versions"]["policy"].as_string()).concat("+")
    return exists().where(
        VerdictRow.post_id == ReviewItemRow.post_id,
        VerdictRow.action == Action.HOLD.value,
        VerdictRow.suggestion != Suggestion.BLOCK.value,
        named.contains(f"+{name}+", autoescape=True),
        is_latest(),
    )


def held_in(session: Session, community_id: int, held: HeldBy) -> int:
    """How many open items of a community a sensitive period holds."""
    found = session.scalar(
        select(func.count()).select_from(ReviewItemRow).where(*_open(community_id), by_window(held))
    )
    return found or 0
