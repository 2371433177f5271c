"""The bell over a real Valkey: rung once while unanswered, and never in the way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from moderation.outbound.bell import FLAG_SECONDS, JOBS, Bell, QueueName
from moderation.wiring.common import REDIS_TIMEOUT_SECONDS, connect_redis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from redis import Redis


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect_redis(redis_url, timeout=20) as client:
        yield client


def jobs(redis: Redis, queue: QueueName) -> list[str]:
    found = Queue(queue.value, connection=redis, serializer=JSONSerializer).jobs
    return [str(job.func_name) for job in found]


def test_a_ring_brings_one_job_that_carries_no_facts(redis: Redis) -> None:
    Bell(redis).ring(QueueName.SCORING)
    (job,) = Queue(QueueName.SCORING.value, connection=redis, serializer=JSONSerializer).jobs
    assert job.func_name == "workers.jobs.score_pending"
    assert not job.args
    assert not job.kwargs


def test_an_unanswered_ring_is_not_repeated(redis: Redis) -> None:
    bells = [Bell(redis), Bell(redis)]
    for _ in range(50):
        for bell in bells:
            bell.ring(QueueName.SCORING)
    assert len(jobs(redis, QueueName.SCORING)) == 1


def test_an_answered_ring_may_be_repeated(redis: Redis) -> None:
    bell = Bell(redis)
    for _ in range(3):
        bell.ring(QueueName.SCORING)
        bell.answer(QueueName.SCORING)
    assert len(jobs(redis, QueueName.SCORING)) == 3


def test_queues_are_apart(redis: Redis) -> None:
    bell = Bell(redis)
    for queue in JOBS:
        bell.ring(queue)
    assert [jobs(redis, queue) for queue in JOBS] == [[name] for name in JOBS.values()]


def test_a_lost_ring_is_forgotten_in_time(redis: Redis) -> None:
    Bell(redis).ring(QueueName.SCORING)
    remaining = redis.pttl("bell:scoring")
    assert 0 < remaining <= FLAG_SECONDS * 1000


def test_every_job_that_can_be_rung_for_exists() -> None:
    from workers import jobs as module  # noqa: PLC0415 - only to look

    assert {name.rpartition(".")[0] for name in JOBS.values()} == {"workers.jobs"}
    assert all(callable(getattr(module, name.rpartition(".")[2])) for name in JOBS.values())


def test_a_worker_understands_the_job(redis: Redis) -> None:
    """What the bell enqueues is what an RQ worker with our serializer takes out."""
    Bell(redis).ring(QueueName.SCORING)
    queue = Queue(QueueName.SCORING.value, connection=redis, serializer=JSONSerializer)
    taken = SimpleWorker([queue], connection=redis, serializer=JSONSerializer).dequeue_job_and_maintain_ttl(
        timeout=None
    )
    assert taken is not None
    assert taken[0].func_name == JOBS[QueueName.SCORING]


def test_redis_that_is_away_is_counted_and_never_in_the_way(tmp_path: Path) -> None:
    bell = Bell(connect_redis(f"unix://{tmp_path}/nobody.sock"))
    began = time.monotonic()
    for _ in range(3):
        bell.ring(QueueName.SCORING)
    bell.answer(QueueName.SCORING)
    assert time.monotonic() - began < 3 * REDIS_TIMEOUT_SECONDS
    assert bell.failures == 3


def test_redis_that_does_not_answer_is_given_up_soon() -> None:
    import socket  # noqa: PLC0415 - one test plays a silent server

    with socket.create_server(("127.0.0.1", 0)) as silent:
        bell = Bell(connect_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        began = time.monotonic()
        bell.ring(QueueName.SCORING)
        assert time.monotonic() - began < 5 * REDIS_TIMEOUT_SECONDS
    assert bell.failures == 1
