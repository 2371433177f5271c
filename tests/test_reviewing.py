"""A moderator's work: decide once, with the version that was seen; take back within ten minutes."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from moderation.domain.convention import UnknownClauseError
from moderation.domain.policy import Rule
from moderation.domain.review import (
    UNDO_WINDOW,
    ClauseNeededError,
    Decision,
    DecisionKind,
    QueueName,
    ReviewState,
    StaleItemError,
    UndoExpiredError,
    UnknownItemError,
)
from moderation.domain.verdict import Action
from moderation.services.intake import Intake
from moderation.services.queues import Queues
from moderation.services.reading import post_record
from moderation.services.reviewing import Reviewing
from moderation.store import citations, outcomes, replays, standing
from moderation.store.tables import DecisionRow, MentionRow, OutboxEventRow, PostRow, ReviewItemRow
from tests.factories import (
    NOW,
    SECOND,
    a_brand_row,
    a_community,
    a_policy,
    a_scoring,
    a_submission,
    a_user,
    an_author,
    keep,
)
from tests.fakes import RecordingBell

if TYPE_CHECKING:
    from moderation.store.engine import Sessions

PASS = Decision(DecisionKind.PASS)
BLOCK_AD = Decision(DecisionKind.BLOCK, "3.1", "广告")
BLOCK_ABUSE = Decision(DecisionKind.BLOCK, "2.6")


class Desk:
    """A community with one post in review, and a moderator."""

    def __init__(self, sessions: Sessions, community_id: int, text: str = "小米优惠") -> None:
        self.sessions, self.community_id = sessions, community_id
        self.bell = RecordingBell()
        self.queues = Queues(sessions)
        self.reviewing = Reviewing(sessions, self.bell)
        self.intake = Intake(sessions, self.bell)
        self.moderator = a_user(sessions, community_id).id
        keep(sessions, community_id, a_submission("a", text, author=an_author("u1")))
        self.score()

    def score(self) -> None:
        a_scoring(self.sessions).score_pending()

    @property
    def item(self) -> ReviewItemRow:
        with self.sessions.read() as session:
            found = session.scalar(select(ReviewItemRow).order_by(ReviewItemRow.id.desc()).limit(1))
        assert found is not None
        return found

    def decide(
        self, decision: Decision, *, version: int | None = None, by: int = 0, now: int = NOW
    ) -> DecisionRow:
        item = self.item
        return self.reviewing.decide(
            self.community_id,
            item.id,
            decision,
            moderator_id=by or self.moderator,
            version=item.version if version is None else version,
            now=now,
        )

    def undo(self, *, now: int = NOW + SECOND, by: int = 0) -> ReviewItemRow:
        return self.reviewing.undo(self.community_id, moderator_id=by or self.moderator, now=now)

    def clean(self) -> list[bool]:
        with self.sessions.read() as session:
            return list(session.scalars(select(MentionRow.clean)))

    def decisions(self) -> list[tuple[int, str, str]]:
        with self.sessions.read() as session:
            rows = session.scalars(select(DecisionRow).order_by(DecisionRow.number))
            return [(row.number, row.kind, row.clause) for row in rows]

    def events(self) -> list[tuple[int, str]]:
        with self.sessions.read() as session:
            rows = session.scalars(select(OutboxEventRow).order_by(OutboxEventRow.subject_version))
            return [(row.subject_version, row.type) for row in rows]


@pytest.fixture
def desk(sessions: Sessions, community_id: int) -> Desk:
    a_brand_row(sessions, community_id, "小米")
    return Desk(sessions, community_id)


# ---------------------------------------------------------------- deciding


@pytest.mark.parametrize(
    ("decision", "kind", "action"),
    [(PASS, "pass", "show"), (BLOCK_AD, "block", "remove"), (BLOCK_ABUSE, "block", "remove")],
)
def test_decision_is_recorded(desk: Desk, decision: Decision, kind: str, action: str) -> None:
    row = desk.decide(decision)
    assert (row.number, row.kind, row.clause, row.note) == (1, kind, decision.clause, decision.note)
    assert (desk.item.state, desk.item.decided_at) == ("decided", NOW)
    record = post_record(desk.sessions, desk.community_id, "a")
    assert record is not None
    assert record.decision is not None
    assert (record.decision.kind, record.decision.action) == (kind, action)
    assert desk.events() == [(1, "post.decided"), (2, "post.reviewed")]


def test_clause_may_be_named_by_its_code(desk: Desk) -> None:
    assert desk.decide(Decision(DecisionKind.BLOCK, "spam_ads.evasion")).clause == "3.8"


def test_unknown_clause_decides_nothing(desk: Desk) -> None:
    with pytest.raises(UnknownClauseError):
        desk.decide(Decision(DecisionKind.BLOCK, "3.99"))
    with pytest.raises(ClauseNeededError):
        Decision(DecisionKind.BLOCK)
    assert desk.item.state == "open"


def test_stale_version_is_refused(desk: Desk) -> None:
    with pytest.raises(StaleItemError):
        desk.decide(PASS, version=desk.item.version - 1)
    assert desk.decisions() == []
    assert desk.events() == [(1, "post.decided")]


def test_deciding_twice_is_refused(desk: Desk) -> None:
    desk.decide(PASS)
    with pytest.raises(StaleItemError):
        desk.decide(BLOCK_AD)
    assert desk.decisions() == [(1, "pass", "")]


def test_edit_in_between_is_noticed(desk: Desk) -> None:
    seen = desk.item
    desk.intake.edit(desk.community_id, a_submission("a", "改了"), edited_at=NOW + 1, now=NOW + 1)
    with pytest.raises(StaleItemError):
        desk.reviewing.decide(
            desk.community_id, seen.id, PASS, moderator_id=desk.moderator, version=seen.version, now=NOW
        )


def test_a_decision_on_an_older_text_stands_no_more(desk: Desk, sessions: Sessions) -> None:
    """What is passed and then turned into an advert is not shown for that, and nowhere called decided."""
    desk.decide(PASS)
    assert (
        desk.intake.submit(desk.community_id, [a_submission("a", "小米优惠")], now=NOW)[0].action
        is Action.SHOW
    )
    advert = a_submission("a", "加微信领小米")
    desk.intake.edit(desk.community_id, advert, edited_at=NOW + SECOND, now=NOW + SECOND)
    desk.score()
    assert desk.intake.submit(desk.community_id, [advert], now=NOW)[0].action is Action.REMOVE
    with sessions.read() as session:
        (post,) = session.scalars(select(PostRow))
        assert outcomes.standing(session, [post.id]) == {}
        cited = citations.since(session, desk.community_id, 0, limit=9)
        (kept,) = replays.batch(session, desk.community_id, since=0, until=NOW + 1, after=0, limit=9)
        decided = standing.locked(session, [post.id])[post.id].decided
    assert [suggestion for _, suggestion, _ in cited] == ["block"]
    assert (kept.human, decided) == (None, None)


def test_item_of_another_community_is_unknown(desk: Desk, sessions: Sessions) -> None:
    other = a_community(sessions, "other").id
    with pytest.raises(UnknownItemError):
        desk.reviewing.decide(
            other, desk.item.id, PASS, moderator_id=desk.moderator, version=desk.item.version, now=NOW
        )
    with pytest.raises(UnknownItemError):
        desk.queues.item(other, desk.item.id)
    assert desk.queues.queue(other).entries == []


def test_two_moderators_at_once(desk: Desk) -> None:
    version = desk.item.version
    others = [a_user(desk.sessions, desk.community_id).id for _ in range(6)]
    start = threading.Barrier(len(others))

    def decide(moderator: int) -> bool:
        start.wait()
        try:
            desk.decide(PASS if moderator % 2 else BLOCK_AD, version=version, by=moderator)
        except StaleItemError:
            return False
        return True

    with ThreadPoolExecutor(len(others)) as pool:
        won = list(pool.map(decide, others))
    assert won.count(True) == 1
    assert len(desk.decisions()) == 1
    assert len(desk.events()) == 2


def test_deciding_and_editing_at_once_never_wait_for_each_other(desk: Desk) -> None:
    """Both touch post, item and mentions: in one order, or PostgreSQL would report a deadlock."""
    for round_number in range(8):
        start = threading.Barrier(2)
        version = desk.item.version

        def decide(version: int = version, start: threading.Barrier = start) -> None:
            start.wait()
            with contextlib.suppress(StaleItemError):
                desk.decide(PASS, version=version)

        def edit(number: int = round_number, start: threading.Barrier = start) -> None:
            start.wait()
            at = NOW + 1 + number
            desk.intake.edit(desk.community_id, a_submission("a", f"小米优惠{number}"), edited_at=at, now=at)

        with ThreadPoolExecutor(2) as pool:
            for one in [pool.submit(decide), pool.submit(edit)]:
                one.result(30)
        desk.score()
        assert desk.item.state == "open"


# ---------------------------------------------------------------- taking back


def test_undo_opens_the_item_again(desk: Desk) -> None:
    desk.decide(BLOCK_AD)
    desk.undo()
    assert (desk.item.state, desk.item.decided_at) == ("open", None)
    assert desk.decisions() == [(1, "block", "3.1"), (2, "undo", "")]
    record = post_record(desk.sessions, desk.community_id, "a")
    assert record is not None
    assert record.decision is None
    assert desk.events() == [(1, "post.decided"), (2, "post.reviewed"), (3, "post.reviewed")]
    assert desk.decide(PASS, now=NOW + 2 * SECOND).number == 3


@pytest.mark.parametrize("passed", [0, UNDO_WINDOW])
def test_undo_within_the_window(desk: Desk, passed: int) -> None:
    desk.decide(PASS)
    desk.undo(now=NOW + passed)
    assert desk.item.state == "open"


def test_undo_after_the_window(desk: Desk) -> None:
    desk.decide(PASS)
    with pytest.raises(UndoExpiredError):
        desk.undo(now=NOW + UNDO_WINDOW + 1)
    assert desk.item.state == "decided"


def test_nothing_to_undo(desk: Desk) -> None:
    with pytest.raises(UndoExpiredError):
        desk.undo()
    desk.decide(PASS)
    desk.undo()
    with pytest.raises(UndoExpiredError):
        desk.undo()
    assert [kind for _, kind, _ in desk.decisions()] == ["pass", "undo"]


def test_undo_goes_back_one_decision_after_the_other(desk: Desk, sessions: Sessions) -> None:
    keep(sessions, desk.community_id, a_submission("b", "优惠二"), a_submission("c", "优惠三"))
    a_scoring(sessions).score_pending()
    queues = Queues(sessions)
    items = [each.item.id for each in queues.queue(desk.community_id).entries]
    assert len(items) == 3
    reviewing, by = desk.reviewing, desk.moderator
    for turn, item in enumerate(items):
        reviewing.decide(
            desk.community_id, item, PASS, moderator_id=by, version=1, now=NOW + turn * UNDO_WINDOW // 2
        )
    late = NOW + UNDO_WINDOW + 1  # the first is out of the window by now
    last = reviewing.undoable(desk.community_id, moderator_id=by, now=late)
    assert last is not None
    assert last.review_item_id == items[2]
    undone = [reviewing.undo(desk.community_id, moderator_id=by, now=late).id for _ in range(2)]
    assert undone == [items[2], items[1]]
    assert reviewing.undoable(desk.community_id, moderator_id=by, now=late) is None
    with pytest.raises(UndoExpiredError):
        reviewing.undo(desk.community_id, moderator_id=by, now=late)
    assert [queues.item(desk.community_id, one).item.state for one in items] == ["decided", "open", "open"]


def test_undo_passes_over_a_post_that_has_changed(desk: Desk, sessions: Sessions) -> None:
    keep(sessions, desk.community_id, a_submission("b", "优惠二"))
    a_scoring(sessions).score_pending()
    items = {each.post.data_id: each.item.id for each in Queues(sessions).queue(desk.community_id).entries}
    for name in ("a", "b"):
        desk.reviewing.decide(
            desk.community_id, items[name], PASS, moderator_id=desk.moderator, version=1, now=NOW
        )
    desk.intake.edit(desk.community_id, a_submission("b", "改过"), edited_at=NOW + 1, now=NOW + 1)
    assert desk.undo(now=NOW + 2).id == items["a"]


def test_one_moderator_cannot_undo_for_another(desk: Desk) -> None:
    desk.decide(PASS)
    with pytest.raises(UndoExpiredError):
        desk.undo(by=a_user(desk.sessions, desk.community_id).id)


def test_undo_belongs_to_a_community(desk: Desk, sessions: Sessions) -> None:
    desk.decide(PASS)
    other = a_community(sessions, "other").id
    with pytest.raises(UndoExpiredError):
        desk.reviewing.undo(other, moderator_id=desk.moderator, now=NOW)


@pytest.mark.parametrize("change", ["edit", "withdraw"])
def test_undo_after_the_post_changed(desk: Desk, change: str) -> None:
    desk.decide(BLOCK_AD)
    if change == "edit":
        desk.intake.edit(desk.community_id, a_submission("a", "小米"), edited_at=NOW + 1, now=NOW + 1)
    else:
        desk.intake.withdraw(desk.community_id, "a")
    with pytest.raises(UndoExpiredError, match="later change"):
        desk.undo()
    assert desk.item.state == "decided"
    assert [kind for _, kind, _ in desk.decisions()] == ["block"]


# ---------------------------------------------------------------- what counts as clean


@pytest.mark.parametrize(("decision", "clean"), [(PASS, True), (BLOCK_AD, False), (BLOCK_ABUSE, True)])
def test_mentions_in_what_a_human_calls_spam_are_not_clean(
    desk: Desk,
    decision: Decision,
    clean: bool,  # noqa: FBT001
) -> None:
    assert desk.clean() == [True]
    desk.decide(decision)
    assert desk.clean() == [clean]


def test_undo_restores_what_the_machine_said(desk: Desk) -> None:
    desk.decide(BLOCK_AD)
    desk.undo()
    assert desk.clean() == [True]


# ---------------------------------------------------------------- looking


def test_queue_in_the_order_to_take(sessions: Sessions, community_id: int) -> None:
    texts = {"low": "优惠", "calm": "你好", "high": "优惠加微信", "again": "优惠"}
    keep(sessions, community_id, *(a_submission(name, text) for name, text in texts.items()))
    policy = a_policy(rules=(Rule("ad", "3.1", may_block=False),))
    a_scoring(sessions, policy=policy).score_pending()
    page = Queues(sessions).queue(community_id)
    assert [entry.post.data_id for entry in page.entries] == ["high", "low", "again"]
    assert page.counts[QueueName.ADS] == page.backlog == 3
    assert page.oldest == NOW
    assert [entry.verdict.suggestion for entry in page.entries if entry.verdict] == ["review"] * 3


def test_item_page(desk: Desk) -> None:
    keep(desk.sessions, desk.community_id, a_submission("b", "优惠二", author=an_author("u1")))
    desk.score()
    queue = desk.queues.queue(desk.community_id)
    first, second = (entry.item.id for entry in queue.entries)
    page = desk.queues.item(desk.community_id, first)
    assert (page.post.data_id, page.next_item_id) == ("a", second)
    assert page.verdict is not None
    assert [row.data_id for row in page.author_posts] == ["b"]
    assert desk.queues.item(desk.community_id, second).next_item_id == first
    with pytest.raises(UnknownItemError):
        desk.queues.item(desk.community_id, 999)


def test_decided_items_are_listed_latest_first(desk: Desk) -> None:
    desk.decide(PASS)
    page = desk.queues.queue(desk.community_id, state=ReviewState.DECIDED)
    assert [entry.post.data_id for entry in page.entries] == ["a"]
    assert (page.backlog, page.oldest) == (0, None)
