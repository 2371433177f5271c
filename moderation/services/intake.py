"""Takes posts in: keeps each once, then rings the bell."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.policy import waiting_action
from moderation.domain.post import PostState, PublishingMode
from moderation.domain.verdict import Action
from moderation.outbound.bell import QueueName
from moderation.publishing import Publishing
from moderation.store import brands, decisions, posts, reviews, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.post import Submission
    from moderation.outbound.bell import Bell
    from moderation.store.engine import Sessions
    from moderation.store.tables import PostRow


IMAGE_COST: Final = 2_000
"""What an image counts for beside code points: claims are bounded by their work, and an image takes as long."""


class UnknownPostError(LookupError):
    """The community has no post with this ``data_id``."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Answer to one submission: what became of it and what to do with the post meanwhile."""

    data_id: str
    id: str
    kept: posts.Kept
    action: Action
    state: PostState = PostState.PENDING


@dataclass(frozen=True, slots=True)
class Intake:
    """The parts that taking posts in needs.

    ``publishing`` knows each community's rules; where its own table is as specific as the policy, the table wins.
    """

    sessions: Sessions
    bell: Bell
    publishing: Publishing = field(default_factory=Publishing)

    def submit(
        self,
        community_id: int,
        submissions: Sequence[Submission],
        *,
        now: int,
        ids: Sequence[str] | None = None,
    ) -> list[Receipt]:
        """Keep posts and ring; answers in order.  A repeated ``data_id`` is a duplicate, with other content a conflict.

        Args:
            community_id: the tenant.
            submissions: parsed posts.
            now: the present, UTC microseconds.
            ids: our ids for them, where the caller must know one beforehand (to wait for it).
        """
        ids = ids or [new_post_id(now) for _ in submissions]
        with self.sessions.write.begin() as session:
            named = [one.thread for one in submissions if one.thread]
            table = self.publishing.table(session, community_id, now=now, threads_of=named)
            modes = [table.place(one.group, one.scene, one.thread).mode for one in submissions]
            rows = [
                {"id": each_id, **_columns(community_id, one, mode, now)}
                for each_id, one, mode in zip(ids, submissions, modes, strict=True)
            ]
            outcomes = posts.add(session, community_id, rows)
            known = [post_id for kept, post_id in outcomes if kept is not posts.Kept.NEW]
            states = posts.states(session, known) if known else {}
            said = _said(session, known) if known else {}
        if any(kept is posts.Kept.NEW for kept, _ in outcomes):
            self.bell.ring(QueueName.SCORING)
        return [
            _receipt(
                one.data_id,
                post_id,
                kept,
                said=said.get(post_id) if states.get(post_id) is PostState.DECIDED else None,
                waiting=waiting_action(mode),
                state=states.get(post_id, PostState.PENDING),
            )
            for one, (kept, post_id), mode in zip(submissions, outcomes, modes, strict=True)
        ]

    def edit(self, community_id: int, submission: Submission, *, edited_at: int, now: int) -> PostRow:
        """Replace a post's content; the latest ``edited_at`` wins whatever the order of arrival.

        Raises:
            UnknownPostError: no such post, or it was withdrawn.
        """
        with self.sessions.write.begin() as session:
            row = _known(posts.find(session, community_id, submission.data_id), submission.data_id)
            values = _columns(community_id, submission, PublishingMode(row.mode), now)
            for fixed in ("community_id", "data_id", "received_at", "mode"):
                values.pop(fixed)
            if submission.posted_at is None:
                values.pop("posted_at")
            changed = posts.edit(session, row, values, edited_at=edited_at)
            if changed:
                reviews.close_for_post(session, [row.id])
                brands.drop_mentions(session, [row.id])
        if changed:
            self.bell.ring(QueueName.SCORING)
            self.bell.ring(QueueName.REPORTS)
        return row

    def withdraw(self, community_id: int, data_id: str) -> None:
        """Withdraw a post: its open review ends and its mentions no longer count.

        Raises:
            UnknownPostError: no such post, or it was withdrawn before.
        """
        with self.sessions.write.begin() as session:
            row = _known(posts.find(session, community_id, data_id), data_id)
            posts.withdraw(session, row)
            reviews.close_for_post(session, [row.id])
            brands.drop_mentions(session, [row.id])
        self.bell.ring(QueueName.REPORTS)

    def set_metrics(self, community_id: int, data_id: str, metrics: dict[str, Any]) -> None:
        """Replace a post's metrics without scoring it again.

        Raises:
            UnknownPostError: no such post, or it was withdrawn.
        """
        with self.sessions.write.begin() as session:
            row = _known(posts.find(session, community_id, data_id), data_id)
            posts.set_metrics(session, row, metrics)


def new_post_id(now: int) -> str:
    """An id that sorts by time: 14 hexadecimal digits of microseconds, 18 random ones."""
    return f"{now:014x}{secrets.token_hex(9)}"


def _said(session: Session, post_ids: Sequence[str]) -> dict[str, Action]:
    """What was said of posts that were decided before: by a person, else by the machine."""
    by_machine = {
        post_id: Action(row.action) for post_id, row in verdicts.latest_of(session, post_ids).items()
    }
    return by_machine | decisions.standing_actions(session, post_ids)


def _receipt(
    data_id: str, post_id: str, kept: posts.Kept, *, said: Action | None, waiting: Action, state: PostState
) -> Receipt:
    """What is withdrawn stays so: sending it again keeps nothing.  What was decided keeps what was ``said``."""
    gone = kept is not posts.Kept.NEW and state is PostState.WITHDRAWN
    return Receipt(data_id, post_id, posts.Kept.WITHDRAWN if gone else kept, said or waiting, state)


def _known(row: PostRow | None, data_id: str) -> PostRow:
    if row is None or row.state == "withdrawn":
        message = f"no post with data_id {data_id!r}"
        raise UnknownPostError(message)
    return row


def _columns(community_id: int, post: Submission, mode: PublishingMode, now: int) -> dict[str, Any]:
    return {
        "community_id": community_id,
        "data_id": post.data_id,
        "text": post.text,
        "title": post.title,
        "images": list(post.images),
        "url": post.url,
        "scene": post.scene.value,
        "source": post.source,
        "group_path": post.group,
        "mode": mode.value,
        "author_id": post.author.id if post.author else None,
        "author": dataclasses.asdict(post.author) if post.author else {},
        "device": dict(post.device),
        "context": dict(post.context),
        "repost_of": post.repost_of,
        "metrics": dict(post.metrics),
        "callback_url": post.callback_url,
        "extra": dict(post.extra),
        "content_hash": post.content_hash,
        "posted_at": now if post.posted_at is None else post.posted_at,
        "received_at": now,
        "cost": len(post.text) + len(post.title) + 1 + IMAGE_COST * len(post.images),
    }
