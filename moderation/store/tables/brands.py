"""Brand dossiers, mentions and their counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


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
