"""Backtests as jobs: asked for by the desk or the interface, worked off in steps by whichever worker is free.

The row says how far a run is and holds what was counted, so that any worker goes on where another was cut off, and
every web process shows the same.  One run a version at a time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.backtest import Backtest
from moderation.domain.budget import Budget
from moderation.domain.policy_versions import PolicyState
from moderation.domain.rehearsal import RehearsalRunningError, Stage, UnknownVersionError, rehearsal
from moderation.domain.tally import Tally, tally_from_json, tally_json
from moderation.outbound.bell import QueueName
from moderation.replaying import HOUR, both_policies, first_head, replays_of, samples_of
from moderation.store import policies, rehearsals, replays, samples
from moderation.store.tables import PolicyRow, RehearsalRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Policy, Threshold
    from moderation.domain.rehearsal import Rehearsal
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions

BATCH: Final = 1_000
"""Posts a step: about a second of work."""

DAY: Final = 24 * HOUR
LEASE: Final = 60 * 1_000_000
"""Microseconds without a step after which another worker goes on."""


@dataclass(slots=True)
class Work:
    """A run in hand: both policies, what was counted, where the next step begins."""

    row: RehearsalRow
    before: Policy
    after: Policy
    tally: Tally = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """The parts that backtests as jobs need; ``shipped`` is the document that holds until there is an own one."""

    sessions: Sessions
    bell: Bell | None
    shipped: str
    calibrated: Mapping[str, Threshold]
    batch: int = BATCH

    def ask(self, community_id: int, number: int, *, days: int, head: str, by: str, now: int) -> Rehearsal:
        """Have a worker backtest a version over the last days, compared with the live policy.

        Args:
            community_id: the tenant.
            number: the version.
            days: how far back.
            head: whose review threshold is looked at; empty for the version's first.
            by: who asks.
            now: UTC microseconds.

        Raises:
            UnknownVersionError: the community has no such version.
            RehearsalRunningError: it is being backtested right now.
        """
        with self.sessions.write.begin() as session:
            version = _known(session, community_id, number, lock=True)
            found = rehearsals.find(session, version.id)
            row, given_up = found or (
                RehearsalRow(community_id=community_id, policy_id=version.id, run=0),
                False,
            )
            if row.state == Stage.RUNNING.value and not given_up:
                raise RehearsalRunningError
            live = policies.in_state(session, community_id, PolicyState.LIVE)
            total = replays.count(session, community_id, since=now - days * DAY, until=now)
            row.days, row.head, row.live = days, head or first_head(version), live.number if live else 0
            row.asked_by = by[:100]
            row.asked_at, row.beat_at, row.run, row.state = now, now, row.run + 1, Stage.RUNNING.value
            row.cursor, row.done, row.total, row.attempts, row.found = 0, 0, total, 0, {}
            row.began_at, row.leased_until = None, None
            session.add(row)
            session.flush()
            asked = rehearsal(row, given_up=False)
        if self.bell is not None:
            self.bell.ring(QueueName.MAINTENANCE)
        return asked

    def latest(self, community_id: int, number: int) -> tuple[Rehearsal, Backtest] | None:
        """The latest run of a version, with what it counted; examples whose posts are gone have no text.

        Raises:
            UnknownVersionError: the community has no such version.
        """
        with self.sessions.read() as session:
            found = rehearsals.find(session, _known(session, community_id, number).id)
            if found is None:
                return None
            counted = tally_from_json(found[0].found).backtest if found[0].found else Backtest()
            ids = {one.post_id for kept in counted.examples.values() for one in kept}
            posts = samples.by_ids(session, community_id, ids)
        texts = {one: post.text for one, post in posts.items()}
        return rehearsal(*found), counted.told(texts)

    def stop(self, community_id: int, number: int) -> bool:
        """Stop a run that is going on; whether there was one.

        Raises:
            UnknownVersionError: the community has no such version.
        """
        with self.sessions.write.begin() as session:
            return rehearsals.stop(session, _known(session, community_id, number).id)

    def work(
        self, *, seconds: float, clock: Callable[[], int], timer: Callable[[], float] = time.monotonic
    ) -> bool:
        """Claim one run that waits, and take steps for some seconds; answers whether there was one."""
        with self.sessions.write.begin() as session:
            row = rehearsals.claim(session, lease=LEASE)
        if row is None:
            return False
        ends = timer() + seconds
        try:
            work = self._begun(row, clock())
            while self._step(work, clock) and timer() < ends:
                pass
        finally:  # also where a step fails: it is tried again at once, and given up after a few times
            with self.sessions.write.begin() as session:
                rehearsals.release(session, row)
        return True

    def _begun(self, row: RehearsalRow, now: int) -> Work:
        since = row.asked_at - row.days * DAY
        with self.sessions.read() as session:
            version = session.get_one(PolicyRow, row.policy_id)
            before, after = both_policies(session, version, row.live, self.shipped, self.calibrated)
            first = samples.first_at(session, row.community_id, since=since)
        if row.found:
            return Work(row, before, after, tally_from_json(row.found))
        row.began_at = now
        # The window begins with its first post, so that a community of two days is not spread over seven.  Hours are
        # those of the clock, as for the busiest one: the mean must never come out above it.
        hours = row.asked_at // HOUR - max(since, first or since) // HOUR + 1
        return Work(row, before, after, Tally(Backtest(), Budget(row.head, float(hours))))

    def _step(self, work: Work, clock: Callable[[], int]) -> bool:
        """Count the next batch with no transaction open, and keep it; answers whether there is more to do."""
        row, since = work.row, work.row.asked_at - work.row.days * DAY
        with self.sessions.read() as session:
            batch = replays.batch(
                session, row.community_id, since=since, until=row.asked_at, after=row.cursor, limit=self.batch
            )
        work.tally.add(
            replays_of(batch, work.before, work.after),
            samples_of(batch, work.after, row.head) if row.head else (),
        )
        cursor = batch[-1][0].sequence if batch else row.cursor
        changes = {
            "cursor": cursor,
            "done": work.tally.backtest.posts,
            "found": tally_json(work.tally),
            "began_at": row.began_at,
            "beat_at": clock(),
            "state": (Stage.RUNNING if batch else Stage.DONE).value,
        }
        with self.sessions.write.begin() as session:
            kept = rehearsals.note(session, row, lease=LEASE, **changes)
        row.cursor = cursor
        return kept and bool(batch)


def rehearsal_of(sessions: Sessions, policy_id: int) -> Rehearsal | None:
    """The latest run of a version, by the version's row."""
    with sessions.read() as session:
        found = rehearsals.find(session, policy_id)
    return rehearsal(*found) if found else None


def _known(session: Session, community_id: int, number: int, *, lock: bool = False) -> PolicyRow:
    row = policies.find(session, community_id, number)
    if row is None:
        message = f"no policy version {number}"
        raise UnknownVersionError(message)
    if lock:
        session.refresh(row, with_for_update=True)
    return row
