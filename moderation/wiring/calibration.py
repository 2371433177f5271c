"""The thresholds that a bundle was calibrated to, as the policy reads them.  Reading them loads no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.domain.policy import NEGATIVITY, NEVER, Threshold

if TYPE_CHECKING:
    from moderation.classifiers.bundle import Bundle
    from moderation.classifiers.bundle import Threshold as CalibratedThreshold

OFFENCE: Final = "offence"
"""What the bundle calls the head whose score the interface calls negativity."""


def calibrated_thresholds(bundle: Bundle) -> dict[str, Threshold]:
    """Thresholds by head of the policy."""
    return {
        NEGATIVITY if head == OFFENCE else head: _threshold(found)
        for head, found in bundle.thresholds.items()
    }


def _threshold(calibrated: CalibratedThreshold) -> Threshold:
    """A bound that the bundle could not reach with the precision asked for is never reached here either."""
    return Threshold(
        review=NEVER if calibrated.review is None else calibrated.review,
        block=NEVER if calibrated.block is None else calibrated.block,
    )
