"""What a behaviour finding leaves to decide: its posts sorted, and how many of them wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.groups import MOST_POSTS, UnknownFindingError, sorted_out
from moderation.store import finding_items, looks

if TYPE_CHECKING:
    from collections.abc import Collection

    from moderation.groups import GroupPreview
    from moderation.store.behaviour_findings import FoundTogether
    from moderation.store.engine import Sessions
    from moderation.store.tables import GroupDecisionRow


@dataclass(frozen=True, slots=True)
class FindingPreview:
    """A behaviour finding with its posts sorted, how many of all of them wait, and what was decided together before."""

    found: FoundTogether
    group: GroupPreview
    waiting: int
    before: list[GroupDecisionRow]

    @property
    def left_out(self) -> int:
        """Posts beyond ``MOST_POSTS``."""
        return max(0, self.found.count - len(self.group.open) - len(self.group.skipped))


def preview_finding(sessions: Sessions, community_id: int, finding_id: int) -> FindingPreview:
    """Posts of a behaviour finding, newest first.

    Raises:
        UnknownFindingError: the community has no such finding.
    """
    with sessions.read() as session:
        found = finding_items.find(session, community_id, finding_id)
        if found is None:
            raise UnknownFindingError(finding_id)
        return FindingPreview(
            found,
            sorted_out(session, finding_items.posts_of(session, finding_id, limit=MOST_POSTS)),
            finding_items.open_counts(session, [finding_id]).get(finding_id, 0),
            looks.group_decisions(session, community_id, finding=finding_id),
        )


def open_in(sessions: Sessions, finding_ids: Collection[int]) -> dict[int, int]:
    """How many open items belong to each of several findings; those without any are left out."""
    if not finding_ids:
        return {}
    with sessions.read() as session:
        return finding_items.open_counts(session, finding_ids)


def open_beside(sessions: Sessions, item_ids: Collection[int]) -> dict[int, int]:
    """For each of several open items that a finding joins with others: how many are open, itself included."""
    if not item_ids:
        return {}
    with sessions.read() as session:
        found = finding_items.open_beside(session, item_ids)
    return {item_id: count for item_id, count in found.items() if count > 1}
