"""An emergency word that holds is never begun again, which would lose its counts: it is prolonged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moderation.domain.emergency import LIBRARY, EmergencyState, state_of
from moderation.domain.failures import UserError
from moderation.store import emergency, lexicons, prolongations

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from moderation.store.tables import EmergencyWordRow
    from moderation.text.entries import Entry

_LIVE = frozenset({EmergencyState.HOLDS, EmergencyState.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Holding:
    """A word that holds: since when and by whom, and until when (None: confirmed); UTC microseconds."""

    number: int
    word: str
    author: str
    since: int
    until: int | None


class HoldsAlreadyError(UserError):
    """Words that are to be put in force hold already; ``words`` says which."""

    def __init__(self, words: Sequence[Holding]) -> None:
        """Message: which words, and what to do."""
        self.words = tuple(words)
        named = "、".join(one.word for one in words)
        super().__init__(f"in force already: {named}; prolong what is to hold longer, and leave it out here")


def begin(session: Session, community_id: int, words: Sequence[Entry], *, now: int) -> None:
    """Make room for words to put in force: what stands of them and holds no more is closed.

    Raises:
        HoldsAlreadyError: some of them hold now.
    """
    keys = {(one.word, one.kind.value) for one in words}
    rows = emergency.standing(session, community_id, [one.word for one in words])
    rows = [row for row in rows if (row.word, row.kind) in keys]
    live = holding(session, community_id, rows, now=now)
    if live:
        raise HoldsAlreadyError([Holding(row.id, row.word, row.author, row.since, row.until) for row in live])
    for row in rows:  # expired, or taken out of its list: whoever adds it now withdrew nothing
        row.withdrawn_at = now


def holding(
    session: Session, community_id: int, rows: Sequence[EmergencyWordRow], *, now: int
) -> list[EmergencyWordRow]:
    """Those of some rows whose word is in force."""
    listed = {(row.word, row.kind) for row in lexicons.of(session, community_id, library=LIBRARY)}
    return [
        row
        for row in rows
        if state_of(
            until=row.until, withdrawn_at=row.withdrawn_at, listed=(row.word, row.kind) in listed, now=now
        )
        in _LIVE
    ]


def prolong(
    session: Session, community_id: int, words: Collection[str], *, author: str, now: int, until: int
) -> dict[tuple[str, str], int]:
    """Let words that expire hold until an instant; answers when each ends now, by (word, kind).

    A word that holds longer already is left as it is, and so is one that was confirmed.
    """
    live = holding(session, community_id, emergency.standing(session, community_id, words), now=now)
    longer = [row for row in live if row.until is not None and row.until < until]
    for row in longer:
        row.until = until
    prolongations.add(
        session, [{"emergency_id": row.id, "author": author, "at": now, "until": until} for row in longer]
    )
    return {(row.word, row.kind): until for row in longer}


def lasting(entries: Sequence[Entry], ends: dict[tuple[str, str], int]) -> list[Entry]:
    """The words of a list with their new ends, those that have one."""
    return [
        replace(one, effective_to=ends[one.word, one.kind.value])
        for one in entries
        if (one.word, one.kind.value) in ends
    ]
