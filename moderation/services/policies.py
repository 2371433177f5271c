"""Changes the policy safely: draft, shadow, live, back again.  Who, when and why are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.policy_versions import PolicyState, check_move
from moderation.policy_file.document import parse_policy
from moderation.store import policies, threads

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.domain.post import PublishingMode
    from moderation.store.engine import Sessions
    from moderation.store.tables import PolicyMoveRow, PolicyRow, PostRow, ShadowRow, ThreadModeRow


class UnknownPolicyError(LookupError):
    """The community has no such policy version."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The parts that policy versions need.  ``shipped`` is the document that holds until a community has its own."""

    sessions: Sessions
    shipped: str

    def versions(self, community_id: int) -> list[tuple[PolicyRow, list[PolicyMoveRow]]]:
        """A community's versions with their histories, newest first."""
        with self.sessions.read() as session:
            rows = policies.all_of(session, community_id)
            moves = policies.moves(session, [row.id for row in rows])
        return [(row, [move for move in moves if move.policy_id == row.id]) for row in rows]

    def version(self, community_id: int, number: int) -> PolicyRow:
        """One version.

        Raises:
            UnknownPolicyError: the community has no such version.
        """
        with self.sessions.read() as session:
            return _known(session, community_id, number)

    def live_document(self, community_id: int) -> str:
        """The document that holds now."""
        with self.sessions.read() as session:
            row = policies.in_state(session, community_id, PolicyState.LIVE)
        return row.document if row else self.shipped

    def draft(self, community_id: int, *, document: str, why: str, author: str, now: int) -> PolicyRow:
        """Keep a new draft.

        Raises:
            PolicyDocumentError: the document is wrong; the live policy stays as it is.
        """
        parse_policy(document)
        with self.sessions.write.begin() as session:
            return policies.add(session, community_id, document=document, why=why, author=author, now=now)

    def move(
        self, community_id: int, number: int, state: PolicyState, *, why: str, author: str, now: int
    ) -> PolicyRow:
        """Move a version; a version that becomes live archives the one that was, and a new shadow ends the old one.

        Workers apply it with their next batch.

        Raises:
            UnknownPolicyError: the community has no such version.
            PolicyMoveError: its life has no such move.
        """
        with self.sessions.write.begin() as session:
            row = _known(session, community_id, number)
            check_move(PolicyState(row.state), state)
            replaced = {PolicyState.LIVE: PolicyState.ARCHIVED, PolicyState.SHADOW: PolicyState.DRAFT}.get(
                state
            )
            if replaced is not None:
                former = policies.in_state(session, community_id, state)
                if former is not None:
                    reason = f"v{row.number} replaces it"
                    policies.move(session, former, replaced, why=reason, author=author, now=now)
            policies.move(session, row, state, why=why, author=author, now=now)
            return row

    def shadow_differences(
        self, community_id: int, number: int
    ) -> tuple[dict[tuple[str, str], int], list[tuple[ShadowRow, PostRow]]]:
        """What a shadow would have said otherwise: counts by (live, shadow) suggestion, and the latest posts.

        Raises:
            UnknownPolicyError: the community has no such version.
        """
        with self.sessions.read() as session:
            return policies.differences(session, _known(session, community_id, number).id)

    def threads(self, community_id: int) -> list[ThreadModeRow]:
        """Threads with a publishing mode of their own, latest change first; at most 200."""
        with self.sessions.read() as session:
            return threads.listed(session, community_id)

    def set_thread(
        self,
        community_id: int,
        thread: str,
        mode: PublishingMode | None,
        *,
        why: str,
        author: str,
        now: int,
    ) -> None:
        """Give a thread a publishing mode of its own, from its next post on; None: it follows board and scene again."""
        with self.sessions.write.begin() as session:
            if mode is None:
                threads.forget(session, community_id, thread)
            else:
                threads.set_mode(session, community_id, thread, mode, why=why, author=author, now=now)


def _known(session: Session, community_id: int, number: int) -> PolicyRow:
    row = policies.find(session, community_id, number)
    if row is None:
        message = f"no policy version {number}"
        raise UnknownPolicyError(message)
    return row
