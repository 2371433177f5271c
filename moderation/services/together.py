"""The open items of a group decided together: one decision an item, whatever cannot be decided named with the reason.

A group is what some accounts posted, or the posts of a behaviour finding.  Each decision is a transaction of its own,
so that whatever else writes gets its turn in between.  The row of the group is written first: cut off, it still says
which items were meant, and what was decided can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from moderation.domain import convention
from moderation.domain.review import DecisionKind, StaleItemError, UndoExpiredError, UnknownItemError
from moderation.groups import (
    GroupOutcome,
    UnknownFindingError,
    accounts_of,
    outcome_of,
    reasons,
)
from moderation.store import finding_items, looks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.review import Decision
    from moderation.store.engine import Sessions
    from moderation.store.tables import GroupDecisionRow

__all__ = ["GroupOutcome", "Together", "UnknownGroupDecisionError"]

BATCH: Final = 50
"""Decisions after which the group's row says what was skipped so far."""


class UnknownGroupDecisionError(LookupError):
    """The community has no such group decision."""


class Decides(Protocol):
    """What decides one item, and takes it back."""

    def decide(
        self,
        community_id: int,
        item_id: int,
        decision: Decision,
        *,
        moderator_id: int,
        version: int,
        now: int,
    ) -> Any:
        """Decide."""
        ...

    def take_back(self, community_id: int, decision_id: int, *, moderator_id: int, now: int) -> Any:
        """Take back."""
        ...


@dataclass(frozen=True, slots=True)
class Together:
    """The parts that deciding together needs."""

    sessions: Sessions
    reviewing: Decides

    def decide_finding(
        self,
        community_id: int,
        finding_id: int,
        seen: Sequence[tuple[int, int]],
        *,
        decision: Decision,
        moderator_id: int,
        now: int,
    ) -> GroupDecisionRow:
        """Decide items of a finding that were seen, as :meth:`decide` does; items of no post of it are left alone.

        Raises:
            UnknownFindingError: the community has no such finding.
            UnknownClauseError: the clause is not the convention's.
        """
        with self.sessions.read() as session:
            if finding_items.find(session, community_id, finding_id) is None:
                raise UnknownFindingError(finding_id)
            authors = finding_items.authors_of(session, finding_id, [item_id for item_id, _ in seen])
        mine = [(item_id, version) for item_id, version in seen if item_id in authors]
        return self.decide(
            community_id, mine, decision=decision, accounts=accounts_of(authors.values()),
            moderator_id=moderator_id, now=now, about={"finding": finding_id},
        )  # fmt: skip

    def decide(
        self,
        community_id: int,
        seen: Sequence[tuple[int, int]],
        *,
        decision: Decision,
        accounts: list[str],
        moderator_id: int,
        now: int,
        about: dict[str, int] | None = None,
    ) -> GroupDecisionRow:
        """Decide the items that were seen, (id, version) each, in the same way; answers the group's row.

        Raises:
            UnknownClauseError: the clause is not the convention's.
        """
        clause = convention.clause(decision.clause).number if decision.clause else ""
        items = [item_id for item_id, _ in seen]
        body: dict[str, Any] = {"items": items, "skipped": {}, "kind": decision.kind.value, **(about or {})}
        with self.sessions.write.begin() as session:
            row = looks.add_group_decision(
                session, community_id=community_id, moderator_id=moderator_id, clause=clause,
                accounts=accounts, created_at=now, body=body,
            )  # fmt: skip
        for start in range(0, len(seen), BATCH):
            missed = [
                one[0]
                for one in seen[start : start + BATCH]
                if not self._decided(community_id, one, decision, moderator_id, now)
            ]
            row = self._note_skipped(row, missed)
        return row

    def outcome(self, community_id: int, number: int) -> GroupOutcome:
        """What became of a group.

        Raises:
            UnknownGroupDecisionError: the community has no such row.
        """
        with self.sessions.read() as session:
            row = looks.group_decision(session, community_id, number)
            if row is None:
                raise UnknownGroupDecisionError(number)
            return outcome_of(session, row)

    def undo(self, community_id: int, number: int, *, moderator_id: int, now: int) -> tuple[int, int]:
        """Take back every decision of the group that still stands; answers how many were, and were not.

        Raises:
            UnknownGroupDecisionError: the community has no such row.
        """
        found, back, kept = self.outcome(community_id, number), 0, 0
        for _, decision in found.decided:
            if decision.kind == DecisionKind.UNDO.value:
                continue
            try:
                self.reviewing.take_back(community_id, decision.id, moderator_id=moderator_id, now=now)
            except UndoExpiredError:
                kept += 1
            else:
                back += 1
        if back:
            with self.sessions.write.begin() as session:
                session.merge(found.row).undone_at = now
        return back, kept

    def all_of(self, community_id: int) -> list[GroupDecisionRow]:
        """Groups of accounts that were decided together, latest first."""
        with self.sessions.read() as session:
            return looks.group_decisions(session, community_id)

    def _decided(
        self, community_id: int, seen: tuple[int, int], decision: Decision, moderator_id: int, now: int
    ) -> bool:
        item_id, version = seen
        try:
            self.reviewing.decide(
                community_id, item_id, decision, moderator_id=moderator_id, version=version, now=now
            )
        except (StaleItemError, UnknownItemError):
            return False
        return True

    def _note_skipped(self, row: GroupDecisionRow, missed: Sequence[int]) -> GroupDecisionRow:
        """Add to a group's row what could not be decided, with the reason."""
        if not missed:
            return row
        with self.sessions.write.begin() as session:
            row = session.merge(row)
            why = {str(one): skip.value for one, skip in reasons(session, row.community_id, missed).items()}
            row.body = {**row.body, "skipped": {**row.body["skipped"], **why}}
        return row
