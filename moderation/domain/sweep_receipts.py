"""The receipt of a sweep: what, how many, when, by whom and by which criteria, fit to be handed to an authority."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import clause
from moderation.domain.sweeps import Swept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

BEIJING: Final = timezone(timedelta(hours=8), "UTC+8")


@dataclass(frozen=True, slots=True)
class Change:
    """So many posts of a sweep in one state, with one kind of change.  ``reason`` says why they were left."""

    state: Swept
    reason: str
    before: str
    after: str
    clause: str
    posts: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a sweep's posts."""

    changes: tuple[Change, ...]

    def count(self, *states: Swept) -> int:
        """How many posts are in these states."""
        return sum(one.posts for one in self.changes if one.state in states)

    def reasons(self, state: Swept) -> dict[str, int]:
        """Posts of a state by the reason for it."""
        return dict(self._summed(lambda one: one.reason, [state]))

    def by_change(self, *states: Swept) -> dict[tuple[str, str, str], int]:
        """Posts by (suggestion before, suggestion after, clause), the most first; of all states where none is named."""
        return dict(
            self._summed(lambda one: (one.before, one.after, one.clause), states or Swept).most_common()
        )

    def _summed(self, key: Callable[[Change], Any], states: Iterable[Swept]) -> Counter[Any]:
        wanted = frozenset(states)
        found: Counter[Any] = Counter()
        for one in self.changes:
            if one.state in wanted:
                found[key(one)] += one.posts
        return found


def already(matched: int, decided: int, tally: Tally) -> int:
    """Struck posts that no person has decided and whose verdict is the same or stricter already."""
    return matched - decided - tally.count(*Swept)


def receipt_json(sweep: Mapping[str, Any], tally: Tally, digest: str) -> dict[str, Any]:
    """The receipt without the list of posts.

    Args:
        sweep: ``id``, ``kind``, ``criteria``, ``may_block``, ``why``, ``state``, ``author``, ``applied_by``,
            ``undone_by``, ``posts``, ``matched``, ``decided``, the instants ``since``, ``until``, ``created_at``,
            ``applied_at``, ``undone_at`` in UTC microseconds (the last two may be None), and the ``community``'s
            name, which may be left out.
        tally: what became of the posts.
        digest: SHA-256 over the numbers of the posts that were changed.
    """
    changed = (Swept.APPLIED, Swept.UNDONE, Swept.KEPT)
    return {
        "sweep": sweep["id"],
        "community": sweep.get("community", ""),
        "state": sweep["state"],
        "kind": sweep["kind"],
        "criteria": sweep["criteria"],
        "may_block": sweep["may_block"],
        "why": sweep["why"],
        "window": {"since": iso(sweep["since"]), "until": iso(sweep["until"])},
        "previewed": {"by": sweep["author"], "at": iso(sweep["created_at"])},
        "applied": _done(sweep["applied_by"], sweep["applied_at"]),
        "undone": _done(sweep["undone_by"], sweep["undone_at"]),
        "posts_read": sweep["posts"],
        "posts_matched": sweep["matched"],
        "posts_decided_by_people": sweep["decided"],
        "posts_already": already(sweep["matched"], sweep["decided"], tally),
        "posts_planned": tally.count(Swept.PLANNED),
        "posts_changed": tally.count(*changed),
        "posts_left": tally.reasons(Swept.LEFT),
        "posts_restored": tally.count(Swept.UNDONE),
        "posts_not_restored": tally.reasons(Swept.KEPT),
        "by_clause": [
            {"clause": number, "name": clause(number).zh, "before": before, "after": after, "posts": posts}
            for (before, after, number), posts in tally.by_change(*changed).items()
        ],
        "post_ids_sha256": digest,
    }


def _done(by: str, at: int | None) -> dict[str, str | None] | None:
    return None if at is None else {"by": by, "at": iso(at)}


def iso(micros: int | None) -> str | None:
    """An instant in Beijing time with its offset, to the second."""
    if micros is None:
        return None
    return datetime.fromtimestamp(micros // 1_000_000, BEIJING).isoformat()
