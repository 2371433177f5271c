"""What is asked of a sweep, written down within the caller's transaction: the row is the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.domain.sweeps import SweepState, check_apply, check_undo
from moderation.store import imports, standing, sweeps
from moderation.sweeps import pages

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.store.tables import SweepRow
    from moderation.sweeps.criteria import Criteria


def to_count(
    session: Session,
    community_id: int,
    criteria: Criteria,
    *,
    since: int,
    until: int,
    author: str,
    now: int,
    why: str = "",
    may_block: bool = False,
) -> SweepRow:
    """A new sweep over the posts received in ``[since, until)``, UTC microseconds as ``now`` is.

    A release looks at verdicts written then; that of an import at all since it came in.
    """
    since, total, cursor = extent(session, community_id, criteria, since=since, until=until)
    return sweeps.add(
        session, community_id=community_id, kind=criteria.kind.value, criteria=criteria.as_json(),
        may_block=may_block, why=why, author=author, since=since, until=until,
        state=SweepState.COUNTING.value, created_at=now, receipt={}, total=total, cursor=cursor,
    )  # fmt: skip


def extent(
    session: Session, community_id: int, criteria: Criteria, *, since: int, until: int
) -> tuple[int, int, int]:
    """From when on a sweep looks, how many posts it reads, and after which post's sequence, or verdict, it begins."""
    released = criteria.released
    if released is None:
        return since, standing.count(session, community_id, since=since, until=until), 0
    made = imports.find(session, community_id, released.import_id) if released.import_id else None
    since = made.at if made else since
    total, first = standing.struck_extent(session, community_id, since=since, until=until)
    return since, total, max(first - 1, 0)


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
