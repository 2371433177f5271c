"""What words are tried on before they are kept: recent posts in batches, read as workers read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.store import samples
from moderation.text.normalise import normalise_many
from moderation.text.restore import restore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow
    from moderation.text.normalise import Normalised
    from moderation.text.restore import Reading

MOST_POSTS: Final = 20_000
"""Posts that a preview reads at most, newest first."""

_BATCH: Final = 500


def batches(sessions: Sessions, community_id: int, since: int) -> Iterator[list[PostRow]]:
    """Posts from ``since`` (UTC microseconds) on, newest first, each batch in a transaction of its own."""
    before = None
    while True:
        with sessions.read() as session:
            batch = samples.recent(session, community_id, since=since, before=before, limit=_BATCH)
        if not batch:
            return
        yield batch
        before = batch[-1].sequence


def read(texts: Sequence[str]) -> tuple[list[Normalised], list[tuple[Reading, ...]]]:
    """Light forms and readings of texts, as :func:`moderation.text.understand.understand` finds them."""
    normalised = normalise_many(texts)
    return normalised, [tuple(restore(each)) for each in normalised]
