"""Posts, their keys and verdicts, and the events about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class PostKeyRow(Base):
    """Idempotency: which post a community's ``data_id`` names.  Kept apart so that posts can be partitioned."""

    __tablename__ = "post_keys"

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    data_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    post_id: Mapped[str] = mapped_column(String(32))
    content_hash: Mapped[str] = mapped_column(String(64), comment="of the body as first submitted")


class PostRow(Base):
    """A post, and the claim on it.  The row is the job."""

    __tablename__ = "posts"
    __table_args__ = (
        Index(
            "ix_posts_fresh",
            "sequence",
            sqlite_where=text("state = 'pending' AND claimed_until IS NULL"),
            postgresql_where=text("state = 'pending' AND claimed_until IS NULL"),
        ),
        Index(
            "ix_posts_leased",
            "claimed_until",
            sqlite_where=text("state = 'pending' AND claimed_until IS NOT NULL"),
            postgresql_where=text("state = 'pending' AND claimed_until IS NOT NULL"),
        ),
        Index("ix_posts_community_received", "community_id", "received_at"),
        Index("ix_posts_author", "community_id", "author_id", "posted_at"),
    )

    sequence: Mapped[int] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    data_id: Mapped[str] = mapped_column(String(128))
    revision: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    text: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, default="")
    images: Mapped[list[str]]
    url: Mapped[str] = mapped_column(Text, default="")
    scene: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(100), default="")
    group_path: Mapped[str] = mapped_column(String(500), default="")
    mode: Mapped[str] = mapped_column(String(10), comment="publishing mode when it came in")
    author_id: Mapped[str | None] = mapped_column(String(128))
    author: Mapped[dict[str, Any]]
    device: Mapped[dict[str, Any]]
    context: Mapped[dict[str, Any]]
    repost_of: Mapped[str] = mapped_column(String(128), default="")
    metrics: Mapped[dict[str, Any]]
    callback_url: Mapped[str] = mapped_column(Text, default="")
    extra: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    posted_at: Mapped[int]
    received_at: Mapped[int]
    edited_at: Mapped[int | None]
    cost: Mapped[int] = mapped_column(Integer, comment="code points to score, title included")
    claim_token: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    event_version: Mapped[int] = mapped_column(
        Integer, default=0, comment="of the latest outbox event about it"
    )


class VerdictRow(Base):
    """A machine verdict.  Numbered per post, appended, never updated."""

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("post_id", "number"),
        Index("ix_verdicts_community", "community_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[str] = mapped_column(String(32))
    community_id: Mapped[int]
    number: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(12), comment="machine or behaviour")
    suggestion: Mapped[str] = mapped_column(String(8))
    risk_level: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(20))
    clause: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[int]


class OutboxEventRow(Base):
    """An event for the platform, written with the fact it tells of."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        UniqueConstraint("community_id", "subject", "subject_version", "type"),
        Index("ix_outbox_due", "next_attempt_at"),
    )

    id: Mapped[str] = mapped_column(
        String(60), primary_key=True, comment="the webhook-id, constant over retries"
    )
    community_id: Mapped[int]
    type: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(140))
    subject_version: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]]
    created_at: Mapped[int]
    next_attempt_at: Mapped[int | None] = mapped_column(comment="none: delivered, dead, or nobody listens")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    delivered_at: Mapped[int | None]
