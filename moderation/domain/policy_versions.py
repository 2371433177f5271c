"""Versions of a community's policy: draft → shadow → live → archived, one of them live at a time."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class PolicyState(StrEnum):
    """Where a version is in its life."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    ARCHIVED = "archived"


STATE_NAMES_ZH: Final = {
    PolicyState.DRAFT: "草稿",
    PolicyState.SHADOW: "影子运行",
    PolicyState.LIVE: "生效",
    PolicyState.ARCHIVED: "已归档",
}

_MOVES: Final = frozenset(
    {
        (PolicyState.DRAFT, PolicyState.SHADOW),
        (PolicyState.DRAFT, PolicyState.LIVE),
        (PolicyState.DRAFT, PolicyState.ARCHIVED),
        (PolicyState.SHADOW, PolicyState.DRAFT),
        (PolicyState.SHADOW, PolicyState.LIVE),
        (PolicyState.SHADOW, PolicyState.ARCHIVED),
        (PolicyState.LIVE, PolicyState.ARCHIVED),
        # One-click return: an archived version goes live again as it was.
        (PolicyState.ARCHIVED, PolicyState.LIVE),
    }
)


class PolicyMoveError(Exception):
    """A version cannot go from its state to the one asked for."""


def check_move(old: PolicyState, new: PolicyState) -> None:
    """Refuse a move that the life of a version does not have.

    Raises:
        PolicyMoveError: there is no such move.
    """
    if (old, new) not in _MOVES:
        message = f"a policy that is {old.value} cannot become {new.value}"
        raise PolicyMoveError(message)
