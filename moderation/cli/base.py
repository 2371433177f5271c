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

_EXTRAS: Final = {
    "onnxruntime": "worker",
    "tokenizers": "worker",
    "torch": "torch",
    "transformers": "torch",
    "onnx": "torch",
    "safetensors": "torch",
    "sklearn": "torch",
}
"""Packages that only some roles install, and the extra that brings them."""


class UserErrorGroup(click.Group):
    """Turns the product's named errors into one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that the user can mend ends it without a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            line = in_one_line(error)
            if line is None:
                raise
            raise click.ClickException(line) from error


def in_one_line(error: Exception) -> str | None:  # noqa: PLR0911 - one answer a kind of error
    """What to tell the person at the keyboard; None where the error is ours."""
    from pydantic import ValidationError
    from redis.exceptions import RedisError
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from moderation.domain.failures import UserError

    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        return extra and f"this needs the package {error.name}: pip install 'moderation[{extra}]'"
    if isinstance(error, ValidationError) and error.title == "Settings":
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        return f"MODERATION_{name}: {first['msg']}"
    if isinstance(error, ArgumentError):
        return f"MODERATION_DATABASE_URL: {_first_line(error)}"
    if isinstance(error, DBAPIError):
        return f"the database cannot be used: {_first_line(error.orig or error)}"
    if isinstance(error, RedisError):
        return f"the queue cannot be used: {_first_line(error)}"
    return None


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def settings(*, data_dir: Path | None = None, bundle: Path | None = None) -> Settings:
    """Settings of the environment, with what the command line says put over them."""
    from moderation.settings import Settings

    given: dict[str, Any] = {}
    if data_dir is not None:
        given["data_dir"] = data_dir
    if bundle is not None:
        given["bundle"] = bundle
    return Settings(**given)


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
