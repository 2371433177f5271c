"""The real thing: ``moderation up`` on the embedded default, killed in the middle: nothing is lost or counted twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from moderation.settings import default_bundle
from tests.conftest import skip_unless_ci
from tests.servers import alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START_WITHIN = 60.0
DECIDED_WITHIN = 200.0
"""A killed worker's posts wait for their lease, 30 seconds, and are then taken one at a time."""

TEXTS = (
    "兼职日结300,加微信 abc12345 领取,名额有限",
    "你就是个傻逼,滚出这个群",
    "今天和家人去公园散步,天气很好",
    "请问这款手机的电池能用多久?",
    "刷赞涨粉,百万粉丝包上热门,联系QQ 123456789",
)


class Service:
    """``moderation up`` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.bootstrap = folder / "bootstrap.json"
        self.bootstrap.unlink(missing_ok=True)
        self._log = (folder / "log").open("ab")
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MODERATION_")
        }
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "moderation.cli", "up"),
                *("--port", str(self.port), "--data-dir", folder / "data"),
                *("--bootstrap", self.bootstrap, "--workers", "2"),
            ],
            stdout=self._log,
            stderr=self._log,
            env=environment,
            start_new_session=True,
        )
        wait_until(lambda: self.bootstrap.exists() or self.process.poll() is not None, START_WITHIN, self.log)
        assert self.process.poll() is None, self.log()
        access = json.loads(self.bootstrap.read_text(encoding="utf-8"))
        self.url, self._key = access["url"], access["api_key"]
        self.admin_password = access["admin_password"]

    def log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")[-5000:]

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=60) as answer:  # noqa: S310 - our own address
            return str(answer.read().decode())

    def state(self, data_id: str) -> str:
        status, body = self.ask(f"/v1/posts/{data_id}")
        assert status == 200, body
        return str(body["state"])

    def pids(self, *words: str) -> list[int]:
        """Descendants whose command line has all of the words."""
        return [pid for pid in descendants(self.process.pid) if all(word in command(pid) for word in words)]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)
        self._log.close()


def command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def descendants(ancestor: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [ancestor]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


def wait_until(condition: Callable[[], object], seconds: float, explain: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not (default_bundle() / "bundle.json").is_file():
        skip_unless_ci("the shipped bundle models/zh-base is not there")
    if not Path("/proc/self/stat").exists():
        skip_unless_ci("finds the processes to kill in /proc")
    return tmp_path


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    running = Service(folder)
    yield running
    running.close()


def a_batch(start: int, size: int = 50) -> list[dict[str, Any]]:
    """Made-up posts; the number makes each text its own."""
    return [
        {
            "data_id": f"p{number}",
            "text": f"{TEXTS[number % len(TEXTS)]}({number})",
            "author": {"id": f"u{number}"},
        }
        for number in range(start, start + size)
    ]


def kill(pids: list[int], explain: Callable[[], str]) -> None:
    assert pids, explain()
    os.kill(pids[0], signal.SIGKILL)


@pytest.mark.timeout(480)
def test_nothing_is_lost_and_nothing_counts_twice(service: Service, folder: Path) -> None:
    status, brand = service.ask("/v1/brands", {"name": "散步"})
    assert status == 201, brand
    for start in (0, 50):
        status, body = service.ask("/v1/posts", {"posts": a_batch(start)})
        assert (status, {item["status"] for item in body["posts"]}) == (202, {202})
    kill(service.pids("workers", "scoring"), service.log)
    assert service.ask("/v1/posts", {"posts": a_batch(100)})[0] == 202
    kill(service.pids("valkey"), service.log)
    # The queue is away now: posts are accepted all the same.
    status, body = service.ask("/v1/posts", {"posts": a_batch(150)})
    assert (status, {item["status"] for item in body["posts"]}) == (202, {202})
    # A client that is not sure sends again.
    status, body = service.ask("/v1/posts", {"posts": a_batch(150)})
    assert all(item["duplicate"] for item in body["posts"])

    waiting = [f"p{number}" for number in range(200)]

    def all_decided() -> bool:
        waiting[:] = [data_id for data_id in waiting if service.state(data_id) != "decided"]
        return not waiting

    wait_until(all_decided, DECIDED_WITHIN, lambda: f"{len(waiting)} posts still wait\n{service.log()}")
    count_everything(folder / "data" / "moderation.sqlite3")
    see_that_it_tells_apart(service)
    stop_and_start_again(service, folder)


def count_everything(database: Path) -> None:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        verdicts = Counter(
            row[0] for row in connection.execute("SELECT post_id FROM verdicts WHERE source = 'machine'")
        )
        assert (len(verdicts), set(verdicts.values())) == (200, {1})
        items = Counter(row[0] for row in connection.execute("SELECT post_id FROM review_items"))
        assert set(items.values()) <= {1}
        # One event a verdict, those of the behaviour pass included, which may still be at work.
        untold = connection.execute(
            "SELECT (SELECT count(*) FROM verdicts)"
            " - (SELECT count(*) FROM outbox_events WHERE type = 'post.decided')"
        ).fetchone()[0]
        assert untold == 0
        mentions = connection.execute("SELECT count(*) FROM mentions").fetchone()[0]
        assert mentions == 200 // len(TEXTS)
        failed = connection.execute("SELECT count(*) FROM review_items WHERE queue = 'failed'").fetchone()[0]
        assert failed == 0


def see_that_it_tells_apart(service: Service) -> None:
    """Ads and abuse are separated from ordinary talk."""
    suggestions = {
        kind: Counter(
            service.ask(f"/v1/posts/p{number}")[1]["verdict"]["suggestion"] for number in range(kind, 100, 5)
        )
        for kind in range(len(TEXTS))
    }
    assert suggestions[0]["pass"] == 0, suggestions
    assert suggestions[1]["pass"] == 0, suggestions
    assert suggestions[2]["pass"] == 20, suggestions


def stop_and_start_again(service: Service, folder: Path) -> None:
    everybody = descendants(service.process.pid)
    assert service.stop() == 0, service.log()
    wait_until(lambda: not any(alive(pid) for pid in everybody), 30, lambda: "something survived Ctrl-C")
    again = Service(folder)
    try:
        assert again.admin_password is None  # told once
        assert again.state("p0") == "decided"
        post = {"data_id": "new", "text": "第二次启动也一样"}
        status, body = again.ask("/v1/posts", post, Prefer="wait=10")
        assert (status, body["state"]) in {(200, "decided"), (202, "pending")}
        wait_until(lambda: again.state("new") == "decided", 60, again.log)
        assert again.stop() == 0, again.log()
    finally:
        again.close()


@pytest.mark.timeout(120)
def test_pages_of_both_apps_come_from_one_port(service: Service) -> None:
    assert service.ask("/healthz") == (200, {"status": "ok"})
    assert service.ask("/readyz")[0] == 200
    assert service.ask("/openapi.json")[0] == 200
    assert "/v1/posts" in service.page("/docs")
    assert "moderation_posts" in service.page("/metrics")
    assert "<form" in service.page("/")  # the log-in
    assert service.ask("/v1/nothing")[0] == 404


@pytest.mark.timeout(180)
def test_second_service_on_the_same_data_is_refused(service: Service, folder: Path) -> None:
    """Two servers on one append-only file would lose jobs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answer = subprocess.run(
        [sys.executable, "-m", "moderation.cli", "up", "--port", str(port), "--data-dir", folder / "data"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: ")
    assert len(answer.stderr.splitlines()) == 1
    assert service.ask("/readyz")[0] == 200


@pytest.mark.timeout(180)
def test_web_process_may_die(service: Service) -> None:
    """The supervisor keeps the listening socket: nobody is refused, the next request is served.

    A request that the dying processes already hold is cut off, as kill -9 has it: their death is waited for.
    """
    web = service.pids("moderation.serving")
    kill(web, service.log)
    wait_until(lambda: not any(alive(pid) for pid in web), 30, service.log)
    assert service.ask("/v1/posts", {"data_id": "after", "text": "还在吗"})[0] == 202
    wait_until(lambda: service.state("after") == "decided", 60, service.log)
