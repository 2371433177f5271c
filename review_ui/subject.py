"""The post in the middle of the desk with everything around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from moderation.domain.review import SPOT_CHECK, DecisionKind, ReviewState
from moderation.domain.verdict import Suggestion
from moderation.services.second_looks import ASKED
from review_ui import guard

if TYPE_CHECKING:
    from moderation.services.queues import AuthorPost
    from moderation.store.sweeps import Marked
    from moderation.store.tables import DecisionRow, ReviewItemRow, UserRow, VerdictRow
    from review_ui.evidence import Case
    from review_ui.holding_page import Shown
    from review_ui.image_page import ShownImage


@dataclass(frozen=True, slots=True)
class Subject:
    """The post in the middle with everything around it."""

    case: Case
    author_posts: list[AuthorPost]
    verdicts: list[VerdictRow]
    decisions: list[tuple[DecisionRow, UserRow]]
    item: ReviewItemRow | None = None
    next_url: str | None = None
    images: list[ShownImage] = field(default_factory=list)
    sweeps: dict[int, Marked] = field(default_factory=dict)
    """For the number of each verdict that a sweep wrote: which, and whether by being undone."""
    shown: Shown | None = None
    """Whether the post of an open item is shown while it waits."""

    @property
    def history(self) -> list[tuple[int, str, Any, UserRow | None]]:
        """(instant, kind, row, person) of every verdict and decision, newest first."""
        found: list[tuple[int, str, Any, UserRow | None]] = [
            *((row.created_at, "verdict", row, None) for row in self.verdicts),
            *((row.created_at, "decision", row, person) for row, person in self.decisions),
        ]
        return sorted(found, key=lambda one: one[0], reverse=True)

    @property
    def can_decide(self) -> bool:
        """Whether the decision bar is shown."""
        open_now = self.item is not None and self.item.state == ReviewState.OPEN.value
        return open_now and guard.may(guard.REVIEWERS)

    @property
    def blocked_by(self) -> str:
        """The source of the machine's block that stands on the post as it reads; empty where there is none."""
        verdict = self.case.verdict
        current = verdict is not None and verdict.revision == self.case.post.revision
        blocked = current and verdict is not None and verdict.suggestion == Suggestion.BLOCK.value
        return verdict.source if blocked and verdict is not None and self.last_decision is None else ""

    @property
    def closed_by(self) -> str:
        """The source of the block that closed the item; empty where it is not closed, or for another reason."""
        closed = self.item is not None and self.item.state == ReviewState.CLOSED.value
        current = self.item is not None and self.item.revision == self.case.post.revision
        return self.blocked_by if closed and current else ""

    @property
    def why(self) -> str:
        """Why the item is there, where its verdict does not say it."""
        reason = self.item.reason if self.item is not None else ""
        if reason == SPOT_CHECK:
            return str(gettext("抽查"))
        return (
            str(gettext("%(who)s 请人复核", who=reason[len(ASKED) :])) if reason.startswith(ASKED) else reason
        )

    @property
    def standing(self) -> DecisionRow | None:
        """The decision that stands on the post as it reads; None while somebody must look again."""
        last = self.last_decision
        waits = self.item is not None and self.item.state == ReviewState.OPEN.value
        return last[0] if last and not waits and last[0].revision == self.case.post.revision else None

    @property
    def last_decision(self) -> tuple[DecisionRow, UserRow] | None:
        """The decision that stands, with who made it."""
        last = self.decisions[-1] if self.decisions else None
        return last if last and last[0].kind != DecisionKind.UNDO.value else None
