"""``moderation up``: everything in one command, each part a child process that is kept alive."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import RedisError
from rich.console import Console
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from moderation.classifiers.bundle import read_bundle
from moderation.commands.demo import is_loaded, load_demo
from moderation.domain.coverage import said, uncovered
from moderation.domain.failures import UserError
from moderation.embedded import EmbeddedRedis, data_folder
from moderation.policy_file.document import read_policy
from moderation.services.access import Keys, Scope
from moderation.services.users import Role, Users
from moderation.settings import Settings
from moderation.store import identities, schema
from moderation.supervisor import Child, Supervisor
from moderation.wiring.common import clock, connect_database, connect_redis
from moderation.wiring.lexicon_files import read_lexicons

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.domain.policy import Policy
    from moderation.store.engine import Sessions

COMMUNITY: Final = "default"
ADMIN_EMAIL: Final = "admin@localhost"
BOOTSTRAP_KEY: Final = "bootstrap"


class StartError(UserError):
    """The service cannot start here."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the service answers, and the first key and login.  Secrets are known only when they were just made."""

    url: str
    api_key: str = ""
    admin_email: str = ADMIN_EMAIL
    admin_password: str = ""


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
    # Before anything is made: a first start that fails later would have shown its login to nobody.
    _warn_of_gaps(read_policy(settings.policy).policy)
    read_bundle(settings.bundle)
    read_lexicons(settings.lexicons)
    if bootstrap is not None and not bootstrap.parent.is_dir():
        raise StartError(f"there is no folder {bootstrap.parent} to write {bootstrap.name} to")
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(host, port))
        folder = stack.enter_context(data_folder(settings.data_dir))
        settings = settings.model_copy(update={"data_dir": folder})
        if not settings.redis_url:
            server = EmbeddedRedis(folder)
            settings = settings.model_copy(update={"redis_url": server.start()})
            stack.callback(server.stop)
        _check_servers(settings)
        access = _prepare(settings, f"http://{_shown(host)}:{port}", wants_key=bootstrap is not None)
        children = _children(settings, listener, access.url)
        supervisor = Supervisor(
            children, on_ready=lambda: _announce(access, bootstrap=bootstrap, demo=demo, settings=settings)
        )
        return supervisor.run()


def _warn_of_gaps(policy: Policy) -> None:
    """Say what a policy file of one's own no longer looks for: that may be meant, but is never silent."""
    shipped = Settings.model_fields["policy"].default
    gaps = uncovered(read_policy(shipped).policy, policy)
    if gaps:
        sys.stderr.write(
            f"Warning: the policy file has no rule for {said(gaps)}: nothing is looked for there.\n"
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror}. Is the service running already? "
            "If not, choose another port: moderation up --port 9000, or make run ARGS=--port=9000"
        ) from error


def _check_servers(settings: Settings) -> None:
    """Say in one line which configured server does not answer, before a dozen processes say it in many."""
    try:
        with connect_redis(settings.redis_url) as redis:
            redis.ping()
    except (RedisError, ValueError) as error:
        raise StartError(f"MODERATION_REDIS_URL: the server does not answer: {error}") from error
    sessions = connect_database(settings, pool_size=1)
    try:
        with sessions.read() as session:
            session.execute(select(1))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise StartError(f"MODERATION_DATABASE_URL: the database does not answer: {reason}") from error
    finally:
        sessions.close()


def _shown(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown


def _prepare(settings: Settings, url: str, *, wants_key: bool) -> Access:
    """Bring the database up to date; on the first start make the community, an admin and a key."""
    sessions = connect_database(settings, pool_size=1)
    try:
        schema.upgrade(sessions)
        with sessions.write.begin() as session:
            known = identities.community(session, COMMUNITY)
            community_id = (
                known or identities.add_community(session, slug=COMMUNITY, name="社区", now=clock())
            ).id
        return _first_access(sessions, community_id, url, first=known is None, wants_key=wants_key)
    finally:
        sessions.close()


def _first_access(sessions: Sessions, community_id: int, url: str, *, first: bool, wants_key: bool) -> Access:
    keys, key, password = Keys(sessions, clock), "", ""
    if first:
        password = secrets.token_urlsafe(12)
        Users(sessions, clock).create(
            community_id, email=ADMIN_EMAIL, name="管理员", password=password, role=Role.ADMIN
        )
    if wants_key:
        # The file is the only place that had the last one: a new file makes it worthless.
        for row in keys.of(community_id):
            if row.name == BOOTSTRAP_KEY:
                keys.revoke(community_id, row.id)
    if first or wants_key:
        name = BOOTSTRAP_KEY if wants_key else "first key"
        key, _ = keys.create(community_id, name=name, scopes=[Scope.ADMIN])
    return Access(url, key, ADMIN_EMAIL, password)


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
    console = Console()
    lines = [("审核台 Review desk", f"{access.url}/"), ("接口 API", f"{access.url}/docs")]
    if access.admin_password:
        lines += [
            ("登录 Login", f"{access.admin_email}  {access.admin_password}"),
            ("密钥 API key", access.api_key),
        ]
    console.rule("moderation")
    for name, value in lines:
        # Never wrapped: a key that is broken over two lines is copied wrong.
        console.print(f"{name}: {value}", soft_wrap=True, highlight=False, markup=False)
    if access.admin_password:
        console.print(
            "登录与密钥只显示这一次,请记下。 Login and key are shown this once: note them.", soft_wrap=True
        )
    console.rule()
    if bootstrap is not None:
        _write_bootstrap(bootstrap, access)
    if demo and not is_loaded(settings):
        threading.Thread(target=_load_demo, args=(access.url, settings), daemon=True).start()


def _load_demo(url: str, settings: Settings) -> None:
    """Load the demo with a key of its own, which ends with it."""
    sessions = connect_database(settings, pool_size=1)
    with sessions.read() as session:
        community = identities.community(session, COMMUNITY)
    assert community is not None  # noqa: S101 - made before the children started
    keys = Keys(sessions, clock)
    secret, row = keys.create(community.id, name="demo", scopes=[Scope.ADMIN])
    try:
        load_demo(url, secret, settings)
    finally:
        keys.revoke(community.id, row.id)
        sessions.close()


def _write_bootstrap(path: Path, access: Access) -> None:
    body = {
        "url": access.url,
        "api_key": access.api_key,
        "admin_email": access.admin_email,
        "admin_password": access.admin_password or None,
    }
    partial = path.with_name(f"{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(body, stream)
    partial.replace(path)
