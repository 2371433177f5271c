"""Sensitive periods (敏感时期): a policy is stricter for some days, and then by itself no more.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from moderation.domain.post import PublishingMode, Scene

DAY: Final = 86_400 * 1_000_000
MAX_DAYS: Final = 60
"""Longest window: what must hold longer belongs into the policy itself."""


class Phase(StrEnum):
    """Where the present lies."""

    COMING = "coming"
    OPEN = "open"
    OVER = "over"


class WindowError(ValueError):
    """A window that ends before it begins, or lasts too long."""


@dataclass(frozen=True, slots=True)
class Window:
    """One period, ``[start, end)`` in UTC microseconds, and what is stricter in it.

    Review thresholds are multiplied by ``review_factor``.  With ``look_first`` people look before anything doubtful is
    shown: what goes to review is held, and what the model alone would block goes to people too.  ``mode`` is the
    mildest publishing mode.  Findings under ``top_clauses`` are the most urgent.  Empty ``groups`` and ``scenes`` mean
    everywhere.
    """

    name: str
    start: int
    end: int
    review_factor: float = 1.0
    look_first: bool = False
    mode: PublishingMode | None = None
    groups: tuple[str, ...] = ()
    scenes: tuple[Scene, ...] = ()
    top_clauses: tuple[str, ...] = ()
    why: str = ""

    def __post_init__(self) -> None:
        """Refuse what has no length, or too much of it.

        Raises:
            WindowError: says which.
        """
        if self.end <= self.start:
            raise WindowError("«to» must be later than «from»")
        if self.end - self.start > MAX_DAYS * DAY:
            raise WindowError(f"a window lasts {MAX_DAYS} days at most: change the policy itself for longer")

    def phase(self, now: int) -> Phase:
        """Whether it is to come, in force, or over."""
        if now < self.start:
            return Phase.COMING
        return Phase.OPEN if now < self.end else Phase.OVER

    def covers(self, group: str, scene: Scene) -> bool:
        """Whether a board (path prefix) and scene lie in it."""
        in_group = not self.groups or any(group == one or group.startswith(f"{one}/") for one in self.groups)
        return in_group and (not self.scenes or scene in self.scenes)
