"""What a table of words would hit, at the keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from moderation.cli.base import community_id, settings
from moderation.cli.looking import DAY, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moderation.services.table_preview import TablePreview
    from moderation.store.engine import Sessions
    from moderation.text.entries import Entry


def show_preview(
    sessions: Sessions,
    library: str,
    entries: Sequence[Entry],
    *,
    days: int,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Show what checked words would have hit in the posts of the last days.

    Raises:
        EntryError: the list is another's.
    """
    from moderation.endpoints.word_previews import preview_json

    found = preview_json(_tried(sessions, library, entries, days, data_dir), words=len(entries), days=days)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    posts = (
        f"{found['read']} posts"
        if found["complete"]
        else f"the latest {found['read']} of {found['posts']} posts"
    )
    struck = f"{found['words']} words would have hit {found['struck']} of {posts} of {days} days"
    click.echo(f"nothing is kept: {struck}")
    show_table(
        ["word", "level", "clause", "posts"],
        [[one["word"], one["level"], one["clause"], str(one["posts"])] for one in found["hits"]],
    )
    if found["more"]:
        click.echo(f"and {found['more']} more words that hit")
    if found["block_much"]:
        words = ", ".join(one["word"] for one in found["block_much"])
        click.echo(f"these words block and hit much: {words}")


def _tried(
    sessions: Sessions, library: str, entries: Sequence[Entry], days: int, data_dir: Path | None
) -> TablePreview:
    from moderation.services.table_preview import preview_table
    from moderation.services.wordlists import WordLists
    from moderation.wiring.common import clock
    from moderation.wiring.sweeps import allow_words
    from moderation.word_writing import named

    now, community = clock(), community_id(sessions)
    allowed = WordLists(sessions, allow_words(settings(data_dir=data_dir))).allowing(community, now=now)
    return preview_table(
        sessions, community, named(library, entries), since=now - days * DAY, allowed=allowed
    )
