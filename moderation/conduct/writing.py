"""Rows of what behaviour changes: verdicts, review items, and the events that tell of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moderation.conduct.turns import turn
from moderation.domain.behaviour_verdicts import SOURCE
from moderation.domain.convention import Label
from moderation.domain.verdict import Suggestion
from moderation.store import behaviour_findings, brands, outbox, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from moderation.conduct.patterns import Pattern
    from moderation.domain.behaviour_verdicts import Change
    from moderation.store.standing import Standing
    from moderation.store.tables import BehaviourFindingRow

SPAM = (Label.SPAM_ADS, Label.QUALITY)


def write_changes(session: Session, changes: Sequence[tuple[Standing, Change]], *, now: int) -> None:
    """Append verdicts to posts that the transaction holds, and tell of them."""
    if not changes:
        return
    verdicts.append(session, [_verdict_row(one, change, now) for one, change in changes])
    turn(session, changes, now=now)
    spam = [
        one.post.id
        for one, change in changes
        if change.verdict.suggestion is Suggestion.BLOCK and change.verdict.label in SPAM
    ]
    for post_id in behaviour_findings.naming_brands(session, spam):
        brands.set_clean(session, post_id, clean=False)
    versions = outbox.next_versions(session, [one.post.id for one, _ in changes])
    outbox.append(
        session,
        [
            outbox.post_event(one.post, versions[one.post.id], {"verdict": change.body}, now=now)
            for one, change in changes
        ],
    )


def _verdict_row(one: Standing, change: Change, now: int) -> dict[str, Any]:
    verdict = change.verdict
    return {
        "post_id": one.post.id,
        "community_id": one.post.community_id,
        "revision": one.post.revision,
        "source": SOURCE,
        "suggestion": verdict.suggestion.value,
        "risk_level": verdict.risk_level.value,
        "label": verdict.label.value,
        "clause": verdict.clause,
        "action": verdict.action.value,
        "body": change.body,
        "created_at": now,
    }


def recommend_shields(
    session: Session,
    fresh: Sequence[tuple[BehaviourFindingRow, Pattern]],
    held: Mapping[str, Standing],
    *,
    now: int,
) -> None:
    """Recommend once a finding that the person under attack be shielded, with the pack of evidence."""
    told = [(row, pattern) for row, pattern in fresh if row.target and row.shield]
    if not told:
        return
    community_id = told[0][0].community_id
    versions = behaviour_findings.last_versions(
        session, community_id, {_about(row.target) for row, _ in told}
    )
    events = []
    for row, pattern in told:
        subject = _about(row.target)
        versions[subject] = versions.get(subject, 0) + 1
        events.append(_shield_event(row, pattern, held, versions[subject], now))
    outbox.append(session, events)


def _about(author: str) -> str:
    return f"author:{author}"


def _shield_event(
    row: BehaviourFindingRow, pattern: Pattern, held: Mapping[str, Standing], version: int, now: int
) -> dict[str, Any]:
    evidence = [
        {
            "data_id": held[member.post_id].post.data_id,
            "id": member.post_id,
            "revision": member.revision,
            "author": member.author,
            "posted_at": datetime.fromtimestamp(member.at / 1_000_000, UTC).isoformat(),
        }
        for member in pattern.members
    ]
    return {
        "id": f"evt_shield_{row.id}",
        "community_id": row.community_id,
        "type": "author.shield_recommended",
        "subject": _about(row.target),
        "subject_version": version,
        "body": {
            "author": row.target,
            "subject_version": version,
            "finding": row.id,
            "clauses": list(row.clauses),
            "reason": row.reason,
            **row.shield,
            "evidence": evidence,
        },
        "created_at": now,
        "next_attempt_at": None,
    }
