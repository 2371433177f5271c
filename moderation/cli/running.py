"""``moderation up`` and ``moderation db``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from moderation.cli.base import connected


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database and queue."
)
@click.option("--workers", type=click.IntRange(1, 256), help="Scoring processes.  [default: 2]")
@click.option("--demo", is_flag=True, help="Load made-up posts, so that every page has something to show.")
@click.option(
    "--bootstrap", type=click.Path(path_type=Path), help="Write URL, API key and admin login here as JSON."
)
def up(  # noqa: PLR0917 - click passes options by name
    host: str,
    port: int,
    data_dir: Path | None,
    workers: int | None,
    demo: bool,  # noqa: FBT001 - click passes options by name
    bootstrap: Path | None,
) -> None:
    """Run everything: API, review desk, workers, and the embedded database and queue where none is configured.

    Example: moderation up --port 8080 --demo
    """
    from moderation.commands.up import start

    sys.exit(start(host=host, port=port, data_dir=data_dir, workers=workers, demo=demo, bootstrap=bootstrap))


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def upgradedatabase(data_dir: Path | None) -> None:
    """Bring the database to the present schema.

    Example: MODERATION_DATABASE_URL=postgresql+psycopg://… moderation db upgrade
    """
    from moderation.store import schema

    schema.upgrade(connected(data_dir))
    click.echo(f"the database is at revision {schema.newest()}")
