"""Looks back asked for, claimed, and kept: what the radar and the groups share.

A look is asked for once; from then on it is repeated every day, so that what a page shows is never older.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.radar import DAY
from moderation.outbound.bell import QueueName
from moderation.store import looks, standing
from moderation.store.tables import LookRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions

LEASE: Final = 150 * 1_000_000
"""Longer than a job may run: a look is one piece, and whoever holds it is at it or dead."""

EVERY: Final = DAY
MOST_POSTS: Final = 50_000
"""Posts that one look of a worker reads, the latest: more would take longer than a job may run."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks of one kind (``radar`` or ``gangs``)."""

    sessions: Sessions
    bell: Bell | None
    kind: str

    def ask(self, community_id: int, *, days: int, author: str, now: int) -> None:
        """Have a worker look, soon."""
        with self.sessions.write.begin() as session:
            row = looks.find(session, community_id, self.kind, lock=True)
            if row is None:
                row = LookRow(community_id=community_id, kind=self.kind, body={})
                session.add(row)
            row.days, row.asked_by, row.asked_at, row.state, row.attempts = (
                days,
                author,
                now,
                looks.WAITING,
                0,
            )
        if self.bell is not None:
            self.bell.ring(QueueName.MAINTENANCE)

    def latest(self, community_id: int) -> LookRow | None:
        """The latest look; None: nobody has asked yet."""
        with self.sessions.read() as session:
            return looks.find(session, community_id, self.kind)

    def window(self, community_id: int, *, since: int, until: int) -> tuple[int, int]:
        """From when on the latest posts of a window are few enough to be read at once, and how many it has in all."""
        with self.sessions.read() as session:
            total = standing.count(session, community_id, since=since, until=until)
            begin = standing.latest_from(session, community_id, since=since, until=until, most=MOST_POSTS)
        return begin, total

    def work(self, look: Callable[[int, int, int], dict[str, Any]], *, now: int) -> bool:
        """Do one look that waits: ``look(community, since, until)`` answers its body.  Whether there was one."""
        with self.sessions.write.begin() as session:
            row = looks.claim(session, self.kind, lease=LEASE)
        if row is None:
            return False
        begin, total = self.window(row.community_id, since=now - row.days * DAY, until=now)
        body = look(row.community_id, begin, now) | {"total": total, "most": MOST_POSTS}
        with self.sessions.write.begin() as session:
            looks.finish(
                session, row.id, since=begin, until=now, body=body, done_at=now, again_at=now + EVERY
            )
        return True


def stalled(row: LookRow | None) -> bool:
    """Whether a look failed so often that a person must ask again."""
    return row is not None and row.attempts >= looks.MOST_ATTEMPTS
