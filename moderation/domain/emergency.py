"""Emergency words: in force at once, for a look only, gone after a day unless somebody confirms them.  Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LIBRARY: Final = "emergency"
"""List that emergency words stand in; nobody else writes to it."""

DAY: Final = 86_400 * 1_000_000
BEFORE: Final = 7 * DAY
"""How far back a word is tried on the posts that came before it, microseconds."""

FOLLOWED: Final = 15 * DAY
"""How long what a word strikes is counted, from when it came into force, microseconds."""


class EmergencyState(StrEnum):
    """Where an emergency word is in its life."""

    HOLDS = "holds"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def state_of(*, until: int | None, withdrawn_at: int | None, listed: bool, now: int) -> EmergencyState:
    """The state of a word.

    Args:
        until: when it expires; None: it was confirmed.
        withdrawn_at: when somebody took it back.
        listed: whether its list still has it; somebody may have removed it there.
        now: the present; all instants are UTC microseconds.
    """
    if until is not None and now >= until and (withdrawn_at is None or withdrawn_at >= until):
        return EmergencyState.EXPIRED
    if withdrawn_at is not None or not listed:
        return EmergencyState.WITHDRAWN
    return EmergencyState.CONFIRMED if until is None else EmergencyState.HOLDS


def counts(at: int, *, since: int, end: int) -> bool | None:
    """Whether a post that came in at ``at`` came before the word (True), while it held (False), or neither (None)."""
    if since - BEFORE <= at < since:
        return True
    return False if since <= at < end else None
