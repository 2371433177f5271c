"""Posts are kept once, claimed by one worker at a time, and settled once: on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from moderation.domain.post import PostState, content_hash
from moderation.store import claims, identities, posts
from moderation.store.engine import Sessions, db_now
from moderation.store.posts import Kept
from moderation.store.tables import PostKeyRow, PostRow
from tests.factories import HOUR, NOW, SECOND, a_community, a_submission, keep, some_columns

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.store.claims import Claimed

LEASE = 30 * SECOND
PLENTY = 1_000_000
FIRST = "t"
OVER = -SECOND
"""A lease that has run out when it begins."""


def claim(
    sessions: Sessions, token: str = FIRST, *, lease: int = LEASE, budget: int = PLENTY, limit: int = 1000
) -> list[Claimed]:
    with sessions.write.begin() as session:
        return claims.claim(session, token=token, lease=lease, budget=budget, limit=limit)


def settle(sessions: Sessions, token: str, claimed: list[Claimed]) -> dict[str, int]:
    with sessions.write.begin() as session:
        return claims.settle(session, token, [one.id for one in claimed])


def found(sessions: Sessions, community_id: int, data_id: str) -> PostRow:
    with sessions.read() as session:
        row = posts.find(session, community_id, data_id)
    assert row is not None
    return row


def add(sessions: Sessions, community_id: int, *rows: dict[str, Any]) -> list[tuple[Kept, str]]:
    with sessions.write.begin() as session:
        return posts.add(session, community_id, rows)


def data_ids(claimed: list[Claimed]) -> list[str]:
    return [one.row.data_id for one in claimed]


def count(sessions: Sessions, table: type[PostRow | PostKeyRow] = PostRow) -> int:
    with sessions.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# ---------------------------------------------------------------- kept once


def test_new_duplicate_and_conflict(sessions: Sessions, community_id: int) -> None:
    first = some_columns(community_id, "a", "你好")
    assert add(sessions, community_id, first) == [(Kept.NEW, first["id"])]
    again, other = some_columns(community_id, "a", "你好"), some_columns(community_id, "a", "再见")
    assert add(sessions, community_id, again) == [(Kept.DUPLICATE, first["id"])]
    assert add(sessions, community_id, other) == [(Kept.CONFLICT, first["id"])]
    assert found(sessions, community_id, "a").text == "你好"
    assert count(sessions) == count(sessions, PostKeyRow) == 1


def test_same_data_id_within_one_batch(sessions: Sessions, community_id: int) -> None:
    rows = [
        some_columns(community_id, data_id, text) for data_id, text in ("ax", "by", "ax", "az", "cw", "by")
    ]
    outcomes = add(sessions, community_id, *rows)
    assert [kept for kept, _ in outcomes] == [
        Kept.NEW,
        Kept.NEW,
        Kept.DUPLICATE,
        Kept.CONFLICT,
        Kept.NEW,
        Kept.DUPLICATE,
    ]
    assert outcomes[2][1] == outcomes[3][1] == rows[0]["id"]
    assert count(sessions) == 3


def test_a_batch_may_hold_known_and_new_posts(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", "甲"))
    receipts = keep(
        sessions, community_id, a_submission("a", "甲"), a_submission("b"), a_submission("a", "乙")
    )
    assert [receipt.kept for receipt in receipts] == [Kept.DUPLICATE, Kept.NEW, Kept.CONFLICT]
    assert count(sessions) == 2


def test_the_largest_batch(sessions: Sessions, community_id: int) -> None:
    receipts = keep(sessions, community_id, *(a_submission(f"p{number}") for number in range(500)))
    assert len({receipt.id for receipt in receipts}) == 500
    assert data_ids(claim(sessions)) == [f"p{number}" for number in range(500)]


def test_communities_do_not_share_data_ids(sessions: Sessions, community_id: int) -> None:
    other = a_community(sessions, "other").id
    keep(sessions, community_id, a_submission("a", "甲"))
    assert keep(sessions, other, a_submission("a", "乙"))[0].kept is Kept.NEW
    assert found(sessions, other, "a").text == "乙"
    with sessions.read() as session:
        assert posts.find(session, other, "b") is None
        assert posts.by_id(session, other, found(sessions, community_id, "a").id) is None


def test_replay_after_an_edit_is_no_conflict(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", "原文"))
    edit(sessions, community_id, "a", "改文")
    assert keep(sessions, community_id, a_submission("a", "原文"))[0].kept is Kept.DUPLICATE
    assert found(sessions, community_id, "a").text == "改文"


def test_a_hundred_clients_submit_one_post(sessions: Sessions, community_id: int) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(lambda _: keep(sessions, community_id, a_submission("a", "同一帖"))[0], range(100))
        receipts = list(answers)
    assert [receipt.kept for receipt in receipts].count(Kept.NEW) == 1
    assert [receipt.kept for receipt in receipts].count(Kept.DUPLICATE) == 99
    assert len({receipt.id for receipt in receipts}) == 1
    assert count(sessions) == count(sessions, PostKeyRow) == 1


def test_batches_with_the_same_posts_in_other_orders_do_not_block_each_other(
    sessions: Sessions, community_id: int
) -> None:
    names = [f"p{number}" for number in range(40)]
    orders = [names, names[::-1], names[20:] + names[:20], names[::2] + names[1::2]] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda order: keep(sessions, community_id, *(a_submission(name) for name in order)), orders
        )
        kept = [receipt.kept for receipts in answers for receipt in receipts]
    assert kept.count(Kept.NEW) == 40
    assert count(sessions) == 40


# ---------------------------------------------------------------- claimed by one


def test_claim_takes_the_oldest_up_to_the_limit(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, *(a_submission(f"p{number}") for number in range(5)))
    assert data_ids(claim(sessions, "t1", limit=2)) == ["p0", "p1"]
    assert data_ids(claim(sessions, "t2", limit=9)) == ["p2", "p3", "p4"]
    assert claim(sessions, "t3") == []


@pytest.mark.parametrize(
    ("budget", "taken"),
    [(1, ["p0"]), (11, ["p0"]), (12, ["p0", "p1"]), (22, ["p0", "p1"]), (23, ["p0", "p1", "p2"])],
)
def test_claim_stays_within_its_budget(
    sessions: Sessions, community_id: int, budget: int, taken: list[str]
) -> None:
    keep(sessions, community_id, *(a_submission(f"p{number}", "十个字的帖子就这么长") for number in range(3)))
    assert data_ids(claim(sessions, budget=budget)) == taken


def test_a_long_post_is_taken_whatever_the_budget(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("long", "长" * 10_000), a_submission("short"))
    assert data_ids(claim(sessions, budget=100)) == ["long"]
    assert data_ids(claim(sessions, budget=100)) == ["short"]


def test_a_claim_counts_as_an_attempt_and_holds_its_lease(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    (one,) = claim(sessions, "t1")
    assert (one.attempts, one.revision, one.community_id) == (1, 1, community_id)
    row = found(sessions, community_id, "a")
    with sessions.read() as session:
        now = session.scalar(select(db_now())) or 0
    assert row.claim_token == "t1"
    assert row.claimed_until is not None
    assert abs(row.claimed_until - now - LEASE) < 20 * SECOND


def test_posts_whose_lease_ran_out_are_taken_one_at_a_time(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, *(a_submission(f"p{number}") for number in range(3)))
    assert len(claim(sessions, "dead", lease=OVER)) == 3
    keep(sessions, community_id, a_submission("fresh"))
    alone = [data_ids(claim(sessions, f"t{number}")) for number in range(4)]
    assert sorted(alone[:3]) == [["p0"], ["p1"], ["p2"]]
    assert alone[3] == ["fresh"]


def test_a_lease_that_holds_is_respected(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    claim(sessions, "t1")
    assert claim(sessions, "t2") == []
    with sessions.read() as session:
        assert not claims.has_work(session)


def test_has_work(sessions: Sessions, community_id: int) -> None:
    def has_work() -> bool:
        with sessions.read() as session:
            return claims.has_work(session)

    assert not has_work()
    keep(sessions, community_id, a_submission("a"))
    assert has_work()
    claim(sessions, "dead", lease=OVER)
    assert has_work()
    claimed = claim(sessions, "t2")
    assert not has_work()
    settle(sessions, "t2", claimed)
    assert not has_work()


def test_two_claimers_at_once_never_share_a_post(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, *(a_submission(f"p{number}") for number in range(200)))
    start = threading.Barrier(6)

    def take(name: int) -> list[str]:
        start.wait()
        mine: list[str] = []
        while claimed := claim(sessions, f"w{name}-{len(mine)}", limit=7):
            mine += data_ids(claimed)
        return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [data_id for mine in pool.map(take, range(6)) for data_id in mine]
    assert len(taken) == len(set(taken)) == 200


# SQLite has one writer at a time: there is nothing to show on it.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_claimer_does_not_wait_for_another_on_postgresql(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, *(a_submission(f"p{number}") for number in range(4)))
    with sessions.write.begin() as session:
        first = claims.claim(session, token="t1", lease=LEASE, budget=PLENTY, limit=2)
        second = claim(sessions, "t2", limit=2)
    assert (data_ids(first), data_ids(second)) == (["p0", "p1"], ["p2", "p3"])


# ---------------------------------------------------------------- settled once


def test_settle_answers_the_version_of_the_next_event(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"), a_submission("b"))
    claimed = claim(sessions, "t1")
    assert settle(sessions, "t1", claimed) == {one.id: 1 for one in claimed}
    row = found(sessions, community_id, "a")
    assert (row.state, row.claim_token, row.claimed_until) == ("decided", None, None)
    assert claim(sessions, "t2") == []


def test_settling_twice_writes_once(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    claimed = claim(sessions, "t1")
    assert len(settle(sessions, "t1", claimed)) == 1
    assert settle(sessions, "t1", claimed) == {}


def test_an_old_token_settles_nothing(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    slow = claim(sessions, "slow", lease=OVER)
    quick = claim(sessions, "quick")
    assert settle(sessions, "slow", slow) == {}
    assert found(sessions, community_id, "a").state == "pending"
    assert len(settle(sessions, "quick", quick)) == 1


def test_settle_without_posts(sessions: Sessions) -> None:
    assert settle(sessions, "t1", []) == {}


def test_released_post_waits_and_comes_back_alone(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"), a_submission("b"))
    one, other = claim(sessions, "t1")
    with sessions.write.begin() as session:
        claims.release(session, "t1", one.id, error="x" * 5000, wait=HOUR)
        claims.release(session, "t1", other.id, error="y", wait=OVER)
    (back,) = claim(sessions, "t2")
    assert (back.id, back.attempts, back.row.last_error) == (other.id, 2, "y")
    assert claim(sessions, "t3") == []
    assert len(found(sessions, community_id, "a").last_error) == 1000


def test_an_old_token_releases_nothing(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    claim(sessions, "slow", lease=OVER)
    (one,) = claim(sessions, "quick")
    with sessions.write.begin() as session:
        claims.release(session, "slow", one.id, error="late", wait=OVER)
    assert found(sessions, community_id, "a").claim_token == "quick"


# ---------------------------------------------------------------- edited and withdrawn


def edit(sessions: Sessions, community_id: int, data_id: str, text: str, *, edited_at: int = NOW + 1) -> bool:
    with sessions.write.begin() as session:
        row = posts.find(session, community_id, data_id)
        assert row is not None
        return posts.edit(
            session, row, {"text": text, "content_hash": content_hash(text, "", [])}, edited_at=edited_at
        )


def withdraw(sessions: Sessions, community_id: int, data_id: str) -> bool:
    with sessions.write.begin() as session:
        row = posts.find(session, community_id, data_id)
        assert row is not None
        return posts.withdraw(session, row)


@pytest.mark.parametrize("change", ["edit", "withdraw"])
def test_change_while_claimed_takes_the_claim_away(
    sessions: Sessions, community_id: int, change: str
) -> None:
    keep(sessions, community_id, a_submission("a"))
    claimed = claim(sessions, "t1")
    if change == "edit":
        assert edit(sessions, community_id, "a", "新文")
    else:
        assert withdraw(sessions, community_id, "a")
    assert settle(sessions, "t1", claimed) == {}
    row = found(sessions, community_id, "a")
    assert (row.revision, row.claim_token, row.claimed_until) == (2, None, None)
    assert row.state == ("pending" if change == "edit" else "withdrawn")


def test_edited_post_is_claimed_again_as_new(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    claim(sessions, "t1", lease=OVER)
    settle(sessions, "t2", claim(sessions, "t2"))
    edit(sessions, community_id, "a", "新文")
    (again,) = claim(sessions, "t3")
    assert (again.row.text, again.revision, again.attempts) == ("新文", 2, 1)


def test_the_latest_edit_wins_whatever_the_order_of_arrival(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", "零"))
    assert edit(sessions, community_id, "a", "二", edited_at=NOW + 20)
    assert not edit(sessions, community_id, "a", "一", edited_at=NOW + 10)
    assert edit(sessions, community_id, "a", "三", edited_at=NOW + 30)
    row = found(sessions, community_id, "a")
    assert (row.text, row.revision, row.edited_at) == ("三", 3, NOW + 30)


def test_the_first_edit_counts_whatever_the_clocks_say(sessions: Sessions, community_id: int) -> None:
    """A platform whose clock is slow, and which sends no posted_at, must not lose its edit."""
    keep(sessions, community_id, a_submission("a", "零"))
    assert edit(sessions, community_id, "a", "一", edited_at=NOW - HOUR)
    assert found(sessions, community_id, "a").text == "一"


def test_a_withdrawn_post_stays_withdrawn(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    assert withdraw(sessions, community_id, "a")
    assert not withdraw(sessions, community_id, "a")
    assert not edit(sessions, community_id, "a", "新文")
    assert claim(sessions) == []
    assert found(sessions, community_id, "a").revision == 2


# ---------------------------------------------------------------- small readings


def test_count_by_state(sessions: Sessions, community_id: int) -> None:
    other = a_community(sessions, "other").id
    keep(sessions, other, a_submission("x"))
    settle(sessions, "t0", claim(sessions, "t0"))
    keep(sessions, community_id, *(a_submission(f"p{number}") for number in range(6)))
    settle(sessions, "t1", claim(sessions, "t1", limit=3))
    withdraw(sessions, community_id, "p5")
    with sessions.read() as session:
        assert posts.count_by_state(session, community_id) == {
            PostState.PENDING: 2,
            PostState.DECIDED: 3,
            PostState.WITHDRAWN: 1,
        }
        assert sum(posts.count_by_state(session, 999).values()) == 0


def test_other_posts_of_an_author(sessions: Sessions, community_id: int) -> None:
    rows = [some_columns(community_id, f"p{n}", author_id="u1", posted_at=NOW + n) for n in range(4)]
    stranger = some_columns(community_id, "q", author_id="u2")
    nobody = some_columns(community_id, "r")
    add(sessions, community_id, *rows, stranger, nobody)
    with sessions.read() as session:
        listed = posts.by_author(session, community_id, "u1", besides=rows[3]["id"], limit=2)
        assert [row.data_id for row in listed] == ["p2", "p1"]
        assert posts.by_author(session, community_id, None, besides="") == []


def test_metrics_change_without_a_new_revision(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    with sessions.write.begin() as session:
        posts.set_metrics(session, found(sessions, community_id, "a"), {"likes": 3})
    row = found(sessions, community_id, "a")
    assert (row.metrics, row.revision, row.state) == ({"likes": 3}, 1, "pending")


# ---------------------------------------------------------------- no update is lost


INCREMENT = """
import sys
from moderation.store import outbox
from moderation.store.engine import Sessions
url, post_id, times = sys.argv[1:]
sessions = Sessions(url, pool_size=1)
for _ in range(int(times)):
    with sessions.write.begin() as session:
        outbox.next_version(session, post_id)
