"""Versions of a community's policy: draft → shadow → live → archived, one of them live at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection


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


LONGEST_NAME: Final = 60
_TURN: Final = re.compile(r"-v\d+(?:-(?:on|off)-[a-z_]+)?$")


@dataclass(frozen=True, slots=True)
class Switch:
    """What a kill switch did: one rule, off or on again."""

    on: bool
    head: str
    clause: str

    def __str__(self) -> str:
        """As a version keeps it."""
        return f"{'on' if self.on else 'off'} {self.head} {self.clause}"


def switch_of(origin: str) -> Switch | None:
    """What a version that a kill switch made says of it; None for a version that somebody wrote."""
    parts = origin.split()
    return Switch(parts[0] == "on", parts[1], parts[2]) if len(parts) == 3 else None  # noqa: PLR2004 - as written


def numbered(name: str, number: int, switch: Switch | None = None) -> str:
    """A name with a version's number, in place of the number that it had: «forum-v4» becomes «forum-v5».

    That of a kill switch says what was switched: «forum-v5-off-ad».
    """
    ending = f"-v{number}" + (f"-{'on' if switch.on else 'off'}-{switch.head}" if switch else "")
    return _TURN.sub("", name)[: LONGEST_NAME - len(ending)] + ending


def own_name(name: str, number: int, taken: Collection[str], switch: Switch | None = None) -> str:
    """What version ``number`` is called: as it is written, unless another version has that name or a switch made it."""
    wanted = numbered(name, number, switch) if switch or name in taken else name
    turn = 2
    while wanted in taken:
        ending = f"-v{number}.{turn}"
        wanted, turn = _TURN.sub("", name)[: LONGEST_NAME - len(ending)] + ending, turn + 1
    return wanted


REPLACED: Final = "v{number} replaces it"
"""Why a version left its place for another: kept as it is, and read by :func:`replaced_by`."""


def replaced_by(why: str) -> int | None:
    """The number of the version that took a place, where that is the reason of a move."""
    found = re.fullmatch(r"v(\d{1,9}) replaces it", why)
    return int(found[1]) if found else None


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
