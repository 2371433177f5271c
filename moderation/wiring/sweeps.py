"""Builds what looks back over kept posts: sweeps, radar, groups, emergency words, backtests.  None needs a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.outbound.bell import Bell
from moderation.policy_file.document import read_policy
from moderation.services.emergency import Emergency
from moderation.services.gangs import Gangs
from moderation.services.radar import Radar
from moderation.services.rehearsals import Rehearsals
from moderation.services.sweeping import Sweeping
from moderation.services.sweeps import Sweeps
from moderation.sweeps.judges import Judges
from moderation.text.entries import Kind
from moderation.wiring.calibration import read_calibration
from moderation.wiring.common import clock, connect_database, connect_redis
from moderation.wiring.lexicon_files import read_lexicons
from moderation.wiring.maintenance import Maintenance

if TYPE_CHECKING:
    from moderation.settings import Settings
    from moderation.store.engine import Sessions
    from moderation.text.entries import Entry


def allow_words(settings: Settings) -> tuple[Entry, ...]:
    """The shipped words that only protect."""
    return tuple(one for one in read_lexicons(settings.lexicons) if one.kind is Kind.ALLOW)


def build_judges(settings: Settings, sessions: Sessions) -> Judges:
    """What sweeps judge by: the shipped policy and allow words, the bundle's thresholds."""
    words = tuple(read_lexicons(settings.lexicons))
    allowed = tuple(one for one in words if one.kind is Kind.ALLOW)
    return Judges(sessions, read_policy(settings.policy).text, read_calibration(settings), allowed, words)


def build_sweeping(settings: Settings, sessions: Sessions, bell: Bell | None) -> Sweeping:
    """What does sweeps."""
    return Sweeping(sessions, bell, build_judges(settings, sessions))


def build_sweeps(settings: Settings, sessions: Sessions, bell: Bell | None) -> Sweeps:
    """What asks for sweeps and looks at them."""
    return Sweeps(sessions, bell, build_judges(settings, sessions))


def build_radar(settings: Settings, sessions: Sessions, bell: Bell | None = None) -> Radar:
    """The radar, which knows the shipped words."""
    return Radar(sessions, tuple(read_lexicons(settings.lexicons)), bell)


def build_rehearsals(settings: Settings, sessions: Sessions, bell: Bell | None) -> Rehearsals:
    """Backtests as jobs, with the shipped policy."""
    return Rehearsals(sessions, bell, read_policy(settings.policy).text, read_calibration(settings))


def build_maintenance(settings: Settings) -> Maintenance:
    """Choose and connect what a worker does when nothing is urgent."""
    sessions = connect_database(settings, pool_size=2)
    bell = Bell(connect_redis(settings.redis_url))
    return Maintenance(
        sessions=sessions,
        bell=bell,
        sweeping=build_sweeping(settings, sessions, bell),
        emergency=Emergency(sessions, bell),
        radar=build_radar(settings, sessions, bell),
        gangs=Gangs(sessions, bell),
        rehearsals=build_rehearsals(settings, sessions, bell),
        clock=clock,
    )
