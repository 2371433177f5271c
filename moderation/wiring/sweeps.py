"""Builds what looks back over kept posts: the sweep and the radar.  Neither needs a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.policy_document import read_policy
from moderation.services.radar import Radar
from moderation.services.sweeping import Sweeping
from moderation.text.entries import Kind
from moderation.wiring.calibration import read_calibration
from moderation.wiring.lexicon_files import read_lexicons

if TYPE_CHECKING:
    from moderation.outbound.bell import Bell
    from moderation.settings import Settings
    from moderation.store.engine import Sessions


def build_sweeping(settings: Settings, sessions: Sessions, bell: Bell | None) -> Sweeping:
    """The sweep, with the shipped policy and allow words."""
    return Sweeping(
        sessions=sessions,
        bell=bell,
        shipped=read_policy(settings.policy).text,
        calibrated=read_calibration(settings),
        allowed=tuple(one for one in read_lexicons(settings.lexicons) if one.kind is Kind.ALLOW),
    )


def build_radar(settings: Settings, sessions: Sessions) -> Radar:
    """The radar, which knows the shipped words."""
    return Radar(sessions, tuple(read_lexicons(settings.lexicons)))
