"""Scores waiting posts: claim, assess with no transaction open, record all or nothing."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from rq.timeouts import JobTimeoutException

from moderation.assessment import Assessment, Assessor, Subject
from moderation.domain.pictures import UNREAD
from moderation.domain.policy import Circumstances, undecided
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.verdict import Versions
from moderation.domain.wire import verdict_json
from moderation.outbound.bell import QueueName
from moderation.store import behaviour, brands, claims, outbox, policies, reviews, shadows, verdicts
from moderation.verdict_rows import item_rows, mention_rows, verdict_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.images.looking import Looked, Looking
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


@dataclass(frozen=True, slots=True)
class Scoring:
    """The parts that scoring needs."""

    sessions: Sessions
    bell: Bell
    announcer: Announcer
    assessor: Assessor
    rulebooks: Rulebooks
    looking: Looking
    clock: Callable[[], int]
    spot_check: float = 0.0
    """Share of blocks that people check, 0 to 1."""

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
            rulebooks = self.rulebooks.current(self.clock())
            looked = self.looking.look([(one.community_id, one.row.images) for one in claimed])
            subjects = [
                _subject(one.row, rulebooks.of(one.community_id), images)
                for one, images in zip(claimed, looked, strict=True)
            ]
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
            verdicts.append(session, [verdict_row(one, verdict, now) for one, verdict in kept])
            reviews.open_items(session, item_rows(kept, self.spot_check, now))
            mentions = [row for one, verdict in kept for row in mention_rows(one, verdict)]
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
            compared = [
                found.shadow_id for one, found in decided if one.id in held and found.shadow is not None
            ]
            shadows.count_compared(session, Counter(compared), at=now)
            outbox.append(
                session,
                [
                    outbox.post_event(one.row, held[one.id], {"verdict": verdict_json(verdict)}, now=now)
                    for one, verdict in kept
                ],
            )
            behaviour.mark(session, [(one.community_id, one.id) for one, _ in kept], now=now)
        self.announcer.decided(held)
        if kept:
            self.bell.ring(QueueName.BEHAVIOUR)
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


def _subject(row: PostRow, rules: Rulebook, images: Looked) -> Subject:
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
        unchecked=images.unchecked,
        pictures=images.pictures,
        half_seen=_half_seen(row, images),
    )


def _half_seen(row: PostRow, images: Looked) -> str:
    """What a person must look at because no machine could; empty where there is nothing."""
    if images.failed:
        return "an image could not be looked at"
    # Beside a text an image that nobody read is said under «unchecked»; alone it is all there is of the post.
    wordless = not row.text.strip() and not row.title.strip()
    return UNREAD if wordless and images.unread else ""
