"""Sweeps back over a real database: seen first, applied in batches, cut off and resumed, undone exactly."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from moderation.domain.evidence import Level
from moderation.domain.policy_versions import PolicyState
from moderation.domain.review import Decision, DecisionKind
from moderation.domain.sweep_receipt_text import receipt_text
from moderation.domain.sweeps import SweepStateError, Swept, digest
from moderation.services import sweeping
from moderation.services.intake import Intake
from moderation.services.policies import Policies
from moderation.services.queues import Queues
from moderation.services.reading import post_record
from moderation.services.reviewing import Reviewing
from moderation.services.sweeping import Sweeping
from moderation.services.sweeps import Sweeps
from moderation.store.sweeps import Marked
from moderation.store.tables import (
    Base,
    BrandMarkRow,
    MentionRow,
    OutboxEventRow,
    PostRow,
    ReviewItemRow,
    SweepPostRow,
    VerdictRow,
)
from moderation.sweeps import working
from moderation.sweeps.criteria import Criteria, SweepCriteriaError, a_contact
from moderation.sweeps.judges import Judges, UnknownSweepPolicyError
from moderation.sweeps.pages import UnknownSweepError
from moderation.sweeps.steps import apply_batch, undo_batch
from moderation.text.entries import EntryError, Kind
from tests.factories import (
    CALIBRATED,
    DAY,
    HOUR,
    NOW,
    a_brand_row,
    a_community,
    a_scoring,
    a_submission,
    a_user,
    an_author,
    an_entry,
    keep,
)
from tests.fakes import RecordingBell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.store.engine import Sessions
    from moderation.sweeps.pages import SweepPage

LIVE = """
version = "base"
exempt = ["3.1"]
[[rules]]
head = "ad"
clause = "3.1"
[[rules]]
head = "negativity"
clause = "2.6"
"""
STRICT = LIVE.replace('version = "base"', 'version = "strict"').replace(
    'clause = "3.1"', 'clause = "3.1"\nreview = 0.3\nblock = 0.5', 1
)
LATER = NOW + HOUR
WORD = Criteria(words=(an_entry("龙须糖", "3.6"),))


class DiedError(BaseException):
    """A kill -9 between two transactions."""


class Desk:
    """One community with its services."""

    def __init__(self, sessions: Sessions, slug: str = "default") -> None:
        self.sessions = sessions
        self.community_id = a_community(sessions, slug).id
        self.scoring = a_scoring(sessions)
        judges = Judges(sessions, LIVE, CALIBRATED)
        self.sweeps = Sweeps(sessions, RecordingBell(), judges)
        self.sweeping = Sweeping(sessions, RecordingBell(), judges)
        self.queues = Queues(sessions)
        self.reviewing = Reviewing(sessions, RecordingBell())
        self.intake = Intake(sessions, RecordingBell())
        self.policies = Policies(sessions, LIVE)
        self.moderator = a_user(sessions, self.community_id)

    def keep(self, *posts: tuple[str, str], **more: Any) -> None:
        keep(self.sessions, self.community_id, *[a_submission(*post, **more) for post in posts])
        while self.scoring.score_pending():
            pass

    def preview(self, criteria: Criteria = WORD, **more: Any) -> SweepPage:
        window = {"since": NOW - DAY, "until": LATER, "author": "王", "now": LATER}
        return self.sweeping.preview(self.community_id, criteria, **{**window, **more})

    def apply(self, sweep_id: int) -> SweepPage:
        return self.sweeping.apply(self.community_id, sweep_id, author="李", now=LATER + 1)

    def undo(self, sweep_id: int) -> SweepPage:
        return self.sweeping.undo(self.community_id, sweep_id, author="李", now=LATER + 2)

    def rows(self, table: type[Base]) -> Sequence[Any]:
        with self.sessions.read() as session:
            return session.scalars(select(table).order_by(table.__mapper__.primary_key[0])).all()

    def verdicts(self, data_id: str) -> list[VerdictRow]:
        (post,) = [row for row in self.rows(PostRow) if row.data_id == data_id]
        return [row for row in self.rows(VerdictRow) if row.post_id == post.id]

    def decide(self, data_id: str, kind: DecisionKind = DecisionKind.PASS) -> None:
        (post,) = [row for row in self.rows(PostRow) if row.data_id == data_id]
        item = self.queues.item_of_post(post)
        assert item is not None
        self.reviewing.decide(
            self.community_id,
            item.id,
            Decision(kind, "3.6" if kind is DecisionKind.BLOCK else ""),
            moderator_id=self.moderator.id,
            version=item.version,
            now=LATER,
        )


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    return Desk(sessions)


def written(desk: Desk) -> dict[str, int]:
    """How much stands in the tables that a sweep writes to."""
    with desk.sessions.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (VerdictRow, ReviewItemRow, OutboxEventRow, BrandMarkRow)
        }


def standing(row: VerdictRow) -> dict[str, Any]:
    """What a verdict says."""
    names = ("revision", "suggestion", "risk_level", "label", "clause", "action", "body")
    return {name: getattr(row, name) for name in names}


# ---------------------------------------------------------------- looking


def test_a_preview_writes_no_verdict(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"), ("b", "你好"), ("c", "龙 须 糖优惠"))
    before = written(desk)
    page = desk.preview()
    assert written(desk) == before
    assert (page.sweep.posts, page.sweep.matched, page.sweep.decided, page.sweep.state) == (
        3,
        2,
        0,
        "preview",
    )
    assert page.tally.by_change() == {("pass", "review", "3.6"): 1}
    assert [post.data_id for _, post in page.samples] == ["a"]  # c is under review already: no worse


def test_a_preview_shows_at_most_twenty_of_every_kind_of_change(desk: Desk) -> None:
    desk.keep(*[(f"a{n}", f"卖龙须糖{n}") for n in range(30)], *[(f"b{n}", f"卖凤梨酥{n}") for n in range(3)])
    page = desk.preview(Criteria(words=(an_entry("龙须糖", "3.6"), an_entry("凤梨酥", "3.7"))))
    assert page.tally.by_change() == {("pass", "review", "3.6"): 30, ("pass", "review", "3.7"): 3}
    assert len(page.samples) == 20
    assert sum(row.clause == "3.7" for row, _ in page.samples) == 3


def test_progress_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "READ_BATCH", 2)
    desk.keep(*[(f"a{n}", f"卖龙须糖{n}") for n in range(5)])
    told: list[tuple[int, int]] = []
    page = desk.preview(progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    told.clear()
    desk.sweeping.apply(
        desk.community_id, page.sweep.id, author="李", now=LATER, progress=lambda *each: told.append(each)
    )
    assert told[-1] == (5, 5)


def test_only_the_window_is_swept(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"))
    assert desk.preview(since=NOW + 1).sweep.posts == 0
    assert desk.preview(until=NOW).sweep.posts == 0
    assert desk.preview(since=NOW, until=NOW + 1).sweep.posts == 1


def test_allow_words_hold(desk: Desk) -> None:
    allowed = (an_entry("龙须糖博物馆", "0.2", kind=Kind.ALLOW),)
    allowing = Sweeping(desk.sessions, RecordingBell(), Judges(desk.sessions, LIVE, CALIBRATED, allowed))
    desk.keep(("a", "参观龙须糖博物馆"), ("b", "卖龙须糖"))
    page = allowing.preview(desk.community_id, WORD, since=NOW, until=LATER, author="王", now=LATER)
    assert [post.data_id for _, post in page.samples] == ["b"]


def test_an_exempt_author_is_not_struck(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"), author=an_author(official=True))
    criteria = Criteria(words=(an_entry("龙须糖", "3.1"),))
    assert desk.preview(criteria).tally.count(Swept.PLANNED) == 0


@pytest.mark.parametrize(
    "wrong",
    [{}, {"words": (an_entry("甲乙丙"),), "policy": 1}, {"words": (an_entry("甲乙丙", kind=Kind.ALLOW),)}],
)
def test_a_sweep_seeks_one_thing(wrong: dict[str, Any]) -> None:
    with pytest.raises(SweepCriteriaError):
        Criteria(**wrong)


def test_words_and_versions_that_cannot_be_used(desk: Desk) -> None:
    with pytest.raises(EntryError):
        desk.preview(Criteria(words=(an_entry("龙须糖", "99.9"),)))
    with pytest.raises(UnknownSweepPolicyError):
        desk.preview(Criteria(policy=7))
    assert desk.sweeps.all_of(desk.community_id) == []


# ---------------------------------------------------------------- applying


def test_a_sweep_opens_reviews_and_tells(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"), ("b", "你好"))
    page = desk.apply(desk.preview(why="上级通知").sweep.id)
    first, second = desk.verdicts("a")
    assert (first.suggestion, second.suggestion, second.source) == ("pass", "review", "sweep")
    assert (second.number, second.clause, second.label) == (2, "3.6", "spam_ads")
    assert second.body["hits"][0]["value"] == "龙须糖"
    assert second.body["categories"] == first.body["categories"]
    assert len(desk.verdicts("b")) == 1
    (item,) = desk.rows(ReviewItemRow)
    assert (item.state, item.queue, item.reason) == ("open", "ads", f"回扫 #{page.sweep.id}:上级通知")
    event = max(desk.rows(OutboxEventRow), key=lambda row: row.subject_version)
    assert (event.type, event.subject_version, event.body["verdict"]["suggestion"]) == (
        "post.decided",
        2,
        "review",
    )
    assert (page.sweep.state, page.sweep.applied_by) == ("applied", "李")


@pytest.mark.parametrize(
    ("level", "may_block", "expected"),
    [
        (Level.REVIEW, False, "review"),
        (Level.REVIEW, True, "review"),
        (Level.BLOCK, False, "review"),
        (Level.BLOCK, True, "block"),
    ],
)
def test_a_block_needs_the_words_and_the_caller(
    desk: Desk, level: Level, *, may_block: bool, expected: str
) -> None:
    desk.keep(("a", "卖龙须糖"))
    criteria = Criteria(words=(an_entry("龙须糖", "3.6", level),))
    desk.apply(desk.preview(criteria, may_block=may_block).sweep.id)
    last = desk.verdicts("a")[-1]
    assert last.suggestion == expected
    assert last.action == ("remove" if expected == "block" else "show")
    assert len(desk.rows(ReviewItemRow)) == (expected == "review")


def test_a_contact_is_swept_in_disguise_too(desk: Desk) -> None:
    desk.keep(
        ("a", "加我微信 abc12345 领资料"),
        ("b", "我的号 abc12345"),
        ("c", "v信：abc12345"),
        ("d", "abc123456"),
    )
    page = desk.preview(Criteria(contact=a_contact("ABC12345", clause="3.6")))
    assert {post.data_id for _, post in page.samples} == {"a", "b", "c"}
    assert page.sweep.kind == "contact"


def test_a_policy_version_is_swept_from_kept_scores(desk: Desk) -> None:
    desk.keep(("a", "今天有优惠"), ("b", "混蛋"), ("c", "你好"))
    desk.policies.draft(desk.community_id, document=STRICT, why="", author="王", now=NOW)
    page = desk.preview(Criteria(policy=1))
    assert page.tally.count(Swept.PLANNED) == 0  # at review level nothing is worse
    page = desk.apply(desk.preview(Criteria(policy=1), may_block=True).sweep.id)
    assert page.tally.by_change() == {("review", "block", "3.1"): 1}
    last = desk.verdicts("a")[-1]
    assert (last.suggestion, last.body["versions"]["policy"]) == ("block", "strict")
    assert desk.policies.versions(desk.community_id)[0][0].state == PolicyState.DRAFT.value


def test_new_posts_are_unaffected(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"))
    sweep_id = desk.preview().sweep.id
    desk.keep(("new", "也卖龙须糖"))
    desk.apply(sweep_id)
    assert [row.suggestion for row in desk.verdicts("new")] == ["pass"]


def test_what_changed_meanwhile_is_left(desk: Desk) -> None:
    desk.keep(("edited", "卖龙须糖"), ("gone", "买龙须糖"), ("fine", "要龙须糖"))
    sweep_id = desk.preview().sweep.id
    desk.intake.edit(desk.community_id, a_submission("edited", "你好"), edited_at=LATER, now=LATER)
    desk.intake.withdraw(desk.community_id, "gone")
    page = desk.apply(sweep_id)
    assert page.tally.reasons(Swept.LEFT) == {"changed": 2}
    assert page.tally.count(Swept.APPLIED) == 1
    assert len(desk.verdicts("edited")) == 1


def test_a_later_verdict_is_not_overruled(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖和凤梨酥"))
    first, second = (
        desk.preview().sweep.id,
        desk.preview(Criteria(words=(an_entry("凤梨酥", "3.7"),))).sweep.id,
    )
    desk.apply(first)
    assert desk.apply(second).tally.reasons(Swept.LEFT) == {"superseded": 1}


def test_what_a_person_decided_is_left_alone(desk: Desk) -> None:
    desk.keep(("a", "优惠龙须糖"))
    desk.decide("a", DecisionKind.PASS)
    criteria = Criteria(words=(an_entry("龙须糖", "3.6", Level.BLOCK),))
    page = desk.preview(criteria, may_block=True)
    assert (page.sweep.matched, page.sweep.decided, page.tally.count(Swept.PLANNED)) == (1, 1, 0)


def test_a_decision_between_preview_and_apply_stands(desk: Desk) -> None:
    desk.keep(("a", "优惠龙须糖"))
    criteria = Criteria(words=(an_entry("龙须糖", "3.6", Level.BLOCK),))
    sweep_id = desk.preview(criteria, may_block=True).sweep.id
    desk.decide("a", DecisionKind.PASS)
    assert desk.apply(sweep_id).tally.reasons(Swept.LEFT) == {"decided": 1}
    assert [row.suggestion for row in desk.verdicts("a")] == ["review"]


def test_a_second_run_writes_nothing(desk: Desk) -> None:
    desk.keep(*[(f"a{n}", f"卖龙须糖{n}") for n in range(4)])
    sweep_id = desk.preview().sweep.id
    desk.apply(sweep_id)
    before = written(desk)
    assert desk.apply(sweep_id).sweep.state == "applied"
    assert written(desk) == before


@pytest.mark.parametrize("died_at", [1, 2, 3])
def test_a_crash_in_the_middle_is_resumed(desk: Desk, monkeypatch: pytest.MonkeyPatch, died_at: int) -> None:
    monkeypatch.setattr(sweeping, "WRITE_BATCH", 2)
    desk.keep(*[(f"a{n}", f"卖龙须糖{n}") for n in range(5)])
    sweep_id = desk.preview().sweep.id
    calls = SimpleNamespace(number=0)

    def dying(*args: Any, **options: Any) -> int:
        calls.number += 1
        worked = apply_batch(*args, **options)
        if calls.number == died_at:  # after the writes, before the commit
            raise DiedError
        return worked

    monkeypatch.setattr(working, "apply_batch", dying)
    with pytest.raises(DiedError):
        desk.apply(sweep_id)
    page = desk.sweeps.page(desk.community_id, sweep_id)
    assert page.tally.count(Swept.APPLIED) == min(2 * (died_at - 1), 5)
    monkeypatch.setattr(working, "apply_batch", apply_batch)
    assert desk.apply(sweep_id).sweep.state == "applied"
    assert written(desk)["verdicts"] == 10
    assert [len(desk.verdicts(f"a{n}")) for n in range(5)] == [2] * 5
    assert len(desk.rows(ReviewItemRow)) == 5


def test_two_that_apply_at_once_write_everything_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "WRITE_BATCH", 1)
    desk.keep(*[(f"a{n}", f"卖龙须糖{n}") for n in range(6)])
    sweep_id = desk.preview().sweep.id
    with ThreadPoolExecutor(2) as pool:
        for task in [pool.submit(desk.apply, sweep_id) for _ in range(2)]:
            assert task.result(60).sweep.state == "applied"
    assert [len(desk.verdicts(f"a{n}")) for n in range(6)] == [2] * 6
    assert written(desk)["outbox_events"] == 12


def test_a_preview_that_was_cut_off_is_not_applied(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.keep(("a", "卖龙须糖"))

    def die(_done: int, _total: int) -> None:
        raise DiedError

    with pytest.raises(DiedError):
        desk.preview(progress=die)
    (sweep,) = desk.sweeps.all_of(desk.community_id)
    with pytest.raises(SweepStateError):
        desk.apply(sweep.id)
    with pytest.raises(SweepStateError):
        desk.undo(sweep.id)


def test_brands_do_not_count_what_is_blocked_as_spam(desk: Desk) -> None:
    a_brand_row(desk.sessions, desk.community_id)
    desk.keep(("a", "小米龙须糖好"))
    sweep_id = desk.preview(
        Criteria(words=(an_entry("龙须糖", "3.6", Level.BLOCK),)), may_block=True
    ).sweep.id
    desk.apply(sweep_id)
    assert [row.clean for row in desk.rows(MentionRow)] == [False]
    assert desk.verdicts("a")[-1].body["mentions"] == desk.verdicts("a")[0].body["mentions"] != []
    desk.undo(sweep_id)
    assert [row.clean for row in desk.rows(MentionRow)] == [True]


# ---------------------------------------------------------------- undoing


def test_undoing_restores_exactly(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"), ("b", "优惠龙须糖"), ("c", "你好"))
    criteria = Criteria(words=(an_entry("龙须糖", "3.6", Level.BLOCK),))
    sweep_id = desk.preview(criteria, may_block=True).sweep.id
    desk.apply(sweep_id)
    page = desk.undo(sweep_id)
    for data_id in ("a", "b"):
        former, swept, again = desk.verdicts(data_id)
        assert swept.suggestion == "block"
        assert standing(again) == standing(former)
        assert (again.number, again.source) == (3, "sweep")
    assert len(desk.verdicts("c")) == 1
    assert page.tally.count(Swept.UNDONE) == 2
    assert page.sweep.state == "undone"
    events = [row for row in desk.rows(OutboxEventRow) if row.subject == "post:a"]
    assert sorted(row.subject_version for row in events) == [1, 2, 3]


def test_the_history_tells_a_sweep_from_its_undoing(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"))
    first = desk.preview().sweep.id
    desk.apply(first)
    desk.undo(first)
    second = desk.preview().sweep.id
    desk.apply(second)
    record = post_record(desk.sessions, desk.community_id, "a")
    assert record is not None
    assert [one.source for one in record.verdicts] == ["machine", "sweep", "sweep", "sweep"]
    marked = {2: Marked(first, undone=False), 3: Marked(first, undone=True), 4: Marked(second, undone=False)}
    assert record.sweeps == marked
    item = desk.queues.item_of_post(record.post)
    assert item is not None
    assert desk.queues.item(desk.community_id, item.id).sweeps == marked


def test_undoing_closes_only_what_the_sweep_opened(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"), ("b", "优惠龙须糖"))
    sweep_id = desk.preview().sweep.id
    desk.apply(sweep_id)
    desk.undo(sweep_id)
    states = {row.data_id: desk.queues.item_of_post(row) for row in desk.rows(PostRow)}
    assert {name: item.state for name, item in states.items() if item} == {"a": "closed", "b": "open"}


def test_a_swept_post_can_be_swept_and_undone_again(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"))
    for number in (1, 2):
        sweep_id = desk.preview().sweep.id
        desk.apply(sweep_id)
        (item,) = desk.rows(ReviewItemRow)
        assert (item.state, item.reason) == ("open", f"回扫 #{sweep_id}")
        desk.undo(sweep_id)
        (item,) = desk.rows(ReviewItemRow)
        assert item.state == "closed"
        assert len(desk.verdicts("a")) == 1 + 2 * number


def test_a_decision_outlives_the_undoing(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖"), ("b", "买龙须糖"))
    sweep_id = desk.preview().sweep.id
    desk.apply(sweep_id)
    desk.decide("a", DecisionKind.BLOCK)
    page = desk.undo(sweep_id)
    assert page.tally.reasons(Swept.KEPT) == {"decided": 1}
    assert desk.verdicts("a")[-1].suggestion == "review"
    assert desk.verdicts("b")[-1].suggestion == "pass"


def test_what_a_later_sweep_holds_can_be_put_back_afterwards(desk: Desk) -> None:
    desk.keep(("a", "卖龙须糖和凤梨酥"))
    first = desk.preview().sweep.id
    desk.apply(first)
    blocking = Criteria(words=(an_entry("凤梨酥", "3.7", Level.BLOCK),))
    second = desk.preview(blocking, may_block=True).sweep.id
    desk.apply(second)
    assert desk.undo(first).tally.reasons(Swept.KEPT) == {"superseded": 1}
    assert desk.undo(second).tally.count(Swept.UNDONE) == 1
    assert desk.verdicts("a")[-1].suggestion == "review"


def test_undoing_is_resumed_and_repeats_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "WRITE_BATCH", 2)
    desk.keep(*[(f"a{n}", f"卖龙须糖{n}") for n in range(5)])
    sweep_id = desk.preview().sweep.id
    desk.apply(sweep_id)
    calls = SimpleNamespace(number=0)

    def dying(*args: Any, **options: Any) -> tuple[int, int]:
        calls.number += 1
        if calls.number == 3:
            raise DiedError
        return undo_batch(*args, **options)

    monkeypatch.setattr(working, "undo_batch", dying)
    with pytest.raises(DiedError):
        desk.undo(sweep_id)
    with pytest.raises(SweepStateError):
        desk.apply(sweep_id)  # half undone: there is no way forward
    monkeypatch.setattr(working, "undo_batch", undo_batch)
    assert desk.undo(sweep_id).tally.count(Swept.UNDONE) == 5
    desk.undo(sweep_id)
    assert [len(desk.verdicts(f"a{n}")) for n in range(5)] == [3] * 5


def test_a_preview_has_nothing_to_undo(desk: Desk) -> None:
    sweep_id = desk.preview().sweep.id
    with pytest.raises(SweepStateError):
        desk.undo(sweep_id)


# ---------------------------------------------------------------- receipt and isolation


def test_the_receipt(desk: Desk) -> None:
    desk.keep(("a1", "卖龙须糖"), ("a2", "买龙须糖"), ("b", "你好"))
    sweep_id = desk.preview(why="专项整治").sweep.id
    desk.apply(sweep_id)
    receipt, text = desk.sweeps.receipt(desk.community_id, sweep_id)
    assert (receipt["posts_read"], receipt["posts_matched"], receipt["posts_changed"]) == (3, 2, 2)
    assert receipt["by_clause"] == [
        {"clause": "3.6", "name": "买卖虚假互动", "before": "pass", "after": "review", "posts": 2}
    ]
    assert receipt["post_ids_sha256"] == digest(["a2", "a1"])
    assert [one["data_id"] for one in receipt["posts"]] == ["a1", "a2"]
    assert receipt["applied"] == {"by": "李", "at": "2025-11-21T17:00:00+08:00"}
    assert receipt["undone"] is None
    for said in (
        "专项整治",
        "回扫原因：专项整治",
        "「龙须糖」（3.6）",
        "改动 2 条",
        "3.6 买卖虚假互动 通过→待审 2 条",
        "a1\na2",
        "撤销：无",
        "已是同样或更严的结论，未改动 0 条",
    ):
        assert said in text
    desk.undo(sweep_id)
    undone, text = desk.sweeps.receipt(desk.community_id, sweep_id)
    assert (undone["posts_changed"], undone["posts_restored"]) == (2, 2)
    assert undone["post_ids_sha256"] == receipt["post_ids_sha256"]
    assert "已恢复原结论 2 条" in text


def test_every_hit_stands_in_one_group(desk: Desk) -> None:
    """Changed, decided by people, judged so already, changed by its author meanwhile: together the hits."""
    desk.keep(("a1", "卖龙须糖"), ("a2", "买龙须糖"), ("same", "优惠龙须糖"), ("b", "你好"))
    sweep_id = desk.preview().sweep.id
    Intake(desk.sessions, RecordingBell()).withdraw(desk.community_id, "a2")
    page = desk.sweeps.page(desk.community_id, sweep_id)
    assert (page.sweep.matched, page.sweep.decided, page.already, page.tally.count(Swept.PLANNED)) == (
        3, 0, 1, 2,
    )  # fmt: skip
    desk.apply(sweep_id)
    receipt, text = desk.sweeps.receipt(desk.community_id, sweep_id)
    assert receipt["posts_already"] == 1
    assert receipt["posts_matched"] == (
        receipt["posts_changed"]
        + receipt["posts_decided_by_people"]
        + receipt["posts_already"]
        + sum(receipt["posts_left"].values())
    )
    assert "已是同样或更严的结论，未改动 1 条" in text
    assert "执行时未改动 1 条（作者已修改或撤回）" in text
    numbers = text.partition("SHA-256：")[2].split("\n")
    assert numbers[0] == digest(one for one in numbers[1:] if one)
    assert not re.search(r"[:,()](?!\d)", text)  # but within instants
    older = {name: value for name, value in receipt.items() if name != "posts_already"}
    assert receipt_text(older) == text


def test_a_sweep_stays_in_its_community(desk: Desk) -> None:
    other = Desk(desk.sessions, "other")
    desk.keep(("a", "卖龙须糖"))
    other.keep(("b", "卖龙须糖"))
    sweep_id = desk.preview().sweep.id
    for verb in (other.apply, other.undo):
        with pytest.raises(UnknownSweepError):
            verb(sweep_id)
    for look in (other.sweeps.page, other.sweeps.receipt):
        with pytest.raises(UnknownSweepError):
            look(other.community_id, sweep_id)
    desk.apply(sweep_id)
    assert other.sweeps.all_of(other.community_id) == []
    assert [row.data_id for row in desk.rows(SweepPostRow)] == ["a"]
    assert len(other.verdicts("b")) == 1
