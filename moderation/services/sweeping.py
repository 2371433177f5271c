"""回扫 sweep back: a new word, contact or policy applied to the posts of the last days - seen first, and undoable.

The row is the job: ``work`` does what others have asked for in short steps; ``preview``, ``apply`` and ``undo`` write
down what is wanted and do the steps themselves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.sweeps import Swept
from moderation.outbound.bell import QueueName
from moderation.store import sweeps
from moderation.sweeps import asking, pages
from moderation.sweeps.criteria import criteria_of
from moderation.sweeps.working import LEASE, MOST_ATTEMPTS, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import SweepRow
    from moderation.sweeps.criteria import Criteria
    from moderation.sweeps.judges import Judge, Judges
    from moderation.sweeps.pages import SweepPage

READ_BATCH: Final = 500
WRITE_BATCH: Final = 200
"""Posts changed in one transaction: short enough that nobody else waits long for the database."""


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """The parts that sweeping needs."""

    sessions: Sessions
    bell: Bell | None
    judges: Judges

    def work(self, *, now: int, seconds: float, timer: Callable[[], float] = time.monotonic) -> bool:
        """Claim one sweep that waits, and take steps for some seconds; answers whether there was one."""
        with self.sessions.write.begin() as session:
            sweep = sweeps.claim(session, lease=LEASE, most_attempts=MOST_ATTEMPTS)
        if sweep is None:
            return False
        work, ends, more = self._work(sweep.community_id, sweep.id), timer() + seconds, True
        while more and timer() < ends:
            more = work.step(now=now).more
        with self.sessions.write.begin() as session:
            sweeps.release(session, sweep.id)
        self._ring(QueueName.REPORTS)
        return True

    def preview(
        self,
        community_id: int,
        criteria: Criteria,
        *,
        since: int,
        until: int,
        progress: Callable[[int, int], None] = _silent,
        **asked: Any,
    ) -> SweepPage:
        """Count what the criteria would judge worse, to the end.

        Args:
            community_id: the tenant.
            criteria: what to look for.
            since: UTC microseconds.
            until: UTC microseconds.
            progress: told how many posts are done, of how many.
            asked: author, reason and the rest, as :func:`moderation.sweeps.asking.to_count` takes them.

        Raises:
            EntryError: names the word that cannot be used.
            UnknownSweepPolicyError: there is no such policy version.
            ReleaseError: what is to be released is in force.
        """
        may_block = asked.get("may_block", False)
        self.judges.check(community_id, criteria, may_block=may_block, now=asked["now"])
        with self.sessions.read() as session:  # before the database is locked for writing: it may read much
            read = asking.extent(session, community_id, criteria, since=since, until=until)
        with self.sessions.write.begin() as session:
            sweep_id = asking.to_count(session, community_id, criteria, read, **asked).id
        self._ring(QueueName.MAINTENANCE)
        work, more = self._work(community_id, sweep_id), True
        while more:
            step = work.step(now=asked["now"])
            more = step.more
            if step.worked:
                progress(step.done, step.total)
        return self._page(community_id, sweep_id)

    def apply(
        self,
        community_id: int,
        sweep_id: int,
        *,
        author: str,
        now: int,
        progress: Callable[[int, int], None] = _silent,
    ) -> SweepPage:
        """Change every previewed post that still stands as it was seen, to the end.  Cut off, it goes on where it was.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was not counted to the end, or it was undone.
        """
        with self.sessions.write.begin() as session:
            asking.to_apply(session, community_id, sweep_id, author=author, now=now)
        self._ring(QueueName.MAINTENANCE)
        page = self._page(community_id, sweep_id)
        return self._finish(page, page.tally.count(Swept.PLANNED), now, progress)

    def undo(
        self,
        community_id: int,
        sweep_id: int,
        *,
        author: str,
        now: int,
        progress: Callable[[int, int], None] = _silent,
    ) -> SweepPage:
        """Give every post its former verdict back, to the end.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was never applied.
        """
        with self.sessions.write.begin() as session:
            asking.to_undo(session, community_id, sweep_id, author=author, now=now)
        self._ring(QueueName.MAINTENANCE)
        page = self._page(community_id, sweep_id)
        return self._finish(page, page.tally.count(Swept.APPLIED, Swept.KEPT), now, progress)

    def _finish(
        self, page: SweepPage, total: int, now: int, progress: Callable[[int, int], None]
    ) -> SweepPage:
        work, done, more = self._work(page.sweep.community_id, page.sweep.id), 0, True
        while more:
            step = work.step(now=now)
            more, done = step.more, done + step.worked
            progress(done, total)
        self._ring(QueueName.REPORTS)
        return self._page(page.sweep.community_id, page.sweep.id)

    def _work(self, community_id: int, sweep_id: int) -> Work:
        def judge_of(sweep: SweepRow) -> Judge:
            return self.judges.judge(community_id, criteria_of(sweep.criteria), may_block=sweep.may_block)

        return Work(self.sessions, community_id, sweep_id, judge_of, READ_BATCH, WRITE_BATCH)

    def _page(self, community_id: int, sweep_id: int) -> SweepPage:
        with self.sessions.read() as session:
            return pages.page(session, community_id, sweep_id)

    def _ring(self, queue: QueueName) -> None:
        if self.bell is not None:
            self.bell.ring(queue)
