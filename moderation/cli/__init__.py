"""The command line.  Imports happen within commands, so that ``--help`` needs neither a server nor a model."""

from __future__ import annotations

import sys
from typing import Final

import click

from moderation import __version__
from moderation.cli import accounts, backtests, brands, files, lexicons, policies, running, sweeps, watching
from moderation.cli.base import UserErrorGroup

_TRAINING: Final = {"train": "Train a model of your own.", "evaluate": "Measure a bundle on labelled files."}
"""Commands of ``moderation.training.commands``, which need the torch extra."""


class _Commands(UserErrorGroup):
    """Reaches for training only when it is asked for."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; the training ones are loaded here."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, _training(name) if name in _TRAINING else command, rest


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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="moderation")
def main() -> None:
    """Moderation for Chinese-language communities, which also listens for brands."""


def _planned(name: str, summary: str, *, instead: str = "") -> click.Command:
    """A command that this version does not have: it says so, and ends with status 2."""

    @click.command(
        name,
        help=f"{summary} (not in this version)",
        short_help=f"(not yet) {summary}",
        context_settings={"ignore_unknown_options": True},
    )
    @click.argument("_rest", nargs=-1, type=click.UNPROCESSED)
    def refuse(_rest: tuple[str, ...]) -> None:
        hint = f" {instead}" if instead else ""
        click.echo(f"Error: «moderation {name}» is not in version {__version__}.{hint}", err=True)
        sys.exit(2)

    return refuse


for _command in (
    running.up,
    running.db,
    files.score,
    files.mentions,
    files.behaviour,
    accounts.keys,
    accounts.users,
    brands.brands,
    lexicons.lexicons,
    backtests.backtest,
    policies.policy,
    sweeps.sweep,
    watching.radar,
    watching.gangs,
    watching.emergency,
    _planned("audit", "Verify the audit log."),
    _planned("privacy", "Export, correct or erase a person's data."),
    _planned("archive", "Score an archive.", instead="Use «moderation score INPUT --output FILE»."),
    # For the list of commands alone: resolve_command puts the real ones in their place.
    *(click.Command(name, short_help=summary) for name, summary in _TRAINING.items()),
):
    main.add_command(_command)
