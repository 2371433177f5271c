"""Backtests as jobs: worked off in steps, cut off, gone on with, stopped; and what the interface says meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from moderation.domain.policy_versions import PolicyState
from moderation.domain.rehearsal import (
    MOST_ATTEMPTS,
    Rehearsal,
    RehearsalRunningError,
    Stage,
    UnknownVersionError,
)
from moderation.domain.verdict import Suggestion
from moderation.endpoints import backtests as endpoint
from moderation.outbound.bell import QueueName
from moderation.services.backtesting import Backtesting
from moderation.services.policies import Policies
from moderation.services.rehearsals import Rehearsals
from moderation.store import rehearsals as store
from moderation.store.engine import Sessions
from moderation.store.tables import PolicyRow, RehearsalRow
from moderation.wiring.maintenance import waits
from tests.factories import CALIBRATED, HOUR, NOW, a_scoring, a_submission, keep
from tests.fakes import RecordingBell, StoppedClock

if TYPE_CHECKING:
    from tests.http_api import Api

DAY = 24 * 3600 * 1_000_000
LIVE = 'version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\nreview = 0.5\nblock = 0.9\n'
STRICT = LIVE.replace("0.9", "0.55")


class Shop:
    """A community with posts, a draft, and a worker that does one step at a time."""

    def __init__(self, sessions: Sessions, community_id: int, posts: int = 5) -> None:
        self.sessions, self.community_id = sessions, community_id
        self.clock, self.bell = StoppedClock(NOW), RecordingBell()
        sent = [a_submission(f"p{n}", f"第{n}天有优惠" if n % 2 else f"第{n}天") for n in range(posts)]
        keep(sessions, community_id, *sent)
        a_scoring(sessions).score_pending()
        self.policies = Policies(sessions, LIVE)
        self.draft = self.policies.draft(community_id, document=STRICT, why="", author="王", now=NOW)
        self.parts = Rehearsals(sessions, self.bell, LIVE, CALIBRATED, batch=2)

    def ask(self, number: int = 1) -> Rehearsal:
        return self.parts.ask(self.community_id, number, days=7, by="王", now=NOW + 1)

    def step(self) -> bool:
        """One slice that has time for one step only."""
        return self.parts.work(seconds=-1, clock=self.tick)

    def tick(self) -> int:
        """A clock that goes on by a second whenever it is asked."""
        self.clock.forward(1_000_000)
        return self.clock()

    def run(self) -> Rehearsal:
        found = self.parts.latest(self.community_id, 1)
        assert found
        return found[0]

    def set(self, **values: object) -> None:
        with self.sessions.write.begin() as session:
            session.execute(update(RehearsalRow).values(**values))


@pytest.fixture
def shop(sessions: Sessions, community_id: int) -> Shop:
    return Shop(sessions, community_id)


def test_steps_come_to_what_a_backtest_at_once_finds(shop: Shop) -> None:
    asked = shop.ask()
    assert (asked.stage, asked.began_at, asked.total, asked.live) == (Stage.RUNNING, None, 5, 0)
    assert shop.bell.rung == [QueueName.MAINTENANCE]
    seen = []
    while shop.step():
        seen.append((shop.run().done, shop.run().stage))
    assert seen == [(2, Stage.RUNNING), (4, Stage.RUNNING), (5, Stage.RUNNING), (5, Stage.DONE)]
    at_once = Backtesting(shop.sessions, LIVE, CALIBRATED).run_version(
        shop.community_id, 1, since=NOW - 7 * DAY, until=NOW + 1
    )
    found = shop.parts.latest(shop.community_id, 1)
    assert found
    assert found[1] == at_once
    assert at_once.flipped == 2
    outcome = found[0].outcome
    assert outcome
    assert (outcome.posts, outcome.flipped, list(outcome.thresholds)) == (5, 2, ["ad"])


def test_texts_are_read_when_asked_and_not_kept(shop: Shop) -> None:
    shop.ask()
    while shop.step():
        pass
    with shop.sessions.read() as session:
        found = store.find(session, shop.draft.id)
    assert found
    assert "优惠" not in str(found[0].found)


def test_time_left_is_judged_by_how_it_went() -> None:
    run = Rehearsal(7, 0, "王", NOW, NOW + 10_000_000, done=40, total=100, began_at=NOW)
    assert run.seconds_left == pytest.approx(15.0)
    assert replace(run, done=0).seconds_left is None
    assert replace(run, began_at=None).seconds_left is None
    assert replace(run, stage=Stage.DONE).seconds_left is None
    assert replace(run, done=120).seconds_left == 0.0


def test_one_run_a_version_at_a_time(shop: Shop) -> None:
    shop.policies.draft(shop.community_id, document=LIVE, why="", author="王", now=NOW)
    shop.ask()
    with pytest.raises(RehearsalRunningError):
        shop.ask()
    shop.ask(2)
    with pytest.raises(UnknownVersionError):
        shop.ask(9)


def test_a_stopped_run_changes_nothing_more_and_can_be_asked_again(shop: Shop) -> None:
    shop.ask()
    shop.step()
    assert shop.parts.stop(shop.community_id, 1)
    assert not shop.parts.stop(shop.community_id, 1)
    assert not shop.step()
    assert (shop.run().stage, shop.run().done) == (Stage.STOPPED, 2)
    assert shop.ask().done == 0
    while shop.step():
        pass
    assert shop.run().stage is Stage.DONE


def test_a_step_of_an_older_run_is_not_kept(shop: Shop) -> None:
    shop.ask()
    with shop.sessions.write.begin() as session:
        old = store.claim(session, lease=1_000_000_000)
    assert old
    shop.parts.stop(shop.community_id, 1)
    shop.ask()
    with shop.sessions.write.begin() as session:
        assert not store.note(session, old, lease=1, done=99, cursor=99)
    assert shop.run().done == 0


def test_what_is_compared_is_the_policy_that_was_live_when_asked(shop: Shop) -> None:
    shop.ask()
    shop.step()
    shop.policies.draft(shop.community_id, document=STRICT, why="", author="王", now=NOW)
    shop.policies.move(shop.community_id, 2, PolicyState.LIVE, why="", author="王", now=NOW)
    while shop.step():
        pass
    outcome = shop.run().outcome
    assert outcome
    assert outcome.flipped == 2


def _work_and_die(url: str) -> None:
    sessions = Sessions(url)
    parts = Rehearsals(sessions, None, LIVE, CALIBRATED, batch=2)
    steps = iter(range(100))

    def clock() -> int:
        if next(steps) == 2:  # the second step has begun
            os.kill(os.getpid(), signal.SIGKILL)
        return NOW

    parts.work(seconds=60, clock=clock)


def test_a_killed_worker_is_followed_by_another_that_goes_on(shop: Shop, database_url: str) -> None:
    shop.ask()
    worker = multiprocessing.get_context("spawn").Process(target=_work_and_die, args=(database_url,))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert (shop.run().done, shop.run().stage) == (2, Stage.RUNNING)
    assert not shop.step(), "its lease still holds"
    shop.set(leased_until=1)
    with shop.sessions.read() as session:
        assert waits(session)
    while shop.step():
        pass
    assert (shop.run().done, shop.run().stage) == (5, Stage.DONE)


def test_a_run_cut_off_again_and_again_says_so_and_can_be_asked_again(shop: Shop) -> None:
    shop.ask()
    shop.set(attempts=MOST_ATTEMPTS)
    assert not shop.step()
    assert shop.run().stage is Stage.FAILED
    assert shop.ask().stage is Stage.RUNNING
    assert shop.step()


def test_a_document_that_cannot_be_read_fails_and_does_not_hang(shop: Shop) -> None:
    shop.ask()
    with shop.sessions.write.begin() as session:
        session.execute(update(PolicyRow).values(document="not a policy"))
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Exception, match="policy"):
            shop.step()
    assert not shop.step()
    assert shop.run().stage is Stage.FAILED


# ---------------------------------------------------------------- the interface


def test_the_interface_answers_at_once_or_says_where_to_look(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        api.post({"data_id": f"p{number}", "text": "今天有优惠", "author": {"id": "u1"}})
    api.score()
    api.clock.forward(1)
    api.ask("POST", "/v1/policies", {"document": STRICT})
    at_once = api.ask("POST", "/v1/policies/1/backtest?days=7")
    assert (at_once.status_code, at_once.json["result"]["posts"]) == (200, 3)
    assert {"scores", "words", "windows", "people", "kept"} == set(at_once.json["basis"])
    assert api.get("/v1/policies/1/backtest").json == at_once.json  # also after it ended
    monkeypatch.setattr(endpoint, "AT_ONCE", 2)
    for _ in range(2):  # asked twice, it is the same run
        answer = api.ask("POST", "/v1/policies/1/backtest?days=7")
        assert (answer.status_code, answer.json["state"], answer.json["total"], answer.json["result"]) == (
            202, "running", 3, None,
        )  # fmt: skip
    api.parts.rehearsals.work(seconds=60, clock=api.clock)
    done = api.get("/v1/policies/1/backtest").json
    assert (done["state"], done["done"], done["days"]) == ("done", 3, 7)
    assert done["result"] == at_once.json["result"]
    api.ask("POST", "/v1/policies/1/backtest?days=1")
    stopped = api.ask("DELETE", "/v1/policies/1/backtest")
    assert (stopped.status_code, stopped.json["state"]) == (200, "stopped")
    assert api.ask("POST", "/v1/policies/9/backtest").status_code == 404


def test_one_that_fails_while_the_caller_waits_is_gone_on_with_by_a_worker(api: Api) -> None:
    api.post({"data_id": "p", "text": "今天有优惠", "author": {"id": "u1"}})
    api.score()
    api.clock.forward(1)
    api.ask("POST", "/v1/policies", {"document": STRICT})
    document(api, "not a policy")
    assert api.ask("POST", "/v1/policies/1/backtest?days=7").status_code == 422
    assert api.get("/v1/policies/1/backtest").json["state"] == "running"
    document(api, STRICT)
    assert api.parts.rehearsals.work(seconds=60, clock=api.clock)
    assert api.get("/v1/policies/1/backtest").json["result"]["posts"] == 1


def document(api: Api, text: str) -> None:
    with api.parts.sessions.write.begin() as session:
        session.execute(update(PolicyRow).values(document=text))


# ---------------------------------------------------------------- sensitive periods


WINDOWED = (
    LIVE.replace("0.5", "0.9").replace("block = 0.9", "block = 0.95")
    + """
