"""The migrations, from nothing, make exactly the tables of the code: on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from moderation.store import schema
from moderation.store.engine import Sessions
from moderation.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Sessions]:
    sessions = Sessions(empty_database_url)
    yield sessions
    sessions.close()


def test_upgrade_from_nothing_makes_the_tables(empty: Sessions) -> None:
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert schema.current(connection) == schema.newest()


def test_constraints_and_indexes_are_the_same(empty: Sessions) -> None:
    """What autogenerate does not compare, such as unique constraints on SQLite."""
    schema.upgrade(empty)
    migrated = _shape(empty)
    Base.metadata.drop_all(empty.engine)
    Base.metadata.create_all(empty.engine)
    assert _shape(empty) == migrated


def _shape(sessions: Sessions) -> dict[str, object]:
    inspector = inspect(sessions.engine)
    names = set(inspector.get_table_names()) - {"alembic_version"}
    return {
        name: (
            sorted(column["name"] for column in inspector.get_columns(name)),
            {column["name"] for column in inspector.get_columns(name) if column["nullable"]},
            sorted(
                str(index["column_names"]) + str(index["unique"]) for index in inspector.get_indexes(name)
            ),
            sorted(str(each["column_names"]) for each in inspector.get_unique_constraints(name)),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(
                f"{each['constrained_columns']}->{each['referred_table']}"
                for each in inspector.get_foreign_keys(name)
            ),
        )
        for name in names
    }


def test_upgrading_again_does_nothing(empty: Sessions) -> None:
    schema.upgrade(empty)
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        assert schema.current(connection) == schema.newest()


def test_several_processes_may_upgrade_at_once(empty: Sessions) -> None:
    with empty.engine.connect():
        pass  # SQLite sets the journal mode of a new file without waiting for others
    with ThreadPoolExecutor(4) as pool:
        for task in [pool.submit(schema.upgrade, empty) for _ in range(4)]:
            task.result(60)
    with empty.engine.connect() as connection:
        assert schema.current(connection) == schema.newest()


def test_a_database_without_tables_has_no_revision(empty: Sessions) -> None:
    with empty.engine.connect() as connection:
        assert schema.current(connection) is None


def test_there_is_one_line_of_revisions() -> None:
    script = ScriptDirectory.from_config(schema.config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
