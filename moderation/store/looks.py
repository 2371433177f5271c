"""Looks back for slang and groups: the row is the job, and keeps what the latest look found.

Beside them what people made of it: candidates dismissed, groups decided together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, and_, delete, func, or_, select, update

from moderation.domain.post import PostState
from moderation.domain.review import ReviewState
from moderation.store.engine import db_now
from moderation.store.tables import (
    DecisionRow,
    GroupDecisionRow,
    LookRow,
    PostKeyRow,
    PostRow,
    RadarDismissalRow,
    ReviewItemRow,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.orm import Session

WAITING: Final = "waiting"
DONE: Final = "done"
MOST_ATTEMPTS: Final = 3


def find(session: Session, community_id: int, kind: str, *, lock: bool = False) -> LookRow | None:
    """A community's look of a kind."""
    statement = select(LookRow).where(LookRow.community_id == community_id, LookRow.kind == kind)
    return session.scalar(statement.with_for_update() if lock else statement)


def waits(session: Session) -> bool:
    """Whether a look was asked for, or is due again, that nobody is at."""
    return session.scalar(_waiting().limit(1)) is not None


def claim(session: Session, kind: str, *, lease: int) -> LookRow | None:
    """Take a look of a kind that waits, for ``lease`` microseconds."""
    oldest = _waiting().where(LookRow.kind == kind).order_by(LookRow.asked_at).limit(1)
    chosen = oldest.with_for_update(skip_locked=True).cte("oldest")
    chosen = chosen.prefix_with("MATERIALIZED", dialect="postgresql")
    return session.scalar(
        update(LookRow)
        .where(LookRow.id.in_(select(chosen.c.id)))
        .values(leased_until=db_now() + lease, attempts=LookRow.attempts + 1)
        .returning(LookRow)
        .execution_options(synchronize_session=False)
    )


def finish(session: Session, look_id: int, **found: Any) -> None:
    """Keep what a look found (``since``, ``until``, ``body``, ``done_at``, ``again_at``)."""
    session.execute(
        update(LookRow)
        .where(LookRow.id == look_id)
        .values(state=DONE, leased_until=None, attempts=0, **found)
        .execution_options(synchronize_session=False)
    )


def _waiting() -> Select[int]:
    return select(LookRow.id).where(
        or_(LookRow.state == WAITING, and_(LookRow.state == DONE, LookRow.again_at < db_now())),
        LookRow.attempts < MOST_ATTEMPTS,
        or_(LookRow.leased_until.is_(None), LookRow.leased_until < db_now()),
    )


def posts_of(session: Session, community_id: int, data_ids: Collection[str]) -> dict[str, PostRow]:
    """A community's posts by the platform's numbers; withdrawn ones are left out."""
    rows = session.scalars(
        select(PostRow)
        .join(PostKeyRow, PostKeyRow.post_id == PostRow.id)
        .where(
            PostKeyRow.community_id == community_id,
            PostKeyRow.data_id.in_(data_ids),
            PostRow.state != PostState.WITHDRAWN.value,
        )
    )
    return {row.data_id: row for row in rows}


# ---------------------------------------------------------------- radar


def dismiss(session: Session, community_id: int, text: str, *, author: str, now: int) -> None:
    """Keep a candidate out of sight."""
    known = select(RadarDismissalRow.id).where(
        RadarDismissalRow.community_id == community_id, RadarDismissalRow.text == text
    )
    if session.scalar(known) is None:
        session.add(RadarDismissalRow(community_id=community_id, text=text, author=author, at=now))


def restore(session: Session, community_id: int, text: str) -> None:
    """Show a dismissed candidate again."""
    session.execute(
        delete(RadarDismissalRow).where(
            RadarDismissalRow.community_id == community_id, RadarDismissalRow.text == text
        )
    )


def dismissed(session: Session, community_id: int, *, limit: int = 1_000) -> list[RadarDismissalRow]:
    """Dismissed candidates, latest first."""
    statement = select(RadarDismissalRow).where(RadarDismissalRow.community_id == community_id)
    return list(session.scalars(statement.order_by(RadarDismissalRow.id.desc()).limit(limit)))


