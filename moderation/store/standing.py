"""Posts as they stand: with their latest verdict of whatever source, and the decision of a person that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from moderation.domain.post import PostState
from moderation.domain.verdict import Suggestion
from moderation.store import decisions, verdicts
from moderation.store.tables import PostRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from moderation.store.engine import Sessions
    from moderation.store.tables import DecisionRow


@dataclass(frozen=True, slots=True)
class Standing:
    """A post as it stands: its latest verdict, and whether a person's decision on this revision holds."""

    post: PostRow
    verdict: VerdictRow
    decided: DecisionRow | None


def count(session: Session, community_id: int, *, since: int, until: int) -> int:
    """How many decided posts came in during ``[since, until)``."""
    statement = select(func.count()).select_from(PostRow).where(*_window(community_id, since, until))
    return session.scalar(statement) or 0


def latest_from(session: Session, community_id: int, *, since: int, until: int, most: int) -> int:
    """From when on at most ``most`` posts of the window came in: ``since``, or later where there were more."""
    found = session.scalar(
        select(PostRow.received_at)
        .where(*_window(community_id, since, until))
        .order_by(PostRow.received_at.desc())
        .offset(most - 1)
        .limit(1)
    )
    return since if found is None else max(since, found)


def batch(
    session: Session, community_id: int, *, since: int, until: int, after: int, limit: int
) -> list[Standing]:
    """Decided posts of the window that follow sequence ``after``, in the order of arrival."""
    found = session.scalars(
        select(PostRow)
        .where(*_window(community_id, since, until), PostRow.sequence > after)
        .order_by(PostRow.sequence)
        .limit(limit)
    )
    return _standing(session, list(found))


def struck_extent(session: Session, community_id: int, *, since: int, until: int) -> tuple[int, int]:
    """How many posts stand for review or blocked by a verdict of ``[since, until)``, and that of the lowest id."""
    statement = select(func.count(), func.coalesce(func.min(VerdictRow.id), 0)).select_from(PostRow)
    found = statement.join(VerdictRow, VerdictRow.post_id == PostRow.id)
    at = VerdictRow.created_at
    window = (VerdictRow.community_id == community_id, at >= since, at < until)
    row = session.execute(found.where(*window, *_struck())).one()
    return row[0], row[1]


def struck_batch(
    session: Session, community_id: int, *, since: int, until: int, after: int, limit: int
) -> list[Standing]:
    """Posts that stand for review or blocked by a verdict of ``[since, until)`` that follows verdict ``after``."""
    # Sums, so that no index of instants or communities is taken: each batch would read the whole window again, where
    # the ids lead to its place.
    at, owner = VerdictRow.created_at + 0, VerdictRow.community_id + 0
    found = session.execute(
        select(PostRow, VerdictRow)
        .join(VerdictRow, VerdictRow.post_id == PostRow.id)
        .where(VerdictRow.id > after, owner == community_id, at >= since, at < until, *_struck())
        .order_by(VerdictRow.id)
        .limit(limit)
    ).all()
    # The verdict of this very statement, which says where the next batch begins: one that is written meanwhile has a
    # later id, and whatever stands between would be passed over.
    return _with_decisions(session, [post for post, _ in found], {one.post_id: one for _, one in found})


def batches(
    sessions: Sessions, community_id: int, *, since: int, until: int, size: int
) -> Iterator[list[Standing]]:
    """All posts of the window in batches, each read in a transaction of its own: no snapshot is held for long."""
    after = 0
    while True:
        with sessions.read() as session:
            found = batch(session, community_id, since=since, until=until, after=after, limit=size)
        if not found:
            return
        yield found
        after = found[-1].post.sequence


def locked(session: Session, post_ids: Collection[str]) -> dict[str, Standing]:
    """Posts as they stand now, held until the transaction ends; locked in one order, so that none waits in a ring."""
    rows = session.scalars(
        select(PostRow).where(PostRow.id.in_(post_ids)).order_by(PostRow.sequence).with_for_update()
    )
    return {one.post.id: one for one in _standing(session, list(rows))}


def _standing(session: Session, posts: Sequence[PostRow]) -> list[Standing]:
    return _with_decisions(session, posts, verdicts.latest_of(session, [post.id for post in posts]))


def _with_decisions(
    session: Session, posts: Sequence[PostRow], latest: Mapping[str, VerdictRow]
) -> list[Standing]:
    decided = decisions.standing_of_posts(session, [post.id for post in posts])
    return [Standing(post, latest[post.id], decided.get(post.id)) for post in posts if post.id in latest]


def _struck() -> tuple[ColumnElement[bool], ...]:
    """Posts whose latest verdict does not let them pass, and that verdict."""
    return (
        PostRow.state == PostState.DECIDED.value,
        VerdictRow.suggestion != Suggestion.PASS.value,
        VerdictRow.revision == PostRow.revision,
        verdicts.is_latest(),
    )


def _window(community_id: int, since: int, until: int) -> tuple[ColumnElement[bool], ...]:
    return (
        PostRow.community_id == community_id,
        PostRow.state == PostState.DECIDED.value,
        PostRow.received_at >= since,
        PostRow.received_at < until,
    )
