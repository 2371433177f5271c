"""Keeps a handful of processes alive: what `moderation up` runs on.

    web = Child("web", ["gunicorn", "--bind", f"fd://{listener.fileno()}", …], pass_fds=[listener.fileno()])
    status = Supervisor([web, worker], on_ready=announce).run()

A child that ends is started again after a pause that doubles (its whole process group is cleared first), and its output
appears line by line under its name. A listening socket that is passed on stays open in between, so a restart of the web
refuses nobody. SIGTERM, SIGINT and SIGHUP stop all in order: SIGTERM, a time of grace, SIGKILL; a second one cuts the
grace short. When the supervisor itself is killed with kill -9, the children die with it (see `lifeline`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from moderation.lifeline import tied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
READY_LOOKS_EVERY = 0.1  # seconds
LAST_LINES_WITHIN = 0.5  # seconds; a stray process could hold the pipe for ever
LONGEST_LINE = 65_536  # bytes; longer ones are broken


@dataclass(frozen=True)
class Restarts:
    """When to start a child again. Times in seconds."""

    pause: float = 0.2
    longest_pause: float = 10.0
    calm_after: float = (
        30.0  # a child that lived this long counts as sound and starts with the short pause again
    )
    tries: int = 5  # failures of a child that was never ready or calm, then the supervisor gives up


@dataclass(frozen=True)
class Child:
    """One process to keep alive."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)  # added to the supervisor's own
    pass_fds: Sequence[int] = ()  # listening sockets that outlive a restart
    restarts: Restarts = Restarts()
    grace: float = 15.0  # seconds between SIGTERM and SIGKILL
    ready: Callable[[], bool] | None = (
        None  # asked from a thread until it says yes; None: ready once it was started
    )


class Supervisor:
    """Runs the children until it is told to stop. One use each."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        on_ready: Callable[[], None] | None = None,
        output: TextIO | None = None,
    ) -> None:
        self._children = children
        self._on_ready = on_ready
        self._output = output or sys.stdout
        self._width = max((len(child.name) for child in children), default=0)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._ready: set[str] = set()
        self._failed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the children that run now, by name."""
        return {name: process.pid for name, process in self._processes.items() if process.returncode is None}

    def run(self) -> int:
        """Keep all children alive; give 0 after an ordered stop, 1 after giving up. Only in the main thread."""
        asyncio.run(self._run())
        return int(self._failed)

    def stop(self) -> None:
        """Stop all in order; a second call cuts the grace short. From any thread."""
        if self._loop is None:
            self._stop()
        else:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        (self._hurry if self._stopping.is_set() else self._stopping).set()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            self._loop.add_signal_handler(number, self._stop)
        threading.Thread(target=self._await_ready, name="readiness", daemon=True).start()
        try:
            async with asyncio.TaskGroup() as group:
                for child in self._children:
                    group.create_task(self._keep(child))
        finally:
            for process in self._processes.values():
                _clear_group(process.pid)

    async def _keep(self, child: Child) -> None:
        """Start the child, and start it again whenever it ends, until we stop."""
        failures, proven, pause = 0, False, child.restarts.pause
        while not self._stopping.is_set():
            began = time.monotonic()
            status = await self._live(child)
            if self._stopping.is_set():
                return
            calm = time.monotonic() - began > child.restarts.calm_after
            proven = proven or calm or (child.ready is not None and child.name in self._ready)
            failures += status > 0  # a kill from outside says nothing about the child
            if failures >= child.restarts.tries and not proven:
                self._say(child.name, f"{_how(status)}, {failures} times without ever being ready: giving up")
                self._failed = True
                self._stopping.set()
                return
            pause = child.restarts.pause if calm else pause
            self._say(child.name, f"{_how(status)}; starting again in {pause:g} s")
            await _until(self._stopping, pause)
            pause = min(pause * 2, child.restarts.longest_pause)

    async def _live(self, child: Child) -> int:
        """Start the child, pass its output on, and see it through to its end, ours or its own; give its status."""
        assert self._loop is not None  # noqa: S101 - for the type checker; _run has set it
        reading, writing = os.pipe()
        lines = _Lines(lambda line: self._say(child.name, line))
        pipe, _ = await self._loop.connect_read_pipe(lambda: lines, os.fdopen(reading, "rb", 0))
        command, inherited = tied(child.argv)
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
                pass_fds=(*inherited, *child.pass_fds),
                start_new_session=True,  # Ctrl-C in the terminal is for us alone
            )
        finally:
            os.close(writing)
        self._processes[child.name] = process
        ended = asyncio.ensure_future(process.wait())
        await _either(ended, self._stopping)
        if not ended.done():
            await self._end(child, process, ended)
        _clear_group(process.pid)
        status = await ended
        await _until(lines.over, LAST_LINES_WITHIN)
        pipe.close()
        return status

    async def _end(
        self, child: Child, process: asyncio.subprocess.Process, ended: asyncio.Future[int]
    ) -> None:
        """Ask the child to stop; after the grace, or when we are told to hurry, end it."""
        with suppress(ProcessLookupError):
            process.terminate()
        await _either(ended, self._hurry, within=child.grace)
        if not ended.done():
            self._say(child.name, "did not stop in time: killed")
            _clear_group(process.pid)

    def _await_ready(self) -> None:
        """Run in a thread: ask each child until it is ready, then tell."""
        for child in self._children:
            while not (child.name in self._processes and (child.ready is None or child.ready())):
                if self._stopping.is_set():
                    return
                time.sleep(READY_LOOKS_EVERY)
            self._ready.add(child.name)
        if self._on_ready and not self._stopping.is_set():
            self._on_ready()

    def _say(self, name: str, line: str) -> None:
        with suppress(OSError, ValueError):  # our reader has gone: the children matter more
            print(f"{name:<{self._width}} | {line}", file=self._output, flush=True)


class _Lines(asyncio.Protocol):
    """Cuts a child's output into lines."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._rest = b""
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._say(line.decode(errors="replace"))

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._rest:
            self._say(self._rest.decode(errors="replace"))
        self.over.set()


async def _either(future: asyncio.Future[int], event: asyncio.Event, *, within: float | None = None) -> None:
    """Wait for the one or the other, but no longer than this."""
    waiting: asyncio.Future[Any] = asyncio.ensure_future(event.wait())
    await asyncio.wait({future, waiting}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _until(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but no longer than this."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _clear_group(leader: int) -> None:
    """Kill what is left of a child's process group, so that nothing of the old one meets the new one."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _how(status: int) -> str:
    """Say how a process ended."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
