"""回扫 sweep back: a new word, contact or policy applied to the posts of the last days - seen first, and undoable.

The row is the job: ``ask`` verbs write down what is wanted and ring, ``work`` does it in short steps; ``preview``,
``apply`` and ``undo`` ask and do the steps themselves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.sweep_receipts import receipt_text
from moderation.domain.sweeps import SweepState, Swept, check_apply, check_undo
from moderation.outbound.bell import QueueName
from moderation.store import standing, sweeps
from moderation.sweeps import pages
from moderation.sweeps.judges import Judges, UnknownSweepPolicyError
from moderation.sweeps.judging import criteria_of
from moderation.sweeps.working import LEASE, MOST_ATTEMPTS, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moderation.domain.policy import Threshold
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import SweepRow
    from moderation.sweeps.judging import Criteria, PolicyJudge, WordJudge
    from moderation.sweeps.pages import SweepPage
    from moderation.text.entries import Entry

__all__ = ["Sweeping", "UnknownSweepPolicyError"]

READ_BATCH: Final = 500
WRITE_BATCH: Final = 200
"""Posts changed in one transaction: short enough that nobody else waits long for the database."""


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """The parts that sweeping needs.

    ``shipped`` is the policy document that holds until a community has its own, ``calibrated`` the bundle's
    thresholds, ``allowed`` the shipped allow words.
    """

    sessions: Sessions
    bell: Bell | None
    shipped: str
    calibrated: Mapping[str, Threshold]
    allowed: tuple[Entry, ...] = ()

    # ---------------------------------------------------------------- asking

    def ask(
        self,
        community_id: int,
        criteria: Criteria,
        *,
        since: int,
        until: int,
        author: str,
        now: int,
        why: str = "",
        may_block: bool = False,
    ) -> SweepPage:
        """Have the posts received in ``[since, until)`` counted that the criteria would judge worse.

        Args:
            community_id: the tenant.
            criteria: what to look for.
            since: UTC microseconds.
            until: UTC microseconds.
            author: who asks.
            now: the present, UTC microseconds.
            why: what it is for; the receipt says it.
            may_block: let ``block`` words and the policy block; otherwise all they do is ask for a look.

        Raises:
            EntryError: names the word that cannot be used.
            UnknownSweepPolicyError: there is no such policy version.
        """
        self._judges.judge(community_id, criteria, may_block=may_block)
        with self.sessions.write.begin() as session:
            sweep = sweeps.add(
                session, community_id=community_id, kind=criteria.kind.value, criteria=criteria.as_json(),
                may_block=may_block, why=why, author=author, since=since, until=until,
                state=SweepState.COUNTING.value, created_at=now, receipt={},
                total=standing.count(session, community_id, since=since, until=until),
            )  # fmt: skip
        self._ring(QueueName.MAINTENANCE)
        return self.page(community_id, sweep.id)

    def ask_apply(self, community_id: int, sweep_id: int, *, author: str, now: int) -> SweepPage:
        """Have every previewed post changed that still stands as it was seen.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was not counted to the end, or it was undone.
        """
        with self.sessions.write.begin() as session:
            sweep = pages.known(session, community_id, sweep_id, lock=True)
            check_apply(SweepState(sweep.state))
            if sweep.state == SweepState.PREVIEW.value:
                sweep.applied_by, sweep.applied_at = author, now
                sweep.state, sweep.cursor = SweepState.APPLYING.value, 0
            sweep.attempts = 0
        self._ring(QueueName.MAINTENANCE)
        return self.page(community_id, sweep_id)

    def ask_undo(self, community_id: int, sweep_id: int, *, author: str, now: int) -> SweepPage:
        """Have every post given its former verdict back, unless a person, its author or another verdict came later.

        Asked again, it tries once more what could not be put back.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was never applied.
        """
        with self.sessions.write.begin() as session:
            sweep = pages.known(session, community_id, sweep_id, lock=True)
            check_undo(SweepState(sweep.state))
            if sweep.state != SweepState.UNDOING.value:
                sweep.state, sweep.cursor = SweepState.UNDOING.value, 0
            sweep.undone_by, sweep.undone_at = sweep.undone_by or author, sweep.undone_at or now
            sweep.attempts = 0
        self._ring(QueueName.MAINTENANCE)
        return self.page(community_id, sweep_id)

    def ask_again(self, community_id: int, sweep_id: int) -> SweepPage:
        """Go on with a sweep that stopped half-way.

        Raises:
            UnknownSweepError: the community has no such sweep.
        """
        with self.sessions.write.begin() as session:
            sweep = pages.known(session, community_id, sweep_id, lock=True)
            sweep.attempts, sweep.leased_until = 0, None
        self._ring(QueueName.MAINTENANCE)
        return self.page(community_id, sweep_id)

    # ---------------------------------------------------------------- doing

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
        progress: Callable[[int, int], None] = _silent,
        **asked: Any,
    ) -> SweepPage:
        """As :meth:`ask`, to the end; ``progress`` is told how many posts are done, of how many."""
        page = self.ask(community_id, criteria, **asked)
        work, more = self._work(community_id, page.sweep.id), True
        while more:
            step = work.step(now=asked["now"])
            more = step.more
            if step.worked:
                progress(step.done, step.total)
        return self.page(community_id, page.sweep.id)

    def apply(
        self,
        community_id: int,
        sweep_id: int,
        *,
        author: str,
        now: int,
        progress: Callable[[int, int], None] = _silent,
    ) -> SweepPage:
        """As :meth:`ask_apply`, to the end.  Cut off, it goes on where it was."""
        page = self.ask_apply(community_id, sweep_id, author=author, now=now)
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
        """As :meth:`ask_undo`, to the end."""
        page = self.ask_undo(community_id, sweep_id, author=author, now=now)
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
        return self.page(page.sweep.community_id, page.sweep.id)

    def _work(self, community_id: int, sweep_id: int) -> Work:
        def judge_of(sweep: SweepRow) -> WordJudge | PolicyJudge:
            return self._judges.judge(community_id, criteria_of(sweep.criteria), may_block=sweep.may_block)

        return Work(self.sessions, community_id, sweep_id, judge_of, READ_BATCH, WRITE_BATCH)

    @property
    def _judges(self) -> Judges:
        return Judges(self.sessions, self.shipped, self.calibrated, self.allowed)

    def _ring(self, queue: QueueName) -> None:
        if self.bell is not None:
            self.bell.ring(queue)

    # ---------------------------------------------------------------- looking

    def page(self, community_id: int, sweep_id: int) -> SweepPage:
        """One sweep with its counts and samples.

        Raises:
            UnknownSweepError: the community has no such sweep.
        """
        with self.sessions.read() as session:
            return pages.page(session, community_id, sweep_id)

    def count(self, community_id: int, *, since: int, until: int) -> int:
        """How many posts a sweep of ``[since, until)`` would read."""
        with self.sessions.read() as session:
            return standing.count(session, community_id, since=since, until=until)

    def all_of(self, community_id: int) -> list[SweepRow]:
        """A community's latest sweeps, newest first."""
        with self.sessions.read() as session:
            return sweeps.all_of(session, community_id)

    def receipt(self, community_id: int, sweep_id: int) -> tuple[dict[str, Any], str]:
        """The receipt as JSON and as text, with the number of every post that was changed.

        Raises:
            UnknownSweepError: the community has no such sweep.
        """
        with self.sessions.read() as session:
            found = pages.receipt(session, community_id, sweep_id)
        return found, receipt_text(found)
