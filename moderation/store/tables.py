"""Every table.  Instants are UTC integer microseconds; classes are called ``*Row``.

Kinds are stored as short strings, not database enums, so that a new kind needs no migration of the type.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite makes only INTEGER PRIMARY KEY columns count up by themselves.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every table."""

    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON, int: BigInteger}  # noqa: RUF012 - SQLAlchemy's form


class CommunityRow(Base):
    """A tenant."""

    __tablename__ = "communities"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int]


class PublishingRuleRow(Base):
    """Publishing mode of a board path and scene, over the policy's own."""

    __tablename__ = "publishing_rules"
    __table_args__ = (UniqueConstraint("community_id", "group_path", "scene"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    group_path: Mapped[str] = mapped_column(String(500), default="")
    scene: Mapped[str] = mapped_column(String(20), default="")
    mode: Mapped[str] = mapped_column(String(10))


class ApiKeyRow(Base):
    """A key of a community; only the SHA-256 of the secret is kept."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(24))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[int]
    last_used_at: Mapped[int | None]
    revoked_at: Mapped[int | None]


class UserRow(Base):
    """A person who logs in to the review desk."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    session_id: Mapped[str] = mapped_column(String(64), unique=True, comment="changed to end every session")
    locale: Mapped[str] = mapped_column(String(10), default="zh")
    created_at: Mapped[int]
    last_login_at: Mapped[int | None]


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


class ReviewItemRow(Base):
    """A human's turn on one revision of a post."""

    __tablename__ = "review_items"
    __table_args__ = (
        UniqueConstraint("post_id", "revision"),
        Index("ix_review_items_queue", "community_id", "state", "queue", "priority", "id"),
        Index("ix_review_items_open", "community_id", "state", "priority", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int]
    post_id: Mapped[str] = mapped_column(String(32))
    revision: Mapped[int] = mapped_column(Integer)
    queue: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(Integer, default=1)
    reason: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[int]
    decided_at: Mapped[int | None]


class DecisionRow(Base):
    """What a human said.  Appended, never edited: an undo is a decision of its own."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("post_id", "number"),
        Index("ix_decisions_moderator", "moderator_id", "created_at"),
        Index("ix_decisions_community", "community_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int]
    post_id: Mapped[str] = mapped_column(String(32))
    review_item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"))
    number: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(8))
    clause: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[int]


class BrandRow(Base):
    """A brand dossier."""

    __tablename__ = "brands"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    name: Mapped[str] = mapped_column(String(100))
    dossier: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[int]
    updated_at: Mapped[int]


class MentionRow(Base):
    """A brand found in one revision of a post."""

    __tablename__ = "mentions"
    __table_args__ = (
        Index("ix_mentions_brand_time", "brand_id", "posted_at", "id"),
        Index("ix_mentions_post", "post_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int]
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    post_id: Mapped[str] = mapped_column(String(32))
    surface: Mapped[str] = mapped_column(String(200))
    field: Mapped[str] = mapped_column(String(8))
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    polarity: Mapped[str] = mapped_column(String(8))
    probability: Mapped[float] = mapped_column(Float)
    link_confidence: Mapped[float] = mapped_column(Float)
    clean: Mapped[bool] = mapped_column(Boolean, comment="not in a post that was found to be spam")
    content_hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[str | None] = mapped_column(String(128))
    source: Mapped[str] = mapped_column(String(100))
    posted_at: Mapped[int]


class BrandMarkRow(Base):
    """A bucket to be counted again.  Append-only: a recount deletes the marks it read and no other."""

    __tablename__ = "brand_marks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    brand_id: Mapped[int]
    start: Mapped[int]


class BrandBucketRow(Base):
    """Counts of a brand in one 15-minute bucket, per source."""

    __tablename__ = "brand_buckets"

    brand_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    clean: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    mentions: Mapped[int] = mapped_column(Integer)
    posts: Mapped[int] = mapped_column(Integer)
    negative: Mapped[int] = mapped_column(Integer)
    neutral: Mapped[int] = mapped_column(Integer)
    positive: Mapped[int] = mapped_column(Integer)
    mixed: Mapped[int] = mapped_column(Integer)
    unrated: Mapped[int] = mapped_column(Integer)


class OutboxEventRow(Base):
    """An event for the platform, written with the fact it tells of."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        UniqueConstraint("community_id", "subject", "subject_version", "type"),
        Index("ix_outbox_due", "next_attempt_at"),
    )

    id: Mapped[str] = mapped_column(
        String(40), primary_key=True, comment="the webhook-id, constant over retries"
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


class PolicyRow(Base):
    """A version of a community's policy: the document as written, and where it is in its life."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("community_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    number: Mapped[int] = mapped_column(Integer, comment="rises by one per community")
    state: Mapped[str] = mapped_column(String(10))
    document: Mapped[str] = mapped_column(Text, comment="TOML")
    why: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100), comment="who wrote it: a user's name, or a key's")
    created_at: Mapped[int]
    changed_at: Mapped[int]


class PolicyMoveRow(Base):
    """Who moved a policy version where, when and why.  Append-only."""

    __tablename__ = "policy_moves"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[int]


class ShadowRow(Base):
    """Where a policy that runs in the shadow differs from the live one."""

    __tablename__ = "shadow_differences"
    __table_args__ = (Index("ix_shadow_policy", "policy_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    post_id: Mapped[str] = mapped_column(String(32))
    live: Mapped[str] = mapped_column(String(8))
    shadow: Mapped[str] = mapped_column(String(8))
    live_clause: Mapped[str] = mapped_column(String(10))
    shadow_clause: Mapped[str] = mapped_column(String(10))
    at: Mapped[int]


class LexiconEntryRow(Base):
    """One word of a community's own lists, beside the shipped ones."""

    __tablename__ = "lexicon_entries"
    __table_args__ = (UniqueConstraint("community_id", "library", "kind", "word"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    library: Mapped[str] = mapped_column(String(60))
    word: Mapped[str] = mapped_column(String(400))
    kind: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(8))
    clause: Mapped[str] = mapped_column(String(10))
    effective_from: Mapped[int | None]
    effective_to: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[int]
    changed_at: Mapped[int]


class MetaRow(Base):
    """Small facts about this installation, such as the demo's anchor instant."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
