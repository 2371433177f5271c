"""Posts that are decided together: why one of them is left out.  Pure."""

from __future__ import annotations

from enum import StrEnum


class Skip(StrEnum):
    """Why a post of a group is not decided with the others."""

    DECIDED = "decided"
    BLOCKED = "blocked"
    PASSED = "passed"
    PENDING = "pending"
    EDITED = "edited"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"


def skip_of(
    post_state: str, item_state: str, said: str, suggestion: str, *, edited: bool = False
) -> Skip | None:
    """Why a post is not decided with its group; None where its item is open.

    Args:
        post_state: the post's (a value of ``PostState``).
        item_state: its review item's; empty where it has none.
        said: the latest decision of a person; empty where there is none.
        suggestion: what the machine said; empty where it has not yet.
        edited: the post belongs to the group by an earlier text: what it says now must be read for itself.
    """
    if post_state == "withdrawn":
        return Skip.WITHDRAWN
    if edited:
        return Skip.EDITED
    if item_state == "open":
        return None
    if post_state == "pending" or not suggestion:
        return Skip.PENDING
    if said in ("pass", "block"):
        return Skip.DECIDED
    return {"block": Skip.BLOCKED, "pass": Skip.PASSED}.get(suggestion, Skip.CHANGED)
