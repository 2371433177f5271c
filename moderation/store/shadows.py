"""What shadows were compared on, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

from moderation.domain.policy_versions import PolicyState
from moderation.store import policies
from moderation.store.tables import PolicyRow, PostRow, ShadowCountRow, ShadowRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Watched:
    """A shadow beside the live policy.  Instants are UTC microseconds.

    ``since`` is when the version first became a shadow (None: never), ``compared`` how many posts both judged until
    ``last_at``; ``counts`` are posts by (live, shadow) suggestion where they differ, ``latest`` the last of those.
    """

    running: bool
    since: int | None
    compared: int
    last_at: int | None
    counts: dict[tuple[str, str], int]
    latest: list[tuple[ShadowRow, PostRow]]

    @property
    def total(self) -> int:
        """All differences."""
        return sum(self.counts.values())


def count_compared(session: Session, posts: Mapping[int, int], *, at: int) -> None:
    """Add posts that shadows (by their version's row) were compared on, whether they differ or not.

    Rows are taken in one order: two workers never wait for each other.
    """
    if not posts:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(ShadowCountRow)
    statement = statement.on_conflict_do_update(
        index_elements=["policy_id"],
        set_={
            "posts": ShadowCountRow.posts + statement.excluded.posts,
            "last_at": statement.excluded.last_at,
        },
    )
    rows = [{"policy_id": one, "posts": posts[one], "first_at": at, "last_at": at} for one in sorted(posts)]
    session.execute(statement, rows)


def watched(session: Session, row: PolicyRow) -> Watched:
    """What a version was compared on while it was a shadow."""
    began = [one.at for one in policies.moves(session, [row.id]) if one.state == PolicyState.SHADOW.value]
    counted = session.get(ShadowCountRow, row.id)
    counts, latest = policies.differences(session, row.id)
    return Watched(
        running=row.state == PolicyState.SHADOW.value,
        since=began[0] if began else None,
        compared=counted.posts if counted else 0,
        last_at=counted.last_at if counted else None,
        counts=counts,
        latest=latest,
    )
