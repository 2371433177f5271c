"""Posts that may belong together with new ones: those that share a link, and along chains of adverts those beyond."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.ties import REACH, TieKind
from moderation.conduct.observing import MINUTE
from moderation.store import behaviour_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.store.tables import BehaviourFactRow

EACH: Final = 128
MOST: Final = 4_000
"""Most neighbours by one tie, and in all: what someone floods with must not grow the work without end."""

STEPS: Final = 4
EACH_BEYOND: Final = 32
MOST_BEYOND: Final = 500
"""How many links a chain is followed beyond the first, most posts by one of them, and most in all.  Only links that
were not asked by before are followed: copies of one advert, however many, lead nowhere new."""

_REACH: Final = {kind.value: round(minutes * MINUTE) for kind, minutes in REACH.items()}
_CHAIN: Final = {kind.value: _REACH[kind.value] for kind in (TieKind.WORDING, TieKind.CHANNEL)}
"""Links that chain adverts of different accounts: one wording with the one, one contact with the next."""


def neighbourhood(session: Session, fresh: Sequence[str]) -> list[BehaviourFactRow]:
    """Facts of other posts that may belong together with ``fresh``, each once."""
    found = behaviour_facts.neighbours(session, fresh, reach=_REACH, each=EACH, limit=MOST)
    asked, ends = list(fresh), _ends(found)
    most = min(MOST, len(found) + MOST_BEYOND)
    for _ in range(STEPS):
        if not ends or len(found) >= most:
            break
        # Posts that are known already, adverts or not, are asked for no more.
        known = [*asked, *(row.post_id for row in found if row.post_id not in ends)]
        beyond = behaviour_facts.neighbours(
            session,
            list(ends),
            reach=_CHAIN,
            each=EACH_BEYOND,
            limit=most - len(found),
            known=known,
            asked=asked,
        )
        asked += ends
        found += beyond
        ends = _ends(beyond)
    return found


def _ends(found: Sequence[BehaviourFactRow]) -> dict[str, None]:
    """Adverts among posts, where a chain may go on."""
    return {row.post_id: None for row in found if row.facts.get("advert")}
