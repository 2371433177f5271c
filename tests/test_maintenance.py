"""Maintenance: what waits is noticed, done a little at a time, and a part that fails stops nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rq.timeouts import JobTimeoutException

from moderation.outbound.bell import QueueName
from moderation.services.emergency import COUNT_EVERY, Emergency
from moderation.services.gangs import Gangs
from moderation.services.radar import Radar
from moderation.services.rehearsals import Rehearsals
from moderation.services.sweeping import Sweeping
from moderation.services.sweeps import Sweeps
from moderation.store import looks
from moderation.sweeps.criteria import Criteria
from moderation.sweeps.judges import Judges
from moderation.sweeps.working import MOST_ATTEMPTS
from moderation.wiring.maintenance import Maintenance, waits
from tests.factories import CALIBRATED, DAY, NOW, a_scoring, a_submission, an_entry, keep
from tests.fakes import RecordingBell, StoppedClock
from workers import schedule

if TYPE_CHECKING:
    from moderation.store.engine import Sessions

POLICY = 'version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\n'
WORD = Criteria(words=(an_entry("龙须糖", "3.6"),))


class Shop:
    """One community with everything that maintenance does."""

    def __init__(self, sessions: Sessions, community_id: int) -> None:
        self.sessions, self.community_id = sessions, community_id
        self.clock, self.bell = StoppedClock(NOW), RecordingBell()
        judges = Judges(sessions, POLICY, CALIBRATED)
        self.sweeps = Sweeps(sessions, self.bell, judges)
        self.parts = Maintenance(
            sessions,
            self.bell,
            Sweeping(sessions, self.bell, judges),
            Emergency(sessions, self.bell),
            Radar(sessions, (), self.bell),
            Gangs(sessions, self.bell),
            Rehearsals(sessions, self.bell, POLICY, CALIBRATED),
            self.clock,
        )

    def keep(self, number: int) -> None:
        keep(
            self.sessions, self.community_id, *[a_submission(f"p{n}", f"卖龙须糖{n}") for n in range(number)]
        )
        a_scoring(self.sessions).score_pending()

    def ask(self) -> int:
        window = {"since": NOW - DAY, "until": NOW + 1, "author": "王", "now": NOW}
        return self.sweeps.ask(self.community_id, WORD, **window).sweep.id  # type: ignore[arg-type]

    def state(self, sweep_id: int) -> str:
        return self.sweeps.page(self.community_id, sweep_id).sweep.state

    def waits(self) -> bool:
        with self.sessions.read() as session:
            return waits(session)


@pytest.fixture
def shop(sessions: Sessions, community_id: int, monkeypatch: pytest.MonkeyPatch) -> Shop:
    # One run does all here, however slow the machine.
    monkeypatch.setattr("moderation.wiring.maintenance.SLICE", 60.0)
    made = Shop(sessions, community_id)
    made.keep(5)
    return made


def test_nothing_waits_at_first(shop: Shop) -> None:
    assert not shop.waits()
    assert shop.parts.run() == 0
    assert shop.bell.rung == []


def test_what_is_asked_rings_waits_and_is_done(shop: Shop) -> None:
    sweep_id = shop.ask()
    assert shop.bell.rung == [QueueName.MAINTENANCE]
    assert shop.waits()
    schedule.sweep(shop.sessions, shop.bell)
    assert shop.bell.rung[-1] is QueueName.MAINTENANCE
    assert shop.parts.run() == 1
    assert (shop.state(sweep_id), shop.waits()) == ("preview", False)
    shop.sweeps.ask_apply(shop.community_id, sweep_id, author="李", now=NOW)
    assert shop.parts.run() == 1
    shop.sweeps.ask_undo(shop.community_id, sweep_id, author="李", now=NOW)
    assert shop.parts.run() == 1
    page = shop.sweeps.page(shop.community_id, sweep_id)
    assert (page.sweep.state, page.sweep.applied_by, page.sweep.undone_by, page.progress) == (
        "undone", "李", "李", (5, 5),
    )  # fmt: skip


def test_a_sweep_is_done_a_little_at_a_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.services.sweeping.READ_BATCH", 2)
    sweep_id, ticks = shop.ask(), iter(range(100))
    done = []
    while shop.state(sweep_id) == "counting":
        assert shop.parts.sweeping.work(now=NOW, seconds=1.5, timer=lambda: next(ticks))
        done.append(shop.sweeps.page(shop.community_id, sweep_id).progress)
    assert done[:2] == [(2, 5), (4, 5)]
    assert shop.sweeps.page(shop.community_id, sweep_id).tally.by_change() == {("pass", "review", "3.6"): 5}


def test_a_sweep_that_a_worker_holds_is_left_to_it(shop: Shop) -> None:
    shop.ask()
    with shop.sessions.write.begin() as session:
        from moderation.store import sweeps  # noqa: PLC0415 - here alone

        held = sweeps.claim(session, lease=DAY, most_attempts=MOST_ATTEMPTS)
    assert held is not None
    assert not shop.waits()
    assert not shop.parts.sweeping.work(now=NOW, seconds=5)


class FailingGangs:
    """Groups that cannot be looked for."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def work(self, **_: Any) -> bool:
        raise self.error


