"""Review items and human decisions."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class ReviewItemRow(Base):
    """A human's turn on one revision of a post."""

    __tablename__ = "review_items"
    __table_args__ = (
        UniqueConstraint("post_id", "revision"),
        Index("ix_review_items_queue", "community_id", "state", "queue", "priority", "id"),
        Index("ix_review_items_open", "community_id", "state", "priority", "id"),
        Index(
            "ix_review_items_waiting",
            "opened_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
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
