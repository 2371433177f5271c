"""Tries a text at the desk: a worker scores it as it would a post, and nothing of it is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.outbound.bell import QueueName
from moderation.store import trials

if TYPE_CHECKING:
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import TrialRow

KEPT_FOR: Final = 10 * 60 * 1_000_000
"""Microseconds after which a tried text is gone: long enough to read its verdict."""


def new_trial_id() -> str:
    """An id that nobody guesses."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Trials:
    """The parts that trying needs."""

    sessions: Sessions
    bell: Bell

    def ask(self, community_id: int, user_id: int, *, trial_id: str, title: str, text: str, now: int) -> None:
        """Have a text scored under the community's rules; whatever was asked long ago is deleted."""
        with self.sessions.write.begin() as session:
            trials.purge(session, before=now - KEPT_FOR)
            trials.add(
                session,
                {
                    "id": trial_id,
                    "community_id": community_id,
                    "user_id": user_id,
                    "title": title,
                    "text": text,
                    "asked_at": now,
                },
            )
        self.bell.ring(QueueName.SCORING)

    def forget(self, *, now: int) -> int:
        """Delete what was tried long ago, asked for or not; answers how many texts that were."""
        with self.sessions.write.begin() as session:
            return trials.purge(session, before=now - KEPT_FOR)

    def find(self, user_id: int, trial_id: str, *, now: int) -> TrialRow | None:
        """Somebody's own text with its verdict, where there is one yet; None: there is no such text any more."""
        with self.sessions.read() as session:
            return trials.find(session, user_id, trial_id, since=now - KEPT_FOR)
