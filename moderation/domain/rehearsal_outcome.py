"""What came of a rehearsal: counts, shares, examples, and review thresholds to choose from.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.verdict import Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.domain.backtest import Backtest
    from moderation.domain.budget import Budget
    from moderation.domain.intervals import Share
    from moderation.domain.review import DecisionKind

SIDES: Final = ("before", "after")
EXAMPLES: Final = 5
"""Examples of each flip that are kept."""


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
    """A review threshold of one head: review items an hour, and posts that people judged otherwise."""

    review: float
    per_hour: float
    wrong_blocks: int
    misses: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.  ``hours`` is the length of the window that has posts; shares are by side.

    ``partly`` counts posts of which a part is not replayed; ``thresholds`` are those to choose from, by head.
    """

    posts: int
    partly: int
    hours: float
    judged: int
    moves: Mapping[tuple[Suggestion, Suggestion], int]
    flips: tuple[Flip, ...]
    clauses: tuple[tuple[str, str, int], ...]
    precision: Mapping[str, Share]
    recall: Mapping[str, Share]
    busiest: int
    thresholds: Mapping[str, tuple[Candidate, ...]]

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


def outcome_of(found: Backtest, budgets: Sequence[Budget]) -> Outcome:
    """Put together what a backtest and a budget for each head counted; there is one budget at least."""
    any_head = budgets[0]  # what does not hang on a threshold is the same in all
    return Outcome(
        posts=found.posts,
        partly=found.partly,
        hours=any_head.hours,
        judged=any_head.judged,
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
        busiest=any_head.busiest,
        thresholds={one.head: _candidates(one) for one in budgets if one.head},
    )  # fmt: skip


def _candidates(budget: Budget) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(review, budget.per_hour(load), load.wrong_blocks, load.misses)
        for review, load in budget.candidates.items()
    )
