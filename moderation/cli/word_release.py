"""``moderation lexicons release``: what words that are gone had decided alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from moderation.cli.looking import data_dir_option, json_option
from moderation.cli.sweep_parts import preview_of, show_sweep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moderation.sweeps.criteria import Criteria

KINDS = ("normal", "combination", "pinyin", "regex")


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--import", "import_id", default=0, type=click.IntRange(0), help="An import that was taken back."
)
@click.option("--list", "library", default="own", show_default=True, help="List that the words stood in.")
@click.option(
    "--kind", default="normal", show_default=True, type=click.Choice(KINDS), help="Kind of the words."
)
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 90), help="How far back; an import: all."
)
@click.option("--why", default="", help="What it is for; the receipt says it.")
@json_option
@data_dir_option
def release(*, days: int, why: str, as_json: bool, data_dir: Path | None, **sought: Any) -> None:
    """Show the posts that words alone had blocked or held which are in force no more.  No verdict is written.

    Name the words, or an import that was taken back.  What it shows is released with «moderation sweep apply NUMBER».

    Example: moderation lexicons release --import 3 --why 误伤
    """
    page = preview_of(partial(_criteria, **sought), days=days, why=why, data_dir=data_dir)
    show_sweep(page, as_json=as_json)
    if not as_json and page.progress[1]:
        click.echo(f"to release them: moderation sweep apply {page.sweep.id}")


def _criteria(*, words: Sequence[str], import_id: int, library: str, kind: str) -> Criteria:
    from moderation.sweeps.criteria import Criteria, Released
    from moderation.text.entries import Kind

    if bool(words) == bool(import_id):
        raise click.ClickException(
            "name the words that are gone, or the import that was taken back (--import)"
        )
    if import_id:
        return Criteria(released=Released(import_id=import_id))
    return Criteria(released=Released(library, tuple((Kind(kind), word) for word in words)))
