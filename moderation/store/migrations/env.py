"""Alembic's frame: runs migrations over the connection that ``moderation.store.schema`` opened."""

from __future__ import annotations

from alembic import context

from moderation.store.tables import Base


def _run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        message = "migrations run through the product: «moderation db upgrade»"
        raise RuntimeError(message)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    context.run_migrations()


_run()
