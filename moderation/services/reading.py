"""Reads one post with everything that was said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.post import PostState
from moderation.domain.sweeps import SOURCE as SWEEP
from moderation.store import behaviour_findings, decisions, posts, sweeps, verdicts

if TYPE_CHECKING:
    from moderation.store.behaviour_findings import FoundTogether
    from moderation.store.engine import Sessions
    from moderation.store.sweeps import Marked
    from moderation.store.tables import DecisionRow, PostRow, UserRow, VerdictRow

TOGETHER: Final = 50
"""Most posts of one finding that are shown."""


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post, its verdicts and the human decisions on it, each oldest first."""

    post: PostRow
    verdicts: list[VerdictRow]
    decisions: list[tuple[DecisionRow, UserRow]]
    sweeps: dict[int, Marked] = field(default_factory=dict)
    """For the number of each verdict that a sweep wrote: which, and whether by being undone."""

    @property
    def verdict(self) -> VerdictRow | None:
        """The verdict on the current revision, or None while it is pending."""
        current = [one for one in self.verdicts if one.revision == self.post.revision]
        return current[-1] if current else None

    @property
    def decision(self) -> DecisionRow | None:
        """The human decision that stands on the current revision: none after an undo."""
        current = [one for one, _ in self.decisions if one.revision == self.post.revision]
        return current[-1] if current and current[-1].kind != "undo" else None


def post_record(sessions: Sessions, community_id: int, data_id: str) -> PostRecord | None:
    """A community's post by its ``data_id``; None while unknown or once withdrawn."""
    with sessions.read() as session:
        row = posts.find(session, community_id, data_id)
        if row is None or row.state == PostState.WITHDRAWN.value:
            return None
        said = verdicts.history(session, row.id)
        swept = any(one.source == SWEEP for one in said)
        found = sweeps.of_verdicts(session, community_id, row.id) if swept else {}
        return PostRecord(row, said, decisions.of_post(session, row.id), found)


def behaviour_of(sessions: Sessions, post: PostRow) -> list[FoundTogether]:
    """What a post, as it now reads, shows together with others."""
    with sessions.read() as session:
        return behaviour_findings.of_post(session, post.community_id, post.id, post.revision, limit=TOGETHER)
