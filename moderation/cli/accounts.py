"""``moderation keys`` and ``moderation users``."""

from __future__ import annotations

from pathlib import Path

import click

from moderation.cli.base import community_id, database


@click.group()
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
    sessions = database(data_dir)
    secret, row = Keys(sessions, clock).create(community_id(sessions), name=name, scopes=chosen)
    click.echo(f"{secret}\n(key {row.id}; it is not shown again)", err=False)


@keys.command("list")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def list_keys(data_dir: Path | None) -> None:
    """List API keys.

    Example: moderation keys list
    """
    from moderation.services.access import Keys
    from moderation.wiring.common import clock

    sessions = database(data_dir)
    click.echo("id\tkey\tstate\tname\tscopes")
    for row in Keys(sessions, clock).of(community_id(sessions)):
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

    sessions = database(data_dir)
    if not Keys(sessions, clock).revoke(community_id(sessions), key_id):
        raise click.ClickException(f"there is no live key {key_id}; see «moderation keys list»")
    click.echo(f"key {key_id} is revoked")


@click.group()
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
    from moderation.services.users import Role, Users
    from moderation.wiring.common import clock

    if role not in set(Role):
        raise click.ClickException(f"no role {role!r}; roles: {', '.join(Role)}")
    sessions = database(data_dir)
    Users(sessions, clock).create(
        community_id(sessions), email=email, name=name, password=password, role=Role(role)
    )
    click.echo(f"{email} may log in")


@users.command("list")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def list_users(data_dir: Path | None) -> None:
    """List users.

    Example: moderation users list
    """
    from moderation.services.users import Users
    from moderation.wiring.common import clock

    sessions = database(data_dir)
    for row in Users(sessions, clock).of(community_id(sessions)):
        click.echo(f"{row.id}\t{row.email}\t{row.role}\t{row.name}\t{'active' if row.active else 'disabled'}")


@users.command("password")
@click.option("--email", required=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def set_password(email: str, password: str, data_dir: Path | None) -> None:
    """Give a user a new password; every browser of that user is logged out.

    Example: moderation users password --email admin@localhost
    """
    from moderation.services.users import Users
    from moderation.wiring.common import clock

    Users(database(data_dir), clock).set_password(email, password)
    click.echo(f"{email} has a new password")
