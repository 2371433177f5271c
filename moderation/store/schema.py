"""Brings a database to the present schema with Alembic, once, however many processes start together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from moderation.store.engine import Sessions

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK_KEY: Final = 7_206_001
"""PostgreSQL advisory lock of schema changes: any constant of our own."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, over an open connection where one is given."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def upgrade(sessions: Sessions) -> None:
    """Upgrade to the newest revision; does nothing where that is reached."""
    engine = sessions.engine.execution_options(writes=True)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        if current(connection) != newest():
            command.upgrade(config(connection), "head")


def current(connection: Connection) -> str | None:
    """Revision of a database, None while it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Newest revision that this version of the product knows."""
    return ScriptDirectory.from_config(config()).get_current_head()
