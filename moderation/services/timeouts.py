"""Held posts that nobody decided in time: shown, or held on and more urgent, as the place's rule says.

Run as often as you like, by as many processes as you like: each review item's time runs out once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.post import Overdue, Scene
from moderation.domain.publishing import RISE, outcome
from moderation.domain.verdict import Action, Suggestion
from moderation.store import outbox, overdue, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.post import Timeout
    from moderation.publishing import Publishing
    from moderation.store.engine import Sessions
    from moderation.store.overdue import Waiting

SOURCE: Final = "timeout"
"""Source of the verdict that shows a post whose time ran out."""

BATCH: Final = 200
MINUTE: Final = 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Timeouts:
    """The parts that time-outs need; ``batch`` items are looked at, and settled, in one transaction."""

    sessions: Sessions
    publishing: Publishing
    clock: Callable[[], int]
    batch: int = BATCH

    def settle(self) -> int:
        """Settle every held post whose time is out; answers how many there were."""
        now, after, settled = self.clock(), (0, 0), 0
        rest: tuple[int, int] | None = after
        while rest is not None:
            with self.sessions.read() as session:
                found, rest = overdue.batch(session, before=now - MINUTE, after=rest, limit=self.batch)
                due = [one.item.id for one, _ in self._due(session, found, now)]
            if due:
                settled += self._settle(due, now)
        return settled

    def _settle(self, item_ids: Sequence[int], now: int) -> int:
        with self.sessions.write.begin() as session:
            due = self._due(session, overdue.locked(session, item_ids), now)
            if not due:
                return 0
            events = overdue.note(session, [_row(one, timeout, now) for one, timeout in due], rise=RISE)
            shown = [_shown(one, timeout, now) for one, timeout in due if timeout.then is Overdue.SHOW]
            verdicts.append(session, shown)
            bodies = {row["post_id"]: row["body"] for row in shown}
            outbox.append(
                session,
                [
                    _event(one, timeout, events[one.post.id], bodies.get(one.post.id), now)
                    for one, timeout in due
                ],
            )
            return len(due)

    def _due(self, session: Session, found: Sequence[Waiting], now: int) -> list[tuple[Waiting, Timeout]]:
        """Those that are held and whose place's time is out."""
        held = [one for one in found if _is_held(one)]
        tables = {
            one: self.publishing.table(
                session, one, now=now, threads_of=[_thread(each) for each in held if _thread(each)]
            )
            for one in {each.item.community_id for each in held}
        }
        due = []
        for one in held:
            place = tables[one.item.community_id].place(
                one.post.group_path, Scene(one.post.scene), _thread(one)
            )
            if one.item.opened_at + place.timeout.minutes * MINUTE <= now:
                due.append((one, replace(place.timeout, then=_outcome(one, place.timeout))))
        return due


def _is_held(one: Waiting) -> bool:
    """Whether a post waits to be shown; one that is blocked is not, even where somebody is asked to confirm it."""
    return one.verdict.action == Action.HOLD.value and one.verdict.suggestion != Suggestion.BLOCK.value


def _outcome(one: Waiting, timeout: Timeout) -> Overdue:
    verdict = one.verdict
    return outcome(
        timeout, label=verdict.label, risk=verdict.risk_level, failed=bool(verdict.body.get("reason"))
    )


def _thread(one: Waiting) -> str:
    return str(one.post.context.get("thread_id") or "")


def _row(one: Waiting, timeout: Timeout, now: int) -> dict[str, Any]:
    return {
        "community_id": one.item.community_id,
        "review_item_id": one.item.id,
        "post_id": one.post.id,
        "outcome": timeout.then.value,
        "minutes": timeout.minutes,
        "at": now,
    }


def _shown(one: Waiting, timeout: Timeout, now: int) -> dict[str, Any]:
    """The verdict as it was, but shown: a person still looks."""
    names = ("post_id", "community_id", "revision", "suggestion", "risk_level", "label", "clause")
    body = {**one.verdict.body, "action": Action.SHOW.value, "timeout": timeout.minutes}
    return {name: getattr(one.verdict, name) for name in names} | {
        "source": SOURCE,
        "action": Action.SHOW.value,
        "body": body,
        "created_at": now,
    }


def _event(
    one: Waiting, timeout: Timeout, version: int, verdict: dict[str, Any] | None, now: int
) -> dict[str, Any]:
    """A post that is shown tells so as any verdict does; one that stays held tells that it waits too long."""
    told: dict[str, Any] = {"timeout": {"minutes": timeout.minutes, "then": timeout.then.value}}
    if verdict is None:
        return outbox.post_event(one.post, version, told, now=now, kind="post.overdue")
    return outbox.post_event(one.post, version, told | {"verdict": verdict}, now=now)
