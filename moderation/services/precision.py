"""Measures each head's precision by what people decided.  Now and then, never per post: policies read the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.domain.blocking import Curve, curve_of
from moderation.domain.convention import Category
from moderation.domain.policy import NEGATIVITY, head_score
from moderation.store import identities, reviewed

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.store.engine import Sessions

WINDOW: Final = 180 * 86_400 * 1_000_000
"""How far back decisions count, microseconds: what people judged before may be judged otherwise today."""

MOST: Final = 5_000
"""Decisions that are read, the latest ones."""

LEAST_SCORE: Final = 0.1
"""Scores below are counted but not kept: nothing blocks there."""

_FACT: Final = "heads_measured"


@dataclass(frozen=True, slots=True)
class Precision:
    """The parts that measuring needs; ``model`` is the one whose scores count."""

    sessions: Sessions
    model: str
    clock: Callable[[], int]

    def measure_all(self) -> int:
        """Measure every community, if anybody decided anything since the last time; answers how many were measured.

        Two processes that measure at once find the same.
        """
        with self.sessions.read() as session:
            state = f"{reviewed.latest_decision(session)} {self.model}"
            if identities.get_fact(session, _FACT) == state:
                return 0
            all_of_them = reviewed.communities(session)
        for community_id in all_of_them:
            self.measure(community_id)
        with self.sessions.write.begin() as session:
            identities.set_fact(session, _FACT, state)
        return len(all_of_them)

    def measure(self, community_id: int) -> None:
        """Measure one community and keep the result; workers apply it with their next batch."""
        now = self.clock()
        scores: dict[str, list[tuple[float, bool]]] = {
            head: [] for head in (NEGATIVITY, *(one.value for one in Category))
        }
        with self.sessions.read() as session:
            blocked = reviewed.decided(session, community_id, since=now - WINDOW, limit=MOST)
            for key, found in reviewed.scored(session, list(blocked), model=self.model):
                for head, kept in scores.items():
                    kept.append((round(head_score(found, head), 4), blocked[key]))
        curves = {head: (_curve(kept, now), len(kept)) for head, kept in scores.items() if kept}
        with self.sessions.write.begin() as session:
            reviewed.keep(session, community_id, curves, model=self.model, now=now)


def _curve(kept: list[tuple[float, bool]], now: int) -> Curve:
    return curve_of([one for one in kept if one[0] >= LEAST_SCORE], measured_at=now)