# ---------------------------------------------------------------- groups


def posts_by(
    session: Session, community_id: int, authors: Iterable[str], *, since: int, limit: int
) -> list[tuple[PostRow, ReviewItemRow | None]]:
    """Posts of some accounts, newest first, each with the review item of its present revision."""
    statement = (
        select(PostRow, ReviewItemRow)
        .join(
            ReviewItemRow,
            and_(ReviewItemRow.post_id == PostRow.id, ReviewItemRow.revision == PostRow.revision),
            isouter=True,
        )
        .where(
            PostRow.community_id == community_id,
            PostRow.author_id.in_(list(authors)),
            or_(PostRow.received_at >= since, ReviewItemRow.state == ReviewState.OPEN.value),
        )
    )
    return list(session.execute(statement.order_by(PostRow.sequence.desc()).limit(limit)).all())


def open_by(session: Session, community_id: int, authors: Iterable[str]) -> dict[str, int]:
    """How many posts of each of some accounts wait for a person; accounts without any are left out."""
    statement = (
        select(PostRow.author_id, func.count())
        .join(
            ReviewItemRow,
            and_(ReviewItemRow.post_id == PostRow.id, ReviewItemRow.revision == PostRow.revision),
        )
        .where(
            PostRow.community_id == community_id,
            PostRow.author_id.in_(list(authors)),
            ReviewItemRow.state == ReviewState.OPEN.value,
        )
        .group_by(PostRow.author_id)
    )
    return {author or "": waiting for author, waiting in session.execute(statement).all()}


def add_group_decision(session: Session, **values: Any) -> GroupDecisionRow:
    """Keep what became of a group (column values of :class:`GroupDecisionRow`)."""
    row = GroupDecisionRow(**values)
    session.add(row)
    session.flush()
    return row


def group_decision(session: Session, community_id: int, number: int) -> GroupDecisionRow | None:
    """One group that was decided together."""
    return session.scalar(
        select(GroupDecisionRow).where(
            GroupDecisionRow.id == number, GroupDecisionRow.community_id == community_id
        )
    )


def group_decisions(
    session: Session, community_id: int, *, finding: int | None = None, limit: int = 50
) -> list[GroupDecisionRow]:
    """Groups that were decided together, latest first: those of one behaviour finding, else those of accounts."""
    about = GroupDecisionRow.body["finding"].as_integer()
    statement = select(GroupDecisionRow).where(
        GroupDecisionRow.community_id == community_id,
        about.is_(None) if finding is None else about == finding,
    )
    return list(session.scalars(statement.order_by(GroupDecisionRow.id.desc()).limit(limit)))


def latest_decisions(session: Session, item_ids: Collection[int]) -> dict[int, DecisionRow]:
    """The latest decision on each of some review items."""
    rows = session.scalars(
        select(DecisionRow).where(DecisionRow.review_item_id.in_(item_ids)).order_by(DecisionRow.number)
    )
    return {row.review_item_id: row for row in rows}


def made_at(session: Session, item_ids: Collection[int], moderator_id: int, at: int, kind: str) -> list[int]:
    """Items of these that a moderator decided so at an instant, in order."""
    statement = select(DecisionRow.review_item_id).where(
        DecisionRow.review_item_id.in_(item_ids),
        DecisionRow.moderator_id == moderator_id,
        DecisionRow.created_at == at,
        DecisionRow.kind == kind,
    )
    return list(session.scalars(statement.order_by(DecisionRow.id)))


def items_with_posts(
    session: Session, community_id: int, item_ids: Collection[int]
) -> list[tuple[ReviewItemRow, PostRow]]:
    """A community's review items among some, each with its post."""
    statement = select(ReviewItemRow, PostRow).join(PostRow, PostRow.id == ReviewItemRow.post_id)
    statement = statement.where(ReviewItemRow.community_id == community_id, ReviewItemRow.id.in_(item_ids))
    return list(session.execute(statement).all())
