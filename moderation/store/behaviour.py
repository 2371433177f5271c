"""The behaviour pass: what waits for it, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from moderation.store.engine import db_now
from moderation.store.tables import BehaviourMarkRow, BehaviourPassRow, CommunityRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Mark:
    """A post that waits for the pass, and how often it was taken."""

    id: int
    post_id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A community held by one pass until its lease runs out, and what to look at."""

    community_id: int
    token: str
    marks: tuple[Mark, ...]


def mark(session: Session, posts: Sequence[tuple[int, str]], *, now: int) -> None:
    """Note that posts (community, id) were decided, in the transaction that decides them."""
    if posts:
        session.execute(
            insert(BehaviourMarkRow),
            [
                {"community_id": community, "post_id": post_id, "at": now, "attempts": 0}
                for community, post_id in posts
            ],
        )


def waiting_since(session: Session) -> int | None:
    """When the oldest mark was made that a pass could take now, UTC microseconds; None where there is none."""
    oldest = (
        select(BehaviourMarkRow.at)
        .where(BehaviourMarkRow.community_id == CommunityRow.id)
        .order_by(BehaviourMarkRow.attempts, BehaviourMarkRow.id)
        .limit(1)
        .correlate(CommunityRow)
        .scalar_subquery()
    )
    found: int | None = session.scalar(_free(select(func.min(oldest)).select_from(CommunityRow)))
    return found


def take_turn(session: Session, *, token: str, lease: int, budget: int, limit: int) -> Turn | None:
    """Hold the community that was looked at least recently, and take its oldest marks.

    A mark that an earlier pass did not finish is taken alone: it cannot take others with it.

    Args:
        session: a writing session.
        token: fencing token, new for each turn.
        lease: microseconds until others may look at the community.
        budget: most code points to take; a single post is taken whatever its length.
        limit: most marks to take.
    """
    waits = exists().where(BehaviourMarkRow.community_id == CommunityRow.id)
    order = (func.coalesce(BehaviourPassRow.leased_until, 0), CommunityRow.id)
    community_id = session.scalar(
        _free(select(CommunityRow.id).select_from(CommunityRow)).where(waits).order_by(*order).limit(1)
    )
    if community_id is None or not _hold(session, community_id, token, lease):
        return None
    tried = _marks(session, community_id, BehaviourMarkRow.attempts > 0, limit=1)
    marks = tried or _within(
        _marks(session, community_id, BehaviourMarkRow.attempts == 0, limit=limit), budget
    )
    session.execute(
        update(BehaviourMarkRow)
        .where(BehaviourMarkRow.id.in_([one.id for one, _ in marks]))
        .values(attempts=BehaviourMarkRow.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return Turn(community_id, token, tuple(one for one, _ in marks))


def _free(statement: Any) -> Any:
    """Communities that no pass holds."""
    return statement.outerjoin(BehaviourPassRow, BehaviourPassRow.community_id == CommunityRow.id).where(
        or_(BehaviourPassRow.leased_until.is_(None), BehaviourPassRow.leased_until <= db_now())
    )


def _hold(session: Session, community_id: int, token: str, lease: int) -> bool:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(BehaviourPassRow).values(community_id=community_id).on_conflict_do_nothing()
    session.execute(made)
    held = session.scalars(
        update(BehaviourPassRow)
        .where(
            BehaviourPassRow.community_id == community_id,
            or_(BehaviourPassRow.leased_until.is_(None), BehaviourPassRow.leased_until <= db_now()),
        )
        .values(token=token, leased_until=db_now() + lease)
        .returning(BehaviourPassRow.community_id)
        .execution_options(synchronize_session=False)
    )
    return held.first() is not None


def _marks(
    session: Session, community_id: int, tried: ColumnElement[bool], *, limit: int
) -> list[tuple[Mark, int]]:
    """The next marks with the length of their posts."""
    rows = session.execute(
        select(
            BehaviourMarkRow.id,
            BehaviourMarkRow.post_id,
            BehaviourMarkRow.attempts,
            func.coalesce(PostRow.cost, 0),
        )
        .outerjoin(PostRow, PostRow.id == BehaviourMarkRow.post_id)
        .where(BehaviourMarkRow.community_id == community_id, tried)
        .order_by(BehaviourMarkRow.attempts, BehaviourMarkRow.id)
        .limit(limit)
    )
    return [(Mark(mark_id, post_id, attempts), cost) for mark_id, post_id, attempts, cost in rows]


def _within(marks: Sequence[tuple[Mark, int]], budget: int) -> list[tuple[Mark, int]]:
    taken: list[tuple[Mark, int]] = []
    spent = 0
    for one, cost in marks:
        if taken and spent + cost > budget:
            break
        taken.append((one, cost))
        spent += cost
    return taken


def holds(session: Session, turn: Turn) -> bool:
    """Whether the turn still holds its community; if so, nobody else gets it before the transaction ends."""
    held = session.scalars(
        update(BehaviourPassRow)
        .where(BehaviourPassRow.community_id == turn.community_id, BehaviourPassRow.token == turn.token)
        .values(token=turn.token)
        .returning(BehaviourPassRow.community_id)
        .execution_options(synchronize_session=False)
    )
    return held.first() is not None


def end_turn(session: Session, turn: Turn, *, wait: int) -> None:
    """Let others look at the community after ``wait`` microseconds."""
    session.execute(
        update(BehaviourPassRow)
        .where(BehaviourPassRow.community_id == turn.community_id, BehaviourPassRow.token == turn.token)
        .values(token=None, leased_until=db_now() + wait)
        .execution_options(synchronize_session=False)
    )


def settle(session: Session, marks: Collection[Mark]) -> None:
    """Delete marks that were looked at: these only, so that one made meanwhile stays."""
    session.execute(delete(BehaviourMarkRow).where(BehaviourMarkRow.id.in_([one.id for one in marks])))
