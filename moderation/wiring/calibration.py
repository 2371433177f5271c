"""The thresholds that a bundle was calibrated to, as the policy reads them.  Reading them loads no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.bundle import read_bundle
from moderation.domain.policy import NEGATIVITY, NEVER, Threshold

if TYPE_CHECKING:
    from moderation.classifiers.bundle import Bundle
    from moderation.classifiers.bundle import Threshold as CalibratedThreshold
    from moderation.settings import Settings

LEAST_REVIEW: Final = 0.1
"""A person is asked where at least one in ten such posts breaks the clause."""

OFFENCE: Final = "offence"
"""What the bundle calls the head whose score the interface calls negativity."""


def read_calibration(settings: Settings) -> dict[str, Threshold]:
    """Thresholds of the configured bundle, without loading or verifying its model.

    Raises:
        BundleError: the bundle is missing.
    """
    return calibrated_thresholds(read_bundle(settings.bundle, verify=False))


def calibrated_thresholds(bundle: Bundle) -> dict[str, Threshold]:
    """Thresholds by head of the policy."""
    return {
        NEGATIVITY if head == OFFENCE else head: _threshold(found)
        for head, found in bundle.thresholds.items()
    }


def _threshold(calibrated: CalibratedThreshold) -> Threshold:
    """A bound that the bundle could not reach with the precision asked for is never reached here either.

    A head with few examples may be calibrated to ask at a few per cent; moderators are not asked that readily.
    """
    return Threshold(
        review=NEVER if calibrated.review is None else max(calibrated.review, LEAST_REVIEW),
        block=NEVER if calibrated.block is None else calibrated.block,
    )
