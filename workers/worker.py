"""The RQ worker of this product: one process, no fork per job, everything loaded before the first job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from moderation.outbound.bell import QueueName
from moderation.wiring.common import connect_redis
from workers import context, schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = structlog.get_logger(__name__)

WORKER_TTL: Final = 30
"""Seconds that an idle worker blocks for a job: rings lost with a restarted Redis are noticed within it."""

MAINTENANCE_INTERVAL: Final = 15
MAX_JOBS: Final = 5_000
"""Jobs after which the process ends in order and is started afresh: no leak can grow for ever."""

ROLES: Final[dict[str, tuple[Sequence[QueueName], Callable[[], Any]]]] = {
    "scoring": ((QueueName.SCORING, QueueName.BEHAVIOUR), context.scoring),
    "general": ((QueueName.REPORTS, QueueName.DELIVERY, QueueName.MAINTENANCE), context.statistics),
}
"""Queues of each kind of worker, the most urgent first, and what it loads before it begins."""


def run(role: str) -> None:
    """Work until told to stop."""
    queues, load = ROLES[role]
    load()
    if role == "general":
        schedule.start()
    else:
        context.scoring().rulebooks.words.watch()
    # One queue a worker would use BLMOVE and an intermediate queue; both are only bells here.
    redis = connect_redis(context.settings().redis_url, timeout=None)
    worker = SimpleWorker(
        [Queue(queue.value, connection=redis, serializer=JSONSerializer) for queue in queues],
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_INTERVAL,
        log_job_description=False,
    )
    log.info("worker.ready", role=role)
    try:
        worker.work(with_scheduler=False, max_jobs=MAX_JOBS, logging_level="WARNING")
    except RedisError as error:
        # The supervisor starts us again; whatever was claimed has a lease.
        log.warning("worker.lost_redis", error=type(error).__name__)
        raise SystemExit(1) from error
