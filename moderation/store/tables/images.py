"""Images of posts: uploaded, or fetched from addresses that the operator lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class ImageRow(Base):
    """An image, kept once per community whatever it is called."""

    __tablename__ = "images"
    __table_args__ = (UniqueConstraint("community_id", "sha256"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer, comment="bytes")
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    read: Mapped[dict[str, Any] | None] = mapped_column(JSON, comment="codes and lines; none: not read yet")
    created_at: Mapped[int]


class ImageAddressRow(Base):
    """Which image stood at an address when it was fetched."""

    __tablename__ = "image_addresses"
    __table_args__ = (
        UniqueConstraint("community_id", "address_sha256"),
        Index("ix_image_addresses_image", "image_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int]
    address_sha256: Mapped[str] = mapped_column(String(64))
    image_id: Mapped[str] = mapped_column(ForeignKey("images.id"))
    fetched_at: Mapped[int]
