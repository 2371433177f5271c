"""What is known of recent posts, and the posts that may belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, delete, func, insert, literal, select

from moderation.domain.post import PostState
from moderation.store.tables import BehaviourFactRow, BehaviourLinkRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import CTE, ColumnElement, FromClause
    from sqlalchemy.orm import Session

PRUNED: Final = 1_000
"""Most outdated facts that are deleted at a time."""


def keep(session: Session, facts: Sequence[dict[str, Any]], links: Sequence[dict[str, Any]]) -> None:
    """Keep what is known of posts (column values of :class:`BehaviourFactRow` and :class:`BehaviourLinkRow`) anew."""
    ids = [row["post_id"] for row in facts]
    session.execute(delete(BehaviourLinkRow).where(BehaviourLinkRow.post_id.in_(ids)))
    session.execute(delete(BehaviourFactRow).where(BehaviourFactRow.post_id.in_(ids)))
    if facts:
        session.execute(insert(BehaviourFactRow), list(facts))
    if links:
        session.execute(insert(BehaviourLinkRow), list(links))


def prune(session: Session, community_id: int, *, before: int) -> None:
    """Delete facts that were kept before an instant, some at a time."""
    old = session.scalars(
        select(BehaviourFactRow.post_id)
        .where(BehaviourFactRow.community_id == community_id, BehaviourFactRow.kept_at < before)
        .limit(PRUNED)
    ).all()
    if old:
        session.execute(delete(BehaviourLinkRow).where(BehaviourLinkRow.post_id.in_(old)))
        session.execute(delete(BehaviourFactRow).where(BehaviourFactRow.post_id.in_(old)))


def neighbours(
    session: Session,
    post_ids: Collection[str],
    *,
    reach: Mapping[str, int],
    each: int,
    limit: int,
    known: Collection[str] = (),
    asked: Collection[str] = (),
) -> list[BehaviourFactRow]:
    """Facts of other posts that share a link with some of ``post_ids``, as they are now decided.

    Args:
        session: a session.
        post_ids: posts of one community whose facts are kept.
        reach: microseconds before and after within which each kind of link counts; others do not.
        each: most posts by one link, the latest first.
        limit: most posts in all.
        known: posts that are not wanted.
        asked: posts whose links were asked by before, and are not again.
    """
    nearest = _nearest(_asked(post_ids, reach, asked), (*post_ids, *known), each, limit)
    return list(
        session.scalars(
            select(BehaviourFactRow)
            .join(nearest, nearest.c.post_id == BehaviourFactRow.post_id)
            .join(PostRow, PostRow.id == BehaviourFactRow.post_id)
            .where(PostRow.revision == BehaviourFactRow.revision, PostRow.state == PostState.DECIDED.value)
            .order_by(BehaviourFactRow.at, BehaviourFactRow.post_id)
        )
    )


def _asked(post_ids: Collection[str], reach: Mapping[str, int], before: Collection[str]) -> CTE:
    """The keys that posts ask by, each with the time from and until which others count."""
    mine = BehaviourLinkRow.__table__.alias("mine")
    span = case(*((mine.c.kind == kind, literal(micros)) for kind, micros in reach.items()), else_=0)
    wanted = [mine.c.post_id.in_(post_ids), mine.c.asks, mine.c.kind.in_(list(reach))]
    if before:
        done = BehaviourLinkRow.__table__.alias("done")
        wanted.append(mine.c.key.not_in(select(done.c.key).where(done.c.post_id.in_(before))))
    return (
        select(
            mine.c.community_id,
            mine.c.key,
            func.min(mine.c.at - span).label("since"),
            func.max(mine.c.at + span).label("until"),
        )
        .where(*wanted)
        .group_by(mine.c.community_id, mine.c.key)
        .cte("asked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _nearest(asked: CTE, besides: Collection[str], each: int, limit: int) -> CTE:
    """Posts by the asked keys but for some: the latest ``each`` by a key, those that rank highest by any."""
    bounded = _bounded(asked, each + len(besides))
    theirs = BehaviourLinkRow.__table__.alias("theirs")
    place = func.row_number().over(partition_by=theirs.c.key, order_by=(theirs.c.at.desc(), theirs.c.post_id))
    shared = _shared(bounded, theirs)
    ranked = (
        select(theirs.c.post_id, place.label("place"))
        .select_from(bounded.join(theirs, shared))
        .where(theirs.c.offers, theirs.c.post_id.not_in(besides))
        .subquery("ranked")
    )
    return (
        select(ranked.c.post_id)
        .where(ranked.c.place <= each)
        .group_by(ranked.c.post_id)
        .order_by(func.min(ranked.c.place), ranked.c.post_id)
        .limit(limit)
        .cte("nearest")
    )


def _bounded(asked: CTE, most: int) -> CTE:
    """The same keys from the instant on of the ``most``-th latest post: who floods must not make the search long."""
    many = BehaviourLinkRow.__table__.alias("many")
    start = (
        select(many.c.at)
        .where(_shared(asked, many), many.c.offers)
        .order_by(many.c.at.desc())
        .offset(most)
        .limit(1)
        .scalar_subquery()
    )
    found = select(
        asked.c.community_id,
        asked.c.key,
        func.coalesce(start, asked.c.since).label("since"),
        asked.c.until,
    )
    # Materialised: PostgreSQL would look for the start again for every post.
    return found.cte("bounded").prefix_with("MATERIALIZED", dialect="postgresql")


def _shared(keys: CTE, links: FromClause) -> ColumnElement[bool]:
    return and_(
        # No constant: without figures about the table SQLite would go through the whole community.
        links.c.community_id == keys.c.community_id,
        links.c.key == keys.c.key,
        links.c.at.between(keys.c.since, keys.c.until),
    )
