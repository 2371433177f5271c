"""``moderation up``: everything in one command, each part a child process that is kept alive.

This process lives as long as the service: what it imports is kept small, and what is done once before the service runs
is done in a process apart.
"""

from __future__ import annotations

import socket
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from moderation.commands.access import Access, announce, write_bootstrap
from moderation.commands.apart import apart, beside
from moderation.domain.failures import UserError
from moderation.embedded import EmbeddedRedis, data_folder
from moderation.settings import Settings
from moderation.supervisor import Child, Supervisor

if TYPE_CHECKING:
    from pathlib import Path


class StartError(UserError):
    """The service cannot start here."""


def start(
    *,
    host: str,
    port: int,
    data_dir: Path | None,
    workers: int | None,
    demo: bool,
    bootstrap: Path | None,
) -> int:
    """Run everything until told to stop; answers the exit status.

    Raises:
        UserError: the port or the data folder is taken, or a file is wrong.
    """
    given: dict[str, Any] = {"data_dir": data_dir, "workers": workers}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    with ExitStack() as stack:
        with apart() as call:
            # Before anything is made: a first start that fails later would have shown its login to nobody.
            call("check_files", settings)
            if bootstrap is not None and not bootstrap.parent.is_dir():
                raise StartError(f"there is no folder {bootstrap.parent} to write {bootstrap.name} to")
            listener = stack.enter_context(_listen(host, port))
            folder = stack.enter_context(data_folder(settings.data_dir))
            settings = settings.model_copy(update={"data_dir": folder})
            if not settings.redis_url:
                server = EmbeddedRedis(folder)
                settings = settings.model_copy(update={"redis_url": server.start()})
                stack.callback(server.stop)
            url = f"http://{_shown(host)}:{port}"
            access: Access = call("prepare", settings, url, wants_key=bootstrap is not None)
        children = _children(settings, listener, access.url)
        supervisor = Supervisor(
            children, on_ready=lambda: _announce(access, bootstrap=bootstrap, demo=demo, settings=settings)
        )
        return supervisor.run()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror}. Is the service running already? "
            "If not, choose another port: moderation up --port 9000, or make run ARGS=--port=9000"
        ) from error


def _shown(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown


def _children(settings: Settings, listener: socket.socket, url: str) -> list[Child]:
    environment = {
        "MODERATION_DATA_DIR": str(settings.data_dir),
        "MODERATION_DATABASE_URL": settings.effective_database_url,
        "MODERATION_REDIS_URL": settings.redis_url,
        # One thread a process: with several, waiting threads of one burn the cores of the others.
        "OMP_NUM_THREADS": str(settings.threads_per_worker),
    }
    fd = listener.fileno()
    web = Child(
        "web",
        [sys.executable, "-m", "moderation.serving", "--bind", f"fd://{fd}"],
        env=environment,
        pass_fds=[fd],
        ready=lambda: _is_ready(url),
        grace=25.0,
    )
    roles = [f"scoring-{number}" for number in range(1, settings.workers + 1)] + ["general"]
    return [
        web,
        *(
            Child(name, [sys.executable, "-m", "workers", name.partition("-")[0]], env=environment)
            for name in roles
        ),
    ]


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except (OSError, urllib.error.URLError):
        return False


def _announce(access: Access, *, bootstrap: Path | None, demo: bool, settings: Settings) -> None:
    """Say where everything is; write the bootstrap file; load the demo, which takes a moment."""
    announce(access)
    if bootstrap is not None:
        write_bootstrap(bootstrap, access)
    if demo:
        beside("demo", access.url, settings)
