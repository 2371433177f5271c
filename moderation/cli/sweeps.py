"""``moderation sweep``, ``radar`` and ``gangs``: looking back over kept posts."""

from __future__ import annotations

import json
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from moderation.cli.base import community_id, database, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from moderation.services.sweeping import Sweeping
    from moderation.store.engine import Sessions
    from moderation.sweeps.judging import Criteria
    from moderation.sweeps.pages import SweepPage

_DAY: Final = 86_400 * 1_000_000
_WHO: Final = "command line"
_CELL: Final = 32
"""Characters of a cell; --json shows everything."""

_data_dir = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database."
)
_days = click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90), help="How far back.")
_json = click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
_limit = click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 500), help="Most lines."
)


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
@_days
@_json
@_data_dir
def preview(
    *, days: int, as_json: bool, data_dir: Path | None, may_block: bool, why: str, **sought: Any
) -> None:
    """Show what would be judged worse.  No verdict is written.

    Example: moderation sweep preview --word 龙须糖 --clause 3.6 --days 30 --why 专项整治
    """
    from moderation.wiring.common import clock

    now = clock()
    with closing(database(data_dir)) as sessions, _told_plainly(), _progress("sweeping") as progress:
        page = _sweeping(sessions, data_dir).preview(
            community_id(sessions),
            _criteria(**sought),
            since=now - days * _DAY,
            until=now,
            author=_WHO,
            now=now,
            why=why,
            may_block=may_block,
            progress=progress,
        )
    _show(page, as_json=as_json)


@sweep.command()
@click.argument("number", type=int)
@_json
@_data_dir
def apply(number: int, *, as_json: bool, data_dir: Path | None) -> None:
    """Apply a previewed sweep.  Cut off, run it again: it goes on where it was.

    Example: moderation sweep apply 3
    """
    _run("apply", number, as_json=as_json, data_dir=data_dir)


@sweep.command()
@click.argument("number", type=int)
@_json
@_data_dir
def undo(number: int, *, as_json: bool, data_dir: Path | None) -> None:
    """Give posts their former verdicts back; what a person decided since stays.

    Example: moderation sweep undo 3
    """
    _run("undo", number, as_json=as_json, data_dir=data_dir)


@sweep.command()
@click.argument("number", type=int)
@_json
@_data_dir
def receipt(number: int, *, as_json: bool, data_dir: Path | None) -> None:
    """Write the receipt: what, how many, when, by whom, and the numbers of the posts.

    Example: moderation sweep receipt 3 > receipt.txt
    """
    with closing(database(data_dir)) as sessions, _told_plainly():
        found, text = _sweeping(sessions, data_dir).receipt(community_id(sessions), number)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else text.rstrip())


@click.command()
@_days
@_limit
@_json
@_data_dir
def radar(days: int, limit: int, *, as_json: bool, data_dir: Path | None) -> None:
    """黑话雷达: words and contacts that rise in blocked posts and stand in no list yet.

    Example: moderation radar --days 7
    """
    from moderation.endpoints.sweeps import radar_json
    from moderation.wiring.common import clock
    from moderation.wiring.sweeps import build_radar

    now = clock()
    with closing(database(data_dir)) as sessions, _progress("reading") as progress:
        page = build_radar(settings(data_dir=data_dir), sessions).look(
            community_id(sessions), since=now - days * _DAY, until=now, limit=limit, progress=progress
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
    _table(["candidate", "blocked", "passed", "z", "authors", "clause", "sounds like", "sample"], rows)


@click.command()
@_days
@_limit
@_json
@_data_dir
def gangs(days: int, limit: int, *, as_json: bool, data_dir: Path | None) -> None:
    """团伙: accounts joined by a contact, a device or nearly the same text.

    Example: moderation gangs --days 7
    """
    from moderation.endpoints.sweeps import gang_json
    from moderation.services.gangs import Gangs
    from moderation.wiring.common import clock

    now = clock()
    with closing(database(data_dir)) as sessions, _progress("reading") as progress:
        found = Gangs(sessions).look(
            community_id(sessions), since=now - days * _DAY, until=now, limit=limit, progress=progress
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
    _table(["accounts", "blocked", "posts", "who", "joined by", "sample"], rows)


def _run(verb: str, number: int, *, as_json: bool, data_dir: Path | None) -> None:
    from moderation.wiring.common import clock

    with closing(database(data_dir)) as sessions, _told_plainly(), _progress(verb) as progress:
        page = getattr(_sweeping(sessions, data_dir), verb)(
            community_id(sessions), number, author=_WHO, now=clock(), progress=progress
        )
    _show(page, as_json=as_json)


def _sweeping(sessions: Sessions, data_dir: Path | None) -> Sweeping:
    from moderation.outbound.bell import Bell
    from moderation.wiring.common import connect_redis
    from moderation.wiring.sweeps import build_sweeping

    chosen = settings(data_dir=data_dir)
    # Without a bell nothing is lost: the workers' schedule looks for brands to count again by itself.
    bell = Bell(connect_redis(chosen.redis_url)) if chosen.redis_url else None
    return build_sweeping(chosen, sessions, bell)


def _criteria(
    *, words: Sequence[str], table: Path | None, contact: str, policy: int, clause: str, level: str
) -> Criteria:
    from moderation.domain.evidence import Level
    from moderation.sweeps.judging import Criteria, a_contact
    from moderation.text.entries import Entry, Kind
    from moderation.text.listing import load_csv

    entries = [Entry(word, Kind.NORMAL, clause, Level(level)) for word in words]
    if table is not None:
        try:
            entries += load_csv(table.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise click.ClickException(f"{table}: cannot be read: {error}") from error
    sought = a_contact(contact, clause=clause, level=Level(level)) if contact.strip() else None
    return Criteria(words=tuple(entries), contact=sought, policy=policy)


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Errors of sweeps and words as one clear line."""
    from moderation.domain.sweeps import SweepStateError
    from moderation.sweeps.pages import UnknownSweepError
    from moderation.text.entries import EntryError

    try:
        yield
    except (EntryError, SweepStateError, UnknownSweepError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show(page: SweepPage, *, as_json: bool) -> None:
    from moderation.endpoints.sweeps import page_json

    found = page_json(page)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(
        f"sweep {found['id']} ({found['state']}): {found['posts']} posts read, {found['matched']} struck, "
        f"{found['decided_by_people']} decided by people, {found['planned']} to change, "
        f"{found['changed']} changed, {found['restored']} restored"
    )
    for name in ("left", "not_restored"):
        for reason, posts in found[name].items():
            click.echo(f"  {name.replace('_', ' ')}: {posts} ({reason})")
    _table(
        ["before", "after", "clause", "posts"],
        [[one["before"], one["after"], one["clause"], str(one["posts"])] for one in found["changes"]],
    )
    _table(
        ["post", "clause", "text"],
        [[one["data_id"], one["clause"], one["text"]] for one in found["samples"]],
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on the screen, long cells shortened; nothing where there are no rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*[Text(_short(cell)) for cell in row])
    Console().print(table)


def _short(cell: str) -> str:
    line = " ".join(cell.split())
    return line if len(line) <= _CELL else f"{line[: _CELL - 1]}…"
