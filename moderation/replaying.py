"""Kept posts decided again from their kept scores: what a backtest counts.  No model is asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.backtest import Replay
from moderation.domain.budget import Sample, sample
from moderation.domain.policy import Circumstances
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.review import DecisionKind
from moderation.domain.weighing import outcome
from moderation.domain.wire import evidence_from_json
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.store import policies, reviewed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Policy, Threshold
    from moderation.domain.windows import Window
    from moderation.store.replays import Kept, KeptPost
    from moderation.store.tables import PolicyRow

HOUR: Final = 3_600 * 1_000_000


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


def first_head(version: PolicyRow) -> str:
    """The first head that a version has a rule for; empty where it has none, or cannot be read any more."""
    try:
        rules = parse_policy(version.document).policy.rules
    except PolicyDocumentError:
        return ""
    return next((rule.head for rule in rules if rule.enabled), "")


def replays_of(batch: Sequence[Kept], before: Policy, after: Policy) -> list[Replay]:
    """Each post under both policies, each with the sensitive periods that were open when the post came in."""
    old, new = _by_time(before), _by_time(after)
    return [
        _replay(post, body, human, old(post.received_at), new(post.received_at))
        for post, body, human in batch
    ]


def _by_time(policy: Policy) -> Callable[[int], Policy]:
    """A policy as it held at an instant, one object for each set of open periods: it remembers its thresholds."""
    known: dict[tuple[Window, ...], Policy] = {}

    def at(now: int) -> Policy:
        opened = policy.at(now)
        return known.setdefault(opened.in_force, opened)

    return at


def samples_of(batch: Sequence[Kept], policy: Policy, head: str) -> list[Sample]:
    """Each post as a function of a head's review threshold, in the sensitive periods that were open then."""
    opened = _by_time(policy)
    return [
        sample(
            opened(post.received_at),
            head,
            evidence_from_json(body),
            _circumstances(post),
            hour=post.received_at // HOUR,
            human=_human(human),
        )
        for post, body, human in batch
    ]


def _replay(
    post: KeptPost, body: Mapping[str, Any], human: str | None, before: Policy, after: Policy
) -> Replay:
    evidence, circumstances = evidence_from_json(body), _circumstances(post)
    suggestion_before, clause_before = outcome(before, evidence, circumstances)
    suggestion_after, clause_after = outcome(after, evidence, circumstances)
    return Replay(
        post_id=post.id,
        data_id=post.data_id,
        text=post.text,
        before=suggestion_before,
        after=suggestion_after,
        clause_before=clause_before,
        clause_after=clause_after,
        human=_human(human),
    )


def _circumstances(post: KeptPost) -> Circumstances:
    return _place(post.scene, post.group_path, bool(post.author.get("official")), post.mode)


@lru_cache(maxsize=1_024)
def _place(scene: str, group: str, official: bool, mode: str) -> Circumstances:  # noqa: FBT001 - as the row has it
    """Circumstances are few: the same object for all posts that share them."""
    return Circumstances(Scene(scene), group, official, PublishingMode(mode))


def _human(kind: str | None) -> DecisionKind | None:
    return DecisionKind(kind) if kind in (DecisionKind.PASS, DecisionKind.BLOCK) else None
