"""Puts before a person what a machine blocked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.domain import review
from moderation.domain.convention import Label
from moderation.domain.post import PostState
from moderation.domain.review import NotBlockedError, ReviewState, UnknownItemError
from moderation.domain.verdict import Suggestion
from moderation.store import posts, reviews, standing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.store.engine import Sessions
    from moderation.store.standing import Standing

ASKED: Final = "asked:"
"""How the reason of an item begins that somebody asked for; their name follows."""


def ask(sessions: Sessions, community_id: int, data_id: str, *, who: str, now: int) -> int:
    """Open a review item for a post that a machine blocked; answers its id.  Asked twice, it is one item.

    Args:
        sessions: the database.
        community_id: the tenant.
        data_id: the post, as the platform calls it.
        who: the name of the person who asks.
        now: the present, UTC microseconds.

    Raises:
        UnknownItemError: the community has no such post.
        NotBlockedError: no machine blocks it as it now reads, or a person has decided it.
    """
    with sessions.write.begin() as session:
        post = posts.find(session, community_id, data_id)
        if post is None:
            raise UnknownItemError(data_id)
        one = standing.locked(session, [post.id]).get(post.id)
        if one is None or not _is_blocked(one):
            raise NotBlockedError(data_id)
        return _opened(session, one, f"{ASKED}{who}", now)


def _is_blocked(one: Standing) -> bool:
    current = one.post.state == PostState.DECIDED.value and one.verdict.revision == one.post.revision
    return current and one.decided is None and one.verdict.suggestion == Suggestion.BLOCK.value


def _opened(session: Session, one: Standing, reason: str, now: int) -> int:
    place = (one.post.id, one.post.revision)
    queue = review.queue_for(Label(one.verdict.label)).value
    item = reviews.items_of(session, [one.post.id]).get(place)
    if item is None:
        row = {"post_id": one.post.id, "revision": one.post.revision, "community_id": one.post.community_id}
        reviews.open_items(
            session, [{**row, "queue": queue, "priority": review.ASKED, "reason": reason, "opened_at": now}]
        )
        item = reviews.items_of(session, [one.post.id])[place]
    elif item.state == ReviewState.CLOSED.value:
        reviews.reopen(session, item.id, queue=queue, priority=review.ASKED, reason=reason, now=now)
    return item.id
