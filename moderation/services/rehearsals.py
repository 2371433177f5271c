"""Keeps the latest rehearsal of each policy version in the database: whichever web process is asked knows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from moderation.domain.rehearsal import Rehearsal, Stage, outcome_from_json, outcome_json
from moderation.store import identities

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.store.engine import Sessions

SILENCE: Final = 120 * 1_000_000
"""A run that has not been heard of for this long (microseconds) was cut off: its process ended."""

BEAT_EVERY: Final = 2 * 1_000_000
"""Progress is noted at most this often (microseconds)."""


class RehearsalRunningError(Exception):
    """The version is being rehearsed right now."""


def rehearsal_of(sessions: Sessions, policy_id: int, *, now: int) -> Rehearsal | None:
    """The latest rehearsal of a version (by its row); one that was cut off shows as failed."""
    with sessions.read() as session:
        kept = identities.get_fact(session, _key(policy_id))
    return _read(kept, now) if kept else None


def begin(sessions: Sessions, policy_id: int, run: Rehearsal) -> None:
    """Keep a run that begins; what an earlier one found is replaced.

    Raises:
        RehearsalRunningError: an earlier run is still going on.
    """
    with sessions.write.begin() as session:
        kept = identities.get_fact(session, _key(policy_id))
        if kept and _read(kept, run.started_at).stage is Stage.RUNNING:
            raise RehearsalRunningError
        identities.set_fact(session, _key(policy_id), _written(run))


def note(sessions: Sessions, policy_id: int, run: Rehearsal) -> None:
    """Keep how far a run is, or what came of it."""
    with sessions.write.begin() as session:
        identities.set_fact(session, _key(policy_id), _written(run))


class Beat:
    """Notes progress, but not for every batch: each note is a write."""

    def __init__(self, sessions: Sessions, policy_id: int, run: Rehearsal, clock: Callable[[], int]) -> None:
        """Count for one run."""
        self.run = run
        self._sessions, self._policy_id, self._clock = sessions, policy_id, clock

    def __call__(self, done: int, total: int) -> None:
        """So many of so many posts are done."""
        now = self._clock()
        due = now - self.run.beat_at >= BEAT_EVERY
        self.run = self.run.beat(done, total, now if due else self.run.beat_at)
        if due:
            note(self._sessions, self._policy_id, self.run)


def _key(policy_id: int) -> str:
    return f"rehearsal:{policy_id}"


def _written(run: Rehearsal) -> str:
    body = {name: getattr(run, name) for name in Rehearsal.__slots__ if name != "outcome"}
    return json.dumps(body | {"outcome": outcome_json(run.outcome) if run.outcome else None})


def _read(kept: str, now: int) -> Rehearsal:
    body = json.loads(kept)
    outcome = outcome_from_json(body.pop("outcome")) if body["outcome"] else body.pop("outcome")
    stage = Stage(body.pop("stage"))
    if stage is Stage.RUNNING and now - body["beat_at"] > SILENCE:
        stage = Stage.FAILED
    return Rehearsal(**body, stage=stage, outcome=outcome)
