"""Net sentiment: one definition for the interface and every page.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.intervals import Share
from moderation.domain.scores import Polarity

if TYPE_CHECKING:
    from collections.abc import Mapping

FEW: Final = 30
"""Below this many rated mentions a page shows no net sentiment, and the interface says that they are few."""


@dataclass(frozen=True, slots=True)
class NetSentiment:
    """(P - N) / (P + N), in [-1, 1], over the mentions that are rated positive or negative.

    It is twice the share of positive ones less one, so its 95 % interval is that share's (Wilson).
    """

    positive: int
    negative: int

    @property
    def rated(self) -> int:
        """Mentions that are positive or negative."""
        return self.positive + self.negative

    @property
    def value(self) -> float | None:
        """The figure; None where nothing is rated either way."""
        return (self.positive - self.negative) / self.rated if self.rated else None

    @property
    def low(self) -> float:
        """Lower bound; -1 where nothing is rated."""
        return 2 * Share(self.positive, self.rated).lower - 1

    @property
    def high(self) -> float:
        """Upper bound; 1 where nothing is rated."""
        return 2 * Share(self.positive, self.rated).upper - 1

    @property
    def is_few(self) -> bool:
        """Whether it rests on too few mentions to be shown."""
        return self.rated < FEW


def net_sentiment(counts: Mapping[Polarity, int] | Mapping[str, int]) -> NetSentiment:
    """Net sentiment of counts by polarity; what is missing counts as none."""
    found = {str(name): count for name, count in counts.items()}
    return NetSentiment(found.get(Polarity.POSITIVE.value, 0), found.get(Polarity.NEGATIVE.value, 0))
