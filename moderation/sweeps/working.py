"""A sweep worked off in short steps, each all or nothing: the row says where to go on, whoever was cut off.

Several workers at one sweep do no harm: a step holds the row, and one whose place was taken meanwhile changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.sweeps import WORKING, SweepKind, SweepState
from moderation.store import standing, sweeps
from moderation.store.engine import db_now
from moderation.sweeps import pages
from moderation.sweeps.planning import Seen, planned
from moderation.sweeps.steps import apply_batch, undo_batch

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from moderation.store.engine import Sessions
    from moderation.store.tables import SweepRow
    from moderation.sweeps.judges import Judge

LEASE: Final = 60 * 1_000_000
"""Microseconds without a step after which another worker goes on."""

MOST_ATTEMPTS: Final = 3
"""Claims without a step between them after which a person must ask again."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did: posts worked off, whether more may follow, and how far the whole is."""

    worked: int
    more: bool
    done: int = 0
    total: int = 0


@dataclass(slots=True)
class Work:
    """One sweep in hand.  ``judge_of`` builds what counting needs, once."""

    sessions: Sessions
    community_id: int
    sweep_id: int
    judge_of: Callable[[SweepRow], Judge]
    read_batch: int
    write_batch: int
    _judge: Judge | None = field(default=None, init=False)

    def step(self, *, now: int) -> Step:
        """Do the next batch of whatever the sweep's state asks for."""
        with self.sessions.read() as session:
            sweep = pages.known(session, self.community_id, self.sweep_id)
        if sweep.state == SweepState.COUNTING.value:
            return self._count(sweep, now)
        return self._change(now)

    def _count(self, sweep: SweepRow, now: int) -> Step:
        """Judge the next posts of the window with no transaction open, then note them."""
        if self._judge is None:
            self._judge = self.judge_of(sweep)
        judge, seen, releases = self._judge, Seen(), sweep.kind == SweepKind.RELEASE.value
        with self.sessions.read() as session:
            batch = (standing.struck_batch if releases else standing.batch)(
                session,
                self.community_id,
                since=sweep.since,
                until=sweep.until,
                after=sweep.cursor,
                limit=self.read_batch,
            )
        found = judge.judge([(one.post, one.verdict) for one in batch], now=now)
        rows = planned(sweep.id, seen.count(batch, found), whole=judge.whole)
        with self.sessions.write.begin() as session:
            row = pages.known(session, self.community_id, self.sweep_id, lock=True)
            if row.state != SweepState.COUNTING.value or row.cursor != sweep.cursor:
                return Step(0, more=True)  # somebody else took this batch
            sweeps.plan(session, rows)
            row.posts, row.matched = row.posts + seen.posts, row.matched + seen.matched
            row.decided += seen.decided
            if batch:
                _go_on(row, batch[-1].verdict.id if releases else batch[-1].post.sequence)
            else:
                _end(row, SweepState.PREVIEW)
            return Step(len(batch), bool(batch), row.posts, row.total)

    def _change(self, now: int) -> Step:
        with self.sessions.write.begin() as session:
            row = pages.known(session, self.community_id, self.sweep_id, lock=True)
            if row.state == SweepState.APPLYING.value:
                return self._apply(session, row, now)
            if row.state == SweepState.UNDOING.value:
                return self._undo(session, row, now)
        return Step(0, more=False)

    def _apply(self, session: Session, row: SweepRow, now: int) -> Step:
        worked = apply_batch(session, row, limit=self.write_batch, now=now)
        if worked:
            _go_on(row, row.cursor + worked)
        else:
            _end(row, SweepState.APPLIED)
            row.receipt = pages.frozen(session, row)
        return Step(worked, worked > 0)

    def _undo(self, session: Session, row: SweepRow, now: int) -> Step:
        worked, after = undo_batch(session, row, after=row.cursor, limit=self.write_batch, now=now)
        if worked:
            _go_on(row, after)
        else:
            _end(row, SweepState.UNDONE)
            row.receipt = pages.frozen(session, row)
        return Step(worked, worked > 0)


def _go_on(row: SweepRow, cursor: int) -> None:
    row.cursor, row.attempts = cursor, 0
    row.leased_until = db_now() + LEASE  # the database's clock, within the statement


def _end(row: SweepRow, state: SweepState) -> None:
    row.state, row.cursor, row.attempts, row.leased_until = state.value, 0, 0, None


def stalled(sweep: SweepRow) -> bool:
    """Whether a sweep stopped half-way so often that a person must ask again."""
    return sweep.state in WORKING and sweep.attempts >= MOST_ATTEMPTS
