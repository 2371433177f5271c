"""Gathers what the page of one policy version shows."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.budget import CANDIDATES, overload
from moderation.domain.policy_versions import PolicyMoveError, PolicyState, check_move
from moderation.domain.rehearsal import Stage
from moderation.domain.verdict import Suggestion
from moderation.replaying import heads_of
from moderation.services.budgeting import team_of
from moderation.services.policies import UnknownPolicyError
from moderation.services.rehearsals import rehearsal_of
from moderation.store import samples
from review_ui.context import community, parts
from review_ui.policy_changes import changed_heads, changes
from review_ui.policy_page import live_reading, versions
from review_ui.policy_reading import bound, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.budget import Team
    from moderation.domain.coverage import Gap
    from moderation.domain.rehearsal import Rehearsal
    from moderation.domain.rehearsal_outcome import Candidate, Outcome
    from moderation.store.shadows import Watched
    from moderation.store.tables import PostRow
    from review_ui.policy_changes import Change
    from review_ui.policy_page import Version, Versions
    from review_ui.policy_reading import Reading

SUGGESTIONS: Final = (Suggestion.PASS, Suggestion.REVIEW, Suggestion.BLOCK)
CHART_WIDTH: Final = 640
CHART_HEIGHT: Final = 180


@dataclass(frozen=True, slots=True)
class Bar:
    """One candidate threshold in the chart; x, y and height in its units."""

    review: float
    per_hour: float
    wrong_blocks: int
    misses: int
    x: float
    height: float
    over: bool


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Everything on the page."""

    version: Version
    versions: Versions
    reading: Reading
    live: Reading
    changes: list[Change]
    run: Rehearsal | None
    posts: Mapping[str, PostRow]
    team: Team | None
    shadow: Watched | None
    gaps: tuple[Gap, ...]
    wish: str = ""

    @property
    def state(self) -> PolicyState:
        """Where the version is in its life."""
        return PolicyState(self.version.row.state)

    @property
    def outcome(self) -> Outcome | None:
        """What the latest finished rehearsal found."""
        return self.run.outcome if self.run and self.run.stage is Stage.DONE else None

    @property
    def clause_only(self) -> int:
        """How many posts of those that would be judged otherwise only fall under another clause."""
        flips = self.outcome.flips if self.outcome else ()
        return sum(flip.posts for flip in flips if flip.before is flip.after)

    @property
    def stale(self) -> bool:
        """Whether the rehearsal was run against another live policy than today's."""
        return self.run is not None and self.run.live != self.versions.live

    @property
    def heads(self) -> list[str]:
        """Heads whose threshold can be looked at."""
        return heads_of(self.reading.policy) if self.reading.policy else []

    @property
    def head(self) -> str:
        """The head looked at: the one that was asked for, else the first that changed."""
        if self.wish in self.heads:
            return self.wish
        changed = changed_heads(self.live.policy, self.reading.policy)
        return next((one for one in self.heads if one in changed), self.heads[0] if self.heads else "")

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Review thresholds of the head looked at, with what each leads to."""
        return self.outcome.thresholds.get(self.head, ()) if self.outcome else ()

    @property
    def overload(self) -> float:
        """Review items an hour beyond what the team works off; 0 where unknown."""
        if self.outcome is None or self.team is None:
            return 0.0
        return overload(self.outcome.per_hour("after"), self.team)

    @property
    def top(self) -> float:
        """The value at the chart's upper edge."""
        highest = max((one.per_hour for one in self.candidates), default=0.0)
        return max(highest, float(self.team.capacity) if self.team else 0.0, 1.0) * 1.08

    @property
    def bars(self) -> list[Bar]:
        """The chart: review items an hour for each candidate threshold."""
        found = self.candidates
        step = CHART_WIDTH / max(1, len(found))
        return [
            Bar(one.review, one.per_hour, one.wrong_blocks, one.misses, index * step + step * 0.15,
                one.per_hour / self.top * CHART_HEIGHT,
                over=self.team is not None and overload(one.per_hour, self.team) > 0)
            for index, one in enumerate(found)
        ]  # fmt: skip

    @property
    def mark(self) -> float | None:
        """Where the head's review threshold, as the version has it, lies on the chart's x axis; None: nowhere."""
        policy = self.reading.policy
        rule = next((each for each in policy.rules if each.head == self.head), None) if policy else None
        found = bound(policy, rule, "review").value if policy and rule else None
        if found is None:
            return None
        found = min(max(found, CANDIDATES[0]), CANDIDATES[-1])
        right = max(1, bisect_left(CANDIDATES, found))
        low, high = CANDIDATES[right - 1], CANDIDATES[right]
        return (right - 1 + (found - low) / (high - low) + 0.5) * CHART_WIDTH / len(CANDIDATES)

    def can_go(self, state: PolicyState) -> bool:
        """Whether the version's life has this move now."""
        try:
            check_move(self.state, PolicyState(state))
        except PolicyMoveError:
            return False
        return not (state == PolicyState.LIVE and self.reading.error)


def version_page(number: int, wish: str = "") -> VersionPage:
    """One version; ``wish`` is the head whose thresholds are to be shown.

    Raises:
        UnknownPolicyError: the community has no such version.
    """
    all_versions = versions()
    version = all_versions.find(number)
    if version is None:
        raise UnknownPolicyError(number)
    reading, live = read(version.row.document), live_reading()
    run = rehearsal_of(parts().sessions, version.row.id)
    return VersionPage(
        version=version,
        versions=all_versions,
        reading=reading,
        live=live,
        changes=[] if number == all_versions.live else changes(live, reading),
        run=run,
        posts=_posts(run),
        team=team_of(parts().sessions, community()),
        shadow=_shadow(version),
        gaps=parts().policies.uncovered(community(), version.row.document),
        wish=wish,
    )


def _posts(run: Rehearsal | None) -> dict[str, PostRow]:
    """Posts of the examples, as they are today."""
    if run is None or run.outcome is None:
        return {}
    ids = {example.post_id for flip in run.outcome.flips for example in flip.examples}
    with parts().sessions.read() as session:
        return samples.by_ids(session, community(), ids)


def _shadow(version: Version) -> Watched | None:
    """What a version that is a shadow, or was one, was compared on."""
    if not any(move.state == PolicyState.SHADOW.value for move in version.moves):
        return None
    return parts().policies.shadow(community(), version.row.number)
