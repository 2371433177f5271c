"""A human's turn: queues, priorities and the legal moves of a review item."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Label
from moderation.domain.pictures import UNREAD
from moderation.domain.verdict import Action, RiskLevel, Suggestion

if TYPE_CHECKING:
    from moderation.domain.verdict import Verdict

UNDO_WINDOW: Final = 10 * 60 * 1_000_000
"""How long, in microseconds, a moderator may take back a decision."""


class ReviewState(StrEnum):
    """State of a review item."""

    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


class QueueName(StrEnum):
    """What a moderator picks work from."""

    ADS = "ads"
    ATTACK = "attack"
    VICE = "vice"
    MISINFORMATION = "misinformation"
    QUALITY = "quality"
    FAILED = "failed"
    OTHER = "other"


QUEUE_NAMES_ZH: Final[dict[QueueName, str]] = {
    QueueName.ADS: "广告",
    QueueName.ATTACK: "攻击",
    QueueName.VICE: "违法低俗",
    QueueName.MISINFORMATION: "不实与迷信",
    QueueName.QUALITY: "质量",
    QueueName.FAILED: "机审失败",
    QueueName.OTHER: "其他",
}

_QUEUE_OF: Final[dict[Label, QueueName]] = {
    Label.SPAM_ADS: QueueName.ADS,
    Label.UNFRIENDLY: QueueName.ATTACK,
    Label.ILLEGAL: QueueName.VICE,
    Label.PORN_VULGAR: QueueName.VICE,
    Label.MISINFORMATION: QueueName.MISINFORMATION,
    Label.SUPERSTITION: QueueName.MISINFORMATION,
    Label.CLICKBAIT: QueueName.MISINFORMATION,
    Label.FAN_CIRCLE: QueueName.OTHER,
    Label.OTHER_HARM: QueueName.OTHER,
    Label.QUALITY: QueueName.QUALITY,
    Label.NONE: QueueName.OTHER,
}

_RISK_PRIORITY: Final = {RiskLevel.HIGH: 300, RiskLevel.MEDIUM: 200, RiskLevel.LOW: 100, RiskLevel.NONE: 0}

ASKED: Final = 399
"""Priority of an item that somebody asked for: before whatever the machine itself wants looked at."""

SPOT_CHECK: Final = "spot_check"
"""Reason of an item on a block that was drawn by chance, so that people go on measuring what blocks by itself."""

SPOT_PRIORITY: Final = 250
"""Amidst what waits: last in line a check would be done never."""


class DecisionKind(StrEnum):
    """What a human said about a post."""

    PASS = "pass"  # noqa: S105 - a decision, not a password
    BLOCK = "block"
    UNDO = "undo"


class ReviewError(Exception):
    """A move that the state of the review item does not allow."""


class NotBlockedError(ReviewError):
    """A second look is asked for at a post that no machine blocked, or that a person has decided."""


class UnknownItemError(LookupError):
    """The community has no such review item."""


class StaleItemError(ReviewError):
    """Somebody else changed the item since it was read."""


class ClauseNeededError(ReviewError):
    """A block names no clause of the convention."""


class UndoExpiredError(ReviewError):
    """The time to take a decision back has run out, or a later decision stands."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A human decision on a post; ``clause`` is needed to block."""

    kind: DecisionKind
    clause: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a block without a clause."""
        if self.kind is DecisionKind.BLOCK and not self.clause:
            message = "a block names the clause it rests on"
            raise ClauseNeededError(message)

    @property
    def action(self) -> Action:
        """What the platform should do now."""
        return Action.REMOVE if self.kind is DecisionKind.BLOCK else Action.SHOW


def needs_human(verdict: Verdict) -> bool:
    """Tell whether a verdict opens a review item: review always, a block not (it is listed, and can be appealed)."""
    return verdict.suggestion is Suggestion.REVIEW


def is_drawn(post_id: str, revision: int, share: float) -> bool:
    """Tell whether a block is among the ``share`` (0 to 1) that people check: by chance, the same each time asked."""
    drawn = hashlib.sha256(f"{SPOT_CHECK} {post_id} {revision}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") < share * 2**64


def ends_turn(before: Suggestion, after: Suggestion) -> bool:
    """Tell whether a later machine verdict ends a human's turn: it blocks a post that no machine had blocked.

    An item on a post that was blocked already is there because somebody asked for a second look, and stays.
    """
    return after is Suggestion.BLOCK and before is not Suggestion.BLOCK


def queue_of(verdict: Verdict) -> QueueName:
    """Queue that a verdict's review item goes to."""
    if verdict.reason and verdict.reason != UNREAD:
        return QueueName.FAILED
    return queue_for(verdict.label)


def queue_for(label: Label) -> QueueName:
    """Queue of a chapter of the convention."""
    return _QUEUE_OF[label]


def priority(verdict: Verdict) -> int:
    """Order within a queue, higher first: risk level, then the probability of the deciding finding (0-99)."""
    top = max((finding.probability for finding in verdict.findings), default=0.0)
    return _RISK_PRIORITY[verdict.risk_level] + min(99, round(top * 100))


def check_undo(decided_at: int, now: int) -> None:
    """Refuse an undo outside the window.

    Raises:
        UndoExpiredError: more than ``UNDO_WINDOW`` has passed.
    """
    if now - decided_at > UNDO_WINDOW:
        message = "the time to take this decision back has run out"
        raise UndoExpiredError(message)
