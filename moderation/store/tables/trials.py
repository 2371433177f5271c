"""Texts that somebody tries at the desk: no posts, gone after minutes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base


class TrialRow(Base):
    """A text that waits for its verdict, or has it.  Nothing else refers to it."""

    __tablename__ = "trials"
    __table_args__ = (Index("ix_trials_asked", "asked_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[int]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    body: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="the verdict; none: waits for a worker"
    )
