"""回扫 sweep back: a new word, contact or policy applied to the posts of the last days - seen first, and undoable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.failures import UserError
from moderation.domain.policy_versions import PolicyState
from moderation.domain.sweep_receipts import receipt_text
from moderation.domain.sweeps import SweepState, Swept, check_apply, check_undo
from moderation.outbound.bell import QueueName
from moderation.policy_document import parse_policy
from moderation.rulebooks import as_entry
from moderation.store import lexicons, policies, standing, sweeps
from moderation.sweeps import pages
from moderation.sweeps.judging import PolicyJudge, WordJudge
from moderation.sweeps.planning import Seen, planned
from moderation.sweeps.steps import apply_batch, undo_batch
from moderation.text.entries import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moderation.domain.policy import Policy, Threshold
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import SweepRow
    from moderation.sweeps.judging import Criteria
    from moderation.sweeps.pages import SweepPage

READ_BATCH: Final = 500
WRITE_BATCH: Final = 200
"""Posts changed in one transaction: short enough that nobody else waits long for the database."""


class UnknownSweepPolicyError(UserError):
    """The community has no policy version of that number."""


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

    def preview(
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
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> SweepPage:
        """Find the posts received in ``[since, until)`` that the criteria would judge worse.  No verdict is written.

        Args:
            community_id: the tenant.
            criteria: what to look for.
            since: UTC microseconds.
            until: UTC microseconds.
            author: who asks.
            now: the present, UTC microseconds.
            why: what it is for; the receipt says it.
            may_block: let ``block`` words and the policy block; otherwise all they do is ask for a look.
            progress: told after each batch how many posts are done, of how many.

        Raises:
            EntryError: names the word that cannot be used.
            UnknownSweepPolicyError: there is no such policy version.
        """
        judge = self._judge(community_id, criteria, may_block=may_block)
        with self.sessions.write.begin() as session:
            total = standing.count(session, community_id, since=since, until=until)
            sweep = sweeps.add(
                session, community_id=community_id, kind=criteria.kind.value, criteria=criteria.as_json(),
                may_block=may_block, why=why, author=author, since=since, until=until,
                state=SweepState.COUNTING.value, created_at=now, receipt={},
            )  # fmt: skip
        seen = Seen()
        for batch in standing.batches(self.sessions, community_id, since=since, until=until, size=READ_BATCH):
            found = judge.judge([(one.post, one.verdict) for one in batch], now=now)
            rows = planned(sweep.id, seen.count(batch, found), whole=judge.whole)
            if rows:
                with self.sessions.write.begin() as session:
                    sweeps.plan(session, rows)
            progress(seen.posts, total)
        with self.sessions.write.begin() as session:
            row = pages.known(session, community_id, sweep.id, lock=True)
            row.posts, row.matched, row.decided = seen.posts, seen.matched, seen.decided
            row.state = SweepState.PREVIEW.value
        return self.page(community_id, sweep.id)

    def _judge(self, community_id: int, criteria: Criteria, *, may_block: bool) -> WordJudge | PolicyJudge:
        with self.sessions.read() as session:
            if criteria.policy:
                chosen = policies.find(session, community_id, criteria.policy)
                if chosen is None:
                    raise UnknownSweepPolicyError(f"no policy version {criteria.policy}")
                return PolicyJudge(self._policy(chosen.document), may_block)
            live = policies.in_state(session, community_id, PolicyState.LIVE)
            own = [as_entry(row) for row in lexicons.of(session, community_id)]
        allowed = [one for one in (*self.allowed, *own) if one.kind is Kind.ALLOW]
        policy = self._policy(live.document if live else self.shipped)
        return WordJudge.of(criteria, policy, allowed, may_block=may_block)

    def _policy(self, document: str) -> Policy:
        return parse_policy(document).policy.with_calibration(self.calibrated)

    def apply(
        self,
        community_id: int,
        sweep_id: int,
        *,
        author: str,
        now: int,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> SweepPage:
        """Change every previewed post that still stands as it was seen.  Cut off, it goes on where it was.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was not counted to the end, or it was undone.
        """
        total, done, more = self.page(community_id, sweep_id).tally.count(Swept.PLANNED), 0, True
        while more:
            with self.sessions.write.begin() as session:
                sweep = pages.known(session, community_id, sweep_id, lock=True)
                check_apply(SweepState(sweep.state))
                if sweep.state == SweepState.PREVIEW.value:
                    sweep.applied_by, sweep.applied_at = author, now
                    sweep.state = SweepState.APPLYING.value
                worked = apply_batch(session, sweep, limit=WRITE_BATCH, now=now)
                more = worked > 0
                if not more and sweep.state == SweepState.APPLYING.value:
                    sweep.state = SweepState.APPLIED.value
                    sweep.receipt = pages.frozen(session, sweep)
            done += worked
            progress(done, total)
        self._ring()
        return self.page(community_id, sweep_id)

    def undo(
        self,
        community_id: int,
        sweep_id: int,
        *,
        author: str,
        now: int,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> SweepPage:
        """Give every post its former verdict back, unless a person, its author or another verdict came later.

        Asked again, it tries once more what could not be put back.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was never applied.
        """
        total = self.page(community_id, sweep_id).tally.count(Swept.APPLIED, Swept.KEPT)
        done, after, more = 0, 0, True
        while more:
            with self.sessions.write.begin() as session:
                sweep = pages.known(session, community_id, sweep_id, lock=True)
                check_undo(SweepState(sweep.state))
                if sweep.state != SweepState.UNDONE.value:
                    sweep.state = SweepState.UNDOING.value
                worked, after = undo_batch(session, sweep, after=after, limit=WRITE_BATCH, now=now)
                more = worked > 0
                if not more:
                    sweep.undone_by, sweep.undone_at = sweep.undone_by or author, sweep.undone_at or now
                    sweep.state = SweepState.UNDONE.value
                    sweep.receipt = pages.frozen(session, sweep)
            done += worked
            progress(done, total)
        self._ring()
        return self.page(community_id, sweep_id)

    def _ring(self) -> None:
        if self.bell is not None:
            self.bell.ring(QueueName.REPORTS)

    def page(self, community_id: int, sweep_id: int) -> SweepPage:
        """One sweep with its counts and samples.

        Raises:
            UnknownSweepError: the community has no such sweep.
        """
        with self.sessions.read() as session:
            return pages.page(session, community_id, sweep_id)

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
