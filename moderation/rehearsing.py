"""The steps of a backtest: what is counted, a batch at a time, and kept so that any process goes on from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.backtest import Backtest
from moderation.domain.budget import Budget
from moderation.domain.rehearsal import Stage
from moderation.domain.tally import Tally, tally_from_json, tally_json
from moderation.replaying import HOUR, both_policies, heads_of, replays_of, samples_of
from moderation.store import rehearsals, replays, samples
from moderation.store.tables import PolicyRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moderation.domain.policy import Policy, Threshold
    from moderation.store.engine import Sessions
    from moderation.store.tables import RehearsalRow

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
class Steps:
    """The parts that steps need; ``shipped`` is the document that holds until there is an own one."""

    sessions: Sessions
    shipped: str
    calibrated: Mapping[str, Threshold]
    batch: int = BATCH

    def begun(self, row: RehearsalRow, now: int) -> Work:
        """The work of a run that was claimed, from where it stands."""
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
        budgets = tuple(Budget(head, float(hours)) for head in heads_of(after) or ("",))
        return Work(row, before, after, Tally(Backtest(), budgets))

    def step(self, work: Work, clock: Callable[[], int]) -> bool:
        """Count the next batch with no transaction open, and keep it; answers whether there is more to do."""
        row, since = work.row, work.row.asked_at - work.row.days * DAY
        with self.sessions.read() as session:
            batch = replays.batch(
                session, row.community_id, since=since, until=row.asked_at, after=row.cursor, limit=self.batch
            )
        replayed = replays_of(batch, work.before, work.after)
        work.tally.add(replayed, samples_of(batch, replayed, work.after, work.tally.heads))
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
