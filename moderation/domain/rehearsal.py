"""A rehearsal: what a policy version would have done, kept beside the version so that everybody sees the same.

It holds post ids and counts, never a post's text or author.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from moderation.domain.rehearsal_outcome import outcome_of
from moderation.domain.tally import tally_from_json

if TYPE_CHECKING:
    from moderation.domain.rehearsal_outcome import Outcome

MOST_ATTEMPTS: Final = 3
"""Claims without a step between them after which a person must ask again."""


class UnknownVersionError(LookupError):
    """The community has no such policy version."""


class RehearsalRunningError(Exception):
    """The version is being rehearsed right now."""


class Stage(StrEnum):
    """How far a rehearsal is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One run over ``days`` against version ``live`` (0: the shipped policy).  Instants are UTC microseconds.

    ``began_at`` is None while it waits for a worker; ``beat_at`` is its last progress.
    """

    days: int
    live: int
    by: str
    started_at: int
    beat_at: int
    stage: Stage = Stage.RUNNING
    done: int = 0
    total: int = 0
    began_at: int | None = None
    outcome: Outcome | None = None

    @property
    def seconds(self) -> float:
        """How long it took so far, or in all."""
        return max(0.0, (self.beat_at - self.began_at) / 1_000_000) if self.began_at is not None else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will take, judged by how it went so far; None while there is nothing to judge by."""
        if self.stage is not Stage.RUNNING or not self.done or not self.seconds:
            return None
        return max(0, self.total - self.done) * self.seconds / self.done


class Kept(Protocol):
    """What is kept of a run."""

    days: Any
    live: Any
    asked_by: Any
    asked_at: Any
    beat_at: Any
    state: Any
    done: Any
    total: Any
    began_at: Any
    found: Any


def rehearsal(kept: Kept, given_up: bool) -> Rehearsal:  # noqa: FBT001 - as the store answers it
    """A run as it is kept; ``given_up``: it was cut off so often that nobody goes on with it."""
    stage = Stage.FAILED if given_up else Stage(kept.state)
    tally = tally_from_json(kept.found) if stage is Stage.DONE else None
    return Rehearsal(
        days=kept.days,
        live=kept.live,
        by=kept.asked_by,
        started_at=kept.asked_at,
        beat_at=kept.beat_at,
        stage=stage,
        done=kept.done,
        total=kept.total,
        began_at=kept.began_at,
        outcome=outcome_of(tally.backtest, tally.budgets) if tally else None,
    )
