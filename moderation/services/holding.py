"""Which of the posts that wait are held, why, and until when; how many a sensitive period holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from moderation.domain.holding import HeldBy, Said, held, holds, is_held
from moderation.domain.post import PublishingMode, Scene
from moderation.store import holding

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.holding import Held
    from moderation.domain.publishing import PublishingTable
    from moderation.publishing import Publishing
    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow, ReviewItemRow, VerdictRow

    Waiting = tuple[ReviewItemRow, PostRow, VerdictRow]


@dataclass(frozen=True, slots=True)
class Holding:
    """The parts that it needs."""

    sessions: Sessions
    publishing: Publishing

    def of(self, community_id: int, waiting: Sequence[Waiting], *, now: int) -> dict[int, Held]:
        """Those of open items (with post and standing verdict) whose post is held, by the item's id."""
        some = [one for one in waiting if is_held(one[2].suggestion, one[2].action)]
        if not some:
            return {}
        threads = [_thread(post) for _, post, _ in some if _thread(post)]
        with self.sessions.read() as session:
            table = self.publishing.table(session, community_id, now=now, threads_of=threads)
            acted = holding.timed_out(session, [item.id for item, _, _ in some])
        found = {item.id: _held(table, item, post, verdict, acted) for item, post, verdict in some}
        return {number: one for number, one in found.items() if one is not None}

    def by_window(self, community_id: int, windows: Collection[str], *, now: int) -> dict[str, int]:
        """How many open items each sensitive period, by its name, holds that would be shown without it."""
        if not windows:
            return {}
        with self.sessions.read() as session:
            held = [self._held_by(session, community_id, name, now) for name in windows]
            return {one.window: holding.held_in(session, community_id, one) for one in held}

    def held_by(self, community_id: int, window: str, *, now: int) -> HeldBy:
        """What a sensitive period holds, for a list of it."""
        with self.sessions.read() as session:
            return self._held_by(session, community_id, window, now)

    def _held_by(self, session: Session, community_id: int, window: str, now: int) -> HeldBy:
        table = replace(self.publishing.table(session, community_id, now=now), windows=())
        named = frozenset(rule.thread for rule in table.rules if rule.thread)
        found = holding.places(session, community_id, window, named)
        apart = [thread for _, _, thread in found if thread]
        if apart:
            table = replace(
                self.publishing.table(session, community_id, now=now, threads_of=apart), windows=()
            )
        anyway = [
            (group, scene, thread)
            for group, scene, thread in found
            if holds(table.place(group, Scene(scene), thread))
        ]
        return HeldBy(window, frozenset(anyway), named)


def _held(
    table: PublishingTable, item: ReviewItemRow, post: PostRow, verdict: VerdictRow, acted: Collection[int]
) -> Held | None:
    place = (post.group_path, Scene(post.scene), _thread(post))
    return held(
        _said(verdict),
        PublishingMode(post.mode),
        board=replace(table, windows=()).place(*place),
        place=table.place(*place),
        opened_at=item.opened_at,
        acted=item.id in acted,
    )


def _said(verdict: VerdictRow) -> Said:
    body: dict[str, Any] = verdict.body
    return Said(
        source=verdict.source,
        suggestion=verdict.suggestion,
        action=verdict.action,
        policy=(body.get("versions") or {}).get("policy") or "",
        label=verdict.label,
        risk=verdict.risk_level,
        failed=bool(body.get("reason")),
    )


def _thread(post: PostRow) -> str:
    return str((post.context or {}).get("thread_id") or "")
