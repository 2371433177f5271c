"""The policy's answer about one post."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from moderation.domain.convention import Label
from moderation.domain.scores import NEUTRAL, Scores

if TYPE_CHECKING:
    from moderation.domain.brands import Mention
    from moderation.domain.evidence import Contact, Hit, Source
    from moderation.domain.pictures import Picture


class Suggestion(StrEnum):
    """What the policy suggests: 通过, 待审, 拦截."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    REVIEW = "review"
    BLOCK = "block"


class RiskLevel(StrEnum):
    """How urgent a human look is."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Action(StrEnum):
    """What the platform should do with the post."""

    SHOW = "show"
    HOLD = "hold"
    FOLD = "fold"
    AUTHOR_ONLY = "author_only"
    LIMIT = "limit"
    REMOVE = "remove"
    NUDGE = "nudge"


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause that a post seems to break, how probable that is, and who says so."""

    clause: str
    label: Label
    probability: float
    source: Source
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Versions:
    """Which model, policy and lexicon reached a verdict."""

    model: str = ""
    policy: str = ""
    lexicon: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A suggestion with everything that supports it.

    ``findings`` are ordered: what decided first.  ``unchecked`` names what was not looked at.
    """

    suggestion: Suggestion
    risk_level: RiskLevel
    action: Action
    findings: tuple[Finding, ...] = ()
    scores: Scores = field(default_factory=lambda: Scores(ad=0.0, negativity=0.0, sentiment=NEUTRAL))
    hits: tuple[Hit, ...] = ()
    contacts: tuple[Contact, ...] = ()
    keywords: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    versions: Versions = Versions()
    unchecked: tuple[str, ...] = ()
    reason: str = ""
    pictures: tuple[Picture, ...] = ()

    @property
    def clause(self) -> str:
        """Clause that decided, or an empty string."""
        return self.findings[0].clause if self.findings and self.suggestion is not Suggestion.PASS else ""

    @property
    def label(self) -> Label:
        """Chapter of the clause that decided."""
        return self.findings[0].label if self.clause else Label.NONE
