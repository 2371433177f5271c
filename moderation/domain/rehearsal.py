"""A rehearsal: what a policy version would have done, kept beside the version so that everybody sees the same.

It holds post ids and counts, never a post's text or author.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from moderation.domain.tally import tally_from_json
from moderation.domain.verdict import Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.backtest import Backtest
    from moderation.domain.budget import Budget
    from moderation.domain.intervals import Share
    from moderation.domain.review import DecisionKind

SIDES: Final = ("before", "after")
EXAMPLES: Final = 5
"""Examples of each flip that are kept."""


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
class Example:
    """A post that would be judged otherwise."""

    post_id: str
    clause_before: str
    clause_after: str
    human: DecisionKind | None


@dataclass(frozen=True, slots=True)
class Flip:
    """Posts that go from one suggestion to another, or stay under another clause."""

    before: Suggestion
    after: Suggestion
    posts: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A review threshold of the head looked at: review items an hour, and posts that people judged otherwise."""

    review: float
    per_hour: float
    wrong_blocks: int
    misses: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.  ``hours`` is the length of the window that has posts; shares are by side."""

    posts: int
    hours: float
    judged: int
    moves: Mapping[tuple[Suggestion, Suggestion], int]
    flips: tuple[Flip, ...]
    clauses: tuple[tuple[str, str, int], ...]
    precision: Mapping[str, Share]
    recall: Mapping[str, Share]
    head: str
    busiest: int
    candidates: tuple[Candidate, ...]

    @property
    def flipped(self) -> int:
        """How many posts would be judged otherwise."""
        return sum(flip.posts for flip in self.flips)

    def reviews(self, side: str) -> int:
        """Posts that go to review on a side."""
        place = SIDES.index(side)
        return sum(count for move, count in self.moves.items() if move[place] is Suggestion.REVIEW)

    def per_hour(self, side: str) -> float:
        """Review items an hour, on average over the window."""
        return self.reviews(side) / self.hours if self.hours else 0.0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One run over ``days`` against version ``live`` (0: the shipped policy).  Instants are UTC microseconds.

    ``began_at`` is None while it waits for a worker; ``beat_at`` is its last progress.
    """

    days: int
    head: str
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
    head: Any
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
        head=kept.head,
        live=kept.live,
        by=kept.asked_by,
        started_at=kept.asked_at,
        beat_at=kept.beat_at,
        stage=stage,
        done=kept.done,
        total=kept.total,
        began_at=kept.began_at,
        outcome=outcome_of(tally.backtest, tally.budget) if tally else None,
    )


def outcome_of(found: Backtest, budget: Budget) -> Outcome:
    """Put together what a backtest and a budget counted."""
    return Outcome(
        posts=found.posts,
        hours=budget.hours,
        judged=budget.judged,
        moves=dict(found.moves),
        flips=tuple(
            Flip(before, after, count, tuple(
                Example(one.post_id, one.clause_before, one.clause_after, one.human)
                for one in found.examples[before, after][:EXAMPLES]
            ))
            for (before, after), count in found.flips.most_common()
        ),
        clauses=tuple((before, after, count) for (before, after), count in found.clauses.most_common(20)),
        precision={side: found.precision(side) for side in SIDES},
        recall={side: found.recall(side) for side in SIDES},
        head=budget.head,
        busiest=budget.busiest,
        candidates=tuple(
            Candidate(review, budget.per_hour(load), load.wrong_blocks, load.misses)
            for review, load in budget.candidates.items()
        ),
    )  # fmt: skip
