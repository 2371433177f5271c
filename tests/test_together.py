"""A group decided together: one decision an item, cut off and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from moderation.domain.convention import UnknownClauseError
from moderation.domain.review import Decision, DecisionKind, UndoExpiredError
from moderation.domain.together import Skip, skip_of
from moderation.services.gangs import Gangs
from moderation.services.queues import Queues
from moderation.services.reviewing import Reviewing
from moderation.services.together import Together, UnknownGroupDecisionError
from tests.factories import HOUR, MINUTE, NOW, a_community, a_scoring, a_submission, a_user, an_author, keep
from tests.fakes import RecordingBell

if TYPE_CHECKING:
    from moderation.store.engine import Sessions


class DiedError(BaseException):
    """A kill -9 between two decisions."""


class Dying:
    """Decides some items, then the process is gone."""

    def __init__(self, reviewing: Reviewing, after: int) -> None:
        self.reviewing, self.left = reviewing, after

    def decide(self, *given: Any, **named: Any) -> Any:
        if not self.left:
            raise DiedError
        self.left -= 1
        return self.reviewing.decide(*given, **named)

    def take_back(self, *given: Any, **named: Any) -> Any:
        return self.reviewing.take_back(*given, **named)


class Group:
    """Doubtful posts of two accounts, and somebody to decide them."""

    def __init__(self, sessions: Sessions, slug: str = "default") -> None:
        self.sessions, self.id = sessions, a_community(sessions, slug).id
        self.reviewing = Reviewing(sessions, RecordingBell())
        self.together = Together(sessions, self.reviewing)
        self.moderator = a_user(sessions, self.id)
        self.send(*[(f"d{n}", f"优惠{n}") for n in range(4)])

    def send(self, *posts: tuple[str, str]) -> None:
        sent = [a_submission(*one, author=an_author(f"u{place % 2}")) for place, one in enumerate(posts)]
        keep(self.sessions, self.id, *sent)
        a_scoring(self.sessions).score_pending()

    def seen(self) -> list[tuple[int, int]]:
        preview = Gangs(self.sessions).preview(self.id, ["u0", "u1"], since=NOW - HOUR)
        return [(item.id, item.version) for item, _ in preview.open]

    def decide(self, together: Together | None = None, clause: str = "3.3") -> int:
        row = (together or self.together).decide(
            self.id,
            self.seen(),
            accounts=["u0", "u1"],
            decision=Decision(DecisionKind.BLOCK, clause),
            moderator_id=self.moderator.id,
            now=NOW,
        )
        return row.id

    def undo(self, number: int, *, now: int = NOW + MINUTE) -> tuple[int, int]:
        return self.together.undo(self.id, number, moderator_id=self.moderator.id, now=now)

    def backlog(self) -> int:
        return Queues(self.sessions).queue(self.id).backlog


@pytest.fixture
def group(sessions: Sessions) -> Group:
    return Group(sessions)


def test_every_item_has_a_decision_of_its_own(group: Group) -> None:
    number = group.decide()
    outcome = group.together.outcome(group.id, number)
    assert len(outcome.decided) == outcome.standing == 4
    assert {one.clause for _, one in outcome.decided} == {"3.3"}
    assert group.backlog() == 0
    assert group.undo(number) == (4, 0)
    assert (group.backlog(), group.together.outcome(group.id, number).standing) == (4, 0)
    assert group.undo(number) == (0, 0)


def test_what_was_cut_off_says_what_was_done_and_is_taken_back(group: Group) -> None:
    with pytest.raises(DiedError):
        group.decide(Together(group.sessions, Dying(group.reviewing, after=2)))
    (row,) = group.together.all_of(group.id)
    assert len(group.together.outcome(group.id, row.id).decided) == 2
    assert group.undo(row.id) == (2, 0)
    assert group.backlog() == 4


def test_a_later_decision_stays(group: Group) -> None:
    number = group.decide()
    item, decision = group.together.outcome(group.id, number).decided[0]
    group.reviewing.take_back(group.id, decision.id, moderator_id=group.moderator.id, now=NOW + 1)
    colleague = a_user(group.sessions, group.id)
    group.reviewing.decide(
        group.id, item, Decision(DecisionKind.PASS), moderator_id=colleague.id, version=3, now=NOW + 2
    )
    assert group.undo(number) == (3, 1)
    assert group.backlog() == 3


def test_only_ones_own_latest_decision_is_taken_back_and_in_time(group: Group) -> None:
    number = group.decide()
    _, decision = group.together.outcome(group.id, number).decided[0]
    colleague = a_user(group.sessions, group.id)
    late = NOW + 11 * MINUTE
    for moderator, now in ((colleague.id, NOW + 1), (group.moderator.id, late)):
        with pytest.raises(UndoExpiredError):
            group.reviewing.take_back(group.id, decision.id, moderator_id=moderator, now=now)
    other = a_community(group.sessions, "other").id
    with pytest.raises(UndoExpiredError):
        group.reviewing.take_back(other, decision.id, moderator_id=group.moderator.id, now=NOW + 1)
    assert group.undo(number, now=late) == (0, 4)


def test_a_group_stays_in_its_community(group: Group) -> None:
    number, other = group.decide(), Group(group.sessions, "other")
    with pytest.raises(UnknownGroupDecisionError):
        other.together.outcome(other.id, number)
    assert other.together.all_of(other.id) == []
    block = Decision(DecisionKind.BLOCK, "3.3")
    row = other.together.decide(
        other.id, [(1, 1)], accounts=["u0"], decision=block, moderator_id=other.moderator.id, now=NOW
    )
    outcome = other.together.outcome(other.id, row.id)
    assert (outcome.decided, outcome.skipped, outcome.posts) == ([], {1: Skip.CHANGED}, {})


def test_a_clause_that_is_none_decides_nothing(group: Group) -> None:
    with pytest.raises(UnknownClauseError):
        group.decide(clause="99")
    assert (group.backlog(), group.together.all_of(group.id)) == (4, [])


@pytest.mark.parametrize(
    ("post", "item", "said", "suggestion", "edited", "why"),
    [
        ("decided", "open", "", "review", False, None),
        ("decided", "decided", "pass", "review", False, Skip.DECIDED),
        ("decided", "", "", "block", False, Skip.BLOCKED),
        ("decided", "", "", "pass", False, Skip.PASSED),
        ("pending", "", "", "", False, Skip.PENDING),
        ("withdrawn", "closed", "", "review", False, Skip.WITHDRAWN),
        ("withdrawn", "", "", "review", True, Skip.WITHDRAWN),
        ("decided", "closed", "undo", "review", False, Skip.CHANGED),
        ("decided", "open", "", "review", True, Skip.EDITED),
    ],
)
def test_why_a_post_is_left_out(  # noqa: PLR0917 - a row of the table
    post: str,
    item: str,
    said: str,
    suggestion: str,
    edited: bool,  # noqa: FBT001 - as above
    why: Skip | None,
) -> None:
    assert skip_of(post, item, said, suggestion, edited=edited) is why
