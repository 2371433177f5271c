"""What the commands share: settings, the database, where to write, and one clear line for an error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.settings import Settings
    from moderation.store.engine import Sessions

COMMUNITY: Final = "default"


class UserErrorGroup(click.Group):
    """Turns the product's named errors into one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that the user can mend ends it without a traceback."""
        from moderation.domain.failures import UserError

        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error


def settings(*, data_dir: Path | None = None, bundle: Path | None = None) -> Settings:
    """Settings of the environment, with what the command line says put over them."""
    from pydantic import ValidationError

    from moderation.settings import Settings

    given: dict[str, Any] = {}
    if data_dir is not None:
        given["data_dir"] = data_dir
    if bundle is not None:
        given["bundle"] = bundle
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "MODERATION_" + "_".join(str(part) for part in first["loc"]).upper()
        raise click.ClickException(f"{name}: {first['msg']}") from error


def connected(data_dir: Path | None) -> Sessions:
    """The configured database; the embedded one must have been started once."""
    from moderation.wiring.common import connect_database

    chosen = settings(data_dir=data_dir)
    if not chosen.database_url and not chosen.data_dir.is_dir():
        raise click.ClickException(
            f"there is no data folder {chosen.data_dir}: start «moderation up» first, or name it with --data-dir"
        )
    return connect_database(chosen, pool_size=1)


def database(data_dir: Path | None) -> Sessions:
    """The configured database, brought to the present schema."""
    from moderation.store import schema

    sessions = connected(data_dir)
    schema.upgrade(sessions)
    return sessions


def community_id(sessions: Sessions) -> int:
    """The community of an installation that has one."""
    from moderation.store import identities

    with sessions.read() as session:
        row = identities.community(session, COMMUNITY)
    if row is None:
        raise click.ClickException("this database has no community yet: start «moderation up» once")
    return row.id


class Opened:
    """A stream to write to: a file, or the screen."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stream: TextIO = sys.stdout

    def __enter__(self) -> TextIO:
        if self._path is not None:
            try:
                self._stream = self._path.open("w", encoding="utf-8")
            except OSError as error:
                raise click.ClickException(f"{self._path}: cannot be written: {error.strerror}") from error
        return self._stream

    def __exit__(self, *_: object) -> None:
        if self._path is not None:
            self._stream.close()
