"""The sweep: rings again for whatever waits, because a bell can be lost and a lease can run out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from moderation.outbound.bell import Bell, QueueName
from moderation.store import behaviour, claims, trials
from moderation.store.tables import BrandMarkRow
from moderation.wiring import maintenance
from moderation.wiring.common import connect_database, connect_redis
from moderation.wiring.upkeep import build_upkeep
from workers import context

if TYPE_CHECKING:
    from moderation.store.engine import Sessions

log = structlog.get_logger(__name__)

SWEEP_SECONDS: Final = 5.0


def start() -> None:
    """Sweep in a thread for as long as the process lives.

    Sweeps of several processes at once are safe: a bell that rings is not rung twice.
    """
    threading.Thread(target=_run, args=(threading.Event(),), name="sweep", daemon=True).start()


def _run(stopping: threading.Event) -> None:
    settings = context.settings()
    sessions = connect_database(settings, pool_size=1)
    bell = Bell(connect_redis(settings.redis_url))
    upkeep = build_upkeep(settings, sessions)
    while not stopping.wait(SWEEP_SECONDS):
        try:
            sweep(sessions, bell)
            upkeep.run()
        except SQLAlchemyError as error:
            log.warning("sweep.database_away", error=type(error).__name__)


def sweep(sessions: Sessions, bell: Bell) -> None:
    """Look once whether anything waits, and ring for it."""
    with sessions.read() as session:
        scoring = claims.has_work(session) or trials.waits(session)
        looking = behaviour.waiting_since(session) is not None
        counting = bool(session.scalar(select(BrandMarkRow.id).limit(1)))
        maintaining = maintenance.waits(session)
    if scoring:
        bell.ring(QueueName.SCORING)
    if looking:
        bell.ring(QueueName.BEHAVIOUR)
    if counting:
        bell.ring(QueueName.REPORTS)
    if maintaining:
        bell.ring(QueueName.MAINTENANCE)
