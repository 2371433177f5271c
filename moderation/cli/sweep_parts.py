"""What the commands that start or end a sweep share: its service, its errors in a line, its page."""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from moderation.cli.base import community_id, database, settings
from moderation.cli.looking import DAY, WHO, progress_bar, show_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from moderation.services.sweeping import Sweeping
    from moderation.store.engine import Sessions
    from moderation.sweeps.criteria import Criteria
    from moderation.sweeps.pages import SweepPage


def sweeping(sessions: Sessions, data_dir: Path | None) -> Sweeping:
    """What does sweeps, with the bell of the queue where there is one."""
    from moderation.outbound.bell import Bell
    from moderation.wiring.common import connect_redis
    from moderation.wiring.sweeps import build_sweeping

    chosen = settings(data_dir=data_dir)
    # Without a bell nothing is lost: the workers' schedule looks for brands to count again by itself.
    bell = Bell(connect_redis(chosen.redis_url)) if chosen.redis_url else None
    return build_sweeping(chosen, sessions, bell)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Errors of sweeps and words as one clear line."""
    from moderation.domain.sweeps import SweepStateError
    from moderation.sweeps.pages import UnknownSweepError
    from moderation.text.entries import EntryError

    try:
        yield
    except (EntryError, SweepStateError, UnknownSweepError) as error:
        raise click.ClickException(str(error)) from error


def preview_of(
    criteria: Callable[[], Criteria], *, days: int, why: str, data_dir: Path | None, may_block: bool = False
) -> SweepPage:
    """Preview a sweep over the last days, with a bar on the screen; what cannot be asked is one clear line."""
    from moderation.wiring.common import clock

    now = clock()
    with closing(database(data_dir)) as sessions, told_plainly(), progress_bar("looking") as progress:
        return sweeping(sessions, data_dir).preview(
            community_id(sessions),
            criteria(),
            since=now - days * DAY,
            until=now,
            author=WHO,
            now=now,
            why=why,
            may_block=may_block,
            progress=progress,
        )


def show_sweep(page: SweepPage, *, as_json: bool) -> None:
    """A sweep on the screen: one line, then tables; or everything as JSON."""
    from moderation.endpoints.sweep_shapes import page_json

    found = page_json(page)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    stay = "stay for another reason" if found["kind"] == "release" else "judged so or more strictly already"
    click.echo(
        f"sweep {found['id']} ({found['state']}): {found['posts']} posts read, {found['matched']} struck, "
        f"{found['decided_by_people']} decided by people, "
        f"{found['already']} {stay}, {found['planned']} to change, "
        f"{found['changed']} changed, {found['restored']} restored"
    )
    for name in ("left", "not_restored"):
        for reason, posts in found[name].items():
            click.echo(f"  {name.replace('_', ' ')}: {posts} ({reason})")
    show_table(
        ["before", "after", "clause", "posts"],
        [[one["before"], one["after"], one["clause"], str(one["posts"])] for one in found["changes"]],
    )
    show_table(
        ["post", "clause", "text"],
        [[one["data_id"], one["clause"], one["text"]] for one in found["samples"]],
    )
