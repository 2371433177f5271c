"""A client of the HTTP interface over real parts: what its tests share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from moderation.api import create_app
from moderation.domain.post import PublishingMode, PublishingRule
from moderation.endpoints.requests import PARTS
from moderation.images.keeping import Pictures
from moderation.outbound.announcements import Waiters
from moderation.outbound.bell import Bell
from moderation.publishing import Publishing
from moderation.services.access import Keys, Scope
from moderation.services.backtesting import Backtesting
from moderation.services.brand_statistics import BrandStatistics
from moderation.services.emergency import Emergency
from moderation.services.gangs import Gangs
from moderation.services.guidance import Guidance
from moderation.services.intake import Intake
from moderation.services.policies import Policies
from moderation.services.queues import Queues
from moderation.services.radar import Radar
from moderation.services.rehearsals import Rehearsals
from moderation.services.reviewing import Reviewing
from moderation.services.sweeping import Sweeping
from moderation.services.sweeps import Sweeps
from moderation.services.together import Together
from moderation.services.trials import Trials
from moderation.services.users import Users
from moderation.services.word_imports import WordImports
from moderation.services.wordlists import WordLists
from moderation.settings import Settings
from moderation.store.tables import Base, PostRow
from moderation.sweeps.judges import Judges
from moderation.wiring.common import connect_redis
from moderation.wiring.web import WebParts
from tests.factories import CALIBRATED, NOW, a_community, a_scoring
from tests.fakes import StoppedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from moderation.store.engine import Sessions

POLICY = 'version = "v1"\n[[rules]]\nhead = "ad"\nclause = "3.1"\n'
PRE_REVIEWED = PublishingRule(PublishingMode.PRE_MODERATION, group="先审")


@dataclass
class Api:
    """A client with a key, and the parts behind the app."""

    app: Flask
    parts: WebParts
    clock: StoppedClock
    community_id: int
    key: str

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> Any:
        """Answers werkzeug's response: Any, since its types allow for no JSON at all."""
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        return self.app.test_client().open(path, method=method, headers=headers, **more)

    def post(self, body: Any, **more: Any) -> Any:
        return self.ask("POST", "/v1/posts", body, **more)

    def send(self, raw: bytes, **more: Any) -> Any:
        """A body that no JSON library would write."""
        return self.ask("POST", "/v1/posts", data=raw, content_type="application/json", **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.ask("GET", path, **more)

    def score(self) -> None:
        a_scoring(self.parts.sessions).score_pending()

    def count(self, table: type[Base] = PostRow) -> int:
        with self.parts.sessions.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def of(self, slug: str) -> Api:
        """The same app, seen by another community."""
        other = a_community(self.parts.sessions, slug).id
        secret, _ = self.parts.keys.create(other, name=slug, scopes=list(Scope))
        return Api(self.app, self.parts, self.clock, other, secret)


def problem(answer: TestResponse, status: int, named: str = "") -> dict[str, Any]:
    """An RFC 9457 answer with a request id."""
    body: dict[str, Any] = json.loads(answer.data)
    assert (answer.status_code, body["status"]) == (status, status), body
    assert answer.mimetype == "application/problem+json"
    assert body["request_id"].startswith("req_")
    assert answer.headers["X-Request-Id"] == body["request_id"]
    assert {"type", "title", "detail"} <= set(body)
    assert named in body["detail"], body
    return body


def app_over(parts: WebParts) -> Flask:
    """The one app of this run over other parts: making one describes every route anew, which takes a while."""
    if not _APPS:
        _APPS.append(create_app(parts))
    _APPS[0].extensions[PARTS] = parts
    return _APPS[0]


_APPS: list[Flask] = []


def an_api(sessions: Sessions, community_id: int, redis_url: str) -> Iterator[Api]:
    """The interface over a database and a Redis, with a key for everything."""
    clock = StoppedClock(NOW)
    redis = connect_redis(redis_url, timeout=20)
    bell, judges = Bell(redis), Judges(sessions, POLICY, CALIBRATED)
    parts = WebParts(
        settings=Settings(),
        sessions=sessions,
        redis=redis,
        bell=bell,
        waiters=Waiters(connect_redis(redis_url, timeout=None)),
        keys=Keys(sessions, clock),
        users=Users(sessions, clock),
        intake=Intake(sessions, bell, Publishing((PRE_REVIEWED,))),
        pictures=Pictures(sessions, clock),
        queues=Queues(sessions),
        reviewing=Reviewing(sessions, bell),
        statistics=BrandStatistics(sessions, bell),
        policies=Policies(sessions, POLICY),
        wordlists=WordLists(sessions),
        word_imports=WordImports(sessions),
        backtesting=Backtesting(sessions, POLICY, CALIBRATED),
        rehearsals=Rehearsals(sessions, bell, POLICY, CALIBRATED),
        guidance=Guidance(sessions, {}),
        sweeps=Sweeps(sessions, bell, judges),
        sweeping=Sweeping(sessions, bell, judges),
        radar=Radar(sessions),
        gangs=Gangs(sessions, bell),
        emergency=Emergency(sessions, bell),
        together=Together(sessions, Reviewing(sessions, bell)),
        trials=Trials(sessions, bell),
        clock=clock,
        secret_key="0" * 64,
    )
    secret, _ = parts.keys.create(community_id, name="test", scopes=list(Scope))
    yield Api(app_over(parts), parts, clock, community_id, secret)
    redis.close()
