"""What people's decisions say of the model's heads, modes of single threads, and held posts whose time ran out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class HeadReviewRow(Base):
    """The posts that people decided, by one head's score; measured anew as a whole."""

    __tablename__ = "head_reviews"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("communities.id"), primary_key=True, autoincrement=False
    )
    head: Mapped[str] = mapped_column(String(20), primary_key=True)
    model: Mapped[str] = mapped_column(String(200), comment="whose scores they are")
    points: Mapped[dict[str, Any]] = mapped_column(comment="score: [blocked by a person, passed by a person]")
    posts: Mapped[int] = mapped_column(Integer, comment="reviewed posts, low scores included")
    measured_at: Mapped[int]


class ThreadModeRow(Base):
    """Publishing mode of one thread, over board, scene and policy."""

    __tablename__ = "thread_modes"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("communities.id"), primary_key=True, autoincrement=False
    )
    thread: Mapped[str] = mapped_column(String(200), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100), comment="who set it: a user's name, or a key's")
    changed_at: Mapped[int]


class TimeoutRow(Base):
    """A held post that nobody decided in time, and what became of it.  One a review item."""

    __tablename__ = "timeouts"
    __table_args__ = (UniqueConstraint("review_item_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int]
    review_item_id: Mapped[int] = mapped_column(ForeignKey("review_items.id"))
    post_id: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(4), comment="hold or show")
    minutes: Mapped[int] = mapped_column(Integer, comment="after which its time was out")
    at: Mapped[int]
