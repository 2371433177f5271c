"""Review items of the posts that a behaviour finding joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from moderation.domain.review import ReviewState
from moderation.store import behaviour_findings
from moderation.store.behaviour_findings import FoundTogether
from moderation.store.tables import BehaviourFindingPostRow, BehaviourFindingRow, PostRow, ReviewItemRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def find(session: Session, community_id: int, finding_id: int) -> FoundTogether | None:
    """A community's finding with counts over its posts, none of them read."""
    row = session.scalar(
        select(BehaviourFindingRow).where(
            BehaviourFindingRow.id == finding_id, BehaviourFindingRow.community_id == community_id
        )
    )
    if row is None:
        return None
    return FoundTogether(row, [], *behaviour_findings.counts(session, [row.id])[row.id])


def posts_of(
    session: Session, finding_id: int, *, limit: int
) -> list[tuple[PostRow, ReviewItemRow | None, bool]]:
    """Posts of a finding: those to decide first, then the others, each part newest first.

    Returns:
        (post, review item of its present revision, whether it was edited since it joined).
    """
    part = BehaviourFindingPostRow
    member = (
        select(part.post_id, func.max(part.revision).label("revision"), func.max(part.at).label("at"))
        .where(part.finding_id == finding_id)
        .group_by(part.post_id)
        .subquery()
    )
    as_found = member.c.revision == PostRow.revision
    waits = and_(as_found, ReviewItemRow.state == ReviewState.OPEN.value)
    statement = (
        select(PostRow, ReviewItemRow, member.c.revision)
        .join(member, member.c.post_id == PostRow.id)
        .outerjoin(
            ReviewItemRow,
            and_(ReviewItemRow.post_id == PostRow.id, ReviewItemRow.revision == PostRow.revision),
        )
        .order_by(case((waits, 0), else_=1), member.c.at.desc(), PostRow.id)
        .limit(limit)
    )
    return [(post, item, revision != post.revision) for post, item, revision in session.execute(statement)]


def authors_of(session: Session, finding_id: int, item_ids: Collection[int]) -> dict[int, str]:
    """The author behind each of some review items that belong to a finding; the others are left out."""
    part = BehaviourFindingPostRow
    rows = session.execute(
        select(ReviewItemRow.id, part.author_id)
        .join(part, and_(part.post_id == ReviewItemRow.post_id, part.revision == ReviewItemRow.revision))
        .where(part.finding_id == finding_id, ReviewItemRow.id.in_(item_ids))
    )
    return dict(rows.all())


def open_counts(session: Session, finding_ids: Collection[int]) -> dict[int, int]:
    """How many open items belong to each of several findings; those without any are left out."""
    part = BehaviourFindingPostRow
    rows = session.execute(
        select(part.finding_id, func.count())
        .join(ReviewItemRow, _open_item(part))
        .where(part.finding_id.in_(finding_ids))
        .group_by(part.finding_id)
    )
    return dict(rows.all())


def open_beside(session: Session, item_ids: Collection[int]) -> dict[int, int]:
    """For each of some items that belong to findings: how many open items the largest of these has."""
    mine, part = aliased(BehaviourFindingPostRow), BehaviourFindingPostRow
    # Asked twice, and so worked out once: the findings of the page first, whatever their size.
    touched = (
        select(ReviewItemRow.id.label("item_id"), mine.finding_id)
        .join(mine, and_(mine.post_id == ReviewItemRow.post_id, mine.revision == ReviewItemRow.revision))
        .where(ReviewItemRow.id.in_(item_ids))
        .cte("touched")
    )
    counted = (
        select(part.finding_id, func.count().label("waiting"))
        .join(ReviewItemRow, _open_item(part))
        .where(part.finding_id.in_(select(touched.c.finding_id)))
        .group_by(part.finding_id)
        .subquery()
    )
    rows = session.execute(
        select(touched.c.item_id, func.max(counted.c.waiting))
        .join(counted, counted.c.finding_id == touched.c.finding_id)
        .group_by(touched.c.item_id)
    )
    return dict(rows.all())


def _open_item(part: type[BehaviourFindingPostRow]) -> ColumnElement[bool]:
    return and_(
        ReviewItemRow.post_id == part.post_id,
        ReviewItemRow.revision == part.revision,
        ReviewItemRow.state == ReviewState.OPEN.value,
    )
