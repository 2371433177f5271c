"""Fixtures that many tests share. The servers are real ones; `servers.py` starts them."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
import structlog
from hypothesis import settings

from moderation.embedded import EmbeddedRedis
from tests.servers import CHROMIUM_FLAGS, Postgres, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from moderation.store.engine import Sessions
    from tests.http_api import Api

# A machine may be busy; on CI hypothesis has such a profile of its own.
settings.register_profile("patient", deadline=None)
if not os.environ.get("CI"):
    settings.load_profile("patient")

for _name in [name for name in os.environ if name.startswith("MODERATION_")]:
    del os.environ[_name]  # a developer's own settings are not the tests'


def skip_unless_ci(reason: str) -> None:
    """Skip where a machine lacks something; on CI nothing is skipped."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


# To the standard log, which pytest shows where a test fails; structlog's own default draws every local variable.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
logging.getLogger("moderation").addHandler(
    logging.NullHandler()
)  # threads that outlive their test stay quiet


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the whole run."""
    folder = Path(tempfile.mkdtemp(prefix="moderation-pg-"))  # short: a socket path has 107 bytes
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, on either engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{uuid.uuid4().hex}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own with all tables, on either engine in turn: a copy of a template."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{uuid.uuid4().hex}"
    yield server.create(name, template=request.getfixturevalue("postgres_template"))
    server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    make_tables(postgres.create("filled"))
    return "filled"


def make_tables(url: str) -> None:
    """Give an empty database its tables."""
    from moderation.store import schema  # noqa: PLC0415 - only where a test wants a database
    from moderation.store.engine import Sessions  # noqa: PLC0415

    sessions = Sessions(url)
    schema.upgrade(sessions)
    sessions.close()


# ---------------------------------------------------------------- parts of the product


@pytest.fixture
def sessions(database_url: str) -> Iterator[Sessions]:
    """Sessions over a database with all tables, on either engine in turn."""
    from moderation.store.engine import Sessions  # noqa: PLC0415 - only where a test wants a database

    opened = Sessions(database_url, pool_size=20)
    yield opened
    opened.close()


@pytest.fixture
def community_id(sessions: Sessions) -> int:
    """A community to work in."""
    from tests.factories import a_community  # noqa: PLC0415 - only where a test wants a database

    return a_community(sessions).id


# ---------------------------------------------------------------- queue


@pytest.fixture(scope="session")
def embedded_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """The server that `moderation up` runs by default."""
    server = EmbeddedRedis(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(embedded_redis: EmbeddedRedis) -> str:
    """A real, empty Redis."""
    with redis.Redis.from_url(embedded_redis.url) as client:
        client.flushall()
    return embedded_redis.url


@pytest.fixture
def api(sessions: Sessions, community_id: int, redis_url: str) -> Iterator[Api]:
    """A client of the HTTP interface over real parts."""
    from tests.http_api import an_api  # noqa: PLC0415 - only where a test wants the interface

    yield from an_api(sessions, community_id, redis_url)


# ---------------------------------------------------------------- browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = find_chromium()
    if path is None:
        skip_unless_ci("no Chromium on this machine (Debian: apt-get install chromium)")
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own at desktop width, in Chinese."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 800}
    )
    yield context.new_page()
    context.close()
