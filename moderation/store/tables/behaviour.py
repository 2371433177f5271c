"""Behaviour over several posts: what waits for the pass, what it knows of recent posts, and what it found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class BehaviourMarkRow(Base):
    """A post was decided: the pass must look at it.  Added in the verdict's transaction, deleted with the outcome."""

    __tablename__ = "behaviour_marks"
    __table_args__ = (Index("ix_behaviour_marks_next", "community_id", "attempts", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int]
    post_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[int]
    attempts: Mapped[int] = mapped_column(Integer, default=0, comment="passes that took it")


class BehaviourPassRow(Base):
    """Who may look at a community's posts just now: one pass at a time."""

    __tablename__ = "behaviour_passes"

    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    token: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[int | None]


class BehaviourFactRow(Base):
    """What the detectors know of a recent post.  Kept for the length of their windows, then deleted."""

    __tablename__ = "behaviour_facts"
    __table_args__ = (Index("ix_behaviour_facts_kept", "community_id", "kept_at"),)

    post_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    community_id: Mapped[int]
    revision: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[str] = mapped_column(String(128))
    at: Mapped[int] = mapped_column(comment="when it was posted")
    sketch: Mapped[bytes] = mapped_column(LargeBinary, comment="fingerprint")
    facts: Mapped[dict[str, Any]]
    kept_at: Mapped[int]


class BehaviourLinkRow(Base):
    """What a post may share with others: an account, a thread, a contact, a band of its fingerprint."""

    __tablename__ = "behaviour_links"
    __table_args__ = (Index("ix_behaviour_links_post", "post_id"),)

    community_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, comment="hash of kind and name")
    at: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    asks: Mapped[bool] = mapped_column(Boolean, comment="looks for others by it")
    offers: Mapped[bool] = mapped_column(Boolean, comment="may be found by it")


class BehaviourFindingRow(Base):
    """A pattern over several posts.  It grows while posts join it; ``key`` keeps it from being found twice."""

    __tablename__ = "behaviour_findings"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index("ix_behaviour_findings_subject", "community_id", "kind", "subject"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(140), comment="account, thread or person that it is about")
    clauses: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(String(128), default="", comment="person under attack")
    shield: Mapped[dict[str, Any]]
    created_at: Mapped[int]
    changed_at: Mapped[int]


class BehaviourFindingPostRow(Base):
    """A post that belongs to a finding, in the revision that was found."""

    __tablename__ = "behaviour_finding_posts"
    __table_args__ = (Index("ix_behaviour_finding_posts_post", "post_id"),)

    finding_id: Mapped[int] = mapped_column(ForeignKey("behaviour_findings.id"), primary_key=True)
    post_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    author_id: Mapped[str] = mapped_column(String(128))
    at: Mapped[int]
