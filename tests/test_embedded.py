"""The embedded server: private, durable, and gone with its parent."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

from moderation.embedded import DataFolderInUseError, EmbeddedError, EmbeddedRedis, data_folder
from tests.servers import alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARENT = """
import sys, time
from pathlib import Path
from moderation.embedded import EmbeddedRedis, data_folder
with data_folder(Path(sys.argv[1])) as folder:
    server = EmbeddedRedis(folder)
    print(server.start(), server.pid, flush=True)
    time.sleep(60)
"""


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def has_successor(server: EmbeddedRedis, killed: int) -> bool:
    return server.pid not in {None, killed}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    running = EmbeddedRedis(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(server: EmbeddedRedis) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(server.url, decode_responses=True) as connected:
        yield connected


def test_a_data_folder_serves_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        data_folder(tmp_path / "data") as folder,
        pytest.raises(DataFolderInUseError, match=rf"process {os.getpid()}"),
        data_folder(folder),
    ):
        pass
    with data_folder(tmp_path / "data") as again:
        assert again == tmp_path / "data"


def test_the_data_folder_is_private(tmp_path: Path) -> None:
    with data_folder(tmp_path / "new" / "data") as folder:
        assert mode(folder) == 0o700


def test_a_data_folder_that_cannot_be_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="cannot be used"), data_folder(tmp_path / "file"):
        pass


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("port", "0"),
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
        ("maxmemory-policy", "noeviction"),
        ("save", ""),
    ],
)
def test_the_server_is_set_up_as_promised(client: redis.Redis, setting: str, value: str) -> None:
    assert client.config_get(setting) == {setting: value}


def test_only_this_user_reaches_the_socket(server: EmbeddedRedis) -> None:
    socket = Path(server.url.removeprefix("unix://"))
    assert (mode(socket), mode(socket.parent)) == (0o600, 0o700)


def test_a_long_temporary_folder_does_not_break_the_socket(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PARENT.replace("time.sleep(60)", "server.stop()"), tmp_path / "data"],
        env={**os.environ, "TMPDIR": str(long)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("unix:///")


def test_a_killed_server_comes_back_with_its_jobs(server: EmbeddedRedis, client: redis.Redis) -> None:
    client.rpush("jobs", *range(100))
    for _ in range(3):
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        wait_until(partial(has_successor, server, killed))

    def counted() -> bool:
        try:
            return client.llen("jobs") == 100
        except (redis.ConnectionError, redis.TimeoutError):
            return False

    wait_until(counted)


def test_an_ordered_stop_keeps_everything_and_leaves_no_socket(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    with redis.Redis.from_url(server.start()) as client:
        client.set("kept", "yes")
    socket = Path(server.url.removeprefix("unix://"))
    server.stop()
    server.stop()
    assert (server.pid, socket.parent.exists()) == (None, False)
    with redis.Redis.from_url(server.start()) as client:
        assert client.get("kept") == b"yes"
    server.stop()


def test_the_server_dies_with_its_parent_and_the_next_one_takes_over(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout
        url, pid = parent.stdout.readline().split()
        with redis.Redis.from_url(url) as client:
            client.set("kept", "yes")
        parent.kill()
    wait_until(lambda: not alive(int(pid)))
    with data_folder(tmp_path) as folder:
        successor = EmbeddedRedis(folder)
        with redis.Redis.from_url(successor.start()) as client:
            assert client.get("kept") == b"yes"
        assert not Path(url.removeprefix("unix://")).parent.exists()
        successor.stop()


def test_a_second_server_on_the_same_queue_is_refused(server: EmbeddedRedis, tmp_path: Path) -> None:
    with pytest.raises(DataFolderInUseError, match="still runs"):
        EmbeddedRedis(tmp_path).start()


def test_a_file_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    server.start()
    server.stop()
    for file in (tmp_path / "queue" / "appendonlydir").glob("*.aof"):
        file.write_bytes(b"not a command\n" * 50)
    with redis.Redis.from_url(server.start()) as client:
        assert client.dbsize() == 0
    server.stop()
    assert (tmp_path / "queue" / "appendonlydir.broken").is_dir()
