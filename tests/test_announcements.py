"""Waiting for a verdict: heard over a real Valkey, and bounded."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from moderation.embedded import EmbeddedRedis
from moderation.outbound.announcements import MAX_WAITERS, Announcer, Waiters
from moderation.wiring.common import connect_redis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PATIENCE = 20.0
"""Seconds: machines are shared."""


@pytest.fixture
def waiters(redis_url: str) -> Waiters:
    return Waiters(connect_redis(redis_url, timeout=None))


@pytest.fixture
def announcer(redis_url: str) -> Announcer:
    return Announcer(connect_redis(redis_url, timeout=PATIENCE))


def test_the_first_waiter_misses_nothing(waiters: Waiters, announcer: Announcer) -> None:
    event = waiters.register("p1")
    assert event is not None
    assert waiters.listens(PATIENCE)
    announcer.decided(["p0", "p1"])
    assert event.wait(PATIENCE)


def test_only_who_waits_for_the_post_wakes(waiters: Waiters, announcer: Announcer) -> None:
    one, other = waiters.register("p1"), waiters.register("p2")
    assert one is not None
    assert other is not None
    assert waiters.listens(PATIENCE)
    announcer.decided(["p2"])
    assert other.wait(PATIENCE)
    assert not one.is_set()


def test_several_web_processes_hear(redis_url: str, announcer: Announcer) -> None:
    web = [Waiters(connect_redis(redis_url, timeout=None)) for _ in range(3)]
    events = [each.register("p1") for each in web]
    assert all(each.listens(PATIENCE) for each in web)
    announcer.decided(["p1"])
    assert all(event is not None and event.wait(PATIENCE) for event in events)


def test_too_many_waiters_do_not_wait(waiters: Waiters) -> None:
    assert all(waiters.register(f"p{number}") for number in range(MAX_WAITERS))
    assert waiters.register("one more") is None
    waiters.forget("p0")
    assert waiters.register("one more") is not None
    waiters.forget("never registered")


def test_nobody_listens(announcer: Announcer) -> None:
    announcer.decided(["p1"])
    announcer.decided([])


def test_silent_redis_is_no_error(tmp_path: Path) -> None:
    began = time.monotonic()
    Announcer(connect_redis(f"unix://{tmp_path}/nobody.sock")).decided(["p1"])
    event = Waiters(connect_redis(f"unix://{tmp_path}/nobody.sock", timeout=None)).register("p1")
    assert event is not None
    assert not event.is_set()
    assert time.monotonic() - began < 5


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path)
    server.start()
    yield server
    server.stop()


def test_listener_comes_back_after_the_server_did(own_server: EmbeddedRedis) -> None:
    waiters = Waiters(connect_redis(own_server.url, timeout=None))
    announcer = Announcer(connect_redis(own_server.url))
    assert waiters.register("p1") is not None
    assert own_server.pid is not None
    os.kill(own_server.pid, signal.SIGKILL)
    event = waiters.register("p2")
    assert event is not None
    deadline = time.monotonic() + 20
    while not event.is_set() and time.monotonic() < deadline:
        announcer.decided(["p2"])
        event.wait(0.2)
    assert event.is_set()
