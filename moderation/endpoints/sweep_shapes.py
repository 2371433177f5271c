"""Sweeps as the interface shows them; the command line shows the same."""

from __future__ import annotations

from typing import Any

from moderation.domain.sweep_receipts import Tally
from moderation.domain.sweeps import Swept
from moderation.endpoints.instants import iso
from moderation.store.tables import SweepRow
from moderation.sweeps.pages import SweepPage
from moderation.sweeps.working import stalled


def page_json(page: SweepPage) -> dict[str, Any]:
    """A sweep with its counts and samples."""
    return {
        **sweep_json(page.sweep),
        "already": page.already,
        **_tally_json(page.tally),
        "progress": {"done": page.progress[0], "total": page.progress[1]},
        "stalled": stalled(page.sweep),
        "samples": [
            {
                "data_id": row.data_id,
                "text": post.text,
                "before": row.before,
                "after": row.after,
                "clause_before": row.clause_before or None,
                "clause": row.clause,
                "state": row.state,
            }
            for row, post in page.samples
        ],
    }


def sweep_json(row: SweepRow) -> dict[str, Any]:
    """A sweep without its counts."""
    return {
        "id": row.id,
        "kind": row.kind,
        "criteria": row.criteria,
        "may_block": row.may_block,
        "why": row.why,
        "state": row.state,
        "since": iso(row.since),
        "until": iso(row.until),
        "posts": row.posts,
        "matched": row.matched,
        "decided_by_people": row.decided,
        "previewed": {"by": row.author, "at": iso(row.created_at)},
        "applied": {"by": row.applied_by, "at": iso(row.applied_at)} if row.applied_at else None,
        "undone": {"by": row.undone_by, "at": iso(row.undone_at)} if row.undone_at else None,
    }


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "changes": [
            {"before": before, "after": after, "clause": clause, "posts": posts}
            for (before, after, clause), posts in tally.by_change().items()
        ],
        "planned": tally.count(Swept.PLANNED),
        "changed": tally.count(Swept.APPLIED, Swept.UNDONE, Swept.KEPT),
        "left": tally.reasons(Swept.LEFT),
        "restored": tally.count(Swept.UNDONE),
        "not_restored": tally.reasons(Swept.KEPT),
    }
