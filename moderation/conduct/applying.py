"""What patterns change: findings kept or grown, verdicts, review items and events, in the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.ties import KEPT
from moderation.conduct.observing import MINUTE, circumstances
from moderation.conduct.writing import recommend_shields, write_changes
from moderation.domain.behaviour import BehaviourKind
from moderation.domain.behaviour_verdicts import Claim, judge
from moderation.domain.post import PostState
from moderation.store import behaviour_findings, standing
from moderation.store.tables import BehaviourFindingRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.conduct.patterns import Member, Pattern
    from moderation.domain.behaviour_verdicts import Change
    from moderation.domain.rules import Policy
    from moderation.store.standing import Standing

BY_ACCOUNT: Final = (BehaviourKind.DECEPTIVE_LINK,)
"""Kinds whose later posts join the account's finding although no post is in both: links are judged once."""


class PostChangedError(Exception):
    """A post was edited or withdrawn since it was read: look again."""


@dataclass(frozen=True, slots=True)
class News:
    """A pattern, the finding that it belongs to (None: a new one), and the posts that have joined."""

    pattern: Pattern
    known: BehaviourFindingRow | None
    joined: tuple[Member, ...]


def apply(
    session: Session, community_id: int, policy: Policy, found: Sequence[Pattern], *, now: int
) -> list[Change]:
    """Write what is new about patterns; answers the verdicts that were appended.  The same again writes nothing.

    Raises:
        PostChangedError: a post is no longer as it was read; nothing may be kept of the transaction.
    """
    counted = [one for one in found if not policy.switched_off.issuperset(one.clauses)]
    news = _news(session, community_id, counted, now) if counted else []
    if not news:
        return []
    held = _held(session, news)
    rows = _grow(session, community_id, news, now)
    changes = _changes(policy, news, held)
    write_changes(session, [(held[post_id], change) for post_id, change in changes.items()], now=now)
    fresh = [(row, one.pattern) for row, one in zip(rows, news, strict=True) if one.known is None]
    recommend_shields(session, fresh, held, now=now)
    return list(changes.values())


def _news(session: Session, community_id: int, found: Sequence[Pattern], now: int) -> list[News]:
    """Patterns that posts have joined since they were last written."""
    ids = {member.post_id for one in found for member in one.members}
    touching = behaviour_findings.touching(session, community_id, ids)
    lately = now - round(KEPT * MINUTE)
    by_account = {
        (kind, subject): row
        for kind in BY_ACCOUNT
        for subject, row in behaviour_findings.of_subjects(
            session,
            community_id,
            kind.value,
            {one.subject for one in found if one.kind is kind},
            since=lately,
        ).items()
    }
    known = {id(one): _finding_of(one, touching) or by_account.get((one.kind, one.subject)) for one in found}
    inside = behaviour_findings.members(session, {row.id for row in known.values() if row is not None}, ids)
    news = []
    for one in found:
        row = known[id(one)]
        joined = tuple(
            member
            for member in one.members
            if row is None or (row.id, member.post_id, member.revision) not in inside
        )
        if joined:
            news.append(News(one, row, joined))
    return news


def _finding_of(
    pattern: Pattern, touching: dict[str, list[BehaviourFindingRow]]
) -> BehaviourFindingRow | None:
    """The oldest finding of the same kind and subject that shares a post."""
    shared = {
        row.id: row
        for member in pattern.members
        for row in touching.get(member.post_id, ())
        if row.kind == pattern.kind.value and row.subject == pattern.subject
    }
    return shared[min(shared)] if shared else None


def _held(session: Session, news: Sequence[News]) -> dict[str, Standing]:
    """Every post of the patterns as it now stands, held until the transaction ends."""
    wanted = {member.post_id: member.revision for one in news for member in one.pattern.members}
    held = standing.locked(session, wanted)
    for post_id, revision in wanted.items():
        one = held.get(post_id)
        if (
            one is None
            or one.post.state != PostState.DECIDED.value
            or (one.post.revision, one.verdict.revision) != (revision, revision)
        ):
            raise PostChangedError(post_id)
    return held


def _grow(session: Session, community_id: int, news: Sequence[News], now: int) -> list[BehaviourFindingRow]:
    """Keep new findings and let known ones grow; answers the finding of each."""
    rows = [one.known or _new_finding(community_id, one.pattern, now) for one in news]
    behaviour_findings.add(session, [row for row, one in zip(rows, news, strict=True) if one.known is None])
    for row, one in zip(rows, news, strict=True):
        if one.known is not None:
            row.clauses = list(dict.fromkeys((*one.pattern.clauses, *row.clauses)))
            row.reason, row.changed_at = one.pattern.reason, now
    behaviour_findings.add_posts(
        session,
        [
            {
                "finding_id": row.id,
                "post_id": member.post_id,
                "revision": member.revision,
                "author_id": member.author,
                "at": member.at,
            }
            for row, one in zip(rows, news, strict=True)
            for member in one.joined
        ],
    )
    return rows


def _new_finding(community_id: int, pattern: Pattern, now: int) -> BehaviourFindingRow:
    return BehaviourFindingRow(
        community_id=community_id,
        key=pattern.key,
        kind=pattern.kind.value,
        subject=pattern.subject,
        clauses=list(pattern.clauses),
        reason=pattern.reason,
        target=pattern.target,
        shield=dict(pattern.shield),
        created_at=now,
        changed_at=now,
    )


def _changes(policy: Policy, news: Sequence[News], held: dict[str, Standing]) -> dict[str, Change]:
    """The verdict to append to each post; none where a person has decided."""
    claims: defaultdict[str, list[Claim]] = defaultdict(list)
    for one in news:
        for member in one.pattern.members:
            claim = Claim(one.pattern.kind, member.clauses, one.pattern.reason, member.third_copy)
            claims[member.post_id].append(claim)
    changes = {}
    for post_id, about in claims.items():
        stands = held[post_id]
        if stands.decided is None:
            change = judge(policy, about, stands.verdict.body, circumstances(stands.post))
            if change is not None:
                changes[post_id] = change
    return changes
