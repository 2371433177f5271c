"""Sweeps back as people have to do with them: asked for, applied, undone by a worker, and looked at meanwhile.

The row is the job: the ``ask`` verbs write down what is wanted and ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.domain.sweep_receipt_text import receipt_text
from moderation.outbound.bell import QueueName
from moderation.store import sweeps
from moderation.sweeps import asking, pages

if TYPE_CHECKING:
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import SweepRow
    from moderation.sweeps.criteria import Criteria
    from moderation.sweeps.judges import Judges
    from moderation.sweeps.pages import SweepPage


@dataclass(frozen=True, slots=True)
class Sweeps:
    """The parts that asking for sweeps needs; ``judges`` say at once what cannot be sought."""

    sessions: Sessions
    bell: Bell | None
    judges: Judges

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
            ReleaseError: what is to be released is in force.
        """
        self.judges.check(community_id, criteria, may_block=may_block, now=now)
        with self.sessions.read() as session:  # before the database is locked for writing: it may read much
            read = asking.extent(session, community_id, criteria, since=since, until=until)
        with self.sessions.write.begin() as session:
            sweep = asking.to_count(
                session, community_id, criteria, read, author=author, now=now, why=why, may_block=may_block
            )
        self._ring()
        return self.page(community_id, sweep.id)

    def ask_apply(self, community_id: int, sweep_id: int, *, author: str, now: int) -> SweepPage:
        """Have every previewed post changed that still stands as it was seen.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was not counted to the end, or it was undone.
        """
        with self.sessions.write.begin() as session:
            asking.to_apply(session, community_id, sweep_id, author=author, now=now)
        self._ring()
        return self.page(community_id, sweep_id)

    def ask_undo(self, community_id: int, sweep_id: int, *, author: str, now: int) -> SweepPage:
        """Have every post given its former verdict back, unless a person, its author or another verdict came later.

        Asked again, it tries once more what could not be put back.

        Raises:
            UnknownSweepError: the community has no such sweep.
            SweepStateError: it was never applied.
        """
        with self.sessions.write.begin() as session:
            asking.to_undo(session, community_id, sweep_id, author=author, now=now)
        self._ring()
        return self.page(community_id, sweep_id)

    def ask_again(self, community_id: int, sweep_id: int) -> SweepPage:
        """Go on with a sweep that stopped half-way.

        Raises:
            UnknownSweepError: the community has no such sweep.
        """
        with self.sessions.write.begin() as session:
            asking.again(session, community_id, sweep_id)
        self._ring()
        return self.page(community_id, sweep_id)

    def page(self, community_id: int, sweep_id: int) -> SweepPage:
        """One sweep with its counts and samples.

        Raises:
            UnknownSweepError: the community has no such sweep.
        """
        with self.sessions.read() as session:
            return pages.page(session, community_id, sweep_id)

    def count(self, community_id: int, criteria: Criteria, *, since: int, until: int) -> int:
        """How many posts a sweep of ``[since, until)`` would read."""
        with self.sessions.read() as session:
            return asking.extent(session, community_id, criteria, since=since, until=until).posts

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

    def _ring(self) -> None:
        if self.bell is not None:
            self.bell.ring(QueueName.MAINTENANCE)
