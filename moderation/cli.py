"""The command line.  Imports happen within commands, so that ``--help`` needs neither a server nor a model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from moderation import __version__

if TYPE_CHECKING:
    from moderation.settings import Settings
    from moderation.store.engine import Sessions

COMMUNITY: Final = "default"


_TRAINING: Final = {"train": "Train a model of your own.", "evaluate": "Measure a bundle on labelled files."}
"""Commands of ``moderation.training.commands``, which need the torch extra."""


class _Group(click.Group):
    """Turns the product's named errors into one clear line; reaches for training only when it is asked for."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, _training(name) if name in _TRAINING else command, rest

    def invoke(self, ctx: click.Context) -> Any:
        from moderation.domain.failures import UserError

        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error


def _training(name: str) -> click.Command:
    try:
        from moderation.training import commands
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("moderation"):
            raise
        raise click.ClickException(
            f"«moderation {name}» needs the package {error.name}: pip install 'moderation[torch]'"
        ) from error
    found: click.Command = getattr(commands, name)
    return found


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="moderation")
def main() -> None:
    """Moderation for Chinese-language communities, which also listens for brands."""


@main.command()
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


@main.command()
@click.argument("source", metavar="[INPUT]", required=False, default="-")
@click.option("--text", help="Score this text instead of a file.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen."
)
@click.option("--bundle", type=click.Path(path_type=Path), help="Model bundle.  [default: the shipped one]")
@click.option("--scene", default="post", show_default=True, help="Scene that the texts stand in.")
def score(source: str, text: str | None, output: Path | None, bundle: Path | None, scene: str) -> None:
    """Score texts without server or database.

    INPUT is JSON lines ({"id", "text", "title"?}), CSV with such columns, or - for standard input.
    One JSON result per input line, in order.

    Example: moderation score --text 加薇信领取兼职日结300
    """
    from moderation.commands.files import GivenText, read_texts, score_texts

    settings = _settings(bundle=bundle)
    given = [GivenText("1", text)] if text is not None else read_texts(source)
    with _opened(output) as stream:
        score_texts(settings, given, stream, scene=scene)


@main.group()
def keys() -> None:
    """API keys."""


@keys.command("create")
@click.option("--name", required=True, help="Who uses it.")
@click.option(
    "--scope", "scopes", multiple=True, help="May be given several times.  [default: all but admin]"
)
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def create_key(name: str, scopes: tuple[str, ...], data_dir: Path | None) -> None:
    """Make an API key; it is shown once.

    Example: moderation keys create --name forum --scope posts:write --scope posts:read
    """
    from moderation.services.access import Keys, Scope
    from moderation.wiring.common import clock

    try:
        chosen = [Scope(scope) for scope in scopes] or [each for each in Scope if each is not Scope.ADMIN]
    except ValueError as error:
        known = ", ".join(scope.value for scope in Scope)
        raise click.ClickException(f"{error}; scopes: {known}") from error
    sessions = _database(data_dir)
    secret, row = Keys(sessions, clock).create(_community_id(sessions), name=name, scopes=chosen)
    click.echo(f"{secret}\n(key {row.id}; it is not shown again)", err=False)


@keys.command("list")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def list_keys(data_dir: Path | None) -> None:
    """List API keys.

    Example: moderation keys list
    """
    from moderation.services.access import Keys
    from moderation.wiring.common import clock

    sessions = _database(data_dir)
    for row in Keys(sessions, clock).of(_community_id(sessions)):
        state = "revoked" if row.revoked_at else "live"
        click.echo(f"{row.id}\t{row.prefix}…\t{state}\t{row.name}\t{','.join(row.scopes)}")


@keys.command("revoke")
@click.argument("key_id", type=int)
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def revoke_key(key_id: int, data_dir: Path | None) -> None:
    """Revoke an API key; it stops working within 30 seconds.

    Example: moderation keys revoke 3
    """
    from moderation.services.access import Keys
    from moderation.wiring.common import clock

    sessions = _database(data_dir)
    if not Keys(sessions, clock).revoke(_community_id(sessions), key_id):
        raise click.ClickException(f"there is no live key {key_id}; see «moderation keys list»")
    click.echo(f"key {key_id} is revoked")


@main.group()
def users() -> None:
    """People who log in to the review desk."""


@users.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option(
    "--role", default="moderator", show_default=True, help="moderator, senior, admin, brand or auditor."
)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def create_user(email: str, name: str, role: str, password: str, data_dir: Path | None) -> None:
    """Make a user.

    Example: moderation users create --email wang@example.com --name 王审核 --role moderator
    """
    from moderation.services.access import Role, Users
    from moderation.wiring.common import clock

    if role not in set(Role):
        raise click.ClickException(f"no role {role!r}; roles: {', '.join(Role)}")
    sessions = _database(data_dir)
    Users(sessions, clock).create(
        _community_id(sessions), email=email, name=name, password=password, role=Role(role)
    )
    click.echo(f"{email} may log in")


