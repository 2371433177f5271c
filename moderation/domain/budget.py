"""The review budget: what a threshold costs in review items an hour, in misses and in wrong blocks.  Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Category
from moderation.domain.policy import NEVER, head_score
from moderation.domain.review import DecisionKind
from moderation.domain.verdict import Suggestion
from moderation.domain.weighing import NO_REST, outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moderation.domain.policy import Circumstances, Evidence, Policy
    from moderation.domain.weighing import Rest

CANDIDATES: Final = (
    *(0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
    *(0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99),
)
"""Review thresholds that a budget looks at: closer at both ends, where rare categories and sure ones have theirs."""

_TOP: Final = 0.9999
"""Above every candidate, below what is never reached."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who works off the queue: ``people`` at work in an average hour, each deciding ``per_hour`` items."""

    people: int
    per_hour: int

    @property
    def capacity(self) -> int:
        """Review items that the team decides in an hour."""
        return self.people * self.per_hour


@dataclass(frozen=True, slots=True)
class Sample:
    """One post as a function of a head's review threshold.

    ``steps`` are (bound, suggestion), bounds rising: what holds while the threshold is at most the bound;
    ``otherwise`` holds beyond the last.  ``planned`` is what the policy as written says.  ``hour`` counts whole
    hours since the epoch; ``human`` is the decision that stands, None where nobody decided.
    """

    hour: int
    steps: tuple[tuple[float, Suggestion], ...]
    otherwise: Suggestion
    planned: Suggestion
    human: DecisionKind | None = None

    def at(self, review: float) -> Suggestion:
        """What a review threshold leads to."""
        return next((suggestion for bound, suggestion in self.steps if review <= bound), self.otherwise)


def sample(
    policy: Policy,
    head: str,
    evidence: Evidence,
    post: Circumstances,
    *,
    hour: int,
    human: DecisionKind | None = None,
    rest: Rest = NO_REST,
    planned: Suggestion | None = None,
) -> Sample:
    """Find where a post changes sides while the review threshold of ``head`` rises.

    It does so at the head's own score, and at the score that a disguised contact is weighed by (clause 3.8); both lie
    higher while a sensitive period lowers the threshold.  Bounds below the lowest candidate are left out.  ``planned``
    saves deciding what the policy as written says, for whoever knows it.
    """
    factor = min(
        (one.review_factor for one in policy.in_force if one.covers(post.group, post.scene)), default=1.0
    )
    scores = _bounds(head, evidence)
    planned = planned or outcome(policy, evidence, post, rest)[0]
    if _is_silent(policy, head, max(scores), post, factor):
        return Sample(hour, (), planned, planned, human)
    # A hair below where the lowered threshold meets the score: rounding must not push it over; and below NEVER.
    lifted = scores if factor == 1 else {min(one / factor * (1 - 1e-9), _TOP) for one in scores}
    bounds = sorted(bound for bound in lifted if bound >= CANDIDATES[0])
    return Sample(
        hour=hour,
        steps=tuple(
            (bound, outcome(with_review(policy, head, bound), evidence, post, rest)[0]) for bound in bounds
        ),
        otherwise=outcome(with_review(policy, head, NEVER), evidence, post, rest)[0],
        planned=planned,
        human=human,
    )


def _is_silent(policy: Policy, head: str, score: float, post: Circumstances, factor: float) -> bool:
    """Whether a head says nothing of a post, neither as the policy is written nor under any candidate."""
    limits = (bound.tightened(factor) for rule, bound in policy.limits(post.scene) if rule.head == head)
    lowest = min((min(one.review, one.block) for one in limits), default=NEVER)
    return score < min(lowest, CANDIDATES[0] * factor)


def with_review(policy: Policy, head: str, review: float) -> Policy:
    """The policy with another review threshold of one head; a scene's own threshold stays."""
    return policy.with_review(head, review)


def _bounds(head: str, evidence: Evidence) -> set[float]:
    found = {head_score(evidence.scores, head)}
    if head == Category.AD and any(contact.obfuscated for contact in evidence.contacts):
        found.add(max(evidence.scores.ad, evidence.scores.categories.get(Category.DIVERSION, 0.0)))
    return found


@dataclass(slots=True)
class Load:
    """What one threshold leads to.  ``wrong_blocks`` and ``misses`` count only posts that a person decided."""

    reviews: int = 0
    blocks: int = 0
    wrong_blocks: int = 0
    misses: int = 0

    def add(self, suggestion: Suggestion, human: DecisionKind | None) -> None:
        """Count one post."""
        self.reviews += suggestion is Suggestion.REVIEW
        self.blocks += suggestion is Suggestion.BLOCK
        self.wrong_blocks += suggestion is Suggestion.BLOCK and human is DecisionKind.PASS
        self.misses += suggestion is Suggestion.PASS and human is DecisionKind.BLOCK


@dataclass(slots=True)
class Budget:
    """The queue over a window of ``hours``: under the policy as written, and for each candidate threshold."""

    head: str
    hours: float
    posts: int = 0
    judged: int = 0
    planned: Load = field(default_factory=Load)
    by_hour: Counter[int] = field(default_factory=Counter)
    candidates: dict[float, Load] = field(default_factory=lambda: {one: Load() for one in CANDIDATES})

    def add(self, samples: Iterable[Sample]) -> None:
        """Count some more posts."""
        for one in samples:
            self.posts += 1
            self.judged += one.human is not None
            self.planned.add(one.planned, one.human)
            if one.planned is Suggestion.REVIEW:
                self.by_hour[one.hour] += 1
            for threshold, load in self.candidates.items():
                load.add(one.at(threshold), one.human)

    def per_hour(self, load: Load) -> float:
        """Review items an hour, on average over the window."""
        return load.reviews / self.hours if self.hours else 0.0

    @property
    def busiest(self) -> int:
        """Review items of the busiest hour under the policy as written."""
        return max(self.by_hour.values(), default=0)


def overload(per_hour: float, team: Team) -> float:
    """Review items an hour that the team cannot work off; 0 where it keeps up."""
    return max(0.0, per_hour - team.capacity)
