"""When a post becomes visible - per board, scene and thread - and what happens when nobody decides in time.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Label
from moderation.domain.post import Overdue, PublishingMode, Timeout, publishing_rule
from moderation.domain.verdict import RiskLevel

if TYPE_CHECKING:
    from moderation.domain.post import PublishingRule, Scene
    from moderation.domain.windows import Window

DEFAULT_TIMEOUT: Final = Timeout(minutes=120, then=Overdue.HOLD)

RISE: Final = 400
"""What a held post's priority rises by when its time is out: above everything whose time is not (399 at most)."""

STRICTNESS: Final = {
    PublishingMode.POST_MODERATION: 0,
    PublishingMode.PRE_MODERATION: 1,
    PublishingMode.CLOSED: 2,
}


def outcome(timeout: Timeout, *, label: str, risk: str, failed: bool) -> Overdue:
    """What a time-out does to one post; what may be unlawful, is most urgent or was never scored stays held."""
    unsafe = failed or label == Label.ILLEGAL or risk == RiskLevel.HIGH
    return Overdue.HOLD if unsafe else timeout.then


@dataclass(frozen=True, slots=True)
class Placed:
    """How a place is published, and the time-out of what is held there."""

    mode: PublishingMode
    timeout: Timeout


@dataclass(frozen=True, slots=True)
class PublishingTable:
    """All that decides about publishing in a community: its rules, windows in force, and the usual time-out."""

    rules: tuple[PublishingRule, ...] = ()
    windows: tuple[Window, ...] = ()
    timeout: Timeout = DEFAULT_TIMEOUT

    def place(self, group: str, scene: Scene, thread: str = "") -> Placed:
        """The rule that binds a place most; an open window can only make its mode stricter."""
        rule = publishing_rule(self.rules, group, scene, thread)
        mode = rule.mode if rule else PublishingMode.POST_MODERATION
        stricter = [one.mode for one in self.windows if one.mode is not None and one.covers(group, scene)]
        mode = max((mode, *stricter), key=STRICTNESS.__getitem__)
        return Placed(mode, rule.timeout if rule and rule.timeout else self.timeout)
