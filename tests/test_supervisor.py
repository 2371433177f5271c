"""The supervisor and its children, with real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.servers import alive

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEPS = "import os, time; print('started', os.getpid()); time.sleep(60)"
STUBBORN = "import os, signal, time; signal.signal(15, 1); print('started', os.getpid()); time.sleep(60)"
POLITE = """\
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit(0)))
print('started', os.getpid())
time.sleep(60)
"""


class Driven:
    """A supervisor in a process of its own, and what it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def expect(self, pattern: str, *, times: int = 1, seconds: float = 30.0) -> list[str]:
        """Wait until that many lines match; give each line's first group."""
        deadline = time.monotonic() + seconds
        while len(found := [match[1] for line in self.lines if (match := re.search(pattern, line))]) < times:
            assert time.monotonic() < deadline, f"no {pattern!r} in:\n{''.join(self.lines)}"
            time.sleep(0.01)
        return found

    def end(self, *numbers: signal.Signals) -> int:
        for number in numbers:
            self.process.send_signal(number)
            time.sleep(0.3)
        status = self.process.wait(20)
        self._thread.join(5)
        return status


@contextmanager
def driven(children: str, *, pass_fds: tuple[int, ...] = ()) -> Iterator[Driven]:
    script = textwrap.dedent("""
        import sys
        from moderation.supervisor import Child, Restarts, Supervisor
        def python(code): return [sys.executable, "-c", code]
        quick = Restarts(pause=0.05, tries=3)
        children = CHILDREN
        sys.exit(Supervisor(children, on_ready=lambda: print("READY", flush=True)).run())
    """).replace("CHILDREN", children)
    command = [sys.executable, "-W", "error", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, pass_fds=pass_fds) as process:
        running = Driven(process)
        try:
            yield running
        finally:
            process.kill()
            running.end()


def gone(*pids: str) -> bool:
    deadline = time.monotonic() + 30
    while any(alive(int(pid)) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_lines_carry_the_childs_name_and_ready_is_told_once() -> None:
    with driven(f"[Child('worker', python({SLEEPS!r})), Child('web', python({SLEEPS!r}))]") as up:
        up.expect(r"^worker \| (started)")
        up.expect(r"^web    \| (started)")
        up.expect("^(READY)$")
        assert up.end(signal.SIGTERM) == 0
        assert sum(line == "READY\n" for line in up.lines) == 1


def test_a_killed_child_is_started_again() -> None:
    with driven(f"[Child('worker', python({SLEEPS!r}), restarts=quick)]") as up:
        for round_ in range(1, 5):  # more often than the tries of a child that fails by itself
            pid = up.expect(r"started (\d+)", times=round_)[-1]
            os.kill(int(pid), signal.SIGKILL)
            up.expect("(killed by SIGKILL)", times=round_)
        up.expect(r"started (\d+)", times=5)


def test_children_die_with_a_killed_supervisor() -> None:
    with driven(f"[Child('a', python({SLEEPS!r})), Child('b', python({STUBBORN!r}))]") as up:
        pids = up.expect(r"started (\d+)", times=2)
        up.process.kill()
        assert gone(*pids)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_all_in_order(number: signal.Signals) -> None:
    with driven(f"[Child('a', python({POLITE!r})), Child('b', python({POLITE!r}))]") as up:
        pids = up.expect(r"started (\d+)", times=2)
        assert up.end(number) == 0
        assert len(up.expect("(bye)", times=2)) == 2
        assert gone(*pids)


def test_a_child_that_does_not_stop_is_killed_after_its_grace() -> None:
    with driven(f"[Child('a', python({STUBBORN!r}), grace=0.5)]") as up:
        pids = up.expect(r"started (\d+)")
        assert up.end(signal.SIGTERM) == 0
        up.expect("(did not stop in time)")
        assert gone(*pids)


def test_a_second_signal_cuts_the_grace_short() -> None:
    with driven(f"[Child('a', python({STUBBORN!r}), grace=60)]") as up:
        pids = up.expect(r"started (\d+)")
        assert up.end(signal.SIGINT, signal.SIGTERM) == 0  # two alike could become one
        assert gone(*pids)


def test_a_child_that_never_comes_up_ends_it_all() -> None:
    bad = "Child('bad', python('import time; time.sleep(1); 1/0'), restarts=quick)"
    with driven(f"[Child('good', python({SLEEPS!r})), {bad}]") as up:
        (pid,) = up.expect(r"good \| started (\d+)")
        up.expect(r"bad  \| ended with status 1, 3 times without ever being ready: (giving up)")
        assert up.end() == 1
        assert gone(pid)


def test_a_command_that_does_not_exist_is_named() -> None:
    with driven("[Child('bad', ['no-such-command'], restarts=quick)]") as up:
        up.expect("no-such-command: (No such file)")
        assert up.end() == 1


def test_grandchildren_do_not_meet_the_next_generation() -> None:
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]).wait()"
    with driven(f"[Child('a', python({parent!r}), restarts=quick)]") as up:
        first = up.expect(r"started (\d+)")[-1]
        (group,) = {os.getpgid(int(first))}
        os.kill(group, signal.SIGKILL)
        assert gone(first)
        up.expect(r"started (\d+)", times=2)


def test_a_restart_refuses_no_connection() -> None:
    answers = textwrap.dedent("""
        import os, socket, sys
        listener = socket.socket(fileno=int(sys.argv[1]))
        print('started', os.getpid())
        while True: listener.accept()[0].sendall(b'hello')
    """)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fd = listener.fileno()
        child = f"Child('web', [*python({answers!r}), '{fd}'], pass_fds=[{fd}])"
        with driven(f"[{child}]", pass_fds=(fd,)) as up:
            for round_ in range(1, 4):
                pid = up.expect(r"started (\d+)", times=round_)[-1]
                os.kill(int(pid), signal.SIGKILL)
                assert gone(pid)  # else it might still take the connection along
                with socket.create_connection(listener.getsockname(), timeout=30) as client:
                    assert client.recv(5) == b"hello"


def test_where_the_kernel_does_not_help_a_guard_ends_the_child() -> None:
    parent = f"""
import subprocess, sys, time
from moderation.lifeline import tied
command, fds = tied([sys.executable, "-uc", {SLEEPS!r}], by_kernel=False)
subprocess.Popen(command, pass_fds=fds)
time.sleep(60)
"""
    command = [sys.executable, "-c", parent]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pid = process.stdout.readline().split()[1]
        assert alive(int(pid))
        process.kill()
        assert gone(pid)
