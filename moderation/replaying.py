"""Kept posts decided again from their kept scores: what a backtest counts.  No model is asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from moderation.domain.backtest import Replay
from moderation.domain.budget import Sample, sample
from moderation.domain.policy import Circumstances
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.review import DecisionKind
from moderation.domain.unreplayed import rest_of
from moderation.domain.weighing import outcome
from moderation.domain.wire import evidence_from_json
from moderation.policy_file.document import parse_policy
from moderation.store import policies, reviewed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Policy, Threshold
    from moderation.domain.weighing import Rest
    from moderation.domain.windows import Window
    from moderation.store.replays import Kept, KeptPost
    from moderation.store.tables import PolicyRow

HOUR: Final = 3_600 * 1_000_000


def heads_of(policy: Policy) -> list[str]:
    """The heads that a policy has a rule for that is on, in the order of its rules."""
    return list(dict.fromkeys(rule.head for rule in policy.rules if rule.enabled))


def both_policies(
    session: Session, version: PolicyRow, live: int, shipped: str, calibrated: Mapping[str, Threshold]
) -> tuple[Policy, Policy]:
    """The policy with number ``live`` (0: the shipped one) and a version, each with what is measured of its heads."""
    row = policies.find(session, version.community_id, live) if live else None
    curves = reviewed.latest_of(session, version.community_id)
    before, after = (
        parse_policy(document).policy.with_calibration(calibrated).with_reviews(curves)
        for document in (row.document if row else shipped, version.document)
    )
    return before, after


def replays_of(batch: Sequence[Kept], before: Policy, after: Policy) -> list[Replay]:
    """Each post under both policies, each with the sensitive periods that were open when the post came in."""
    old, new = _by_time(before), _by_time(after)
    return [_replay(one, old(one.post.received_at), new(one.post.received_at)) for one in batch]


def _by_time(policy: Policy) -> Callable[[int], Policy]:
    """A policy as it held at an instant, one object for each set of open periods: it remembers its thresholds."""
    known: dict[tuple[Window, ...], Policy] = {}

    def at(now: int) -> Policy:
        opened = policy.at(now)
        return known.setdefault(opened.in_force, opened)

    return at


def samples_of(
    batch: Sequence[Kept], replayed: Sequence[Replay], policy: Policy, heads: Sequence[str]
) -> dict[str, list[Sample]]:
    """Each post as a function of each head's review threshold, in the sensitive periods that were open then.

    Args:
        batch: posts.
        replayed: what :func:`replays_of` said of them, in order.
        policy: whose thresholds are moved.
        heads: whose review threshold, each by itself.
    """
    opened = _by_time(policy)
    found: dict[str, list[Sample]] = {head: [] for head in heads}
    for one, replay in zip(batch, replayed, strict=True):
        evidence, rest = evidence_from_json(one.body), _rest(one)
        then, around, hour = (
            opened(one.post.received_at),
            _circumstances(one.post),
            one.post.received_at // HOUR,
        )
        for head in heads:
            one_sample = sample(
                then,
                head,
                evidence,
                around,
                hour=hour,
                human=replay.human,
                rest=rest,
                planned=replay.after,
            )
            found[head].append(one_sample)
    return found


def _replay(kept: Kept, before: Policy, after: Policy) -> Replay:
    post, evidence, around = kept.post, evidence_from_json(kept.body), _circumstances(kept.post)
    rest = _rest(kept)
    suggestion_before, clause_before = outcome(before, evidence, around, rest)
    suggestion_after, clause_after = outcome(after, evidence, around, rest)
    return Replay(
        post_id=post.id,
        data_id=post.data_id,
        text=post.text,
        before=suggestion_before,
        after=suggestion_after,
        clause_before=clause_before,
        clause_after=clause_after,
        human=_human(kept.human),
        partly=bool(rest),
    )


def _rest(kept: Kept) -> Rest:
    wordless = not kept.post.text.strip() and not kept.post.title.strip()
    return rest_of(kept.body, kept.behaviour, wordless=wordless)


def _circumstances(post: KeptPost) -> Circumstances:
    return _place(post.scene, post.group_path, bool(post.author.get("official")), post.mode)


@lru_cache(maxsize=1_024)
def _place(scene: str, group: str, official: bool, mode: str) -> Circumstances:  # noqa: FBT001 - as the row has it
    """Circumstances are few: the same object for all posts that share them."""
    return Circumstances(Scene(scene), group, official, PublishingMode(mode))


def _human(kind: str | None) -> DecisionKind | None:
    return DecisionKind(kind) if kind in (DecisionKind.PASS, DecisionKind.BLOCK) else None
