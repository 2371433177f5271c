"""Counts what emergency words strike: each post is matched once, and remembered, so that people's word can be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.emergency import BEFORE, counts
from moderation.domain.evidence import Level
from moderation.domain.review import DecisionKind
from moderation.store import emergency, standing
from moderation.text.entries import Entry, Kind
from moderation.text.lexicon import Lexicon
from moderation.text.matching import match_posts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlalchemy.orm import Session

    from moderation.store.engine import Sessions
    from moderation.store.standing import Standing
    from moderation.store.tables import EmergencyWordRow

BATCH: Final = 500
SETTLED: Final = 30 * 1_000_000
"""Microseconds that a post is given to be judged before it is counted: one that takes longer is missed."""


def entry_of(row: EmergencyWordRow) -> Entry:
    """The word as the text layer matches it, at any time."""
    return Entry(row.word, Kind(row.kind), row.clause, Level.REVIEW)


def end_of(row: EmergencyWordRow, now: int) -> int:
    """Until when posts count as struck by a word, UTC microseconds."""
    ends = [one for one in (row.until, row.withdrawn_at) if one is not None]
    return min([*ends, now - SETTLED])


def strike(
    sessions: Sessions, rows: Sequence[EmergencyWordRow], *, now: int, going: Callable[[], bool]
) -> bool:
    """Match the posts that some words of one community have not seen; False: ``going`` said to stop before the end."""
    alone = [Lexicon.compile([replace(entry_of(row), effective_from=None)]) for row in rows]
    community_id, after = rows[0].community_id, min(row.cursor for row in rows)
    since, until = min(row.since for row in rows) - BEFORE, max(end_of(row, now) for row in rows)
    while going():
        with sessions.read() as session:
            batch = standing.batch(session, community_id, since=since, until=until, after=after, limit=BATCH)
        if not batch:
            return True
        found = match_posts([(one.post.title, one.post.text) for one in batch], alone, now=now)
        struck = [[any(not hit.suppressed for hit in hits) for hits in words] for words in found]
        after = batch[-1].post.sequence
        with sessions.write.begin() as session:
            _note(session, rows, batch, struck, now)
    return False


def _note(
    session: Session,
    rows: Sequence[EmergencyWordRow],
    batch: Sequence[Standing],
    struck: Sequence[Sequence[bool]],
    now: int,
) -> None:
    """Keep hits of a batch, those beyond each word's cursor: another worker may have been there."""
    places = {row.id: place for place, row in enumerate(rows)}
    held = emergency.held(session, list(places))
    hits: list[dict[str, Any]] = []
    for row in held:
        for one, words in zip(batch, struck, strict=True):
            before = counts(one.post.received_at, since=row.since, end=end_of(row, now))
            if one.post.sequence > row.cursor and before is not None and words[places[row.id]]:
                hits.append({"emergency_id": row.id, "post_id": one.post.id, "before": before})
        row.cursor = max(row.cursor, batch[-1].post.sequence)
    emergency.add_hits(session, hits)


def tally(session: Session, rows: Sequence[EmergencyWordRow], *, now: int) -> None:
    """Count what was struck, and what people said of it."""
    found = emergency.tallies(session, [row.id for row in rows])

    def of(row: EmergencyWordRow, kinds: Collection[str], *, before: bool) -> int:
        return sum(
            n for (word, was, said), n in found.items() if (word, was) == (row.id, before) and said in kinds
        )

    everything = ("", *(kind.value for kind in DecisionKind))
    decided, blocked = (DecisionKind.PASS.value, DecisionKind.BLOCK.value), (DecisionKind.BLOCK.value,)
    emergency.settle(
        session,
        [
            {
                "id": row.id,
                "hits": of(row, everything, before=False),
                "decided": of(row, decided, before=False),
                "blocked": of(row, blocked, before=False),
                "before_posts": standing.count(
                    session, row.community_id, since=row.since - BEFORE, until=row.since
                ) if row.counted_at is None else row.before_posts,
                "before_hits": of(row, everything, before=True),
                "before_decided": of(row, decided, before=True),
                "before_blocked": of(row, blocked, before=True),
                "counted_at": now,
            }
            for row in rows
        ],
    )  # fmt: skip
