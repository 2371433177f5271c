"""Databases for timings: posts as scoring left them, words as an import left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from moderation.domain.wire import verdict_json
from moderation.rulebooks import as_columns
from moderation.store import identities, lexicons, schema
from moderation.store.engine import Sessions
from moderation.store.tables import PostRow, VerdictRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from moderation.domain.verdict import Verdict
    from moderation.text.entries import Entry


def open_database(path: Path) -> tuple[Sessions, int]:
    """A new SQLite database with one community, and its number."""
    sessions = Sessions(f"sqlite:///{path}")
    schema.upgrade(sessions)
    with sessions.write.begin() as session:
        return sessions, identities.add_community(session, slug="bench", name="bench", now=1).id


def keep_words(sessions: Sessions, community_id: int, words: Sequence[Entry]) -> None:
    """Publish words, all at once."""
    with sessions.write.begin() as session:
        for start in range(0, len(words), 5_000):
            batch = words[start : start + 5_000]
            lexicons.upsert(session, as_columns(batch, community_id, author="bench", now=1))


def keep_posts(
    sessions: Sessions, community_id: int, scored: Sequence[tuple[str, Verdict]], *, copies: int
) -> None:
    """Keep each post several times, with its verdict."""
    numbered = list(enumerate([*scored] * copies, 1))
    with sessions.write.begin() as session:
        session.execute(
            insert(PostRow), [_post(community_id, number, text) for number, (text, _) in numbered]
        )
        session.execute(
            insert(VerdictRow), [_verdict(community_id, number, verdict) for number, (_, verdict) in numbered]
        )


def _post(community_id: int, number: int, text: str) -> dict[str, Any]:
    return {
        "id": f"{number:032d}",
        "community_id": community_id,
        "data_id": f"p{number}",
        "state": "decided",
        "text": text,
        "images": [],
        "scene": "post",
        "mode": "post",
        "author_id": f"u{number % 97}",
        "author": {"id": f"u{number % 97}", "nickname": "某人", "followers": number},
        "device": {},
        "context": {"thread_id": f"t{number % 31}"},
        "metrics": {},
        "extra": {},
        "content_hash": "0" * 64,
        "posted_at": number,
        "received_at": number,
        "cost": len(text),
    }


def _verdict(community_id: int, number: int, verdict: Verdict) -> dict[str, Any]:
    return {
        "post_id": f"{number:032d}",
        "community_id": community_id,
        "number": 1,
        "revision": 1,
        "source": "machine",
        "suggestion": verdict.suggestion.value,
        "risk_level": verdict.risk_level.value,
        "label": verdict.label.value,
        "clause": verdict.clause,
        "action": verdict.action.value,
        "body": verdict_json(verdict),
        "created_at": number,
    }
