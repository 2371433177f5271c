"""Rehearses a policy version in a thread of the web process: what it would have done, and the queue it would make.

How far it is, and what came of it, lie in the database: any web process can show them, and a run whose process ended
shows as cut off.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from moderation.domain.rehearsal import Rehearsal, Stage, outcome_of
from moderation.policy_document import parse_policy
from moderation.services import rehearsals
from moderation.services.budgeting import predict_queue
from moderation.services.rehearsals import Beat

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.domain.budget import Budget
    from moderation.store.tables import PolicyRow
    from moderation.wiring.web import WebParts

log = structlog.get_logger(__name__)

DAYS: Final = (1, 7, 30)
DAY: Final = 86_400 * 1_000_000
PATIENCE: Final = 2.0
"""Seconds that a request waits for a short run before it shows progress."""


def rehearse(parts: WebParts, row: PolicyRow, run: Rehearsal) -> None:
    """Begin a run, and give it a moment to end.

    Raises:
        RehearsalRunningError: an earlier run of the version is still going on.
    """
    rehearsals.begin(parts.sessions, row.id, run)
    thread = threading.Thread(target=_run, args=(parts, row, run), name=f"rehearsal-{row.id}", daemon=True)
    thread.start()
    thread.join(PATIENCE)


def _run(parts: WebParts, row: PolicyRow, run: Rehearsal) -> None:
    try:
        done = _outcome(parts, row, run)
    except Exception as error:  # whatever it was: the page must say that nothing came of it
        log.exception("desk.rehearsal_failed", policy=row.id, error=type(error).__name__)
        done = replace(run, stage=Stage.FAILED, beat_at=parts.clock())
    rehearsals.note(parts.sessions, row.id, done)


def _outcome(parts: WebParts, row: PolicyRow, run: Rehearsal) -> Rehearsal:
    """Two passes over the same posts: both policies side by side, then the thresholds of one head."""
    started = time.perf_counter()
    beat = Beat(parts.sessions, row.id, run, parts.clock)
    found = parts.backtesting.run_version(
        row.community_id,
        row.number,
        since=run.started_at - run.days * DAY,
        until=run.started_at,
        progress=lambda done, total: beat(done, 2 * total),
    )
    budget = _budget(parts, row, run, lambda done: beat(found.posts + done, 2 * found.posts))
    return replace(
        beat.run,
        stage=Stage.DONE,
        beat_at=parts.clock(),
        seconds=time.perf_counter() - started,
        outcome=outcome_of(found, budget),
    )


def _budget(parts: WebParts, row: PolicyRow, run: Rehearsal, progress: Callable[[int], None]) -> Budget:
    policy = parse_policy(row.document).policy.with_calibration(parts.backtesting.calibrated)
    since = run.started_at - run.days * DAY
    return predict_queue(
        parts.sessions,
        row.community_id,
        policy,
        run.head,
        since=since,
        until=run.started_at,
        progress=progress,
    )
