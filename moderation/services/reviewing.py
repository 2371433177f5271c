"""A moderator decides, and takes a decision back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.domain import convention
from moderation.domain.convention import Label
from moderation.domain.review import (
    UNDO_WINDOW,
    Decision,
    DecisionKind,
    ReviewState,
    StaleItemError,
    UndoExpiredError,
    check_undo,
)
from moderation.domain.verdict import Suggestion
from moderation.store import brands, decisions, outbox, posts, reviews, verdicts
from moderation.store.reviews import known_item

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import DecisionRow, ReviewItemRow


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The parts that reviewing needs."""

    sessions: Sessions
    bell: Bell

    def undoable(self, community_id: int, *, moderator_id: int, now: int) -> DecisionRow | None:
        """The decision that a moderator would take back now, or None."""
        with self.sessions.read() as session:
            return decisions.undoable_of(session, community_id, moderator_id, since=now - UNDO_WINDOW)

    def decide(
        self,
        community_id: int,
        item_id: int,
        decision: Decision,
        *,
        moderator_id: int,
        version: int,
        now: int,
    ) -> DecisionRow:
        """Record a decision on an open item.

        Args:
            community_id: the tenant.
            item_id: the item.
            decision: what was decided.
            moderator_id: who decided.
            version: the item's version that the moderator saw.
            now: the present, UTC microseconds.

        Raises:
            UnknownItemError: the community has no such item.
            StaleItemError: somebody decided or changed it meanwhile.
            UnknownClauseError: the clause is not the convention's.
        """
        clause = convention.clause(decision.clause).number if decision.clause else ""
        with self.sessions.write.begin() as session:
            item = known_item(reviews.item(session, community_id, item_id), item_id)
            # The post first: edits lock it before its review item, and two orders would wait for each other.
            event = outbox.next_version(session, item.post_id)
            open_now = item.state == ReviewState.OPEN.value
            if not open_now or not reviews.move(
                session, item, version=version, state=ReviewState.DECIDED, decided_at=now
            ):
                raise StaleItemError(_stale(item_id))
            row = decisions.append(
                session, _decision_row(item, decision, clause, moderator_id=moderator_id, now=now)
            )
            spam = clause != "" and convention.clause(clause).label in (Label.SPAM_ADS, Label.QUALITY)
            brands.set_clean(session, item.post_id, clean=not (decision.kind is DecisionKind.BLOCK and spam))
            _tell(session, row, event, "post.reviewed", now)
        return row

    def undo(self, community_id: int, *, moderator_id: int, now: int) -> ReviewItemRow:
        """Take back a moderator's latest decision that stands: the item is open again, the history keeps both.

        Asked again, it takes back the one before: newest first, as far as the window reaches.  Decisions on posts that
        have changed since are passed over.

        Raises:
            UndoExpiredError: there is none left.
        """
        with self.sessions.write.begin() as session:
            last = decisions.undoable_of(session, community_id, moderator_id, since=now - UNDO_WINDOW)
            if last is None:
                message = "there is nothing to take back: its time has run out, or a later change to the post stands"
                raise UndoExpiredError(message)
            return _take_back(session, last, moderator_id=moderator_id, now=now)

    def take_back(self, community_id: int, decision_id: int, *, moderator_id: int, now: int) -> ReviewItemRow:
        """Take back one decision of a moderator's, whatever they decided since on other posts.

        Raises:
            UndoExpiredError: it is not theirs or not the latest on its post, or as :meth:`undo` says.
        """
        with self.sessions.write.begin() as session:
            last = decisions.latest_of_post(session, community_id, decision_id)
            if last is None or last.kind == DecisionKind.UNDO.value or last.moderator_id != moderator_id:
                message = "this decision is not yours, or no longer the latest on its post"
                raise UndoExpiredError(message)
            return _take_back(session, last, moderator_id=moderator_id, now=now)


def _take_back(session: Session, last: DecisionRow, *, moderator_id: int, now: int) -> ReviewItemRow:
    """Open the item of a decision again, if it still stands on it."""
    check_undo(last.created_at, now)
    item = known_item(reviews.item(session, last.community_id, last.review_item_id), last.review_item_id)
    event = outbox.next_version(session, item.post_id)
    stands = item.state == ReviewState.DECIDED.value and _is_current(session, item)
    if not stands or not reviews.move(
        session, item, version=item.version, state=ReviewState.OPEN, decided_at=None
    ):
        message = "a later change to the post stands: decide it again instead"
        raise UndoExpiredError(message)
    row = decisions.append(
        session,
        _decision_row(item, Decision(DecisionKind.UNDO), "", moderator_id=moderator_id, now=now),
    )
    brands.set_clean(session, item.post_id, clean=_machine_clean(session, item.post_id))
    _tell(session, row, event, "post.reviewed", now)
    return item


def _is_current(session: Session, item: ReviewItemRow) -> bool:
    """Tell whether an item is about the post as it now is."""
    post = posts.by_id(session, item.community_id, item.post_id)
    return post is not None and post.revision == item.revision


def _machine_clean(session: Session, post_id: str) -> bool:
    verdict = verdicts.latest(session, post_id)
    if verdict is None:
        return True
    spam = verdict.label in (Label.SPAM_ADS.value, Label.QUALITY.value)
    return not (verdict.suggestion == Suggestion.BLOCK.value and spam)


def _stale(item_id: int) -> str:
    return f"somebody else has decided or changed item {item_id} meanwhile: look again"


def _decision_row(
    item: ReviewItemRow, decision: Decision, clause: str, *, moderator_id: int, now: int
) -> dict[str, Any]:
    return {
        "community_id": item.community_id,
        "post_id": item.post_id,
        "review_item_id": item.id,
        "revision": item.revision,
        "moderator_id": moderator_id,
        "kind": decision.kind.value,
        "clause": clause,
        "note": decision.note,
        "action": decision.action.value,
        "created_at": now,
    }


def _tell(session: Session, decision: DecisionRow, version: int, kind: str, now: int) -> None:
    post = posts.by_id(session, decision.community_id, decision.post_id)
    assert post is not None  # noqa: S101 - review items are made with their posts
    body = {
        "data_id": post.data_id,
        "id": post.id,
        "revision": decision.revision,
        "subject_version": version,
        "decision": {
            "kind": decision.kind,
            "clause": decision.clause or None,
            "action": decision.action,
            "note": decision.note,
        },
    }
    outbox.append(
        session,
        [
            {
                "id": f"evt_{post.id}_{version}",
                "community_id": post.community_id,
                "type": kind,
                "subject": f"post:{post.data_id}",
                "subject_version": version,
                "body": body,
                "created_at": now,
                "next_attempt_at": None,
            }
        ],
    )