@users.command("list")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def list_users(data_dir: Path | None) -> None:
    """List users.

    Example: moderation users list
    """
    from moderation.services.access import Users
    from moderation.wiring.common import clock

    sessions = _database(data_dir)
    for row in Users(sessions, clock).of(_community_id(sessions)):
        click.echo(f"{row.id}\t{row.email}\t{row.role}\t{row.name}\t{'active' if row.active else 'disabled'}")


@main.group()
def brands() -> None:
    """Brand dossiers."""


@brands.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def load_brands(file: Path, data_dir: Path | None) -> None:
    """Load dossiers from TOML or JSON: {"brands": [{"name", "aliases": […], "exclusions", "context"}]}.

    Example: moderation brands load brands.toml
    """
    from moderation.outbound.bell import Bell
    from moderation.services.brand_statistics import BrandStatistics
    from moderation.wiring.brand_file import read_brands
    from moderation.wiring.common import clock, connect_redis

    dossiers = read_brands(file)
    sessions = _database(data_dir)
    statistics = BrandStatistics(
        sessions, Bell(connect_redis(_settings().redis_url or "redis://127.0.0.1:6379"))
    )
    for brand in dossiers:
        statistics.save(
            _community_id(sessions), name=brand.name, dossier=brand.model_dump(exclude={"name"}), now=clock()
        )
    click.echo(f"{len(dossiers)} brands are kept")


@main.command()
@click.argument("source", metavar="INPUT")
@click.option(
    "--brands", "brand_file", required=True, type=click.Path(path_type=Path), help="Dossiers, TOML or JSON."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen."
)
def mentions(source: str, brand_file: Path, output: Path | None) -> None:
    """Find brand mentions in texts, without server or database.

    INPUT is JSON lines ({"id", "text"}), CSV, or - for standard input.

    Example: moderation mentions posts.jsonl --brands brands.toml
    """
    from moderation.commands.files import find_mentions, read_texts
    from moderation.wiring.brand_file import read_brands

    dossiers = read_brands(brand_file)
    with _opened(output) as stream:
        find_mentions(_settings(), read_texts(source), dossiers, stream)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def upgrade_database(data_dir: Path | None) -> None:
    """Bring the database to the present schema.

    Example: MODERATION_DATABASE_URL=postgresql+psycopg://… moderation db upgrade
    """
    from moderation.store import schema

    schema.upgrade(_connected(data_dir))
    click.echo(f"the database is at revision {schema.newest()}")


def _planned(name: str, summary: str, *, instead: str = "") -> None:
    """Add a command that this version does not have: it says so, and ends with status 2."""

    @main.command(name, help=f"{summary} (not in this version)", add_help_option=True)
    @click.argument("_rest", nargs=-1, type=click.UNPROCESSED)
    def refuse(_rest: tuple[str, ...]) -> None:
        hint = f" {instead}" if instead else ""
        click.echo(f"Error: «moderation {name}» is not in version {__version__}.{hint}", err=True)
        sys.exit(2)


_planned("behaviour", "Find repeat ads, clusters, floods and pile-ons in a file.")
_planned("backtest", "Show what a changed policy would have done.")
_planned("lexicons", "Import and export word lists.")
_planned("audit", "Verify the audit log.")
_planned("privacy", "Export, correct or erase a person's data.")
_planned("archive", "Score an archive.", instead="Use «moderation score INPUT --output FILE».")


def _settings(*, data_dir: Path | None = None, bundle: Path | None = None) -> Settings:
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


def _connected(data_dir: Path | None) -> Sessions:
    from moderation.wiring.common import connect_database

    settings = _settings(data_dir=data_dir)
    if not settings.database_url and not settings.data_dir.is_dir():
        raise click.ClickException(
            f"there is no data folder {settings.data_dir}: start «moderation up» first, or name it with --data-dir"
        )
    return connect_database(settings, pool_size=1)


def _database(data_dir: Path | None) -> Sessions:
    from moderation.store import schema

    sessions = _connected(data_dir)
    schema.upgrade(sessions)
    return sessions


def _community_id(sessions: Sessions) -> int:
    from moderation.store import identities

    with sessions.read() as session:
        row = identities.community(session, COMMUNITY)
    if row is None:
        raise click.ClickException("this database has no community yet: start «moderation up» once")
    return row.id


class _Opened:
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


def _opened(path: Path | None) -> _Opened:
    return _Opened(path)


for _name, _summary in _TRAINING.items():
    # For the list of commands; resolve_command puts the real one in its place.
    main.add_command(click.Command(_name, short_help=_summary))

if __name__ == "__main__":
    main()
