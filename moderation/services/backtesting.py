"""Backtests a policy on kept posts: scores are kept, so nothing is scored again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.backtest import Backtest
from moderation.domain.policy_versions import PolicyState
from moderation.domain.rehearsal import UnknownVersionError
from moderation.replaying import both_policies, replays_of
from moderation.store import policies, replays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from moderation.domain.policy import Policy, Threshold
    from moderation.store.engine import Sessions
    from moderation.store.replays import Kept

__all__ = ["Backtesting", "UnknownVersionError"]

BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Backtesting:
    """The parts that backtesting needs.

    ``shipped`` is the policy document that holds until a community has its own, ``calibrated`` the bundle's thresholds.
    """

    sessions: Sessions
    shipped: str
    calibrated: Mapping[str, Threshold]

    def run_version(
        self,
        community_id: int,
        number: int,
        *,
        since: int,
        until: int,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Backtest:
        """Replay kept posts under the live policy and a version.

        Raises:
            UnknownVersionError: the community has no such version.
        """
        with self.sessions.read() as session:
            live = policies.in_state(session, community_id, PolicyState.LIVE)
            version = policies.find(session, community_id, number)
            if version is None:
                message = f"no policy version {number}"
                raise UnknownVersionError(message)
            before, after = both_policies(
                session, version, live.number if live else 0, self.shipped, self.calibrated
            )
        return self.run(community_id, before=before, after=after, since=since, until=until, progress=progress)

    def size(self, community_id: int, *, since: int, until: int) -> int:
        """How many posts a backtest over ``[since, until)`` would decide again."""
        with self.sessions.read() as session:
            return replays.count(session, community_id, since=since, until=until)

    def run(
        self,
        community_id: int,
        *,
        before: Policy,
        after: Policy,
        since: int,
        until: int,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Backtest:
        """Replay the posts received in ``[since, until)`` under both policies.

        Args:
            community_id: the tenant.
            before: the policy in force.
            after: the draft.
            since: UTC microseconds.
            until: UTC microseconds.
            progress: told after each batch how many posts are done, of how many.
        """
        found = Backtest()
        with self.sessions.read() as session:
            total = replays.count(session, community_id, since=since, until=until)
        for batch in self._batches(community_id, since, until):
            found.add(replays_of(batch, before, after))
            progress(found.posts, total)
        return found

    def _batches(self, community_id: int, since: int, until: int) -> Iterator[list[Kept]]:
        """Batches in the order of arrival, each read in a transaction of its own: no snapshot is held for long."""
        after = 0
        while True:
            with self.sessions.read() as session:
                batch = replays.batch(
                    session, community_id, since=since, until=until, after=after, limit=BATCH
                )
            if not batch:
                return
            yield batch
            after = batch[-1][0].sequence
