"""Kept posts decided again from their kept scores: what a backtest counts.  No model is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.domain.backtest import Replay
from moderation.domain.budget import Sample, sample
from moderation.domain.policy import Circumstances, decide
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.review import DecisionKind
from moderation.domain.verdict import Versions
from moderation.domain.wire import evidence_from_json
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.store import policies, reviewed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Policy, Threshold
    from moderation.store.tables import PolicyRow, PostRow, VerdictRow

    Kept = tuple[PostRow, VerdictRow, str | None]

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
    """Each post under both policies."""
    return [_replay(post, verdict, human, before, after) for post, verdict, human in batch]


def samples_of(batch: Sequence[Kept], policy: Policy, head: str) -> list[Sample]:
    """Each post as a function of a head's review threshold."""
    return [
        sample(
            policy,
            head,
            evidence_from_json(verdict.body),
            _circumstances(post),
            hour=post.received_at // HOUR,
            human=_human(human),
        )
        for post, verdict, human in batch
    ]


def _replay(post: PostRow, verdict: VerdictRow, human: str | None, before: Policy, after: Policy) -> Replay:
    evidence, circumstances = evidence_from_json(verdict.body), _circumstances(post)
    old = decide(before, evidence, circumstances, Versions())
    new = decide(after, evidence, circumstances, Versions())
    return Replay(
        post_id=post.id,
        data_id=post.data_id,
        text=post.text,
        before=old.suggestion,
        after=new.suggestion,
        clause_before=old.clause,
        clause_after=new.clause,
        human=_human(human),
    )


def _circumstances(post: PostRow) -> Circumstances:
    return Circumstances(
        scene=Scene(post.scene),
        group=post.group_path,
        official=bool(post.author.get("official")),
        mode=PublishingMode(post.mode),
    )


def _human(kind: str | None) -> DecisionKind | None:
    return DecisionKind(kind) if kind in (DecisionKind.PASS, DecisionKind.BLOCK) else None
