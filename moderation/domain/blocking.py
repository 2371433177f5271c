"""When a model head may block on its own: by the bundle's calibration, or by what people decided.  Pure.

A head blocks only where the lower 95 % bound of its precision is at least ``WANTED``; where people's decisions show
that it is not (the upper bound lies below), it stops by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from moderation.domain.intervals import Share

if TYPE_CHECKING:
    from collections.abc import Iterable

NEVER: Final = 2.0
"""A threshold that no probability reaches."""

WANTED: Final = 0.95
"""Precision that a block without a person needs."""

LEAST_FOR: Final = 100
"""Fewest reviewed posts that can let a head block."""

LEAST_AGAINST: Final = 20
"""Fewest reviewed posts that can stop one."""

CANDIDATES: Final = (0.995, 0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
"""Thresholds that reviewed posts may prove, strictest first."""


class Proof(StrEnum):
    """What a rule's block may rest on: the bundle's calibration or reviewed posts, or reviewed posts alone."""

    CALIBRATION = "calibration"
    REVIEWED = "reviewed"


class Basis(StrEnum):
    """Why a rule blocks, or why it does not."""

    CALIBRATED = "calibrated"
    REVIEWED = "reviewed"
    OWN = "own"
    STOPPED = "stopped"
    UNPROVEN = "unproven"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Curve:
    """Posts that people decided, by a head's score: ``(score, right, wrong)``, highest score first.

    ``right`` counts posts that a person blocked, whatever the clause; ``wrong`` those that a person passed.
    """

    points: tuple[tuple[float, int, int], ...] = ()
    measured_at: int = 0

    def share(self, threshold: float) -> Share:
        """Of the reviewed posts that score ``threshold`` or more: the share that people blocked."""
        above = [one for one in self.points if one[0] >= threshold]
        right = sum(one[1] for one in above)
        return Share(right, right + sum(one[2] for one in above))

    def proven(self) -> float | None:
        """The lowest candidate that the reviewed posts prove; None where they prove none.

        Candidates are tried from the strictest down and the first that fails ends it: tests in a fixed order need
        no correction for their number.
        """
        found = None
        if sum(one[1] + one[2] for one in self.points) < LEAST_FOR:
            return None
        for candidate in CANDIDATES:
            share = self.share(candidate)
            if share.total < LEAST_FOR:
                continue
            if share.lower < WANTED:
                break
            found = candidate
        return found

    def nearest(self) -> float:
        """The candidate that comes nearest to being proven: what a page shows while none is."""
        if not self.points:
            return CANDIDATES[0]
        return max(CANDIDATES, key=lambda one: self.share(one).lower)


NO_REVIEWS: Final = Curve()


@dataclass(frozen=True, slots=True)
class Blocking:
    """The threshold from which a rule blocks, why, and what the reviewed posts say there (``at``)."""

    threshold: float
    basis: Basis
    share: Share
    at: float


def curve_of(scored: Iterable[tuple[float, bool]], *, measured_at: int = 0) -> Curve:
    """The curve of reviewed posts given as (score, whether a person blocked)."""
    counted: dict[float, list[int]] = {}
    for score, blocked in scored:
        counted.setdefault(score, [0, 0])[not blocked] += 1
    points = tuple((score, right, wrong) for score, (right, wrong) in sorted(counted.items(), reverse=True))
    return Curve(points, measured_at)


def blocking(own: float | None, calibrated: float, proof: Proof, curve: Curve) -> Blocking:
    """From where on a head blocks.

    Args:
        own: the threshold that the policy names, if it names one.
        calibrated: the bundle's, proven on its calibration posts; ``NEVER`` where it could not be.
        proof: what the policy lets the block rest on.
        curve: the posts that people decided.
    """
    if proof is Proof.REVIEWED:
        return _by_reviews(own, curve, Basis.UNPROVEN)
    wanted = calibrated if own is None else own
    if wanted >= NEVER:
        return _by_reviews(None, curve, Basis.UNPROVEN)
    share = curve.share(wanted)
    if share.total >= LEAST_AGAINST and share.upper < WANTED:
        return _by_reviews(None, curve, Basis.STOPPED, at=wanted)
    return Blocking(wanted, Basis.CALIBRATED if wanted >= calibrated else Basis.OWN, share, wanted)


def _by_reviews(own: float | None, curve: Curve, otherwise: Basis, at: float | None = None) -> Blocking:
    """Block where reviewed posts prove it, at the policy's own threshold where it names one."""
    if own is None:
        proven = curve.proven()
    else:
        share = curve.share(own)
        proven = own if share.total >= LEAST_FOR and share.lower >= WANTED else None
    if proven is not None:
        return Blocking(proven, Basis.REVIEWED, curve.share(proven), proven)
    shown = at if at is not None else own if own is not None else curve.nearest()
    return Blocking(NEVER, otherwise, curve.share(shown), shown)
