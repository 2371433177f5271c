"""Looks at posts after they are decided: what several of them show together changes their verdicts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import OperationalError

from moderation.classifiers.behaviour.ties import KEPT
from moderation.conduct import observing
from moderation.conduct.applying import PostChangedError, apply
from moderation.conduct.patterns import patterns
from moderation.conduct.reaching import neighbourhood
from moderation.domain.post import PostState
from moderation.outbound.bell import QueueName
from moderation.store import behaviour, behaviour_facts, claims, samples, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.conduct.observing import Seen
    from moderation.conduct.patterns import Pattern
    from moderation.outbound.bell import Bell
    from moderation.rulebooks import Rulebook, Rulebooks
    from moderation.store.behaviour import Mark, Turn
    from moderation.store.engine import Sessions
    from moderation.text.segment import Segmenter

log = structlog.get_logger(__name__)

LEASE: Final = 60 * 1_000_000
"""How long a turn holds its community, in microseconds: many times the work of one."""

BUDGET: Final = 12_000
LIMIT: Final = 128
"""Code points and posts of one turn: a third of a second or so, for a verdict may wait for it."""

PATIENCE: Final = 30 * 1_000_000
"""How long posts that wait for a verdict go first, in microseconds; after that both take turns."""

RETRY_WAIT: Final = 2 * 1_000_000
MAX_ATTEMPTS: Final = 5
"""Turns that may fail, or die, on one post before it is left out."""

LOOKS: Final = 3
"""How often a turn looks again where posts change under its eyes."""


class TurnLostError(Exception):
    """The lease has run out and somebody else looks at the community."""


@dataclass(frozen=True, slots=True)
class BehaviourPass:
    """The parts that the pass needs."""

    sessions: Sessions
    bell: Bell
    segmenter: Segmenter
    rulebooks: Rulebooks
    clock: Callable[[], int]

    def look(self) -> int:
        """Look at the posts of one community that were decided since the last turn; answers how many there were.

        Posts that fail are tried again, each alone, and after ``MAX_ATTEMPTS`` left out with a line in the log:
        their verdicts stand.
        """
        self.bell.answer(QueueName.BEHAVIOUR)
        if not self._is_due():
            return 0
        with self.sessions.write.begin() as session:
            turn = behaviour.take_turn(
                session, token=secrets.token_hex(16), lease=LEASE, budget=BUDGET, limit=LIMIT
            )
        if turn is None:
            return 0
        failed = False
        try:
            spent = [one for one in turn.marks if one.attempts >= MAX_ATTEMPTS]
            self._leave_out(turn, spent)
            failed = self._try(turn, [one for one in turn.marks if one not in spent])
        except OperationalError as error:
            failed = True
            log.warning("behaviour.database_away", error=type(error).__name__)
        finally:
            with self.sessions.write.begin() as session:
                behaviour.end_turn(session, turn, wait=RETRY_WAIT if failed else 0)
        self.bell.ring(QueueName.BEHAVIOUR)
        return len(turn.marks)

    def _is_due(self) -> bool:
        """Whether something waits, and no verdict waits before it."""
        with self.sessions.read() as session:
            since = behaviour.waiting_since(session)
            return since is not None and (since < self.clock() - PATIENCE or not claims.has_work(session))

    def _try(self, turn: Turn, marks: Sequence[Mark]) -> bool:
        """Look at posts; what fails is halved down to the single post.  Answers whether any failed."""
        if not marks:
            return False
        try:
            self._look_again(turn, marks)
        except (JobTimeoutException, OperationalError):
            raise
        except TurnLostError:
            log.warning("behaviour.turn_lost", community=turn.community_id)
        except Exception as error:  # noqa: BLE001 - whatever posts do to us, the others must be looked at
            if len(marks) == 1:
                return self._failed(turn, marks[0], error)
            middle = len(marks) // 2
            return any([self._try(turn, marks[:middle]), self._try(turn, marks[middle:])])
        return False

    def _failed(self, turn: Turn, mark: Mark, error: Exception) -> bool:
        attempt = mark.attempts + 1
        log.error("behaviour.failed", post=mark.post_id, attempt=attempt, exc_info=error)
        self._leave_out(turn, [mark] if attempt >= MAX_ATTEMPTS else [])
        return True

    def _leave_out(self, turn: Turn, marks: Sequence[Mark]) -> None:
        """Give posts up that failed, or took their worker along, too often."""
        for one in marks:
            log.error("behaviour.left_out", post=one.post_id, attempts=one.attempts)
        if marks:
            with self.sessions.write.begin() as session:
                behaviour.settle(session, marks if behaviour.holds(session, turn) else [])

    def _look_again(self, turn: Turn, marks: Sequence[Mark]) -> None:
        for _ in range(LOOKS - 1):
            try:
                return self._look(turn, marks)
            except PostChangedError:
                continue
        return self._look(turn, marks)

    def _look(self, turn: Turn, marks: Sequence[Mark]) -> None:
        rules = self.rulebooks.current(self.clock()).of(turn.community_id)
        fresh = self._read(turn, marks, rules)
        found = self._patterns(fresh) if fresh else []
        now = self.clock()
        with self.sessions.write.begin() as session:
            self._check(behaviour.holds(session, turn))
            changes = apply(session, turn.community_id, rules.policy, found, now=now)
            behaviour.settle(session, marks)
            behaviour_facts.prune(session, turn.community_id, before=now - round(KEPT * observing.MINUTE))
        if changes:
            log.info("behaviour.found", community=turn.community_id, verdicts=len(changes))
            self.bell.ring(QueueName.REPORTS)

    def _read(self, turn: Turn, marks: Sequence[Mark], rules: Rulebook) -> list[Seen]:
        """Facts of the marked posts as they are now decided, kept for later turns too."""
        with self.sessions.read() as session:
            rows = samples.by_ids(session, turn.community_id, [one.post_id for one in marks])
            latest = verdicts.latest_of(session, list(rows))
        batch = [
            (row, latest[row.id])
            for row in sorted(rows.values(), key=lambda each: each.sequence)
            if row.state == PostState.DECIDED.value
            and row.id in latest
            and latest[row.id].revision == row.revision
        ]
        now = self.clock()
        seen = observing.read(batch, rules, self.segmenter, now=now)
        with self.sessions.write.begin() as session:
            self._check(behaviour.holds(session, turn))
            behaviour_facts.keep(
                session,
                observing.kept(seen, turn.community_id, now=now),
                observing.links(seen, turn.community_id),
            )
        return seen

    def _patterns(self, fresh: Sequence[Seen]) -> list[Pattern]:
        with self.sessions.read() as session:
            others = neighbourhood(session, [one.post_id for one in fresh])
        return patterns(observing.together(fresh, others))

    @staticmethod
    def _check(held: bool) -> None:  # noqa: FBT001 - said by its name
        if not held:
            raise TurnLostError
