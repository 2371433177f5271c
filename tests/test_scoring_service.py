"""One batch of posts: claimed, assessed with no transaction open, recorded all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rq.timeouts import JobTimeoutException
from sqlalchemy import func, select, update

from moderation.domain.post import PublishingMode, PublishingRule
from moderation.outbound.bell import QueueName
from moderation.publishing import Publishing
from moderation.services.intake import Intake
from moderation.services.reading import PostRecord, post_record
from moderation.services.scoring import BUDGET, LIMIT, MAX_ATTEMPTS
from moderation.store import posts
from moderation.store.tables import (
    BrandMarkRow,
    DecisionRow,
    MentionRow,
    OutboxEventRow,
    PostRow,
    ReviewItemRow,
    VerdictRow,
)
from moderation.verdict_rows import MAX_SURFACE
from tests.factories import (
    NOW,
    SECOND,
    a_brand_row,
    a_classifier,
    a_community,
    a_scoring,
    a_submission,
    an_author,
    an_entry,
    keep,
)
from tests.fakes import FakeClassifier, RecordingAnnouncer, RecordingBell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.services.scoring import Scoring
    from moderation.store.engine import Sessions
    from moderation.store.tables import Base

POISON = "毒"
CALM, AD, ABUSE, DOUBTFUL = "今天天气不错", "兼职日结加微信", "你这个混蛋", "全场优惠"


class WorkerDiedError(BaseException):
    """A kill -9 between two steps: no handler of ours may catch it."""


def record(sessions: Sessions, community_id: int, data_id: str) -> PostRecord:
    found = post_record(sessions, community_id, data_id)
    assert found is not None
    return found


def suggestion(sessions: Sessions, community_id: int, data_id: str) -> str | None:
    verdict = record(sessions, community_id, data_id).verdict
    return verdict.suggestion if verdict else None


def count(sessions: Sessions, table: type[Base]) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def rows(sessions: Sessions, table: type[Base]) -> list[Base]:
    with sessions.read() as session:
        return list(session.scalars(select(table)))


def everything(sessions: Sessions) -> dict[str, int]:
    """How much was written about verdicts."""
    tables: list[type[Base]] = [
        VerdictRow,
        ReviewItemRow,
        MentionRow,
        BrandMarkRow,
        OutboxEventRow,
        DecisionRow,
    ]
    return {table.__tablename__: count(sessions, table) for table in tables}


def expire_leases(sessions: Sessions) -> None:
    """Time passes: every lease has run out, every retry is due."""
    with sessions.write.begin() as session:
        session.execute(
            update(PostRow).where(PostRow.claimed_until.is_not(None)).values(claimed_until=SECOND)
        )


def rung(scoring: Scoring) -> list[QueueName]:
    assert isinstance(scoring.bell, RecordingBell)
    return scoring.bell.rung


# ---------------------------------------------------------------- the ordinary way


def test_each_post_gets_its_verdict(sessions: Sessions, community_id: int) -> None:
    keep(
        sessions,
        community_id,
        *(a_submission(name, text) for name, text in zip("abcd", (CALM, AD, ABUSE, DOUBTFUL), strict=True)),
    )
    assert a_scoring(sessions).score_pending() == 4
    found = {name: record(sessions, community_id, name) for name in "abcd"}
    assert [one.post.state for one in found.values()] == ["decided"] * 4
    verdicts = [one.verdict for one in found.values()]
    assert [(each.suggestion, each.clause, each.label) for each in verdicts if each] == [
        ("pass", "", "none"),
        ("block", "3.1", "spam_ads"),
        ("block", "2.6", "unfriendly"),
        ("review", "3.1", "spam_ads"),
    ]
    first = verdicts[0]
    assert first is not None
    assert (first.number, first.revision, first.source, first.created_at) == (1, 1, "machine", NOW)
    assert first.body["versions"]["model"] == "fake-1"
    assert first.body["versions"]["policy"] == "test-1"


def test_everything_is_written_at_once(sessions: Sessions, community_id: int) -> None:
    a_brand_row(sessions, community_id, "小米")
    author = an_author("u7")
    keep(sessions, community_id, a_submission("a", "小米手机优惠,比别的小米好", author=author, source="论坛"))
    scoring = a_scoring(sessions)
    scoring.score_pending()
    assert everything(sessions) == {
        "verdicts": 1,
        "review_items": 1,
        "mentions": 2,
        "brand_marks": 1,
        "outbox_events": 1,
        "decisions": 0,
    }
    (item,) = rows(sessions, ReviewItemRow)
    assert isinstance(item, ReviewItemRow)
    assert (item.queue, item.priority, item.state, item.revision) == ("ads", 260, "open", 1)
    mention = rows(sessions, MentionRow)[0]
    assert isinstance(mention, MentionRow)
    assert (mention.surface, mention.start, mention.end, mention.author_id) == ("小米", 0, 2, "u7")
    assert (mention.source, mention.clean, mention.posted_at) == ("论坛", True, NOW)
    (event,) = rows(sessions, OutboxEventRow)
    assert isinstance(event, OutboxEventRow)
    assert (event.type, event.subject, event.subject_version) == ("post.decided", "post:a", 1)
    assert event.body["verdict"]["suggestion"] == "review"
    assert QueueName.REPORTS in rung(scoring)
    assert isinstance(scoring.announcer, RecordingAnnouncer)
    assert scoring.announcer.said == [record(sessions, community_id, "a").post.id]


def test_mentions_are_rated_towards_the_brand(sessions: Sessions, community_id: int) -> None:
    a_brand_row(sessions, community_id, "小米")
    a_brand_row(sessions, community_id, "华为")
    keep(sessions, community_id, a_submission("a", "小米很好,华为太差", title="华为手机"))
    a_scoring(sessions).score_pending()
    found = [
        (one.surface, one.field, one.polarity)
        for one in rows(sessions, MentionRow)
        if isinstance(one, MentionRow)
    ]
    assert sorted(found) == [
        ("华为", "text", "negative"),
        ("华为", "title", "neutral"),
        ("小米", "text", "positive"),
    ]


def test_mentions_in_a_blocked_ad_are_not_clean(sessions: Sessions, community_id: int) -> None:
    a_brand_row(sessions, community_id, "小米")
    keep(sessions, community_id, a_submission("a", "小米货源加微信"), a_submission("b", "小米的混蛋客服"))
    a_scoring(sessions).score_pending()
    with sessions.read() as session:
        clean = dict(
            session.execute(
                select(PostRow.data_id, MentionRow.clean).join(PostRow, PostRow.id == MentionRow.post_id)
            ).all()
        )
    assert clean == {"a": False, "b": True}


def test_a_name_stretched_by_invisible_characters_is_kept_short(
    sessions: Sessions, community_id: int
) -> None:
    a_brand_row(sessions, community_id, "小米")
    text = "我的小" + "\u200b" * 400 + "米手机"
    keep(sessions, community_id, a_submission("a", text))
    a_scoring(sessions).score_pending()
    found = [one for one in rows(sessions, MentionRow) if isinstance(one, MentionRow)]
    assert all(len(one.surface) <= MAX_SURFACE for one in found)
    assert suggestion(sessions, community_id, "a") is not None


def test_words_of_the_lexicon_count(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", "这里有秘密活动"))
    a_scoring(sessions, entries=[an_entry("秘密活动", "1.9")]).score_pending()
    verdict = record(sessions, community_id, "a").verdict
    assert verdict is not None
    assert (verdict.suggestion, verdict.clause) == ("review", "1.9")
    assert verdict.body["hits"][0]["value"] == "秘密活动"


def test_communities_have_their_own_brands(sessions: Sessions, community_id: int) -> None:
    other = a_community(sessions, "other").id
    a_brand_row(sessions, other, "小米")
    keep(sessions, community_id, a_submission("a", "小米手机很好"))
    keep(sessions, other, a_submission("a", "小米手机很好"))
    a_scoring(sessions).score_pending()
    found = [one.community_id for one in rows(sessions, MentionRow) if isinstance(one, MentionRow)]
    assert found == [other]


def test_a_brand_added_later_is_found_in_later_posts(sessions: Sessions, community_id: int) -> None:
    scoring = a_scoring(sessions)
    for data_id in ("before", "after"):
        keep(sessions, community_id, a_submission(data_id, "小米手机很好"))
        scoring.score_pending()
        if data_id == "before":
            a_brand_row(sessions, community_id, "小米")
    assert count(sessions, MentionRow) == 1


def test_circumstances_reach_the_policy(sessions: Sessions, community_id: int) -> None:
    rule = PublishingRule(PublishingMode.PRE_MODERATION, group="先审")
    intake = Intake(sessions, RecordingBell(), Publishing((rule,)))
    receipts = intake.submit(
        community_id,
        [
            a_submission("official", AD, author=an_author(official=True)),
            a_submission("held", DOUBTFUL, group="先审/版"),
            a_submission("image", CALM, images=("https://x/1.png", "https://x/2.png")),
        ],
        now=NOW,
    )
    assert [receipt.action for receipt in receipts] == ["show", "hold", "show"]
    a_scoring(sessions).score_pending()
    assert suggestion(sessions, community_id, "official") == "pass"
    held = record(sessions, community_id, "held").verdict
    assert held is not None
    assert (held.suggestion, held.action) == ("review", "hold")
    image = record(sessions, community_id, "image").verdict
    assert image is not None
    assert image.body["unchecked"] == [
        f"image {number}: not fetched: its host is not listed" for number in (1, 2)
    ]


def test_nothing_waits(sessions: Sessions) -> None:
    scoring = a_scoring(sessions)
    assert scoring.score_pending() == 0
    assert rung(scoring) == []


def test_a_second_run_writes_nothing(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", AD), a_submission("b", DOUBTFUL))
    a_scoring(sessions).score_pending()
    before = everything(sessions)
    assert a_scoring(sessions).score_pending() == 0
    expire_leases(sessions)
    assert a_scoring(sessions).score_pending() == 0
    assert everything(sessions) == before


def test_more_than_one_batch(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, *(a_submission(f"p{number}") for number in range(LIMIT + 10)))
    scoring = a_scoring(sessions)
    assert [scoring.score_pending() for _ in range(3)] == [LIMIT, 10, 0]
    assert rung(scoring) == [QueueName.SCORING, QueueName.BEHAVIOUR] * 2
    assert count(sessions, VerdictRow) == LIMIT + 10


def test_long_posts_make_small_batches(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, *(a_submission(f"p{number}", "长" * 10_000) for number in range(4)))
    scoring = a_scoring(sessions)
    taken = [scoring.score_pending() for _ in range(3)]
    assert taken == [3, 1, 0]
    assert BUDGET < 30_000


# ---------------------------------------------------------------- a text that makes the model fail


def fail_until_given_up(sessions: Sessions, scoring: Scoring) -> list[int]:
    """Run as the sweep would, time passing in between; answers how many posts each run claimed."""
    claimed = []
    for _ in range(MAX_ATTEMPTS + 2):
        claimed.append(scoring.score_pending())
        expire_leases(sessions)
    return claimed


def test_halving_isolates_the_text_that_fails(sessions: Sessions, community_id: int) -> None:
    texts = [f"第{number}帖" for number in range(31)]
    texts[17] = f"有{POISON}的帖"
    keep(sessions, community_id, *(a_submission(f"p{number}", text) for number, text in enumerate(texts)))
    classifier = a_classifier(fails_on=[POISON])
    scoring = a_scoring(sessions, classifier)
    assert scoring.score_pending() == 31
    assert [suggestion(sessions, community_id, f"p{number}") is None for number in range(31)] == [
        number == 17 for number in range(31)
    ]
    assert len(classifier.batches) <= 11  # a few halves, not one by one
    failed = record(sessions, community_id, "p17").post
    assert (failed.state, failed.attempts, failed.claim_token) == ("pending", 1, None)
    assert "UnreadableTextError" in failed.last_error


def test_after_three_attempts_a_human_looks(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("bad", POISON), a_submission("good", CALM))
    assert fail_until_given_up(sessions, a_scoring(sessions, a_classifier(fails_on=[POISON]))) == [
        2,
        1,
        1,
        0,
        0,
    ]
    verdict = record(sessions, community_id, "bad").verdict
    assert verdict is not None
    assert (verdict.suggestion, verdict.clause, verdict.action) == ("review", "", "show")
    assert "UnreadableTextError" in verdict.body["reason"]
    assert verdict.body["unchecked"] == ["text"]
    (item,) = rows(sessions, ReviewItemRow)
    assert isinstance(item, ReviewItemRow)
    assert (item.queue, item.state) == ("failed", "open")
    assert "UnreadableTextError" in item.reason
    assert suggestion(sessions, community_id, "good") == "pass"


def test_what_fails_under_review_first_is_held(sessions: Sessions, community_id: int) -> None:
    rule = PublishingRule(PublishingMode.PRE_MODERATION)
    Intake(sessions, RecordingBell(), Publishing((rule,))).submit(
        community_id, [a_submission("a", POISON)], now=NOW
    )
    fail_until_given_up(sessions, a_scoring(sessions, a_classifier(fails_on=[POISON])))
    verdict = record(sessions, community_id, "a").verdict
    assert verdict is not None
    assert verdict.action == "hold"


def test_a_post_that_kills_its_worker_is_given_up_too(sessions: Sessions, community_id: int) -> None:
    """No exception to catch: the process is gone, and only the lease tells."""
    keep(sessions, community_id, a_submission("killer", POISON), *(a_submission(f"p{n}") for n in range(5)))

    def die(texts: Sequence[str]) -> None:
        if any(POISON in text for text in texts):
            raise WorkerDiedError

    scoring = a_scoring(sessions, FakeClassifier(before=die))
    for _ in range(12):
        try:
            scoring.score_pending()
        except WorkerDiedError:
            expire_leases(sessions)
    assert [suggestion(sessions, community_id, f"p{number}") for number in range(5)] == ["pass"] * 5
    verdict = record(sessions, community_id, "killer").verdict
    assert verdict is not None
    assert verdict.suggestion == "review"
    assert verdict.body["reason"] == "the worker died"


def test_an_edit_gives_a_failed_post_new_attempts(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", POISON))
    scoring = a_scoring(sessions, a_classifier(fails_on=[POISON]))
    fail_until_given_up(sessions, scoring)
    Intake(sessions, RecordingBell()).edit(
        community_id, a_submission("a", CALM), edited_at=NOW + 1, now=NOW + 1
    )
    assert scoring.score_pending() == 1
    assert suggestion(sessions, community_id, "a") == "pass"
    assert [one.number for one in record(sessions, community_id, "a").verdicts] == [1, 2]


def test_a_job_that_takes_too_long_is_not_the_posts_fault(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"), a_submission("b"))

    def run_out_of_time(_texts: Sequence[str]) -> None:
        message = "Task exceeded maximum timeout value"
        raise JobTimeoutException(message)

    with pytest.raises(JobTimeoutException):
        a_scoring(sessions, FakeClassifier(before=run_out_of_time)).score_pending()
    row = record(sessions, community_id, "a").post
    assert (row.state, row.last_error) == ("pending", "")
    assert everything(sessions) == dict.fromkeys(everything(sessions), 0)


# ---------------------------------------------------------------- the world changes while the model works


def test_edit_during_scoring(sessions: Sessions, community_id: int) -> None:
    a_brand_row(sessions, community_id, "小米")
    intake = Intake(sessions, RecordingBell())
    keep(sessions, community_id, a_submission("a", "小米加微信"), a_submission("b", AD))
    calls: list[int] = []

    def edit_once(_texts: Sequence[str]) -> None:
        if not calls:
            calls.append(1)
            intake.edit(community_id, a_submission("a", CALM), edited_at=NOW + 1, now=NOW + 1)

    classifier = a_classifier()
    classifier.before = edit_once
    scoring = a_scoring(sessions, classifier)
    assert scoring.score_pending() == 2
    assert suggestion(sessions, community_id, "a") is None
    assert suggestion(sessions, community_id, "b") == "block"
    assert everything(sessions)["verdicts"] == everything(sessions)["outbox_events"] == 1
    assert count(sessions, MentionRow) == 0
    assert scoring.score_pending() == 1
    verdict = record(sessions, community_id, "a").verdict
    assert verdict is not None
    assert (verdict.suggestion, verdict.revision) == ("pass", 2)


def test_withdrawal_during_scoring(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", DOUBTFUL))
    classifier = a_classifier()
    classifier.before = lambda _texts: Intake(sessions, RecordingBell()).withdraw(community_id, "a")
    assert a_scoring(sessions, classifier).score_pending() == 1
    assert everything(sessions) == dict.fromkeys(everything(sessions), 0)
    assert post_record(sessions, community_id, "a") is None


def test_a_slow_worker_writes_nothing_over_a_quick_one(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", DOUBTFUL))

    def be_overtaken(_texts: Sequence[str]) -> None:
        expire_leases(sessions)
        assert a_scoring(sessions).score_pending() == 1

    classifier = a_classifier()
    classifier.before = be_overtaken
    slow = a_scoring(sessions, classifier)
    assert slow.score_pending() == 1
    assert everything(sessions)["verdicts"] == everything(sessions)["review_items"] == 1
    assert isinstance(slow.announcer, RecordingAnnouncer)
    assert slow.announcer.said == []


def test_no_transaction_is_open_while_the_model_works(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    classifier = a_classifier()
    classifier.before = lambda _texts: keep(sessions, community_id, a_submission("meanwhile"))
    a_scoring(sessions, classifier).score_pending()
    assert record(sessions, community_id, "meanwhile").post.state == "pending"


def test_worker_that_dies_before_it_records_has_written_nothing(
    sessions: Sessions, community_id: int
) -> None:
    a_brand_row(sessions, community_id, "小米")
    keep(sessions, community_id, a_submission("a", "小米优惠"), a_submission("b", AD))

    def die(_texts: Sequence[str]) -> None:
        raise WorkerDiedError

    with pytest.raises(WorkerDiedError):
        a_scoring(sessions, FakeClassifier(before=die)).score_pending()
    assert everything(sessions) == dict.fromkeys(everything(sessions), 0)
    assert a_scoring(sessions).score_pending() == 0  # the lease still holds
    expire_leases(sessions)
    assert [a_scoring(sessions).score_pending() for _ in range(3)] == [1, 1, 0]
    assert everything(sessions)["verdicts"] == 2


def test_worker_that_dies_within_the_transaction_has_written_nothing(
    sessions: Sessions, community_id: int
) -> None:
    """The clock is read between the rows of one transaction: a clock that fails is a death in the middle."""
    a_brand_row(sessions, community_id, "小米")
    keep(sessions, community_id, a_submission("a", "小米优惠"))
    readings = iter([NOW])

    def dying_clock() -> int:
        try:
            return next(readings)
        except StopIteration:
            raise WorkerDiedError from None

    with pytest.raises(WorkerDiedError):
        a_scoring(sessions, clock=dying_clock).score_pending()
    assert everything(sessions) == dict.fromkeys(everything(sessions), 0)
    row = record(sessions, community_id, "a").post
    assert (row.state, row.event_version) == ("pending", 0)


# ---------------------------------------------------------------- after an edit or a withdrawal


def test_edit_closes_the_review_and_takes_the_mentions_away(sessions: Sessions, community_id: int) -> None:
    a_brand_row(sessions, community_id, "小米")
    keep(sessions, community_id, a_submission("a", "小米优惠"))
    scoring = a_scoring(sessions)
    scoring.score_pending()
    intake = Intake(sessions, RecordingBell())
    intake.edit(community_id, a_submission("a", "小米优惠,新文"), edited_at=NOW + 1, now=NOW + 1)
    assert count(sessions, MentionRow) == 0
    assert suggestion(sessions, community_id, "a") is None
    scoring.score_pending()
    items = [
        (one.revision, one.state) for one in rows(sessions, ReviewItemRow) if isinstance(one, ReviewItemRow)
    ]
    assert sorted(items) == [(1, "closed"), (2, "open")]
    assert count(sessions, MentionRow) == 1
    versions = [
        one.subject_version for one in rows(sessions, OutboxEventRow) if isinstance(one, OutboxEventRow)
    ]
    assert sorted(versions) == [1, 2]


def test_a_post_may_be_edited_very_often(sessions: Sessions, community_id: int) -> None:
    """The number of an event is part of its id, which must hold it."""
    keep(sessions, community_id, a_submission("a", "优惠"))
    with sessions.write.begin() as session:
        session.execute(update(PostRow).values(event_version=1_234_567, revision=1_234_567))
    a_scoring(sessions).score_pending()
    (event,) = rows(sessions, OutboxEventRow)
    assert isinstance(event, OutboxEventRow)
    assert event.subject_version == 1_234_568


def test_withdrawal_closes_the_review_and_takes_the_mentions_away(
    sessions: Sessions, community_id: int
) -> None:
    a_brand_row(sessions, community_id, "小米")
    keep(sessions, community_id, a_submission("a", "小米优惠"))
    a_scoring(sessions).score_pending()
    Intake(sessions, RecordingBell()).withdraw(community_id, "a")
    assert count(sessions, MentionRow) == 0
    (item,) = rows(sessions, ReviewItemRow)
    assert isinstance(item, ReviewItemRow)
    assert item.state == "closed"
    assert a_scoring(sessions).score_pending() == 0
    with sessions.read() as session:
        tombstone = posts.find(session, community_id, "a")
    assert tombstone is not None
    assert tombstone.state == "withdrawn"
