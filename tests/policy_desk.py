"""The desk with what the policy and word pages ask: real services over a real database, a fake model."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

import review_ui
from moderation.services.backtesting import Backtesting
from moderation.services.policies import Policies
from moderation.services.rehearsals import Rehearsals
from moderation.services.users import Role
from moderation.services.word_imports import WordImports
from moderation.services.wordlists import WordLists
from moderation.settings import Settings
from tests import desk
from tests.desk import PASSWORD
from tests.factories import CALIBRATED, a_scoring, a_submission, keep

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from moderation.store.tables import UserRow
    from moderation.wiring.web import WebParts
    from tests.fakes import StoppedClock

SHIPPED = Settings().policy.read_text(encoding="utf-8")


def policy_parts(url: str, clock: StoppedClock, redis_url: str = "unix:///nowhere/redis.sock") -> WebParts:
    """The desk's parts with policies, words and backtests."""
    parts = desk.web_parts(url, clock, redis_url)
    bell = WorkingBell(clock)
    bell.rehearsals = Rehearsals(parts.sessions, bell, SHIPPED, CALIBRATED)  # type: ignore[arg-type]
    return dataclasses.replace(
        parts,
        policies=Policies(parts.sessions, SHIPPED),
        wordlists=WordLists(parts.sessions),
        word_imports=WordImports(parts.sessions),
        rehearsals=bell.rehearsals,
        backtesting=Backtesting(parts.sessions, SHIPPED, CALIBRATED),
    )


class WorkingBell:
    """A bell that does the work itself, before the page that rang is answered; «away» is no worker at all."""

    def __init__(self, clock: StoppedClock) -> None:
        self.clock, self.away = clock, False
        self.rehearsals: Rehearsals

    def ring(self, _queue: object) -> None:
        if not self.away:
            self.rehearsals.work(seconds=60, clock=self.clock)


class PolicyDesk:
    """The app with one community and somebody's browser."""

    def __init__(self, parts: WebParts, clock: StoppedClock) -> None:
        self.parts, self.clock = parts, clock
        self.app = review_ui.create_app(parts)
        self.community = desk.community(parts).id
        self.client: FlaskClient = self.app.test_client()

    def log_in(
        self, role: Role = Role.SENIOR, *, community: int | None = None, name: str = "王审核"
    ) -> UserRow:
        user = desk.person(self.parts, community or self.community, role, name=name)
        self.client = self.app.test_client()
        answer = self.post("/login", email=user.email, password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return user

    def token(self) -> str:
        found = re.search(
            r'name="csrf-token" content="([^"]+)"', self.client.get("/lexicons", follow_redirects=True).text
        )
        assert found
        return found[1]

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **form: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(), **form})

    def score(self, *texts: str, now: int | None = None) -> list[str]:
        """Keep posts and let a worker judge them; gives their ids."""
        at = self.clock() if now is None else now
        sent = [a_submission(text=text) for text in texts]
        keep(self.parts.sessions, self.community, *sent, now=at)
        a_scoring(self.parts.sessions, clock=self.clock).score_pending()
        return [one.data_id for one in sent]

    def suggestion(self, data_id: str) -> str:
        from moderation.services.reading import post_record  # noqa: PLC0415 - here alone

        record = post_record(self.parts.sessions, self.community, data_id)
        assert record is not None
        assert record.verdict is not None
        return record.verdict.suggestion

    def form_of(self, path: str) -> dict[str, str]:
        """The fields of a page's draft form, as a browser would send them unchanged."""
        return fields(self.get(path).text)


def fields(html: str) -> dict[str, str]:
    """Names and values of the draft form."""
    part = html[html.index('data-testid="draft-form"') :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", part):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and not ("checkbox" in tag and "checked" not in tag):
            found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select\b[^>]* name="([^"]+)"[^>]*>(.*?)</select>', part, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    found |= dict(re.findall(r'<textarea\b[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', part, re.DOTALL))
    found.pop("csrf_token", None)
    return found
