"""Builds the parts of the two web apps.  Never reaches torch, transformers or onnxruntime: the web starts fast."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.outbound.announcements import Waiters
from moderation.outbound.bell import Bell
from moderation.policy_document import read_policy
from moderation.publishing import Publishing
from moderation.services.access import Keys
from moderation.services.backtesting import Backtesting
from moderation.services.brand_statistics import BrandStatistics
from moderation.services.gangs import Gangs
from moderation.services.intake import Intake
from moderation.services.policies import Policies
from moderation.services.queues import Queues
from moderation.services.reviewing import Reviewing
from moderation.services.users import Users
from moderation.services.wordlists import WordLists
from moderation.store import identities
from moderation.wiring.calibration import read_calibration
from moderation.wiring.common import clock, connect_database, connect_redis
from moderation.wiring.sweeps import build_radar, build_sweeping

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from moderation.services.radar import Radar
    from moderation.services.sweeping import Sweeping
    from moderation.settings import Settings
    from moderation.store.engine import Sessions


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the web apps are made of."""

    settings: Settings
    sessions: Sessions
    redis: Redis
    bell: Bell
    waiters: Waiters
    keys: Keys
    users: Users
    intake: Intake
    queues: Queues
    reviewing: Reviewing
    statistics: BrandStatistics
    policies: Policies
    wordlists: WordLists
    backtesting: Backtesting
    sweeping: Sweeping
    radar: Radar
    gangs: Gangs
    clock: Callable[[], int]
    secret_key: str


def build_web(settings: Settings) -> WebParts:
    """Choose and connect the parts of the web apps."""
    sessions = connect_database(settings, pool_size=settings.web_threads)
    redis = connect_redis(settings.redis_url)
    bell = Bell(redis)
    document = read_policy(settings.policy)
    return WebParts(
        settings=settings,
        sessions=sessions,
        redis=redis,
        bell=bell,
        waiters=Waiters(connect_redis(settings.redis_url, timeout=None)),
        keys=Keys(sessions, clock),
        users=Users(sessions, clock),
        intake=Intake(sessions, bell, Publishing(document.publishing)),
        queues=Queues(sessions),
        reviewing=Reviewing(sessions, bell),
        statistics=BrandStatistics(sessions, bell),
        policies=Policies(sessions, document.text),
        wordlists=WordLists(sessions),
        backtesting=Backtesting(sessions, document.text, read_calibration(settings)),
        sweeping=build_sweeping(settings, sessions, bell),
        radar=build_radar(settings, sessions),
        gangs=Gangs(sessions),
        clock=clock,
        secret_key=_secret_key(settings, sessions),
    )


def _secret_key(settings: Settings, sessions: Sessions) -> str:
    given = settings.secret_key.get_secret_value()
    if given:
        return given
    with sessions.write.begin() as session:
        kept = identities.get_fact(session, "secret_key")
        if kept is None:
            kept = secrets.token_hex(32)
            identities.set_fact(session, "secret_key", kept)
    return kept
