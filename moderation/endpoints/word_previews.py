"""What words would hit, before anybody keeps them; the command line shows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from moderation.endpoints.requests import caller, parts
from moderation.services.table_preview import preview_table
from moderation.word_writing import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.services.table_preview import TablePreview
    from moderation.text.entries import Entry

SHOWN: Final = 100
"""Words that are named, those with the most posts first."""

_DAY: Final = 86_400 * 1_000_000


class SendingQuery(BaseModel):
    """Whether words are kept, or only tried."""

    model_config = ConfigDict(extra="forbid")

    preview: bool = Field(default=False, description="Keep nothing; say what the words would have hit.")
    days: int = Field(default=7, ge=1, le=90, description="How far back a preview looks.")


def previewed(library: str, entries: Sequence[Entry], days: int) -> dict[str, Any]:
    """What checked words would have hit in the caller's posts of the last days.

    Raises:
        EntryError: the list is another's.
    """
    community_id, now = caller().community_id, parts().clock()
    found = preview_table(
        parts().sessions,
        community_id,
        named(library, entries),
        since=now - days * _DAY,
        allowed=parts().wordlists.allowing(community_id, now=now),
    )
    return preview_json(found, words=len(entries), days=days)


def preview_json(found: TablePreview, *, words: int, days: int) -> dict[str, Any]:
    """What a table of so many words would have hit."""
    return {
        "preview": True,
        "words": words,
        "days": days,
        "posts": found.total,
        "read": found.posts,
        "complete": found.complete,
        "struck": found.struck,
        "hits": _words(found.worst[:SHOWN]),
        "more": max(len(found.counts) - SHOWN, 0),
        "block_much": _words(found.hot),
    }


def _words(counted: Iterable[tuple[Entry, int]]) -> list[dict[str, Any]]:
    return [
        {
            "word": one.word,
            "kind": one.kind.value,
            "level": one.level.value,
            "clause": one.clause,
            "posts": posts,
        }
        for one, posts in counted
    ]
