"""Confidence intervals of shares: no figure without its spread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``total`` with a Wilson 95 % interval (Wilson 1927); all in [0, 1]."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The share itself; None of nothing."""
        return self.count / self.total if self.total else None

    @property
    def lower(self) -> float:
        """Lower bound; 0 of nothing."""
        return self._bounds()[0]

    @property
    def upper(self) -> float:
        """Upper bound; 1 of nothing."""
        return self._bounds()[1]

    def _bounds(self) -> tuple[float, float]:
        if not self.total:
            return 0.0, 1.0
        n, share = self.total, self.count / self.total
        middle = share + Z95**2 / (2 * n)
        spread = Z95 * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
        scale = 1 + Z95**2 / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