[[windows]]
name = "高考期间"
from = {start}
to = {end}
review_factor = 0.6
"""
)


def test_each_post_is_judged_in_the_windows_that_were_open_when_it_came_in(shop: Shop) -> None:
    """Three equal posts (0.6): two within the window, where 0.54 is enough, and one after it, where 0.9 is asked."""
    day = datetime.fromtimestamp(NOW // 1_000_000, UTC)
    window = WINDOWED.format(start=day.isoformat(), end=(day + timedelta(hours=1)).isoformat())
    draft = shop.policies.draft(shop.community_id, document=window, why="", author="王", now=NOW)
    keep(shop.sessions, shop.community_id, a_submission("later", "以后有优惠"), now=NOW + 2 * HOUR)
    a_scoring(shop.sessions, clock=lambda: NOW + 2 * HOUR).score_pending()
    shop.parts.ask(shop.community_id, draft.number, days=7, by="王", now=NOW + 3 * HOUR)
    while shop.step():
        pass
    found = shop.parts.latest(shop.community_id, draft.number)
    assert found
    run, counted = found
    assert run.outcome
    assert {move: count for move, count in counted.moves.items() if move[0] is Suggestion.REVIEW} == {
        (Suggestion.REVIEW, Suggestion.REVIEW): 2, (Suggestion.REVIEW, Suggestion.PASS): 1,
    }  # fmt: skip
    assert [one.data_id for one in counted.examples[Suggestion.REVIEW, Suggestion.PASS]] == ["later"]
    by_threshold = {
        one.review: round(one.per_hour * run.outcome.hours) for one in run.outcome.thresholds["ad"]
    }
    assert (by_threshold[0.6], by_threshold[0.7], by_threshold[0.9], by_threshold[0.99]) == (3, 2, 2, 2)
