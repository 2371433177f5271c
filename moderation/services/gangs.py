"""团伙: accounts that belong together, by the posts of a window, and what of theirs waits for a person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.gangs import gangs, joins
from moderation.groups import MOST_POSTS, GroupPreview, sorted_out
from moderation.store import looks, standing
from moderation.sweeps.grouping import FoundGang, Seen, Texts, found_gang, sightings, take
from moderation.sweeps.looks import Looks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import LookRow, PostRow

__all__ = ["FoundGang", "GangBoard", "Gangs"]

BATCH: Final = 1_000
KEPT: Final = 50
"""Groups that a look keeps."""


@dataclass(frozen=True, slots=True)
class GangBoard:
    """The latest look: groups as it kept them, and the posts that are named, by the platform's number."""

    look: LookRow | None
    gangs: list[dict[str, Any]]
    posts: dict[str, PostRow]


@dataclass(frozen=True, slots=True)
class Gangs:
    """The parts that the view needs."""

    sessions: Sessions
    bell: Bell | None = None

    def look(
        self,
        community_id: int,
        *,
        since: int,
        until: int,
        limit: int = 50,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> list[FoundGang]:
        """Groups of accounts by the posts received in ``[since, until)``, those with most blocked posts first.

        Args:
            community_id: the tenant.
            since: UTC microseconds.
            until: UTC microseconds.
            limit: most groups to answer.
            progress: told after each batch how many posts are read, of how many.
        """
        with self.sessions.read() as session:
            total = standing.count(session, community_id, since=since, until=until)
        seen, texts, read = Seen(), Texts(), 0
        for batch in standing.batches(self.sessions, community_id, since=since, until=until, size=BATCH):
            take(seen, texts, [one for one in batch if one.post.author_id])
            read += len(batch)
            progress(read, total)
        counts = {author: (posts, seen.blocked[author]) for author, posts in seen.posts.items()}
        found = gangs(joins(sightings(seen, texts)), counts)[:limit]
        return [found_gang(one, seen, texts) for one in found]

    def window(self, community_id: int, *, since: int, until: int) -> tuple[int, int]:
        """From when on the latest posts of a window are few enough to be read at once, and how many it has in all."""
        return self._looks.window(community_id, since=since, until=until)

    def ask(self, community_id: int, *, days: int, author: str, now: int) -> None:
        """Have a worker look at the last days, soon."""
        self._looks.ask(community_id, days=days, author=author, now=now)

    def work(self, *, now: int) -> bool:
        """Do one look that waits; answers whether there was one."""
        return self._looks.work(self._body, now=now)

    def _body(self, community_id: int, since: int, until: int) -> dict[str, Any]:
        found = self.look(community_id, since=since, until=until, limit=KEPT)
        return {"gangs": [_kept(one) for one in found]}

    def board(self, community_id: int, *, key: str = "") -> GangBoard:
        """What the latest look found; ``key`` asks for one group alone."""
        with self.sessions.read() as session:
            look = looks.find(session, community_id, "gangs")
            found = [one for one in (look.body.get("gangs", ()) if look else ()) if key in ("", one["key"])]
            ids = {each for one in found for each in (*one["samples"], *one["texts"].values())}
            return GangBoard(look, found, looks.posts_of(session, community_id, ids))

    def preview(self, community_id: int, authors: Sequence[str], *, since: int) -> GroupPreview:
        """Posts of some accounts received since an instant, and whatever of theirs is open, newest first."""
        with self.sessions.read() as session:
            found = looks.posts_by(session, community_id, authors, since=since, limit=MOST_POSTS)
            return sorted_out(session, [(post, item, False) for post, item in found])

    def waiting(self, community_id: int, groups: Sequence[Sequence[str]]) -> list[int]:
        """How many posts of each group of accounts wait for a person."""
        with self.sessions.read() as session:
            found = looks.open_by(session, community_id, {author for group in groups for author in group})
        return [sum(found.get(author, 0) for author in group) for group in groups]

    @property
    def _looks(self) -> Looks:
        return Looks(self.sessions, self.bell, "gangs")


def _kept(one: FoundGang) -> dict[str, Any]:
    """A group as a look keeps it: accounts, what joins them, figures, posts' numbers."""
    authors = list(one.gang.authors)
    return {
        "key": hashlib.sha256("\n".join(authors).encode()).hexdigest()[:12],
        "authors": authors,
        "counts": {author: list(count) for author, count in one.counts.items()},
        "posts": one.gang.posts,
        "blocked": one.gang.blocked,
        "joins": [
            {"kind": join.kind.value, "key": join.key, "authors": list(join.authors)}
            for join in one.gang.joins
        ],
        "texts": one.texts,
        "samples": [each.data_id for each in one.samples],
    }
