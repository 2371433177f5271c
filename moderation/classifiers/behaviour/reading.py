"""What a text is judged by: its cues, hits, contacts and links, and what the model's scores reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Category
from moderation.domain.evidence import ContactKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.classifiers.behaviour.cues import Cues
    from moderation.classifiers.behaviour.links import Link
    from moderation.domain.evidence import Contact, Hit, Level
    from moderation.domain.policy import Threshold
    from moderation.domain.scores import Scores

NEGATIVITY: Final = "negativity"
ADVERT_HEADS: Final = (
    Category.AD,
    Category.DIVERSION,
    Category.FRAUD,
    Category.GAMBLING,
    Category.ILLICIT_GOODS,
)
ATTACK_HEADS: Final = (Category.ABUSE, Category.HATE, Category.THREAT)

LEANING_AT: Final = 0.5
"""Probability from which an offence is likelier than not."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Highest level that the model's scores reach, by subject: 0 below review, 1 review, 2 block."""

    advert: int = 0
    attack: int = 0
    leaning: bool = False
    """Whether an offence is likelier than not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that judging looks at: ``core`` is the text without numbers, contacts and signs."""

    cues: Cues
    core: str
    hits: tuple[Hit, ...] = ()
    contacts: tuple[Contact, ...] = ()
    links: tuple[Link, ...] = ()
    model: Verdicts = field(default_factory=Verdicts)
    changes: int = 0
    """Characters that had to be restored to read the text."""

    def struck(self, *clauses: str, level: Level | None = None) -> int:
        """How many unsuppressed hits stand under clauses that begin so."""
        return sum(
            not hit.suppressed and hit.clause.startswith(clauses) and level in {None, hit.level}
            for hit in self.hits
        )

    @property
    def private(self) -> bool:
        """Whether a private channel is named."""
        return any(each.kind is not ContactKind.URL for each in self.contacts)

    @property
    def foreign(self) -> bool:
        """Whether a link leads anywhere but to a well-known site."""
        return any(not link.trusted for link in self.links)


def model_verdicts(scores: Scores, thresholds: Mapping[str, Threshold]) -> Verdicts:
    """Levels by the bundle's thresholds; a head without threshold counts for nothing."""
    known = {**scores.categories, Category.AD: scores.ad}
    advert = [_level(known.get(head, 0.0), thresholds.get(head)) for head in ADVERT_HEADS]
    attack = [_level(known.get(head, 0.0), thresholds.get(head)) for head in ATTACK_HEADS]
    attack.append(min(1, _level(scores.negativity, thresholds.get(NEGATIVITY))))
    return Verdicts(max(advert), max(attack), leaning=scores.negativity >= LEANING_AT)


def _level(probability: float, threshold: Threshold | None) -> int:
    if threshold is None:
        return 0
    return 2 if probability >= threshold.block else int(probability >= threshold.review)