def test_a_part_that_fails_stops_nobody_else(shop: Shop) -> None:
    sweep_id = shop.ask()
    failing = replace(shop.parts, gangs=FailingGangs(ValueError("broken")))  # type: ignore[arg-type]
    assert failing.run() == 1
    assert shop.state(sweep_id) == "preview"
    late = replace(shop.parts, gangs=FailingGangs(JobTimeoutException()))  # type: ignore[arg-type]
    with pytest.raises(JobTimeoutException):
        late.run()


def test_words_looks_and_counts_take_turns(shop: Shop) -> None:
    shop.parts.emergency.emergency(shop.community_id, [an_entry("龙须糖")], author="王", now=NOW)
    shop.parts.radar.ask(shop.community_id, days=7, author="王", now=NOW)
    shop.parts.gangs.ask(shop.community_id, days=7, author="王", now=NOW)
    shop.clock.forward(COUNT_EVERY)
    assert shop.parts.run() == 3
    (one,) = shop.parts.emergency.results(shop.community_id, now=shop.clock())
    assert (one.before_hits, one.counted_at) == (0, shop.clock())
    assert one.hits == 5
    for kind in ("radar", "gangs"):
        with shop.sessions.read() as session:
            row = looks.find(session, shop.community_id, kind)
        assert row is not None
        assert (row.state, row.done_at, row.again_at) == ("done", shop.clock(), shop.clock() + DAY)


def test_a_look_is_repeated_after_a_day_with_what_it_found_before_shown(shop: Shop) -> None:
    shop.parts.radar.ask(shop.community_id, days=7, author="王", now=NOW)
    assert shop.parts.radar.work(now=NOW)
    # The database's clock is years beyond this test's: the look is due again at once.
    assert shop.waits()
    assert shop.parts.radar.work(now=NOW + DAY)


def test_a_look_that_keeps_failing_is_left_to_a_person(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.sweeps.looks.LEASE", -1)

    def broken(_community: int, _since: int, _until: int) -> dict[str, Any]:
        raise ValueError("broken")

    shop.parts.gangs.ask(shop.community_id, days=7, author="王", now=NOW)
    for _ in range(looks.MOST_ATTEMPTS):
        with pytest.raises(ValueError, match="broken"):
            shop.parts.gangs._looks.work(broken, now=NOW)
    assert not shop.waits()
    shop.parts.gangs.ask(shop.community_id, days=7, author="王", now=NOW)
    assert shop.waits()


def test_a_look_reads_the_latest_posts_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.sweeps.looks.MOST_POSTS", 3)
    for number in range(4):
        keep(
            shop.sessions, shop.community_id, a_submission(f"late{number}", "天气不错"), now=NOW + 10 + number
        )
    a_scoring(shop.sessions).score_pending()
    shop.parts.radar.ask(shop.community_id, days=7, author="王", now=NOW)
    assert shop.parts.radar.work(now=NOW + 100)
    with shop.sessions.read() as session:
        row = looks.find(session, shop.community_id, "radar")
    assert row is not None
    assert (row.since, row.body["total"], row.body["passed"]) == (NOW + 11, 9, 3)
