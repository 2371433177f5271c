"""What a classifier says about one text: calibrated probabilities, nothing decided yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from moderation.domain.convention import Category

if TYPE_CHECKING:
    from collections.abc import Mapping


class Polarity(StrEnum):
    """Direction of a feeling, of a text or towards one target."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    MIXED = "mixed"
    UNRATED = "unrated"


class Intent(StrEnum):
    """What the author wants."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    SUGGESTION = "suggestion"
    BUYING = "buying"
    SHARING = "sharing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Three-class sentiment; the probabilities add up to 1."""

    negative: float
    neutral: float
    positive: float

    @property
    def label(self) -> Polarity:
        """The likeliest class; ties go to neutral, then to negative."""
        best = max(self.neutral, self.negative, self.positive)
        if self.neutral == best:
            return Polarity.NEUTRAL
        return Polarity.NEGATIVE if self.negative == best else Polarity.POSITIVE


NEUTRAL = Sentiment(negative=0.0, neutral=1.0, positive=0.0)


def no_categories() -> dict[Category, float]:
    """Every category at probability 0."""
    return dict.fromkeys(Category, 0.0)


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities for one text, each in [0, 1].

    ``categories`` has every :class:`Category`; ``intent`` is empty when the classifier has no such head.
    """

    ad: float
    negativity: float
    sentiment: Sentiment
    categories: Mapping[Category, float] = field(default_factory=no_categories)
    intent: Mapping[Intent, float] = field(default_factory=dict)

    def with_harm_of(self, other: Scores) -> Scores:
        """These scores, each kind of harm as probable as in the worse of the two; sentiment and intent stay."""
        return replace(
            self,
            ad=max(self.ad, other.ad),
            negativity=max(self.negativity, other.negativity),
            categories={
                each: max(value, other.categories.get(each, 0.0)) for each, value in self.categories.items()
            },
        )


@dataclass(frozen=True, slots=True)
class TargetSentiment:
    """Feeling towards one target (a brand in a post) and how sure the classifier is."""

    polarity: Polarity
    probability: float
