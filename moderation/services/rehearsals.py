"""Backtests as jobs: asked for by the desk or the interface, worked off in steps by whichever worker is free.

The row says how far a run is and holds what was counted, so that any worker goes on where another was cut off, and
every web process shows the same.  One run a version at a time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.backtest import Backtest
from moderation.domain.policy_versions import PolicyState
from moderation.domain.rehearsal import RehearsalRunningError, Stage, UnknownVersionError, rehearsal
from moderation.domain.tally import tally_from_json
from moderation.outbound.bell import QueueName
from moderation.rehearsing import BATCH, DAY, LEASE, Steps
from moderation.store import policies, rehearsals, replays, samples
from moderation.store.tables import RehearsalRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Threshold
    from moderation.domain.rehearsal import Rehearsal
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import PolicyRow


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """The parts that backtests as jobs need; ``shipped`` is the document that holds until there is an own one."""

    sessions: Sessions
    bell: Bell | None
    shipped: str
    calibrated: Mapping[str, Threshold]
    batch: int = BATCH

    def ask(self, community_id: int, number: int, *, days: int, by: str, now: int) -> Rehearsal:
        """Have a worker backtest a version over the last days, compared with the live policy.

        Args:
            community_id: the tenant.
            number: the version.
            days: how far back.
            by: who asks.
            now: UTC microseconds.

        Raises:
            UnknownVersionError: the community has no such version.
            RehearsalRunningError: it is being backtested right now.
        """
        with self.sessions.write.begin() as session:
            row = self._asked(session, community_id, number, days=days, by=by, now=now)
            asked = rehearsal(row, given_up=False)
        if self.bell is not None:
            self.bell.ring(QueueName.MAINTENANCE)
        return asked

    def run(self, community_id: int, number: int, *, days: int, by: str, clock: Callable[[], int]) -> None:
        """As :meth:`ask`, worked off here while the caller waits; if this process dies, a worker goes on with it.

        Raises:
            UnknownVersionError: the community has no such version.
            RehearsalRunningError: it is being backtested right now.
        """
        with self.sessions.write.begin() as session:
            row = self._asked(session, community_id, number, days=days, by=by, now=clock())
            rehearsals.hold(session, row, lease=LEASE)
        try:
            work = self._steps.begun(row, clock())
            while self._steps.step(work, clock):
                pass
        finally:  # where it failed, a worker may go on at once
            with self.sessions.write.begin() as session:
                rehearsals.release(session, row)

    @property
    def _steps(self) -> Steps:
        return Steps(self.sessions, self.shipped, self.calibrated, self.batch)

    def _asked(
        self, session: Session, community_id: int, number: int, *, days: int, by: str, now: int
    ) -> RehearsalRow:
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
        row.days, row.live = days, live.number if live else 0
        row.asked_by = by[:100]
        row.asked_at, row.beat_at, row.run, row.state = now, now, row.run + 1, Stage.RUNNING.value
        row.cursor, row.done, row.total, row.attempts, row.found = 0, 0, total, 0, {}
        row.began_at, row.leased_until = None, None
        session.add(row)
        session.flush()
        return row

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
        steps, ends = self._steps, timer() + seconds
        try:
            work = steps.begun(row, clock())
            while steps.step(work, clock) and timer() < ends:
                pass
        finally:  # also where a step fails: it is tried again at once, and given up after a few times
            with self.sessions.write.begin() as session:
                rehearsals.release(session, row)
        return True


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
