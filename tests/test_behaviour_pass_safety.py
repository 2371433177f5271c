"""The behaviour pass when something goes wrong: deaths, edits under its eyes, two at once, unreadable posts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from moderation.outbound.bell import QueueName
from moderation.services.behaviour_pass import LEASE, LIMIT, MAX_ATTEMPTS, PATIENCE, RETRY_WAIT
from moderation.services.intake import Intake
from moderation.store import behaviour
from moderation.store.tables import BehaviourPassRow, VerdictRow
from tests.behaving import Board, a_board, a_pass
from tests.factories import NOW, SECOND, a_community, a_submission, an_author, keep
from tests.fakes import RecordingBell
from workers import schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.store.engine import Sessions

ADVERT = "小众手工皮鞋清仓,工厂直供特价包邮,下单戳 https://xie-7788.xyz/b"
TO_WRITE = 4
"""The call of the clock that comes after reading and before writing."""


class WorkerDiedError(BaseException):
    """A kill -9 between two steps: no handler of ours may catch it."""


@pytest.fixture
def board(sessions: Sessions, community_id: int) -> Board:
    return a_board(sessions, community_id)


def adverts(board: Board, count: int = 3, author: str = "u1") -> list[str]:
    return board.say(*((author, 9 * (board.came + place), ADVERT, f"t{place}") for place in range(count)))


def at_call(number: int, act: Callable[[], object]) -> Callable[[], int]:
    """A clock during one of whose calls the world changes."""
    calls = []

    def clock() -> int:
        calls.append(NOW)
        if len(calls) == number:
            act()
        return NOW

    return clock


def die() -> None:
    raise WorkerDiedError


def expire(sessions: Sessions) -> None:
    """Time passes: every lease has run out, every wait is over."""
    with sessions.write.begin() as session:
        session.execute(update(BehaviourPassRow).values(leased_until=SECOND))


def damage(board: Board, name: str) -> None:
    """A verdict that no version of the product can have written."""
    with board.sessions.write.begin() as session:
        session.execute(
            update(VerdictRow).where(VerdictRow.post_id == board.post(name).post.id).values(body={"ad": "?"})
        )


# ---------------------------------------------------------------- dying


@pytest.mark.parametrize("call", [1, 2, 3, TO_WRITE])
def test_dying_at_any_step_loses_nothing_and_doubles_nothing(board: Board, call: int) -> None:
    names = adverts(board)
    before = board.written()
    with pytest.raises(WorkerDiedError):
        a_pass(board, at_call(call, die)).look()
    assert board.written() == before
    assert len(board.marks()) == 3
    expire(board.sessions)
    assert board.look() == 3
    assert {board.verdict(name) for name in names} == {("behaviour", "block", "3.2")}
    assert len(board.findings()) == 1
    assert not board.marks()


def test_a_turn_whose_worker_died_is_taken_over_when_its_lease_has_run_out(board: Board) -> None:
    adverts(board)
    with board.sessions.write.begin() as session:
        turn = behaviour.take_turn(session, token="dead", lease=LEASE, budget=10_000, limit=LIMIT)
    assert turn is not None
    assert len(turn.marks) == 3
    assert board.look() == 0
    assert not board.findings()
    expire(board.sessions)
    taken = []
    while found := board.looking.look():
        taken.append(found)
    assert taken == [1, 1, 1]  # each alone: one of them may have killed the worker
    assert len(board.findings()) == 1


def test_a_post_that_takes_its_worker_along_is_left_out_in_the_end(board: Board) -> None:
    adverts(board, 2)
    for _ in range(2 * MAX_ATTEMPTS):
        with board.sessions.write.begin() as session:
            assert behaviour.take_turn(session, token="dead", lease=LEASE, budget=10_000, limit=LIMIT)
        expire(board.sessions)
    assert sorted(row.attempts for row in board.marks()) == [MAX_ATTEMPTS, MAX_ATTEMPTS + 1]
    board.look()
    assert not board.marks()


# ---------------------------------------------------------------- changes under its eyes


def test_nothing_is_written_about_a_text_that_is_no_longer_there(board: Board) -> None:
    names = adverts(board)
    innocent = a_submission(names[1], "周末去爬山", author=an_author("u1"), posted_at=NOW)

    def edit() -> None:
        Intake(board.sessions, RecordingBell()).edit(board.community_id, innocent, edited_at=NOW, now=NOW)

    assert a_pass(board, at_call(TO_WRITE, edit)).look() == 3
    board.score()
    assert [board.verdict(name)[:2] for name in names] == [
        ("behaviour", "block"),
        ("machine", "pass"),
        ("behaviour", "block"),
    ]
    assert board.members() == [{"p0", "p2"}]
    board.look()
    assert board.members() == [{"p0", "p2"}]


def test_a_withdrawn_post_stays_gone(board: Board) -> None:
    names = adverts(board, 2)
    intake = Intake(board.sessions, RecordingBell())
    before = board.written()
    a_pass(board, at_call(TO_WRITE, lambda: intake.withdraw(board.community_id, names[1]))).look()
    assert board.written() == before


def test_a_turn_that_was_taken_over_writes_nothing(board: Board) -> None:
    adverts(board)
    before = board.written()

    def take_over() -> None:
        expire(board.sessions)
        with board.sessions.write.begin() as session:
            assert behaviour.take_turn(session, token="other", lease=LEASE, budget=10_000, limit=LIMIT)

    a_pass(board, at_call(TO_WRITE, take_over)).look()
    assert board.written() == before
    assert len(board.marks()) == 3


def test_two_passes_at_once_have_one_result(board: Board) -> None:
    names = adverts(board, 6)
    passes = [a_pass(board) for _ in range(4)]
    ready = Barrier(len(passes))

    def run(number: int) -> int:
        ready.wait(20)
        return passes[number].look()

    with ThreadPoolExecutor(len(passes)) as pool:
        looked = [task.result(60) for task in [pool.submit(run, number) for number in range(len(passes))]]
    board.look()
    assert max(looked) == 6
    assert len(board.findings()) == 1
    history = [[one.source for one in board.post(name).verdicts] for name in names]
    assert history == [["machine", "behaviour"]] * 6
    assert len(board.events("post.decided")) == 12


# ---------------------------------------------------------------- what cannot be read


def test_a_post_that_cannot_be_read_takes_no_other_with_it(board: Board) -> None:
    good = adverts(board, 3)
    (bad,) = adverts(board, 1, "u9")
    damage(board, bad)
    assert board.looking.look() == 4
    assert {board.verdict(name) for name in good} == {("behaviour", "block", "3.2")}
    assert [row.post_id for row in board.marks()] == [board.post(bad).post.id]
    for _ in range(MAX_ATTEMPTS):
        expire(board.sessions)
        board.looking.look()
    assert not board.marks()  # left out, with a line in the log


def test_after_a_failure_other_communities_go_first(board: Board) -> None:
    (bad,) = adverts(board, 1)
    damage(board, bad)
    board.look()
    other = a_community(board.sessions, "other").id
    keep(board.sessions, other, a_submission("x", "早上好", author=an_author("u1")))
    board.score()
    assert RETRY_WAIT > 0
    assert board.looking.look() == 1
    assert {row.community_id for row in board.marks()} == {board.community_id}


# ---------------------------------------------------------------- whose turn it is


def test_verdicts_go_first_for_a_while(board: Board) -> None:
    adverts(board, 1)
    keep(board.sessions, board.community_id, a_submission("waits", "在吗"))
    assert a_pass(board).look() == 0
    assert a_pass(board, lambda: NOW + PATIENCE + SECOND).look() == 1


def test_a_turn_takes_no_more_than_its_budget(board: Board) -> None:
    adverts(board, 3)
    cost = len(ADVERT) + 1
    with board.sessions.write.begin() as session:
        turn = behaviour.take_turn(session, token="t", lease=LEASE, budget=2 * cost, limit=LIMIT)
    assert turn is not None
    assert len(turn.marks) == 2


def test_the_sweep_rings_for_what_waits(board: Board) -> None:
    bell = RecordingBell()
    schedule.sweep(board.sessions, bell)
    assert QueueName.BEHAVIOUR not in bell.rung
    adverts(board, 1)
    schedule.sweep(board.sessions, bell)
    assert QueueName.BEHAVIOUR in bell.rung


def test_a_worker_scores_before_it_looks() -> None:
    from workers.worker import ROLES  # noqa: PLC0415 - only to look

    queues, _ = ROLES["scoring"]
    assert list(queues) == [QueueName.SCORING, QueueName.BEHAVIOUR]


def test_many_copies_grow_one_finding_and_bounded_work(board: Board) -> None:
    """More copies than one turn looks back on: still one finding, and every copy is in it."""
    for _ in range(3):
        board.say(*(("u1", board.came + place, ADVERT, f"t{place}") for place in range(100)))
        board.look()
    assert [len(together) for together in board.members()] == [300]
    assert {board.verdict(f"p{number}")[1] for number in range(300)} == {"block"}
