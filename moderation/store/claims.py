"""Claims: a batch of waiting posts under a lease, settled once by whoever still holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from moderation.domain.post import PostState
from moderation.store.engine import db_now
from moderation.store.tables import PostRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Claimed:
    """A post held by one worker until its lease runs out."""

    id: str
    community_id: int
    revision: int
    attempts: int
    row: PostRow


def claim(session: Session, *, token: str, lease: int, budget: int, limit: int) -> list[Claimed]:
    """Claim work: one post whose lease ran out, else fresh posts up to a budget.

    A post whose lease ran out may have killed its worker, so it is taken alone: it cannot take others with it.

    Args:
        session: a writing session.
        token: fencing token, new for each claim.
        lease: microseconds until others may claim the posts again.
        budget: most code points to take; a single post is taken whatever its length.
        limit: most posts to take.
    """
    lone = _materialised(_expired().with_for_update(skip_locked=True), "lone")
    expired = _take(session, token, lease, select(lone.c.sequence))
    return expired or _take(session, token, lease, _fresh(budget, limit))


def _fresh(budget: int, limit: int) -> Any:
    oldest = (
        select(PostRow.sequence, PostRow.cost)
        .where(PostRow.state == PostState.PENDING.value, PostRow.claimed_until.is_(None))
        .order_by(PostRow.sequence)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    candidates = _materialised(oldest, "candidates")
    before = func.sum(candidates.c.cost).over(order_by=candidates.c.sequence) - candidates.c.cost
    sums = select(candidates.c.sequence, before.label("before")).subquery("sums")
    return select(sums.c.sequence).where(sums.c.before < budget)


def _materialised(statement: Any, name: str) -> Any:
    # Without this PostgreSQL may run a LIMITed sub-select more than once and claim more than the limit.
    return statement.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")


def _expired() -> Any:
    return (
        select(PostRow.sequence)
        .where(
            PostRow.state == PostState.PENDING.value,
            PostRow.claimed_until.is_not(None),
            PostRow.claimed_until < db_now(),
        )
        .order_by(PostRow.claimed_until)
        .limit(1)
    )


def _take(session: Session, token: str, lease: int, chosen: Any) -> list[Claimed]:
    statement = (
        update(PostRow)
        .where(PostRow.sequence.in_(chosen))
        .values(claim_token=token, claimed_until=db_now() + lease, attempts=PostRow.attempts + 1)
        .returning(PostRow)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.scalars(statement), key=lambda row: row.sequence)
    return [Claimed(row.id, row.community_id, row.revision, row.attempts, row) for row in rows]


def settle(session: Session, token: str, post_ids: Sequence[str]) -> dict[str, int]:
    """Mark claimed posts decided.

    Returns:
        For each post that this claim still held, the version its next event carries.  A post that was edited,
        withdrawn or claimed by another meanwhile is not in the answer: write nothing for it.
    """
    statement = (
        update(PostRow)
        .where(
            PostRow.id.in_(post_ids),
            PostRow.claim_token == token,
            PostRow.state == PostState.PENDING.value,
        )
        .values(
            state=PostState.DECIDED.value,
            claim_token=None,
            claimed_until=None,
            event_version=PostRow.event_version + 1,
        )
        .returning(PostRow.id, PostRow.event_version)
        .execution_options(synchronize_session=False)
    )
    return dict(session.execute(statement).all())


def release(session: Session, token: str, post_id: str, *, error: str, wait: int) -> None:
    """Give a failed post back for another attempt after ``wait`` microseconds, alone."""
    session.execute(
        update(PostRow)
        .where(PostRow.id == post_id, PostRow.claim_token == token)
        .values(claim_token=None, claimed_until=db_now() + wait, last_error=error[:1000])
        .execution_options(synchronize_session=False)
    )


def has_work(session: Session) -> bool:
    """Tell whether any post can be claimed now."""
    fresh = select(PostRow.sequence).where(
        PostRow.state == PostState.PENDING.value, PostRow.claimed_until.is_(None)
    )
    return bool(session.scalar(select(fresh.exists() | _expired().exists())))
