"""口径: how a community reads each clause, in versions, and who has read which."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class GuidanceRow(Base):
    """One version of how a clause is read.  Appended, never edited."""

    __tablename__ = "guidance"
    __table_args__ = (UniqueConstraint("community_id", "clause", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    clause: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(Integer, comment="from 1 per clause; 0 is the shipped text")
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text, default="")
    cases: Mapped[list[dict[str, Any]]] = mapped_column(JSON, comment="of posts their ids, no text")
    why: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[int]


class GuidanceReadRow(Base):
    """Somebody ticked that they read a version."""

    __tablename__ = "guidance_reads"
    __table_args__ = (
        UniqueConstraint("user_id", "clause", "number"),
        Index("ix_guidance_reads_clause", "community_id", "clause"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    clause: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[int]
