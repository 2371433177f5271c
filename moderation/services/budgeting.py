"""Predicts the queue under a policy from kept posts, and keeps what the team can work off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from moderation.domain.budget import Budget, Sample, Team, sample
from moderation.domain.policy import Circumstances
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.review import DecisionKind
from moderation.domain.wire import evidence_from_json
from moderation.store import identities, replays, samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.domain.policy import Policy
    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow, VerdictRow

BATCH: Final = 1_000
HOUR: Final = 3_600 * 1_000_000


def predict_queue(
    sessions: Sessions,
    community_id: int,
    policy: Policy,
    head: str,
    *,
    since: int,
    until: int,
    progress: Callable[[int], None] = lambda _done: None,
) -> Budget:
    """Decide the posts received in ``[since, until)`` under a policy and every candidate threshold of a head.

    The window begins with its first post, so that a community of two days is not spread over seven.
    """
    with sessions.read() as session:
        first = samples.first_at(session, community_id, since=since)
    begins = max(since, first or since)
    found = Budget(head=head, hours=max(1.0, (until - begins) / HOUR))
    after = 0
    while True:
        with sessions.read() as session:
            batch = replays.batch(session, community_id, since=since, until=until, after=after, limit=BATCH)
        if not batch:
            return found
        found.add(_sample(policy, head, *one) for one in batch)
        progress(found.posts)
        after = batch[-1][0].sequence


def _sample(policy: Policy, head: str, post: PostRow, verdict: VerdictRow, human: str | None) -> Sample:
    return sample(
        policy,
        head,
        evidence_from_json(verdict.body),
        Circumstances(
            scene=Scene(post.scene),
            group=post.group_path,
            official=bool(post.author.get("official")),
            mode=PublishingMode(post.mode),
        ),
        hour=post.received_at // HOUR,
        human=DecisionKind(human) if human in (DecisionKind.PASS, DecisionKind.BLOCK) else None,
    )


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
