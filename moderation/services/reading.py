"""Reads one post with everything that was said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.post import PostState
from moderation.store import behaviour_findings, posts, reviews, verdicts

if TYPE_CHECKING:
    from moderation.store.behaviour_findings import FoundTogether
    from moderation.store.engine import Sessions
    from moderation.store.tables import DecisionRow, PostRow, UserRow, VerdictRow

TOGETHER: Final = 50
"""Most posts of one finding that are shown."""


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post, its verdicts and the human decisions on it, each oldest first."""

    post: PostRow
    verdicts: list[VerdictRow]
    decisions: list[tuple[DecisionRow, UserRow]]

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
        return PostRecord(row, verdicts.history(session, row.id), reviews.decisions(session, row.id))


def behaviour_of(sessions: Sessions, post: PostRow) -> list[FoundTogether]:
    """What a post, as it now reads, shows together with others."""
    with sessions.read() as session:
        return behaviour_findings.of_post(session, post.community_id, post.id, post.revision, limit=TOGETHER)
