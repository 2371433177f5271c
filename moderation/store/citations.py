"""Verdicts that stand and may rest on words: their hits, newest first, of as many as is bearable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from moderation.domain.post import PostState
from moderation.domain.review import DecisionKind
from moderation.domain.verdict import Suggestion
from moderation.store.tables import DecisionRow, PostRow, VerdictRow
from moderation.store.verdicts import is_latest

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

Standing = tuple[int, str, list[dict[str, Any]]]
"""Id of a verdict, its suggestion, its hits as they are kept."""


def since(session: Session, community_id: int, at: int, *, limit: int) -> list[Standing]:
    """Verdicts from ``at`` on that do not let their post pass and that nobody has decided otherwise, newest first."""
    rows = session.execute(
        select(VerdictRow.id, VerdictRow.suggestion, VerdictRow.body["hits"])
        .join(PostRow, PostRow.id == VerdictRow.post_id)
        .where(VerdictRow.community_id == community_id, VerdictRow.created_at >= at, *_stands())
        .order_by(VerdictRow.created_at.desc(), VerdictRow.id.desc())
        .limit(limit)
    )
    return [(number, suggestion, hits or []) for number, suggestion, hits in rows]


def still(
    session: Session, community_id: int, verdict_ids: Collection[int], *, limit: int, offset: int
) -> list[tuple[PostRow, VerdictRow]]:
    """Those of some verdicts that stand yet, with their posts, newest first."""
    statement = (
        select(PostRow, VerdictRow)
        .join(PostRow, PostRow.id == VerdictRow.post_id)
        .where(VerdictRow.id.in_(verdict_ids), VerdictRow.community_id == community_id, *_stands())
        .order_by(VerdictRow.id.desc())
    )
    return list(session.execute(statement.limit(limit).offset(offset)).all())


def _stands() -> tuple[ColumnElement[bool], ...]:
    """A verdict on the post as it reads now, the latest one, with nobody's decision over it."""
    said = (
        select(DecisionRow.kind)
        .where(DecisionRow.post_id == VerdictRow.post_id, DecisionRow.revision == PostRow.revision)
        .order_by(DecisionRow.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        VerdictRow.suggestion.in_([Suggestion.BLOCK.value, Suggestion.REVIEW.value]),
        VerdictRow.revision == PostRow.revision,
        PostRow.state == PostState.DECIDED.value,
        is_latest(),
        func.coalesce(said, DecisionKind.UNDO.value) == DecisionKind.UNDO.value,
    )
