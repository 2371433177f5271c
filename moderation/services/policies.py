"""Changes the policy safely: draft, shadow, live, back again.  Who, when and why are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.domain.coverage import UncoveredError, uncovered
from moderation.domain.policy_versions import REPLACED, PolicyState, check_move, own_name
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.policy_file.renaming import renamed
from moderation.store import policies, shadows, threads
from moderation.store.tables import PolicyRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.domain.coverage import Gap
    from moderation.domain.policy_versions import Switch
    from moderation.domain.post import PublishingMode
    from moderation.store.engine import Sessions
    from moderation.store.shadows import Watched
    from moderation.store.tables import PolicyMoveRow, ThreadModeRow


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

    def draft(
        self,
        community_id: int,
        *,
        document: str,
        why: str,
        author: str,
        now: int,
        switch: Switch | None = None,
    ) -> PolicyRow:
        """Keep a new draft under a name of its own: one that another version has gets the number behind it.

        ``switch`` says what a kill switch did, where one made the version; its name then says so too.

        Raises:
            PolicyDocumentError: the document is wrong; the live policy stays as it is.
        """
        written = parse_policy(document).policy.version
        with self.sessions.write.begin() as session:
            number = policies.next_number(session, community_id)
            taken = {*policies.names(session, community_id), _name_of(self.shipped)}
            name = own_name(written, number, taken, switch)
            row = PolicyRow(
                community_id=community_id,
                number=number,
                name=name,
                origin=str(switch or ""),
                state=PolicyState.DRAFT.value,
                document=document if name == written else renamed(document, name),
                why=why,
                author=author,
                created_at=now,
                changed_at=now,
            )
            return policies.add(session, row)

    def uncovered(self, community_id: int, document: str) -> tuple[Gap, ...]:
        """What the live policy looks for and a document does not; nothing where either cannot be read."""
        with self.sessions.read() as session:
            return self._uncovered(session, community_id, document)

    def _uncovered(self, session: Session, community_id: int, document: str) -> tuple[Gap, ...]:
        live = policies.in_state(session, community_id, PolicyState.LIVE)
        try:
            before, after = (
                parse_policy(one).policy for one in (live.document if live else self.shipped, document)
            )
        except PolicyDocumentError:
            return ()
        return uncovered(before, after)

    def names(self, community_id: int) -> dict[str, int]:
        """Numbers of a community's versions by the names that verdicts have them by."""
        with self.sessions.read() as session:
            return policies.names(session, community_id)

    def move(
        self,
        community_id: int,
        number: int,
        state: PolicyState,
        *,
        why: str,
        author: str,
        now: int,
        accept_uncovered: bool = False,
    ) -> PolicyRow:
        """Move a version; a version that becomes live archives the one that was, and a new shadow ends the old one.

        Workers apply it with their next batch.

        Raises:
            UnknownPolicyError: the community has no such version.
            PolicyMoveError: its life has no such move.
            UncoveredError: live, it would look for less than the live policy does, and nobody accepted that.
        """
        with self.sessions.write.begin() as session:
            row = _known(session, community_id, number)
            check_move(PolicyState(row.state), state)
            if state is PolicyState.LIVE and not accept_uncovered:
                gaps = self._uncovered(session, community_id, row.document)
                if gaps:
                    raise UncoveredError(gaps)
            replaced = {PolicyState.LIVE: PolicyState.ARCHIVED, PolicyState.SHADOW: PolicyState.DRAFT}.get(
                state
            )
            if replaced is not None:
                former = policies.in_state(session, community_id, state)
                if former is not None:
                    reason = REPLACED.format(number=row.number)
                    policies.move(session, former, replaced, why=reason, author=author, now=now)
            policies.move(session, row, state, why=why, author=author, now=now)
            return row

    def shadow(self, community_id: int, number: int) -> Watched:
        """What a shadow was compared on, and what it would have said otherwise.

        Raises:
            UnknownPolicyError: the community has no such version.
        """
        with self.sessions.read() as session:
            return shadows.watched(session, _known(session, community_id, number))

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


def _name_of(document: str) -> str:
    try:
        return parse_policy(document).policy.version
    except PolicyDocumentError:
        return ""
