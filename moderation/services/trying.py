"""Scores texts that are tried: the same evidence and rules as for posts, and nothing written but the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from rq.timeouts import JobTimeoutException

from moderation.assessment import Assessor, Subject
from moderation.domain.policy import undecided
from moderation.domain.post import PublishingMode
from moderation.domain.verdict import Verdict, Versions
from moderation.domain.wire import verdict_json
from moderation.store import trials

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.outbound.announcements import Announcer
    from moderation.rulebooks import Rulebooks
    from moderation.store.engine import Sessions
    from moderation.store.tables import TrialRow

log = structlog.get_logger(__name__)

AT_ONCE: Final = 4
"""Texts that one job takes: posts wait behind it."""


@dataclass(frozen=True, slots=True)
class Trying:
    """The parts that scoring tried texts needs."""

    sessions: Sessions
    announcer: Announcer
    assessor: Assessor
    rulebooks: Rulebooks
    clock: Callable[[], int]

    def answer(self) -> int:
        """Score some of the texts that wait, one by one; answers how many there were."""
        with self.sessions.read() as session:
            if not trials.waits(session):  # as nearly always: no writing transaction for nothing
                return 0
        with self.sessions.write.begin() as session:
            taken = trials.take(session, limit=AT_ONCE)
        found: list[dict[str, Any]] = [
            {"id": row.id, "body": verdict_json(self._verdict(row))} for row in taken
        ]
        with self.sessions.write.begin() as session:
            trials.settle(session, found)
        self.announcer.decided([row.id for row in taken])
        return len(taken)

    def _verdict(self, row: TrialRow) -> Verdict:
        now = self.clock()
        try:
            rules = self.rulebooks.current(now).of(row.community_id)
            subject = Subject(row.text, rules.policy, rules.lexicon, title=row.title, brands=rules.brands)
            return self.assessor.assess([subject], now=now)[0].verdict
        except JobTimeoutException:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a text does to us, the next must be scored
            log.warning("trial.failed", trial=row.id, error=type(error).__name__)  # no text of it
            versions = Versions(model=self.assessor.classifier.version)
            return undecided(f"{type(error).__name__}: {error}", PublishingMode.POST_MODERATION, versions)
