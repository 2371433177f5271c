"""A post as the interface shows it: what is known of it, and its history."""

from __future__ import annotations

from typing import Any

from moderation.endpoints.instants import iso
from moderation.services.reading import PostRecord


def post_json(record: PostRecord) -> dict[str, Any]:
    """A post as the interface shows it."""
    post, verdict, decision = record.post, record.verdict, record.decision
    return {
        "id": post.id,
        "data_id": post.data_id,
        "state": post.state,
        "revision": post.revision,
        "received_at": iso(post.received_at),
        "posted_at": iso(post.posted_at),
        "edited_at": iso(post.edited_at),
        "metrics": post.metrics,
        "verdict": {**verdict.body, "revision": verdict.revision} if verdict else None,
        "decision": None
        if decision is None
        else {
            "kind": decision.kind,
            "clause": decision.clause or None,
            "action": decision.action,
            "decided_at": iso(decision.created_at),
        },
        "history": [
            *(
                {
                    "at": iso(one.created_at),
                    "by": one.source,
                    "revision": one.revision,
                    "suggestion": one.suggestion,
                    **_sweep(record, one.number),
                }
                for one in record.verdicts
            ),
            *(
                {"at": iso(one.created_at), "by": "human", "revision": one.revision, "kind": one.kind}
                for one, _ in record.decisions
            ),
        ],
    }


def _sweep(record: PostRecord, number: int) -> dict[str, Any]:
    """Which sweep a verdict is of, and whether it puts back what that sweep had changed."""
    found = record.sweeps.get(number)
    return {} if found is None else {"sweep": found.sweep_id, "undone": found.undone}
