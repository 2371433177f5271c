"""What people decided, beside what the model had said: measured now and then, read by whoever applies a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from moderation.domain.blocking import Curve, curve_of
from moderation.domain.review import DecisionKind
from moderation.domain.wire import evidence_from_json
from moderation.store.tables import CommunityRow, DecisionRow, HeadReviewRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.scores import Scores

_BATCH = 500


def communities(session: Session) -> list[int]:
    """Every community."""
    return list(session.scalars(select(CommunityRow.id).order_by(CommunityRow.id)))


def latest_decision(session: Session) -> int:
    """Number of the latest decision of all; 0 before the first."""
    return session.scalar(select(func.max(DecisionRow.id))) or 0


def decided(session: Session, community_id: int, *, since: int, limit: int) -> dict[tuple[str, int], bool]:
    """Whether people blocked a post, by (post, revision); the latest decisions that stand, made from ``since`` on."""
    rows = session.execute(
        select(DecisionRow.post_id, DecisionRow.revision, DecisionRow.kind)
        .where(DecisionRow.community_id == community_id, DecisionRow.created_at >= since)
        .order_by(DecisionRow.created_at.desc(), DecisionRow.id.desc())
        .limit(limit)
    )
    found: dict[tuple[str, int], str] = {}
    for post_id, revision, kind in rows:
        found.setdefault((post_id, revision), kind)
    return {
        key: kind == DecisionKind.BLOCK.value
        for key, kind in found.items()
        if kind != DecisionKind.UNDO.value
    }


def scored(
    session: Session, wanted: Sequence[tuple[str, int]], *, model: str
) -> Iterator[tuple[tuple[str, int], Scores]]:
    """A model's scores of posts by (post, revision); a post that this model did not score is left out."""
    keys = set(wanted)
    ids = sorted({post_id for post_id, _ in keys})
    for start in range(0, len(ids), _BATCH):
        rows = session.scalars(
            select(VerdictRow)
            .where(VerdictRow.post_id.in_(ids[start : start + _BATCH]), VerdictRow.source == "machine")
            .order_by(VerdictRow.number)
        )
        latest = {(row.post_id, row.revision): row.body for row in rows}
        for key, body in latest.items():
            if key in keys and body["versions"]["model"] == model:
                yield key, evidence_from_json(body).scores


def keep(
    session: Session, community_id: int, found: Mapping[str, tuple[Curve, int]], *, model: str, now: int
) -> None:
    """Replace what was measured of a community: per head the curve, and how many posts were reviewed."""
    session.execute(delete(HeadReviewRow).where(HeadReviewRow.community_id == community_id))
    rows = [
        {
            "community_id": community_id,
            "head": head,
            "model": model,
            "points": {str(score): [right, wrong] for score, right, wrong in curve.points},
            "posts": posts,
            "measured_at": now,
        }
        for head, (curve, posts) in found.items()
    ]
    if rows:
        session.execute(insert(HeadReviewRow), rows)


def version(session: Session) -> tuple[int, int]:
    """A value that changes whenever anything was measured, in one cheap query."""
    row = session.execute(select(func.count(), func.coalesce(func.max(HeadReviewRow.measured_at), 0))).one()
    return int(row[0]), int(row[1])


def curves(session: Session, *, model: str) -> dict[int, dict[str, Curve]]:
    """What was measured of a model, by community and head."""
    found: dict[int, dict[str, Curve]] = {}
    for row in session.scalars(select(HeadReviewRow).where(HeadReviewRow.model == model)):
        found.setdefault(row.community_id, {})[row.head] = _curve(row)
    return found


def latest_of(session: Session, community_id: int) -> dict[str, Curve]:
    """What was measured last in one community, by head: of the model that scores now, unless it has just changed."""
    rows = session.scalars(select(HeadReviewRow).where(HeadReviewRow.community_id == community_id))
    return {row.head: _curve(row) for row in rows}


def _curve(row: HeadReviewRow) -> Curve:
    scored_posts = (
        (float(score), blocked)
        for score, (right, wrong) in row.points.items()
        for blocked, count in ((True, right), (False, wrong))
        for _ in range(count)
    )
    return curve_of(scored_posts, measured_at=row.measured_at)
