"""The sweep: rings again for whatever waits, because a bell can be lost and a lease can run out."""

from __future__ import annotations

import signal
import threading
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from moderation.outbound.bell import Bell, QueueName
from moderation.store import posts
from moderation.store.tables import BrandMarkRow
from moderation.wiring.common import connect_database, connect_redis
from workers import context

log = structlog.get_logger(__name__)

SWEEP_SECONDS: Final = 5.0


def run() -> None:
    """Sweep until told to stop.  Several schedulers at once are safe: a bell that rings is not rung twice."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings = context.settings()
    sessions = connect_database(settings, pool_size=1)
    bell = Bell(connect_redis(settings.redis_url))
    while not stopping.wait(SWEEP_SECONDS):
        try:
            with sessions.read() as session:
                scoring, counting = (
                    posts.has_work(session),
                    bool(session.scalar(select(BrandMarkRow.id).limit(1))),
                )
        except SQLAlchemyError as error:
            log.warning("sweep.database_away", error=type(error).__name__)
            continue
        if scoring:
            bell.ring(QueueName.SCORING)
        if counting:
            bell.ring(QueueName.REPORTS)
