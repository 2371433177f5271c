"""Whether a post that waits is shown meanwhile, why not, and what happens when nobody decides.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from moderation.domain.post import PublishingMode
from moderation.domain.publishing import outcome
from moderation.domain.verdict import Action, Suggestion

if TYPE_CHECKING:
    from moderation.domain.post import Overdue
    from moderation.domain.publishing import Placed

MINUTE: Final = 60 * 1_000_000
BEHAVIOUR: Final = "behaviour"


class Cause(StrEnum):
    """Why a post is held."""

    BOARD = "board"
    WINDOW = "window"
    BEHAVIOUR = "behaviour"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Said:
    """What a standing verdict says: by whom, what to do, and under which policy (``name+window``)."""

    source: str
    suggestion: str
    action: str
    policy: str
    label: str
    risk: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Why a post is held, and from when on the time-out rule acts (UTC microseconds); ``acted``: it has.

    ``mode`` is what held it, for :attr:`Cause.BOARD`; ``windows`` are the sensitive periods, for :attr:`Cause.WINDOW`.
    """

    cause: Cause
    mode: PublishingMode
    windows: tuple[str, ...]
    until: int
    then: Overdue
    acted: bool


@dataclass(frozen=True, slots=True)
class HeldBy:
    """What a sensitive period holds: posts whose standing verdict names it, but for places that hold anyway.

    ``anyway`` are places as board path, scene and thread; the thread is empty where none of ``threads``, the threads
    that a policy names, nor of those set apart.
    """

    window: str
    anyway: frozenset[tuple[str, str, str]] = frozenset()
    threads: frozenset[str] = frozenset()


def is_held(suggestion: str, action: str) -> bool:
    """Whether a post waits to be shown; one that is blocked does not."""
    return action == Action.HOLD.value and suggestion != Suggestion.BLOCK.value


def held(
    said: Said, mode: PublishingMode, *, board: Placed, place: Placed, opened_at: int, acted: bool
) -> Held | None:
    """Why a post is held; None where it is not.

    Args:
        said: the standing verdict.
        mode: publishing mode of the place when the post came in, a sensitive period's included.
        board: how the place is published outside sensitive periods.
        place: how the place is published now.
        opened_at: when the review item was opened, UTC microseconds.
        acted: whether the time-out rule has acted.
    """
    if not is_held(said.suggestion, said.action):
        return None
    windows = tuple(said.policy.split("+")[1:])
    then = outcome(place.timeout, label=said.label, risk=said.risk, failed=said.failed)
    until = opened_at + place.timeout.minutes * MINUTE
    cause = _cause(said, mode, board, windows)
    own = cause is Cause.BOARD and holds(board)
    return Held(cause, board.mode if own else mode, windows, until, then, acted)


def holds(place: Placed) -> bool:
    """Whether a place shows a post only after somebody looked at it."""
    return place.mode is not PublishingMode.POST_MODERATION


def _cause(said: Said, mode: PublishingMode, board: Placed, windows: tuple[str, ...]) -> Cause:
    of_board = mode is not PublishingMode.POST_MODERATION and holds(board)
    if of_board or (mode is not PublishingMode.POST_MODERATION and not windows):
        return Cause.BOARD
    if windows:
        return Cause.WINDOW
    return Cause.BEHAVIOUR if said.source == BEHAVIOUR else Cause.RULE
