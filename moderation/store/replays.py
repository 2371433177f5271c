"""Posts with their latest machine verdict and the decision that stands: what a backtest reads.

Columns, no objects: a backtest reads a hundred thousand posts, and whole rows take longer than deciding them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import func, select

from moderation.domain.behaviour_verdicts import SOURCE as BEHAVIOUR
from moderation.domain.post import PostState
from moderation.store.tables import DecisionRow, PostRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

T = TypeVar("T")


class KeptPost(NamedTuple):
    """What is read of a post: the columns of :class:`PostRow` by their names."""

    sequence: int
    id: str
    data_id: str
    title: str
    text: str
    scene: str
    group_path: str
    mode: str
    author: dict[str, Any]
    received_at: int


class Kept(NamedTuple):
    """A post, the body of its latest machine verdict, and the kind of the latest decision on it as it reads.

    ``behaviour`` are the labels of the verdict that behaviour over several posts led to since; empty without one.
    """

    post: KeptPost
    body: dict[str, Any]
    human: str | None
    behaviour: list[dict[str, Any]]


def count(session: Session, community_id: int, *, since: int, until: int) -> int:
    """How many decided posts came in during ``[since, until)``."""
    return (
        session.scalar(select(func.count()).select_from(PostRow).where(*_window(community_id, since, until)))
        or 0
    )


def batch(
    session: Session, community_id: int, *, since: int, until: int, after: int, limit: int
) -> list[Kept]:
    """Posts that follow sequence ``after``, with the kind of the latest human decision on the text as it reads now.

    An undo shows as such.
    """
    columns = [getattr(PostRow, name) for name in KeptPost._fields]
    posts = [
        KeptPost(*row)
        for row in session.execute(
            select(*columns)
            .where(*_window(community_id, since, until), PostRow.sequence > after)
            .order_by(PostRow.sequence)
            .limit(limit)
        )
    ]
    ids = [post.id for post in posts]
    bodies: dict[str, dict[str, Any]] = {}
    labels: dict[str, list[dict[str, Any]]] = {}
    for post_id, source, body in session.execute(
        select(VerdictRow.post_id, VerdictRow.source, VerdictRow.body)
        .where(VerdictRow.post_id.in_(ids), VerdictRow.source.in_(("machine", BEHAVIOUR)))
        .order_by(VerdictRow.number)
    ):
        if source == BEHAVIOUR:
            labels[post_id] = body["labels"]
        else:  # of the text as it reads now: what behaviour said of the one before is over
            bodies[post_id] = body
            labels.pop(post_id, None)
    decisions = _by_post(
        session.execute(
            select(DecisionRow.post_id, DecisionRow.kind)
            .join(PostRow, (PostRow.id == DecisionRow.post_id) & (PostRow.revision == DecisionRow.revision))
            .where(DecisionRow.post_id.in_(ids))
            .order_by(DecisionRow.number)
        )
    )
    return [
        Kept(post, bodies[post.id], decisions.get(post.id), labels.get(post.id, []))
        for post in posts
        if post.id in bodies
    ]


def _by_post(rows: Iterable[Row[str, T]]) -> dict[str, T]:
    """The last of each post."""
    return {post_id: found for post_id, found in rows}  # noqa: C416 - dict() of rows has no type


def _window(community_id: int, since: int, until: int) -> tuple[ColumnElement[bool], ...]:
    return (
        PostRow.community_id == community_id,
        PostRow.state == PostState.DECIDED.value,
        PostRow.received_at >= since,
        PostRow.received_at < until,
    )
