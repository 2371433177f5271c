"""What is asked of a sweep, written down within the caller's transaction: the row is the job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.sweeps import SweepState, check_apply, check_undo
from moderation.store import imports, standing, sweeps
from moderation.sweeps import pages

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.store.tables import SweepRow
    from moderation.sweeps.criteria import Criteria


@dataclass(frozen=True, slots=True)
class Extent:
    """What a sweep reads: the posts received in ``[since, until)``, UTC microseconds; a release, verdicts written then.

    ``posts`` are so many; ``cursor`` is the sequence of the post, or the id of the verdict, before the first.
    """

    since: int
    until: int
    posts: int
    cursor: int = 0


def extent(session: Session, community_id: int, criteria: Criteria, *, since: int, until: int) -> Extent:
    """What a sweep of a window would read; the release of an import looks at all since it came in."""
    released = criteria.released
    if released is None:
        return Extent(since, until, standing.count(session, community_id, since=since, until=until))
    made = imports.find(session, community_id, released.import_id) if released.import_id else None
    since = made.at if made else since
    posts, first = standing.struck_extent(session, community_id, since=since, until=until)
    return Extent(since, until, posts, max(first - 1, 0))


def to_count(
    session: Session,
    community_id: int,
    criteria: Criteria,
    read: Extent,
    *,
    author: str,
    now: int,
    why: str = "",
    may_block: bool = False,
) -> SweepRow:
    """A new sweep over what :func:`extent` says, asked before since that may take long; ``now``: UTC microseconds."""
    return sweeps.add(
        session, community_id=community_id, kind=criteria.kind.value, criteria=criteria.as_json(),
        may_block=may_block, why=why, author=author, since=read.since, until=read.until,
        state=SweepState.COUNTING.value, created_at=now, receipt={}, total=read.posts, cursor=read.cursor,
    )  # fmt: skip


def to_apply(session: Session, community_id: int, sweep_id: int, *, author: str, now: int) -> None:
    """Have a previewed sweep applied; asked again, it goes on.

    Raises:
        UnknownSweepError: the community has no such sweep.
        SweepStateError: it was not counted to the end, or it was undone.
    """
    sweep = pages.known(session, community_id, sweep_id, lock=True)
    check_apply(SweepState(sweep.state))
    if sweep.state == SweepState.PREVIEW.value:
        sweep.applied_by, sweep.applied_at = author, now
        sweep.state, sweep.cursor = SweepState.APPLYING.value, 0
    sweep.attempts = 0


def to_undo(session: Session, community_id: int, sweep_id: int, *, author: str, now: int) -> None:
    """Have an applied sweep undone; asked again, it tries once more what could not be put back.

    Raises:
        UnknownSweepError: the community has no such sweep.
        SweepStateError: it was never applied.
    """
    sweep = pages.known(session, community_id, sweep_id, lock=True)
    check_undo(SweepState(sweep.state))
    if sweep.state != SweepState.UNDOING.value:
        sweep.state, sweep.cursor = SweepState.UNDOING.value, 0
    sweep.undone_by, sweep.undone_at = sweep.undone_by or author, sweep.undone_at or now
    sweep.attempts = 0


def again(session: Session, community_id: int, sweep_id: int) -> None:
    """Have a sweep gone on with that stopped half-way.

    Raises:
        UnknownSweepError: the community has no such sweep.
    """
    sweep = pages.known(session, community_id, sweep_id, lock=True)
    sweep.attempts, sweep.leased_until = 0, None
