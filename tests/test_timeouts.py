"""Held posts that nobody decides in time, over real databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from moderation.domain.policy import Rule
from moderation.domain.post import Overdue, PublishingMode, PublishingRule, Timeout
from moderation.domain.publishing import RISE, outcome
from moderation.domain.review import SPOT_PRIORITY, Decision, DecisionKind
from moderation.domain.verdict import Action
from moderation.publishing import Publishing
from moderation.services.intake import Intake
from moderation.services.queues import Queues
from moderation.services.reading import post_record
from moderation.services.reviewing import Reviewing
from moderation.services.scoring import MAX_ATTEMPTS
from moderation.services.timeouts import Timeouts
from moderation.store.tables import OutboxEventRow, PostRow, TimeoutRow
from tests.factories import AD_WORD, DOUBTFUL_WORD, MINUTE, NOW, a_policy, a_scoring, a_submission, a_user
from tests.fakes import RecordingBell, StoppedClock

if TYPE_CHECKING:
    from moderation.store.engine import Sessions

PRE = PublishingMode.PRE_MODERATION
RULES = (
    PublishingRule(PRE, "母婴"),
    PublishingRule(PRE, "新手", timeout=Timeout(10, Overdue.SHOW)),
    PublishingRule(PRE, "母婴", thread="慢", timeout=Timeout(600)),
)


class Desk:
    """A community that scores, waits and decides."""

    def __init__(self, sessions: Sessions, community_id: int) -> None:
        self.sessions, self.community_id = sessions, community_id
        self.clock = StoppedClock(NOW)
        self.publishing = Publishing(RULES, timeout=Timeout(30))
        self.timeouts = Timeouts(sessions, self.publishing, self.clock)

    def post(self, text: str = DOUBTFUL_WORD, group: str = "母婴", **more: Any) -> str:
        submission = a_submission(text=text, group=group, **more)
        intake = Intake(self.sessions, RecordingBell(), self.publishing)
        intake.submit(self.community_id, [submission], now=self.clock())
        a_scoring(self.sessions, clock=self.clock).score_pending()
        return submission.data_id

    def action(self, data_id: str) -> str:
        record = post_record(self.sessions, self.community_id, data_id)
        assert record is not None
        assert record.verdict is not None
        return record.verdict.action

    def priority(self, data_id: str) -> int:
        entries = Queues(self.sessions).queue(self.community_id, limit=50).entries
        return next(one.item.priority for one in entries if one.post.data_id == data_id)

    def events(self, data_id: str) -> list[tuple[str, int, dict[str, Any]]]:
        with self.sessions.read() as session:
            rows = session.scalars(
                select(OutboxEventRow)
                .where(OutboxEventRow.subject == f"post:{data_id}")
                .order_by(OutboxEventRow.subject_version)
            )
            return [(row.type, row.subject_version, row.body) for row in rows]

    def after(self, minutes: int) -> int:
        self.clock.forward(minutes * MINUTE)
        return self.timeouts.settle()


@pytest.fixture
def at(sessions: Sessions, community_id: int) -> Desk:
    return Desk(sessions, community_id)


def test_by_default_it_stays_held_and_rises(at: Desk) -> None:
    held = at.post()
    before = at.priority(held)
    assert at.after(29) == 0
    assert at.after(1) == 1
    assert (at.action(held), at.priority(held)) == ("hold", before + RISE)
    (_, first, _), (kind, second, body) = at.events(held)
    assert (kind, second) == ("post.overdue", first + 1)
    assert body["timeout"] == {"minutes": 30, "then": "hold"}
    assert at.after(1_000) == 0, "its time runs out once"
    assert at.priority(held) == before + RISE


def test_where_the_rule_says_so_it_is_shown_and_still_reviewed(at: Desk) -> None:
    held = at.post(group="新手")
    assert at.action(held) == "hold"
    assert at.after(10) == 1
    assert at.action(held) == "show"
    kind, _, body = at.events(held)[-1]
    assert (kind, body["verdict"]["action"], body["verdict"]["suggestion"]) == (
        "post.decided",
        "show",
        "review",
    )
    entries = Queues(at.sessions).queue(at.community_id).entries
    assert [one.post.data_id for one in entries] == [held], "a person still looks"


@pytest.mark.parametrize(
    ("label", "risk", "failed", "expected"),
    [
        ("spam_ads", "medium", False, Overdue.SHOW),
        ("none", "low", False, Overdue.SHOW),
        ("illegal", "medium", False, Overdue.HOLD),
        ("misinformation", "high", False, Overdue.HOLD),
        ("none", "medium", True, Overdue.HOLD),
    ],
)
def test_what_may_be_unlawful_urgent_or_unscored_is_not_shown_unseen(
    label: str,
    risk: str,
    failed: bool,  # noqa: FBT001 - a column of the table
    expected: Overdue,
) -> None:
    show, hold = Timeout(10, Overdue.SHOW), Timeout(10, Overdue.HOLD)
    assert outcome(show, label=label, risk=risk, failed=failed) is expected
    assert outcome(hold, label=label, risk=risk, failed=failed) is Overdue.HOLD


def test_a_post_that_could_not_be_scored_stays_held(at: Desk) -> None:
    submission = a_submission(text="坏掉的文字", group="新手")
    Intake(at.sessions, RecordingBell(), at.publishing).submit(at.community_id, [submission], now=at.clock())
    with at.sessions.write.begin() as session:
        session.execute(update(PostRow).values(attempts=MAX_ATTEMPTS))
    a_scoring(at.sessions, clock=at.clock).score_pending()
    assert at.action(submission.data_id) == "hold"
    assert at.after(10) == 1
    assert at.action(submission.data_id) == "hold"


@pytest.mark.parametrize(
    ("text", "group", "more"),
    [
        (DOUBTFUL_WORD, "闲聊", {}),  # shown while it waits
        (AD_WORD, "母婴", {}),  # blocked: nobody waits for it
        ("你好", "母婴", {}),  # passed: shown
        (DOUBTFUL_WORD, "母婴", {"context": {"thread_id": "慢"}}),  # this thread has ten hours
    ],
)
def test_what_is_not_held_or_not_due_is_left(at: Desk, text: str, group: str, more: dict[str, Any]) -> None:
    at.post(text, group, **more)
    assert at.after(120) == 0


def test_a_block_that_waits_to_be_checked_is_never_shown(at: Desk) -> None:
    """The policy holds what it blocks, and the board shows what waits too long."""
    submission = a_submission(text=f"{AD_WORD}多多", group="新手")
    intake = Intake(at.sessions, RecordingBell(), at.publishing)
    intake.submit(at.community_id, [submission], now=at.clock())
    policy = a_policy(rules=(Rule("ad", "3.1", block_action=Action.HOLD),))
    replace(a_scoring(at.sessions, policy=policy, clock=at.clock), spot_check=1.0).score_pending()
    assert (at.action(submission.data_id), at.priority(submission.data_id)) == ("hold", SPOT_PRIORITY)
    assert at.after(1_000) == 0
    assert at.action(submission.data_id) == "hold"


def test_what_was_decided_edited_or_withdrawn_meanwhile_is_left(at: Desk) -> None:
    decided, edited, withdrawn = at.post(), at.post(), at.post()
    intake = Intake(at.sessions, RecordingBell(), at.publishing)
    intake.withdraw(at.community_id, withdrawn)
    intake.edit(at.community_id, a_submission(edited, "你好", group="母婴"), edited_at=NOW + 1, now=NOW + 1)
    (entry,) = Queues(at.sessions).queue(at.community_id).entries
    assert entry.post.data_id == decided
    Reviewing(at.sessions, RecordingBell()).decide(
        at.community_id,
        entry.item.id,
        Decision(DecisionKind.PASS),
        moderator_id=a_user(at.sessions, at.community_id).id,
        version=entry.item.version,
        now=NOW + 2,
    )
    assert at.after(120) == 0


def test_an_edited_post_waits_anew(at: Desk) -> None:
    held = at.post()
    assert at.after(30) == 1
    edit = a_submission(held, DOUBTFUL_WORD + "!", group="母婴")
    Intake(at.sessions, RecordingBell(), at.publishing).edit(
        at.community_id, edit, edited_at=at.clock(), now=at.clock()
    )
    a_scoring(at.sessions, clock=at.clock).score_pending()
    assert at.after(29) == 0
    assert at.after(1) == 1


def test_posts_that_wait_long_do_not_stand_in_the_way(at: Desk) -> None:
    for _ in range(3):
        at.post(context={"thread_id": "慢"})
    due = at.post()
    at.timeouts = Timeouts(at.sessions, at.publishing, at.clock, batch=1)
    assert at.after(60) == 1
    assert at.priority(due) > RISE


def test_several_processes_settle_each_post_once(at: Desk) -> None:
    held = [at.post() for _ in range(6)]
    at.clock.forward(30 * MINUTE)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: at.timeouts.settle(), range(4)))
    assert sum(counts) == len(held)
    with at.sessions.read() as session:
        assert len(list(session.scalars(select(TimeoutRow)))) == len(held)
    assert [len(at.events(one)) for one in held] == [2] * len(held)
