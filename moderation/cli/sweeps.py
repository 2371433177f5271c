"""``moderation sweep``: new words, a contact or a policy version applied to posts kept before."""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moderation.cli.base import community_id, database, settings
from moderation.cli.looking import WHO, data_dir_option, days_option, json_option, progress_bar
from moderation.cli.sweep_parts import preview_of, show_sweep, sweeping, told_plainly
from moderation.cli.word_files import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.sweeps.criteria import Criteria


@click.group()
def sweep() -> None:
    """回扫: apply new words, a contact or a policy version to the posts of the last days."""


@sweep.command()
@click.option("--word", "words", multiple=True, help="A word to look for; may be given several times.")
@click.option(
    "--words", "table", type=click.Path(path_type=Path), help="A CSV table of words, as lexicons import."
)
@click.option("--contact", default="", help="A WeChat, QQ or phone number, an address.")
@click.option("--policy", default=0, type=click.IntRange(0), help="Number of a policy version.")
@click.option("--clause", default="3.1", show_default=True, help="Clause of the words or the contact.")
@click.option(
    "--level",
    default="review",
    show_default=True,
    type=click.Choice(["review", "block"]),
    help="Their level.",
)
@click.option(
    "--may-block", is_flag=True, help="Let block words and the policy block; otherwise they ask for a look."
)
@click.option("--why", default="", help="What it is for; the receipt says it.")
@days_option
@json_option
@data_dir_option
def preview(
    *, days: int, as_json: bool, data_dir: Path | None, may_block: bool, why: str, **sought: Any
) -> None:
    """Show what would be judged worse.  No verdict is written.

    Example: moderation sweep preview --word 龙须糖 --clause 3.6 --days 30 --why 专项整治
    """
    page = preview_of(
        partial(_criteria, **sought), days=days, why=why, data_dir=data_dir, may_block=may_block
    )
    show_sweep(page, as_json=as_json)


@sweep.command()
@click.argument("number", type=int)
@json_option
@data_dir_option
def apply(number: int, *, as_json: bool, data_dir: Path | None) -> None:
    """Apply a previewed sweep.  Cut off, run it again: it goes on where it was.

    Example: moderation sweep apply 3
    """
    _run("apply", number, as_json=as_json, data_dir=data_dir)


@sweep.command()
@click.argument("number", type=int)
@json_option
@data_dir_option
def undo(number: int, *, as_json: bool, data_dir: Path | None) -> None:
    """Give posts their former verdicts back; what a person decided since stays.

    Example: moderation sweep undo 3
    """
    _run("undo", number, as_json=as_json, data_dir=data_dir)


@sweep.command()
@click.argument("number", type=int)
@json_option
@data_dir_option
def receipt(number: int, *, as_json: bool, data_dir: Path | None) -> None:
    """Write the receipt: what, how many, when, by whom, and the numbers of the posts.

    Example: moderation sweep receipt 3 > receipt.txt
    """
    from moderation.wiring.sweeps import build_sweeps

    with closing(database(data_dir)) as sessions, told_plainly():
        service = build_sweeps(settings(data_dir=data_dir), sessions, None)
        found, text = service.receipt(community_id(sessions), number)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else text.rstrip())


def _run(verb: str, number: int, *, as_json: bool, data_dir: Path | None) -> None:
    from moderation.wiring.common import clock

    with closing(database(data_dir)) as sessions, told_plainly(), progress_bar(verb) as progress:
        page = getattr(sweeping(sessions, data_dir), verb)(
            community_id(sessions), number, author=WHO, now=clock(), progress=progress
        )
    show_sweep(page, as_json=as_json)


def _criteria(
    *, words: Sequence[str], table: Path | None, contact: str, policy: int, clause: str, level: str
) -> Criteria:
    from moderation.domain.evidence import Level
    from moderation.sweeps.criteria import Criteria, a_contact
    from moderation.text.entries import Entry, Kind

    entries = [Entry(word, Kind.NORMAL, clause, Level(level)) for word in words]
    if table is not None:
        entries += words_of(table)
    sought = a_contact(contact, clause=clause, level=Level(level)) if contact.strip() else None
    return Criteria(words=tuple(entries), contact=sought, policy=policy)
