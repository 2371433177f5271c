"""Gathers what the desk shows: the list, the item in the middle, its author, the figures above."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext

from moderation.domain.review import SPOT_CHECK, UNDO_WINDOW, DecisionKind, ReviewState
from moderation.domain.verdict import Suggestion
from moderation.services.found_together import open_beside
from moderation.services.second_looks import ASKED
from review_ui import guard
from review_ui.context import community, now, parts, today, user
from review_ui.evidence import Case, case
from review_ui.image_page import ShownImage, images_of
from review_ui.queries import PAGE_SIZE, QueueQuery

if TYPE_CHECKING:
    from moderation.services.queues import ItemPage, QueuePage
    from moderation.store.sweeps import Marked
    from moderation.store.tables import DecisionRow, PostRow, ReviewItemRow, UserRow, VerdictRow


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    item: ReviewItemRow
    case: Case
    url: str
    decision: DecisionRow | None = None
    together: int = 0
    """Open items that belong together with it, itself included; 0 where it stands alone."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list and the figures of the header."""

    query: QueueQuery
    page: QueuePage
    rows: list[Row]
    tally: dict[DecisionKind, int]
    mine: int

    @property
    def today(self) -> int:
        """Decisions made today that stand."""
        return self.tally[DecisionKind.PASS] + self.tally[DecisionKind.BLOCK]

    @property
    def has_more(self) -> bool:
        """Whether another page may follow."""
        return len(self.rows) == PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Subject:
    """The post in the middle with everything around it."""

    case: Case
    author_posts: list[tuple[PostRow, VerdictRow | None]]
    verdicts: list[VerdictRow]
    decisions: list[tuple[DecisionRow, UserRow]]
    item: ReviewItemRow | None = None
    next_url: str | None = None
    images: list[ShownImage] = field(default_factory=list)
    sweeps: dict[int, Marked] = field(default_factory=dict)
    """For the number of each verdict that a sweep wrote: which, and whether by being undone."""

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
    def last_decision(self) -> tuple[DecisionRow, UserRow] | None:
        """The decision that stands, with who made it."""
        last = self.decisions[-1] if self.decisions else None
        return last if last and last[0].kind != DecisionKind.UNDO.value else None


def listing(query: QueueQuery) -> Listing:
    """The list that a query asks for."""
    queues = parts().queues
    page = queues.queue(community(), state=query.state, name=query.name, limit=PAGE_SIZE, offset=query.offset)
    done = [each.item.id for each in page.entries if each.item.state != ReviewState.OPEN.value]
    said = queues.standing(done) if done else {}
    waiting = [each.item.id for each in page.entries if each.item.state == ReviewState.OPEN.value]
    beside = open_beside(parts().sessions, waiting)
    rows = [
        Row(
            each.item,
            case(each.post, each.verdict),
            item_url(each.item.id, query),
            said.get(each.item.id),
            beside.get(each.item.id, 0),
        )
        for each in page.entries
    ]
    mine = queues.tally(community(), since=today(), moderator_id=user().id)
    return Listing(
        query,
        page,
        rows,
        queues.tally(community(), since=today()),
        mine[DecisionKind.PASS] + mine[DecisionKind.BLOCK],
    )


def item_url(item_id: int, query: QueueQuery) -> str:
    """Address of an item within a list."""
    return url_for("items.show", item_id=item_id, **query.address())  # type: ignore[arg-type]


def subject_of(page: ItemPage, query: QueueQuery) -> Subject:
    """The middle of the desk for a review item."""
    following = item_url(page.next_item_id, query) if page.next_item_id else None
    return Subject(
        case=case(page.post, page.verdict),
        author_posts=parts().queues.author_posts(page.post),
        verdicts=page.verdicts,
        decisions=page.decisions,
        item=page.item,
        next_url=following,
        images=images_of(page.post, page.verdict),
        sweeps=page.sweeps,
    )


def row_of(subject: Subject, item: ReviewItemRow, query: QueueQuery) -> Row:
    """The line of an item that was just decided."""
    said = subject.last_decision
    return Row(item, subject.case, item_url(item.id, query), said[0] if said else None)


def open_item(item_id: int, query: QueueQuery) -> Subject:
    """One item.

    Raises:
        UnknownItemError: the community has no such item.
    """
    return subject_of(parts().queues.item(community(), item_id, name=query.name), query)


def undo_until() -> int | None:
    """Until when the user can take back the last decision, UTC microseconds, or None."""
    if not guard.may(guard.REVIEWERS):
        return None
    last = parts().reviewing.undoable(community(), moderator_id=user().id, now=now())
    return last.created_at + UNDO_WINDOW if last else None
