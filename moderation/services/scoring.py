"""Scores waiting posts: claim, assess with no transaction open, record all or nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from rq.timeouts import JobTimeoutException

from moderation.assessment import Assessment, Assessor, Subject
from moderation.domain import review
from moderation.domain.convention import Label
from moderation.domain.policy import Circumstances, undecided
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.verdict import Suggestion, Versions
from moderation.domain.wire import verdict_json
from moderation.outbound.bell import QueueName
from moderation.store import brands, claims, outbox, policies, reviews, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.domain.verdict import Verdict
    from moderation.outbound.announcements import Announcer
    from moderation.outbound.bell import Bell
    from moderation.rulebooks import Rulebook, Rulebooks
    from moderation.store.claims import Claimed
    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow

log = structlog.get_logger(__name__)

LEASE: Final = 30 * 1_000_000
"""How long a claim holds, in microseconds: several times the work of one batch."""

BUDGET: Final = 24_000
"""Code points in one claim: at most about five seconds of work for one core."""

LIMIT: Final = 256
MAX_ATTEMPTS: Final = 3
RETRY_WAIT: Final = 2 * 1_000_000

MAX_SURFACE: Final = 200
"""Code points of a mention that are kept: invisible characters can stretch a name without end."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """The parts that scoring needs."""

    sessions: Sessions
    bell: Bell
    announcer: Announcer
    assessor: Assessor
    rulebooks: Rulebooks
    clock: Callable[[], int]

    def score_pending(self) -> int:
        """Decide one batch of waiting posts; answers how many posts were claimed.

        A batch that fails is halved down to the single post; a post that fails three times goes to a human.
        """
        self.bell.answer(QueueName.SCORING)
        token = secrets.token_hex(16)
        with self.sessions.write.begin() as session:
            claimed = claims.claim(session, token=token, lease=LEASE, budget=BUDGET, limit=LIMIT)
        if not claimed:
            return 0
        # Ring before scoring: while this worker works, the next one takes the next batch.
        self.bell.ring(QueueName.SCORING)
        spent = [one for one in claimed if one.attempts > MAX_ATTEMPTS]
        workable = [one for one in claimed if one.attempts <= MAX_ATTEMPTS]
        decided = [(one, self._give_up(one, one.row.last_error or "the worker died")) for one in spent]
        decided += self._assess(workable, token)
        self._record(decided, token)
        return len(claimed)

    def _assess(self, claimed: Sequence[Claimed], token: str) -> list[tuple[Claimed, Assessment]]:
        if not claimed:
            return []
        try:
            rulebooks = self.rulebooks.current()
            subjects = [_subject(one.row, rulebooks.of(one.community_id)) for one in claimed]
            return list(zip(claimed, self.assessor.assess(subjects, now=self.clock()), strict=True))
        except JobTimeoutException:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a text does to us, others must be scored
            if len(claimed) > 1:
                middle = len(claimed) // 2
                return self._assess(claimed[:middle], token) + self._assess(claimed[middle:], token)
            return self._failed(claimed[0], token, error)

    def _failed(self, one: Claimed, token: str, error: Exception) -> list[tuple[Claimed, Assessment]]:
        reason = f"{type(error).__name__}: {error}"
        log.error("scoring.failed", post=one.id, attempt=one.attempts, exc_info=error)
        if one.attempts >= MAX_ATTEMPTS:
            return [(one, self._give_up(one, reason))]
        with self.sessions.write.begin() as session:
            claims.release(session, token, one.id, error=reason, wait=RETRY_WAIT)
        return []

    def _give_up(self, one: Claimed, reason: str) -> Assessment:
        versions = Versions(model=self.assessor.classifier.version)
        return Assessment(undecided(reason, PublishingMode(one.row.mode), versions))

    def _record(self, decided: Sequence[tuple[Claimed, Assessment]], token: str) -> None:
        """Write everything about each post that the claim still holds, in one transaction."""
        with self.sessions.write.begin() as session:
            held = claims.settle(session, token, [one.id for one, _ in decided])
            kept = [(one, found.verdict) for one, found in decided if one.id in held]
            now = self.clock()
            verdicts.append(session, [_verdict_row(one, verdict, now) for one, verdict in kept])
            reviews.open_items(
                session,
                [_review_row(one, verdict, now) for one, verdict in kept if review.needs_human(verdict)],
            )
            mentions = [row for one, verdict in kept for row in _mention_rows(one, verdict)]
            brands.add_mentions(session, mentions)
            policies.add_differences(
                session,
                [
                    row
                    for one, found in decided
                    if one.id in held
                    for row in self._difference(one, found, now)
                ],
            )
            outbox.append(session, [_event_row(one, verdict, held[one.id], now) for one, verdict in kept])
        self.announcer.decided(held)
        if mentions:
            self.bell.ring(QueueName.REPORTS)

    @staticmethod
    def _difference(one: Claimed, found: Assessment, now: int) -> list[dict[str, Any]]:
        """Where the shadow policy would have said something else."""
        live, shadow = found.verdict, found.shadow
        if shadow is None or (live.suggestion, live.clause) == (shadow.suggestion, shadow.clause):
            return []
        return [
            {
                "policy_id": found.shadow_id,
                "post_id": one.id,
                "live": live.suggestion.value,
                "shadow": shadow.suggestion.value,
                "live_clause": live.clause,
                "shadow_clause": shadow.clause,
                "at": now,
            }
        ]


def _subject(row: PostRow, rules: Rulebook) -> Subject:
    return Subject(
        text=row.text,
        policy=rules.policy,
        lexicon=rules.lexicon,
        title=row.title,
        circumstances=Circumstances(
            scene=Scene(row.scene),
            group=row.group_path,
            official=bool(row.author.get("official")),
            mode=PublishingMode(row.mode),
        ),
        brands=rules.brands,
        shadow=rules.shadow,
        shadow_id=rules.shadow_id,
        unchecked=tuple(f"image {index}" for index, _ in enumerate(row.images, 1)),
    )


def _verdict_row(one: Claimed, verdict: Verdict, now: int) -> dict[str, Any]:
    return {
        "post_id": one.id,
        "community_id": one.community_id,
        "revision": one.revision,
        "source": "machine",
        "suggestion": verdict.suggestion.value,
        "risk_level": verdict.risk_level.value,
        "label": verdict.label.value,
        "clause": verdict.clause,
        "action": verdict.action.value,
        "body": verdict_json(verdict),
        "created_at": now,
    }


def _review_row(one: Claimed, verdict: Verdict, now: int) -> dict[str, Any]:
    return {
        "community_id": one.community_id,
        "post_id": one.id,
        "revision": one.revision,
        "queue": review.queue_of(verdict).value,
        "priority": review.priority(verdict),
        "reason": verdict.reason,
        "opened_at": now,
    }


def _mention_rows(one: Claimed, verdict: Verdict) -> list[dict[str, Any]]:
    clean = not (verdict.suggestion is Suggestion.BLOCK and verdict.label in (Label.SPAM_ADS, Label.QUALITY))
    return [
        {
            "community_id": one.community_id,
            "brand_id": mention.brand_id,
            "post_id": one.id,
            "surface": mention.surface[:MAX_SURFACE],
            "field": mention.field.value,
            "start": mention.start,
            "end": mention.end,
            "polarity": mention.polarity.value,
            "probability": mention.probability,
            "link_confidence": mention.link_confidence,
            "clean": clean,
            "content_hash": one.row.content_hash,
            "author_id": one.row.author_id,
            "source": one.row.source,
            "posted_at": one.row.posted_at,
        }
        for mention in verdict.mentions
    ]


def _event_row(one: Claimed, verdict: Verdict, version: int, now: int) -> dict[str, Any]:
    return {
        "id": f"evt_{one.id}_{version}",
        "community_id": one.community_id,
        "type": "post.decided",
        "subject": f"post:{one.row.data_id}",
        "subject_version": version,
        "body": {
            "data_id": one.row.data_id,
            "id": one.id,
            "revision": one.revision,
            "subject_version": version,
            "verdict": verdict_json(verdict),
        },
        "created_at": now,
        "next_attempt_at": None,
    }
