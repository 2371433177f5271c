"""What a worker does when nothing is urgent: sweeps, counts of emergency words, looks back; a little of each in turn.

One job is short, and rings again while there is more: whatever else waits gets its turn in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from rq.timeouts import JobTimeoutException

from moderation.outbound.bell import QueueName
from moderation.services.emergency import COUNT_EVERY
from moderation.store import emergency, looks, rehearsals, sweeps
from moderation.store.engine import db_now
from moderation.sweeps.working import MOST_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from moderation.outbound.bell import Bell
    from moderation.services.emergency import Emergency
    from moderation.services.gangs import Gangs
    from moderation.services.radar import Radar
    from moderation.services.rehearsals import Rehearsals
    from moderation.services.sweeping import Sweeping
    from moderation.store.engine import Sessions

log = structlog.get_logger(__name__)

SLICE: Final = 5.0
"""Seconds that one kind of work takes before the next has its turn."""


def waits(session: Session) -> bool:
    """Whether there is anything to do: a few look-ups by index."""
    return (
        sweeps.waits(session, most_attempts=MOST_ATTEMPTS)
        or looks.waits(session)
        or rehearsals.waits(session)
        or emergency.waits(session, now=db_now(), every=COUNT_EVERY)
    )


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The parts of it."""

    sessions: Sessions
    bell: Bell
    sweeping: Sweeping
    emergency: Emergency
    radar: Radar
    gangs: Gangs
    rehearsals: Rehearsals
    clock: Callable[[], int]

    def run(self) -> int:
        """Do a little of everything that waits; answers how many kinds of work there were."""
        self.bell.answer(QueueName.MAINTENANCE)
        now = self.clock()
        kinds: dict[str, Callable[[], bool]] = {
            "sweep": lambda: self.sweeping.work(now=now, seconds=SLICE),
            "emergency": lambda: self.emergency.work(now=now, seconds=SLICE),
            "radar": lambda: self.radar.work(now=now),
            "gangs": lambda: self.gangs.work(now=now),
            "backtest": lambda: self.rehearsals.work(seconds=SLICE, clock=self.clock),
        }
        done = sum(_tried(name, work) for name, work in kinds.items())
        with self.sessions.read() as session:
            more = waits(session)
        if more and done:  # what only fails waits for the schedule to ring
            self.bell.ring(QueueName.MAINTENANCE)
        return done


def _tried(name: str, work: Callable[[], bool]) -> bool:
    """Do one kind of work; where it fails its lease runs out and it is tried again, and the others go on."""
    try:
        return work()
    except JobTimeoutException:
        raise
    except Exception:
        log.exception("maintenance.failed", kind=name)
        return False
