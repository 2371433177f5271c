"""The bell: tells workers that rows are waiting.  It carries no facts, and losing it loses nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

if TYPE_CHECKING:
    from redis import Redis

log = structlog.get_logger(__name__)

FLAG_SECONDS: Final = 5
"""Longest time a ring stays unanswered before another may follow."""

JOB_TIMEOUT: Final = 120
"""Longest run of one job, in seconds."""


class QueueName(StrEnum):
    """Queues are apart, so that slow receivers or reports never delay a verdict."""

    SCORING = "scoring"
    BEHAVIOUR = "behaviour"
    DELIVERY = "delivery"
    REPORTS = "reports"
    MAINTENANCE = "maintenance"


JOBS: Final = {
    QueueName.SCORING: "workers.jobs.score_pending",
    QueueName.BEHAVIOUR: "workers.jobs.look_at_behaviour",
    QueueName.REPORTS: "workers.jobs.recount_brands",
    QueueName.MAINTENANCE: "workers.jobs.maintain",
}
"""What runs when a queue's bell rings: names, since RQ imports them in the worker."""


class Bell:
    """Rings queues.  A Redis that is away is counted and logged, never the caller's problem: the sweep rings again."""

    def __init__(self, redis: Redis) -> None:
        """Ring through ``redis`` (give it short timeouts)."""
        self._redis = redis
        self.failures = 0

    def ring(self, queue: QueueName) -> None:
        """Wake one worker of a queue, unless a ring is still unanswered."""
        try:
            if self._redis.set(_flag(queue), b"1", nx=True, ex=FLAG_SECONDS):
                Queue(queue.value, connection=self._redis, serializer=JSONSerializer).enqueue(
                    JOBS[queue], job_timeout=JOB_TIMEOUT, result_ttl=0, failure_ttl=3600
                )
        except RedisError as error:
            self.failures += 1
            log.warning("bell.unheard", queue=queue.value, error=type(error).__name__)

    def answer(self, queue: QueueName) -> None:
        """Say that a ring was heard, before any claim: a later ring then starts another job."""
        try:
            self._redis.delete(_flag(queue))
        except RedisError as error:
            log.warning("bell.flag_stays", queue=queue.value, error=type(error).__name__)


def _flag(queue: QueueName) -> str:
    return f"bell:{queue.value}"
