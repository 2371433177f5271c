"""Engines and sessions for SQLite and PostgreSQL, with the settings that keep either from losing an update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Engine, create_engine, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.sql.functions import GenericFunction

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry
    from sqlalchemy.sql.compiler import SQLCompiler

BUSY_TIMEOUT_MS: Final = 15_000
"""How long SQLite waits for another writer, in milliseconds."""


class db_now(GenericFunction[int]):  # noqa: N801 - reads like the SQL function it is
    """The database's clock in UTC microseconds: leases are ordered by one clock, never a worker's."""

    type = BigInteger()
    inherit_cache = True
    name = "db_now"


@compiles(db_now, "sqlite")
def _sqlite_now(_element: db_now, _compiler: SQLCompiler, **_options: Any) -> str:
    # datetime('now') has whole seconds and misorders leases; julianday carries a fraction (about 0.05 ms).
    return "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"


@compiles(db_now, "postgresql")
def _postgresql_now(_element: db_now, _compiler: SQLCompiler, **_options: Any) -> str:
    # clock_timestamp, not now(): a lease begins when the claim runs, not when its transaction began.
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


class Sessions:
    """Two session makers over one database: ``write`` takes the write lock at once, ``read`` never does.

    ``with sessions.write.begin() as session`` is the unit of work; ``with sessions.read() as session`` reads.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        """Connect lazily to ``url`` (``sqlite:///…`` or ``postgresql+psycopg://…``)."""
        self.engine = _make_engine(url, pool_size)
        self.write = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)
        self.read = sessionmaker(self.engine, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _make_engine(url: str, pool_size: int) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "cache_size=-65536",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """Begin ourselves: a writer that upgrades its read lock late would fail with "database is locked"."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


__all__ = ["BUSY_TIMEOUT_MS", "Session", "Sessions", "db_now"]
