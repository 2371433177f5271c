"""Sweeps back (回扫): who swept what, and what became of each post."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class SweepRow(Base):
    """New words, a contact or a policy version applied to the posts of a window in the past."""

    __tablename__ = "sweeps"
    __table_args__ = (Index("ix_sweeps_community", "community_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    kind: Mapped[str] = mapped_column(String(10), comment="words, contact or policy")
    criteria: Mapped[dict[str, Any]]
    may_block: Mapped[bool] = mapped_column(Boolean)
    why: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100), comment="who looked: a user's name, or a key's")
    since: Mapped[int]
    until: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    posts: Mapped[int] = mapped_column(Integer, default=0, comment="read in the window")
    matched: Mapped[int] = mapped_column(Integer, default=0, comment="that the criteria strike")
    decided: Mapped[int] = mapped_column(Integer, default=0, comment="left alone: a person had decided them")
    created_at: Mapped[int]
    applied_by: Mapped[str] = mapped_column(String(100), default="")
    applied_at: Mapped[int | None]
    undone_by: Mapped[str] = mapped_column(String(100), default="")
    undone_at: Mapped[int | None]
    receipt: Mapped[dict[str, Any]] = mapped_column(
        comment="as it stood when the sweep was applied or undone"
    )
    total: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"), comment="in the window")
    cursor: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="post or row up to which the present step has come"
    )
    leased_until: Mapped[int | None] = mapped_column(comment="until then a worker is at it")
    attempts: Mapped[int] = mapped_column(
        Integer, default=0, server_default=text("0"), comment="claims since the last progress"
    )


class SweepPostRow(Base):
    """One post that a sweep changes.  ``body`` is the verdict to be written; it is emptied once it is."""

    __tablename__ = "sweep_posts"
    __table_args__ = (
        UniqueConstraint("sweep_id", "post_id"),
        Index("ix_sweep_posts_state", "sweep_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id"))
    post_id: Mapped[str] = mapped_column(String(32))
    data_id: Mapped[str] = mapped_column(String(128))
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    before: Mapped[str] = mapped_column(String(8))
    after: Mapped[str] = mapped_column(String(8))
    clause_before: Mapped[str] = mapped_column(String(10))
    clause: Mapped[str] = mapped_column(String(10))
    verdict_before: Mapped[int] = mapped_column(Integer, comment="number of the post's verdict before")
    verdict_after: Mapped[int | None] = mapped_column(Integer)
    verdict_undone: Mapped[int | None] = mapped_column(Integer)
    review_item_id: Mapped[int | None]
    opened: Mapped[bool] = mapped_column(Boolean, default=False, comment="the sweep opened the review item")
    queue: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(12), default="", comment="why it was left as it is")
