"""A rehearsal: what a policy version would have done, kept beside the version so that everybody sees the same.

It holds post ids and counts, never a post's text or author.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.intervals import Share
from moderation.domain.review import DecisionKind
from moderation.domain.verdict import Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.backtest import Backtest
    from moderation.domain.budget import Budget

SIDES: Final = ("before", "after")
EXAMPLES: Final = 5
"""Examples of each flip that are kept."""


class Stage(StrEnum):
    """How far a rehearsal is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


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
    """One run over ``days`` against version ``live`` (0: the shipped policy).  Instants are UTC microseconds."""

    days: int
    head: str
    live: int
    by: str
    started_at: int
    beat_at: int
    stage: Stage = Stage.RUNNING
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    outcome: Outcome | None = None

    def beat(self, done: int, total: int, now: int) -> Rehearsal:
        """The run some posts further on."""
        return replace(self, done=done, total=total, beat_at=now)


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


def outcome_json(one: Outcome) -> dict[str, Any]:
    """An outcome as JSON."""
    return {
        "posts": one.posts,
        "hours": one.hours,
        "judged": one.judged,
        "moves": [[before, after, count] for (before, after), count in one.moves.items()],
        "flips": [
            [each.before, each.after, each.posts,
             [[e.post_id, e.clause_before, e.clause_after, e.human] for e in each.examples]]
            for each in one.flips
        ],
        "clauses": one.clauses,
        "precision": {side: [share.count, share.total] for side, share in one.precision.items()},
        "recall": {side: [share.count, share.total] for side, share in one.recall.items()},
        "head": one.head,
        "busiest": one.busiest,
        "candidates": [[each.review, each.per_hour, each.wrong_blocks, each.misses] for each in one.candidates],
    }  # fmt: skip


def outcome_from_json(body: Mapping[str, Any]) -> Outcome:
    """The outcome again."""
    return Outcome(
        posts=body["posts"],
        hours=body["hours"],
        judged=body["judged"],
        moves={(Suggestion(before), Suggestion(after)): count for before, after, count in body["moves"]},
        flips=tuple(
            Flip(Suggestion(before), Suggestion(after), posts, tuple(
                Example(post, old, new, DecisionKind(human) if human else None)
                for post, old, new, human in examples
            ))
            for before, after, posts, examples in body["flips"]
        ),
        clauses=tuple((before, after, count) for before, after, count in body["clauses"]),
        precision={side: Share(*counts) for side, counts in body["precision"].items()},
        recall={side: Share(*counts) for side, counts in body["recall"].items()},
        head=body["head"],
        busiest=body["busiest"],
        candidates=tuple(Candidate(*values) for values in body["candidates"]),
    )  # fmt: skip
