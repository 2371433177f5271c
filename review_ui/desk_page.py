"""Gathers what the desk shows: the list, the item in the middle, its author, the figures above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from moderation.domain.review import UNDO_WINDOW, DecisionKind, ReviewState
from moderation.services.found_together import open_beside
from moderation.store.queues import QueueEntry
from review_ui import guard
from review_ui.context import community, now, parts, today, user
from review_ui.evidence import Case, case
from review_ui.holding_page import held_by, shown_of
from review_ui.image_page import images_of
from review_ui.order_page import why_here
from review_ui.queries import PAGE_SIZE, QueueQuery
from review_ui.subject import Subject

if TYPE_CHECKING:
    from moderation.services.queues import ItemPage, QueuePage
    from moderation.store.tables import DecisionRow, ReviewItemRow
    from review_ui.holding_page import Shown


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    item: ReviewItemRow
    case: Case
    url: str
    decision: DecisionRow | None = None
    together: int = 0
    """Open items that belong together with it, itself included; 0 where it stands alone."""
    shown: Shown | None = None
    """Whether the post is shown while it waits; None where it waits no more."""

    @property
    def why_here(self) -> str:
        """Why it stands where it does; empty where it waits no more."""
        return why_here(self.item) if self.item.state == ReviewState.OPEN.value else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list and the figures of the header."""

    query: QueueQuery
    page: QueuePage
    rows: list[Row]
    tally: dict[DecisionKind, int]
    mine: int

    @property
    def first_because(self) -> str:
        """Why the first of all that wait stands first; empty where the list does not begin with it."""
        first = self.rows[0].item if self.rows and self.query.page == 1 else None
        return why_here(first) if first and first.state == ReviewState.OPEN.value else ""

    @property
    def today(self) -> int:
        """Decisions made today that stand."""
        return self.tally[DecisionKind.PASS] + self.tally[DecisionKind.BLOCK]

    @property
    def has_more(self) -> bool:
        """Whether another page may follow."""
        return len(self.rows) == PAGE_SIZE


def listing(query: QueueQuery) -> Listing:
    """The list that a query asks for."""
    queues = parts().queues
    page = queues.queue(
        community(),
        state=query.state,
        name=query.name,
        window=held_by(query.window),
        limit=PAGE_SIZE,
        offset=query.offset,
    )
    done = [each.item.id for each in page.entries if each.item.state != ReviewState.OPEN.value]
    said = queues.standing(done) if done else {}
    waiting = [each.item.id for each in page.entries if each.item.state == ReviewState.OPEN.value]
    beside = open_beside(parts().sessions, waiting)
    held = shown_of(page.entries)
    rows = [
        Row(
            each.item,
            case(each.post, each.verdict),
            item_url(each.item.id, query),
            said.get(each.item.id),
            beside.get(each.item.id, 0),
            held.get(each.item.id),
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
        shown=shown_of([QueueEntry(page.item, page.post, page.verdict)]).get(page.item.id),
    )


def row_of(subject: Subject, item: ReviewItemRow, query: QueueQuery) -> Row:
    """The line of an item that was just decided."""
    said = subject.last_decision
    return Row(item, subject.case, item_url(item.id, query), said[0] if said else None)


def reopened_row(subject: Subject, item: ReviewItemRow, query: QueueQuery) -> Row:
    """The line of an item whose decision was taken back."""
    beside = open_beside(parts().sessions, [item.id])
    return Row(
        item,
        subject.case,
        item_url(item.id, query),
        together=beside.get(item.id, 0),
        shown=subject.shown,
    )


def open_item(item_id: int, query: QueueQuery) -> Subject:
    """One item.

    Raises:
        UnknownItemError: the community has no such item.
    """
    return subject_of(_page(item_id, query), query)


def next_of(item_id: int, query: QueueQuery) -> int | None:
    """The open item that follows within a list."""
    return _page(item_id, query).next_item_id


def _page(item_id: int, query: QueueQuery) -> ItemPage:
    return parts().queues.item(community(), item_id, name=query.name, window=held_by(query.window))


def undo_until() -> int | None:
    """Until when the user can take back the last decision, UTC microseconds, or None."""
    if not guard.may(guard.REVIEWERS):
        return None
    last = parts().reviewing.undoable(community(), moderator_id=user().id, now=now())
    return last.created_at + UNDO_WINDOW if last else None
