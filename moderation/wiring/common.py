"""Parts that the web and the workers share: database, Redis, the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from redis import Redis

from moderation.store.engine import Sessions

if TYPE_CHECKING:
    from moderation.settings import Settings

REDIS_TIMEOUT_SECONDS: Final = 1.0


def clock() -> int:
    """The present in UTC microseconds."""
    return time.time_ns() // 1000


def connect_redis(url: str, *, timeout: float | None = REDIS_TIMEOUT_SECONDS) -> Redis:
    """A client that connects when first used; ``timeout`` in seconds bounds every command (None: blocking reads)."""
    return Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=REDIS_TIMEOUT_SECONDS)


def connect_database(settings: Settings, *, pool_size: int = 5) -> Sessions:
    """Sessions over the configured database."""
    return Sessions(settings.effective_database_url, pool_size=pool_size)
