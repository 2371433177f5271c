"""Builds the parts of the two web apps.  Never reaches torch, transformers or onnxruntime: the web starts fast."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.images.keeping import Pictures
from moderation.outbound.announcements import Waiters
from moderation.outbound.bell import Bell
from moderation.policy_file.document import read_policy
from moderation.publishing import Publishing
from moderation.services.access import Keys
from moderation.services.backtesting import Backtesting
from moderation.services.brand_statistics import BrandStatistics
from moderation.services.emergency import Emergency
from moderation.services.gangs import Gangs
from moderation.services.guidance import Guidance
from moderation.services.intake import Intake
from moderation.services.policies import Policies
from moderation.services.queues import Queues
from moderation.services.reviewing import Reviewing
from moderation.services.sweeping import Sweeping
from moderation.services.sweeps import Sweeps
from moderation.services.together import Together
from moderation.services.trials import Trials
from moderation.services.users import Users
from moderation.services.word_imports import WordImports
from moderation.services.wordlists import WordLists
from moderation.store import identities
from moderation.wiring.calibration import read_calibration
from moderation.wiring.common import clock, connect_database, connect_redis
from moderation.wiring.guidance_file import read_guidance
from moderation.wiring.sweeps import allow_words, build_judges, build_radar, build_rehearsals

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from moderation.services.radar import Radar
    from moderation.services.rehearsals import Rehearsals
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
    pictures: Pictures
    queues: Queues
    reviewing: Reviewing
    statistics: BrandStatistics
    policies: Policies
    wordlists: WordLists
    word_imports: WordImports
    backtesting: Backtesting
    rehearsals: Rehearsals
    guidance: Guidance
    sweeps: Sweeps
    sweeping: Sweeping
    radar: Radar
    gangs: Gangs
    emergency: Emergency
    together: Together
    trials: Trials
    clock: Callable[[], int]
    secret_key: str


def build_web(settings: Settings) -> WebParts:
    """Choose and connect the parts of the web apps."""
    sessions = connect_database(settings, pool_size=settings.web_threads)
    redis = connect_redis(settings.redis_url)
    bell = Bell(redis)
    document = read_policy(settings.policy)
    judges = build_judges(settings, sessions)
    return WebParts(
        settings=settings,
        sessions=sessions,
        redis=redis,
        bell=bell,
        waiters=Waiters(connect_redis(settings.redis_url, timeout=None)),
        keys=Keys(sessions, clock),
        users=Users(sessions, clock),
        intake=Intake(
            sessions, bell, Publishing(document.publishing, document.policy.windows, document.timeout)
        ),
        pictures=Pictures(sessions, clock),
        queues=Queues(sessions),
        reviewing=Reviewing(sessions, bell),
        statistics=BrandStatistics(sessions, bell),
        policies=Policies(sessions, document.text),
        wordlists=WordLists(sessions, allow_words(settings)),
        word_imports=WordImports(sessions),
        backtesting=Backtesting(sessions, document.text, read_calibration(settings)),
        rehearsals=build_rehearsals(settings, sessions, bell),
        guidance=Guidance(sessions, read_guidance()),
        sweeps=Sweeps(sessions, bell, judges),
        sweeping=Sweeping(sessions, bell, judges),
        radar=build_radar(settings, sessions, bell),
        gangs=Gangs(sessions, bell),
        emergency=Emergency(sessions, bell),
        together=Together(sessions, Reviewing(sessions, bell)),
        trials=Trials(sessions, bell),
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
