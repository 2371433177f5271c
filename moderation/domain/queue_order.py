"""Why a review item stands where it does in its queue, read from its priority.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moderation.domain.publishing import RISE
from moderation.domain.review import SPOT_CHECK
from moderation.domain.verdict import RiskLevel

STEP: Final = 100
"""What one level of risk weighs: the certainty of the deciding finding, 0 to 99, orders within it."""

_LEVELS: Final = (RiskLevel.NONE, RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH)


class Urgency(StrEnum):
    """What puts an item where it stands, the most urgent first."""

    OVERDUE = "overdue"
    ASKED = "asked"
    RISK = "risk"
    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Place:
    """Why an item stands where it does; ``certainty`` is a percentage."""

    urgency: Urgency
    risk: RiskLevel
    certainty: int


def place_of(priority: int, *, asked: bool, reason: str) -> Place:
    """Read an item's priority: what :func:`moderation.domain.review.priority` put together, and what raised it since.

    Args:
        priority: the item's.
        asked: whether somebody asked for a second look.
        reason: the item's.
    """
    rest = priority - RISE if priority >= RISE else priority
    risk, certainty = _LEVELS[min(max(rest, 0) // STEP, len(_LEVELS) - 1)], max(rest, 0) % STEP
    if priority >= RISE:
        return Place(Urgency.OVERDUE, risk, certainty)
    if asked:
        return Place(Urgency.ASKED, risk, certainty)
    return Place(Urgency.SPOT if reason == SPOT_CHECK else Urgency.RISK, risk, certainty)
