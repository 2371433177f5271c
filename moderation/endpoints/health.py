"""``/healthz``, ``/readyz``, ``/metrics``: is the process alive, can it work, how much is waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from moderation.endpoints.requests import parts
from moderation.store import posts as post_store
from moderation.store import queues
from moderation.store.tables import CommunityRow

if TYPE_CHECKING:
    from collections.abc import Callable

health = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


@health.get("/healthz", summary="The process is alive")
def healthz() -> dict[str, str]:
    """Answer without asking anybody else."""
    return {"status": "ok"}


@health.get("/readyz", summary="Database and queue answer")
def readyz() -> tuple[dict[str, Any], int]:
    """Ready means: posts can be kept.  A queue that is away is reported, and delays verdicts only."""
    database = _answers(_ask_database, SQLAlchemyError)
    queue = _answers(parts().redis.ping, RedisError)
    body = {"status": "ok" if database else "unavailable", "database": database, "queue": queue}
    return body, 200 if database else 503


@health.get("/metrics", summary="Prometheus metrics", doc_ui=False)
def metrics() -> Response:
    """Gauges read from the database at each scrape: one truth, however many processes answer."""
    registry = CollectorRegistry()
    waiting = Gauge("moderation_posts", "Posts by state.", ["community", "state"], registry=registry)
    open_items = Gauge(
        "moderation_review_items_open", "Open review items.", ["community", "queue"], registry=registry
    )
    unheard = Gauge(
        "moderation_bell_failures", "Rings of this process that Redis did not hear.", registry=registry
    )
    unheard.set(parts().bell.failures)
    with parts().sessions.read() as session:
        for community in session.scalars(select(CommunityRow)):
            for state, count in post_store.count_by_state(session, community.id).items():
                waiting.labels(community.slug, state.value).set(count)
            for queue, count in queues.open_counts(session, community.id).items():
                open_items.labels(community.slug, queue.value).set(count)
    return Response(generate_latest(registry), mimetype=CONTENT_TYPE_LATEST)


def _ask_database() -> None:
    with parts().sessions.read() as session:
        session.execute(select(1))


def _answers(ask: Callable[[], object], failure: type[Exception]) -> bool:
    try:
        ask()
    except failure:
        return False
    return True
