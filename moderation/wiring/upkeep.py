"""What is done now and then by whoever sweeps: time-outs of held posts, and the measuring of the model's heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from moderation.classifiers.bundle import read_bundle
from moderation.outbound.bell import Bell
from moderation.policy_file.document import read_policy
from moderation.publishing import Publishing
from moderation.services.precision import Precision
from moderation.services.timeouts import Timeouts
from moderation.services.trials import Trials
from moderation.wiring.common import clock, connect_redis

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.settings import Settings
    from moderation.store.engine import Sessions

log = structlog.get_logger(__name__)

TIMEOUTS_EVERY: Final = 30 * 1_000_000
MEASURE_EVERY: Final = 15 * 60 * 1_000_000


@dataclass(slots=True)
class Upkeep:
    """Does what is due.  Several processes may do it at once: each step is idempotent."""

    timeouts: Timeouts
    precision: Precision
    clock: Callable[[], int]
    forget: Callable[[int], int] = lambda _now: 0
    """Deletes tried texts."""
    _timeouts_at: int = 0
    _measured_at: int = 0

    def run(self) -> None:
        """Do what is due by the clock."""
        now = self.clock()
        if now - self._timeouts_at >= TIMEOUTS_EVERY:
            self._timeouts_at = now
            _attempt(self.timeouts.settle)
            _attempt(lambda: self.forget(now))
        if now - self._measured_at >= MEASURE_EVERY:
            self._measured_at = now
            _attempt(self.precision.measure_all)


def _attempt(step: Callable[[], int]) -> None:
    """A step that fails is tried again when it is next due; it must not end the sweep that it runs in."""
    try:
        step()
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("upkeep.failed", step=step.__qualname__)


def build_upkeep(settings: Settings, sessions: Sessions) -> Upkeep:
    """The upkeep over an open database; it loads no model."""
    document = read_policy(settings.policy)
    bundle = read_bundle(settings.bundle, verify=False)
    trials = Trials(sessions, Bell(connect_redis(settings.redis_url)))
    publishing = Publishing(document.publishing, document.policy.windows, document.timeout)
    return Upkeep(
        Timeouts(sessions, publishing, clock),
        Precision(sessions, f"{bundle.name} {bundle.version}", clock),
        clock,
        lambda now: trials.forget(now=now),
    )
