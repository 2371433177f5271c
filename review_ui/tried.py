"""Shows a tried text as a post is shown: rows that are made for the page and belong to no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.store.tables import PostRow, VerdictRow
from review_ui.evidence import case
from review_ui.subject import Subject

if TYPE_CHECKING:
    from moderation.store.tables import TrialRow


def subject_of(row: TrialRow) -> Subject:
    """A tried text, and its verdict where there is one."""
    return Subject(case(_post(row), _verdict(row)), [], [], [])


def _post(row: TrialRow) -> PostRow:
    return PostRow(
        id=row.id,
        community_id=row.community_id,
        data_id=row.id,
        revision=1,
        text=row.text,
        title=row.title,
        images=[],
        scene="post",
        group_path="",
        source="",
        url="",
        author_id="",
        author={},
        context={},
        edited_at=None,
        posted_at=row.asked_at,
        received_at=row.asked_at,
    )


def _verdict(row: TrialRow) -> VerdictRow | None:
    if row.body is None:
        return None
    labels = row.body["labels"]
    return VerdictRow(
        post_id=row.id,
        revision=1,
        number=1,
        source="machine",
        suggestion=row.body["suggestion"],
        risk_level=row.body["risk_level"],
        clause=labels[0]["clause"] if labels else "",
        action=row.body["action"],
        body=row.body,
        created_at=row.asked_at,
    )
