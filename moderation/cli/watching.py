"""``moderation radar``, ``gangs`` and ``emergency``: what to watch for between policies."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import click

from moderation.cli.base import UserErrorGroup, community_id, database, settings
from moderation.cli.looking import (
    DAY,
    WHO,
    data_dir_option,
    days_option,
    json_option,
    limit_option,
    progress_bar,
    show_table,
)

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@days_option
@limit_option
@json_option
@data_dir_option
def radar(days: int, limit: int, *, as_json: bool, data_dir: Path | None) -> None:
    """黑话雷达: words and contacts that rise in blocked posts and stand in no list yet.

    Example: moderation radar --days 7
    """
    from moderation.endpoints.watching import radar_json
    from moderation.wiring.common import clock
    from moderation.wiring.sweeps import build_radar

    now = clock()
    with closing(database(data_dir)) as sessions, progress_bar("reading") as progress:
        page = build_radar(settings(data_dir=data_dir), sessions).look(
            community_id(sessions), since=now - days * DAY, until=now, limit=limit, progress=progress
        )
    found = radar_json(page)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(f"{page.blocked} posts blocked, {page.passed} passed")
    rows = [
        [
            one["text"],
            str(one["blocked"]),
            str(one["passed"]),
            f"{one['z']:.1f}",
            str(one["authors"]),
            f"{one['clause'] or '–'} {one['clause_share']:.0%}",
            one["near"]["word"] if one["near"] else "",
            one["samples"][0]["text"] if one["samples"] else "",
        ]
        for one in found["candidates"]
    ]
    show_table(["candidate", "blocked", "passed", "z", "authors", "clause", "sounds like", "sample"], rows)


@click.command()
@days_option
@limit_option
@json_option
@data_dir_option
def gangs(days: int, limit: int, *, as_json: bool, data_dir: Path | None) -> None:
    """团伙: accounts joined by a contact, a device or nearly the same text.

    Example: moderation gangs --days 7
    """
    from moderation.endpoints.watching import gang_json
    from moderation.services.gangs import Gangs
    from moderation.wiring.common import clock

    now = clock()
    with closing(database(data_dir)) as sessions, progress_bar("reading") as progress:
        found = Gangs(sessions).look(
            community_id(sessions), since=now - days * DAY, until=now, limit=limit, progress=progress
        )
    if as_json:
        click.echo(json.dumps({"gangs": [gang_json(one) for one in found]}, ensure_ascii=False, indent=1))
        return
    rows = [
        [
            str(len(one.gang.authors)),
            str(one.gang.blocked),
            str(one.gang.posts),
            " ".join(one.gang.authors),
            " ".join(f"{join.kind}={join.key}" for join in one.gang.joins),
            one.samples[0].text if one.samples else "",
        ]
        for one in found
    ]
    click.echo(f"{len(found)} groups")
    show_table(["accounts", "blocked", "posts", "who", "joined by", "sample"], rows)


@click.group(cls=UserErrorGroup)
def emergency() -> None:
    """紧急词: words in force at once, for a look only, for a day unless they are confirmed."""


@emergency.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--clause", default="3.1", show_default=True, help="Clause of the words.")
@click.option(
    "--hours", default=24, show_default=True, type=click.IntRange(1, 168), help="How long they hold."
)
@data_dir_option
def add(words: tuple[str, ...], *, clause: str, hours: int, data_dir: Path | None) -> None:
    """Put words in force with the workers' next batch.

    Example: moderation emergency add 龙须糖 --clause 3.6
    """
    from moderation.domain.evidence import Level
    from moderation.services.emergency import Emergency
    from moderation.text.entries import Entry, EntryError, Kind
    from moderation.wiring.common import clock

    entries = [Entry(word, Kind.NORMAL, clause, Level.REVIEW) for word in words]
    with closing(database(data_dir)) as sessions:
        try:
            kept = Emergency(sessions).emergency(
                community_id(sessions), entries, author=WHO, now=clock(), hours=hours
            )
        except EntryError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{len(kept)} words are in force for {hours} hours, for a look")


def _settle(verb: str, words: tuple[str, ...], data_dir: Path | None) -> None:
    from moderation.services.emergency import Emergency
    from moderation.wiring.common import clock

    with closing(database(data_dir)) as sessions:
        done = getattr(Emergency(sessions), verb)(community_id(sessions), words, author=WHO, now=clock())
    click.echo(f"{verb}: {'、'.join(one.word for one in done)}")


@emergency.command()
@click.argument("words", nargs=-1, required=True)
@data_dir_option
def prolong(words: tuple[str, ...], *, data_dir: Path | None) -> None:
    """Let words hold for 24 hours from now; their counts go on.

    Example: moderation emergency prolong 龙须糖
    """
    _settle("prolong", words, data_dir)


@emergency.command()
@click.argument("words", nargs=-1, required=True)
@data_dir_option
def confirm(words: tuple[str, ...], *, data_dir: Path | None) -> None:
    """Let words stay.

    Example: moderation emergency confirm 龙须糖
    """
    _settle("confirm", words, data_dir)


@emergency.command()
@click.argument("words", nargs=-1, required=True)
@data_dir_option
def withdraw(words: tuple[str, ...], *, data_dir: Path | None) -> None:
    """Take words back at once; what they struck stays under review.

    Example: moderation emergency withdraw 龙须糖
    """
    _settle("withdraw", words, data_dir)


@emergency.command("list")
@json_option
@data_dir_option
def list_words(*, as_json: bool, data_dir: Path | None) -> None:
    """Each word with what it struck, and what it would have struck in the week before.

    Example: moderation emergency list
    """
    from moderation.endpoints.emergency import result_json
    from moderation.services.emergency import Emergency
    from moderation.wiring.common import clock

    with closing(database(data_dir)) as sessions:
        found = [result_json(one) for one in Emergency(sessions).results(community_id(sessions), now=clock())]
    if as_json:
        click.echo(json.dumps({"words": found}, ensure_ascii=False, indent=1))
        return
    rows = [
        [one["word"], one["clause"], one["state"], str(one["until"] or "–"),
         f"{one['hits']} ({one['blocked']}/{one['decided']})",
         f"{one['before']['hits']} ({one['before']['blocked']}/{one['before']['decided']})"]
        for one in found
    ]  # fmt: skip
    show_table(["word", "clause", "state", "until", "struck (blocked/decided)", "the week before"], rows)
