"""One batch of a sweep: applied or put back within the caller's transaction, every post held while it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moderation.domain.convention import Label
from moderation.domain.post import PostState
from moderation.domain.sweeps import SOURCE, Left, Swept
from moderation.domain.verdict import Suggestion
from moderation.store import brands, outbox, standing, sweeps, verdicts
from moderation.sweeps.items import close_items, give_back, open_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.store.standing import Standing
    from moderation.store.tables import SweepPostRow, SweepRow, VerdictRow

SPAM = (Label.SPAM_ADS.value, Label.QUALITY.value)


def apply_batch(session: Session, sweep: SweepRow, *, limit: int, now: int) -> int:
    """Change the next planned posts of a sweep; answers how many were worked off, 0 when none is left."""
    rows = sweeps.next_posts(session, sweep.id, [Swept.PLANNED], after=0, limit=limit)
    fit, left = _sorted_out(session, rows, "verdict_before")
    if fit:
        verdicts.append(session, [_new_verdict(row, one, now) for row, one in fit])
        opened = open_items(session, sweep, fit, now) | close_items(session, fit)
        for row, _ in fit:
            if _may_be_spam(row):
                brands.set_clean(session, row.post_id, clean=not _is_spam(row.after, row.body["label"]))
        _tell(session, [(one, row.body) for row, one in fit], now)
        sweeps.settle(session, [_applied(row, *opened.get(row.post_id, (None, False))) for row, _ in fit])
    sweeps.settle(
        session,
        [{"id": row.id, "state": Swept.LEFT.value, "reason": why.value, "body": {}} for row, why in left],
    )
    return len(rows)


def undo_batch(session: Session, sweep: SweepRow, *, after: int, limit: int, now: int) -> tuple[int, int]:
    """Put back posts of a sweep that follow row ``after``; answers how many were worked off, and the last row."""
    rows = sweeps.next_posts(session, sweep.id, [Swept.APPLIED, Swept.KEPT], after=after, limit=limit)
    fit, left = _sorted_out(session, rows, "verdict_after")
    if fit:
        former = verdicts.numbered(session, [(row.post_id, row.verdict_before) for row, _ in fit])
        verdicts.append(session, [_again(former[row.post_id], now) for row, _ in fit])
        give_back(session, fit)
        for row, _ in fit:
            if _may_be_spam(row):
                was = former[row.post_id]
                brands.set_clean(session, row.post_id, clean=not _is_spam(was.suggestion, was.label))
        _tell(session, [(one, former[row.post_id].body) for row, one in fit], now)
        sweeps.settle(session, [_undone(row, one) for row, one in fit])
    sweeps.settle(
        session, [{"id": row.id, "state": Swept.KEPT.value, "reason": why.value} for row, why in left]
    )
    return len(rows), rows[-1].id if rows else after


def _sorted_out(
    session: Session, rows: Sequence[SweepPostRow], number: str
) -> tuple[list[tuple[SweepPostRow, Standing]], list[tuple[SweepPostRow, Left]]]:
    """Lock the posts, and part those that still stand as the sweep knows them from those that must be left."""
    found = standing.locked(session, [row.post_id for row in rows]) if rows else {}
    fit: list[tuple[SweepPostRow, Standing]] = []
    left: list[tuple[SweepPostRow, Left]] = []
    for row in rows:
        one = found.get(row.post_id)
        why = _why_left(row, one, getattr(row, number))
        if one is None or why is not None:
            left.append((row, why or Left.CHANGED))
        else:
            fit.append((row, one))
    return fit, left


def _why_left(row: SweepPostRow, one: Standing | None, number: int) -> Left | None:
    if one is None or one.post.state != PostState.DECIDED.value or one.post.revision != row.revision:
        return Left.CHANGED
    if one.decided is not None:
        return Left.DECIDED
    return None if one.verdict.number == number else Left.SUPERSEDED


def _new_verdict(row: SweepPostRow, one: Standing, now: int) -> dict[str, Any]:
    body = row.body
    return {
        "post_id": row.post_id,
        "community_id": one.post.community_id,
        "revision": row.revision,
        "source": SOURCE,
        "suggestion": row.after,
        "risk_level": body["risk_level"],
        "label": body["label"],
        "clause": body["clause"] or "",
        "action": body["action"],
        "body": body,
        "created_at": now,
    }


def _again(former: VerdictRow, now: int) -> dict[str, Any]:
    """The former verdict, word for word, as a new one."""
    names = (
        "post_id",
        "community_id",
        "revision",
        "suggestion",
        "risk_level",
        "label",
        "clause",
        "action",
        "body",
    )
    return {name: getattr(former, name) for name in names} | {"source": SOURCE, "created_at": now}


def _may_be_spam(row: SweepPostRow) -> bool:
    """Whether the post is blocked before or after: only then does what brands count change."""
    return Suggestion.BLOCK.value in (row.before, row.after)


def _is_spam(suggestion: str, label: str) -> bool:
    return suggestion == Suggestion.BLOCK.value and label in SPAM


def _applied(row: SweepPostRow, item_id: int | None, opened: bool) -> dict[str, Any]:  # noqa: FBT001 - a column
    return {
        "id": row.id,
        "state": Swept.APPLIED.value,
        "verdict_after": row.verdict_before + 1,
        "review_item_id": item_id,
        "opened": opened,
        "body": {},
    }


def _undone(row: SweepPostRow, one: Standing) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": Swept.UNDONE.value,
        "reason": "",
        "verdict_undone": one.verdict.number + 1,
    }


def _tell(session: Session, told: Sequence[tuple[Standing, dict[str, Any]]], now: int) -> None:
    """An event for each post, superseding whatever the platform heard of it before."""
    versions = outbox.next_versions(session, [one.post.id for one, _ in told])
    outbox.append(
        session,
        [
            outbox.post_event(one.post, versions[one.post.id], {"verdict": body}, now=now)
            for one, body in told
        ],
    )