sessions.close()
"""

READ_THEN_WRITE = """
import sys
from moderation.store import identities
from moderation.store.engine import Sessions
url, times = sys.argv[1:]
sessions = Sessions(url, pool_size=1)
for _ in range(int(times)):
    with sessions.write.begin() as session:
        known = int(identities.get_fact(session, "counter") or 0)
        identities.set_fact(session, "counter", str(known + 1))
sessions.close()
"""


def run_twice(script: str, *arguments: str) -> None:
    command = [sys.executable, "-c", script, *arguments]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]


def test_two_processes_lose_no_increment(sessions: Sessions, database_url: str, community_id: int) -> None:
    (receipt,) = keep(sessions, community_id, a_submission("a"))
    run_twice(INCREMENT, database_url, receipt.id, "100")
    assert found(sessions, community_id, "a").event_version == 200


def test_two_processes_that_read_before_they_write_lose_nothing_on_sqlite(
    sqlite_template: Path, tmp_path: Path
) -> None:
    database = tmp_path / "test.db"
    database.write_bytes(sqlite_template.read_bytes())
    run_twice(READ_THEN_WRITE, f"sqlite:///{database}", "100")
    sessions = Sessions(f"sqlite:///{database}")
    with sessions.read() as session:
        assert identities.get_fact(session, "counter") == "200"
    sessions.close()


def test_a_reader_is_not_held_up_by_a_writer(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a"))
    with sessions.write.begin() as writing:
        claims.claim(writing, token="t", lease=LEASE, budget=PLENTY, limit=1)
        assert found(sessions, community_id, "a").claim_token is None


def test_the_database_clock_is_finer_than_a_second(sessions: Sessions) -> None:
    """SQLite's clock has whole milliseconds, PostgreSQL's microseconds: leases are ordered by either."""
    readings = []
    with sessions.read() as session:
        for _ in range(20):
            readings.append(session.scalar(select(db_now())) or 0)
            time.sleep(0.002)
    assert readings == sorted(readings)
    assert len(set(readings)) == 20
    assert abs(readings[-1] - time.time_ns() // 1000) < 60 * 1_000_000


def test_the_same_edit_sent_twice_is_scored_once(sessions: Sessions, community_id: int) -> None:
    keep(sessions, community_id, a_submission("a", "原文"))
    values = {"text": "改", "content_hash": content_hash("改", "", [])}
    answers = []
    for _ in range(2):
        with sessions.write.begin() as session:
            post = posts.find(session, community_id, "a")
            assert post is not None
            answers.append(posts.edit(session, post, values, edited_at=NOW + 5))
    assert answers == [True, False]
