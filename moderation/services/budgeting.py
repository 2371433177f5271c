"""Keeps what the team can work off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moderation.domain.budget import Team
from moderation.store import identities

if TYPE_CHECKING:
    from moderation.store.engine import Sessions


def team_of(sessions: Sessions, community_id: int) -> Team | None:
    """What the community's lead said of the team; None where nobody said it yet."""
    with sessions.read() as session:
        kept = identities.get_fact(session, _key(community_id))
    return Team(*json.loads(kept)) if kept else None


def keep_team(sessions: Sessions, community_id: int, team: Team) -> None:
    """Keep what the lead says of the team."""
    with sessions.write.begin() as session:
        identities.set_fact(session, _key(community_id), json.dumps([team.people, team.per_hour]))


def _key(community_id: int) -> str:
    return f"team:{community_id}"
