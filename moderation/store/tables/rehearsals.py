"""Backtests of policy versions, worked off in steps: the row is the job."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class RehearsalRow(Base):
    """The latest backtest of a policy version: how far it is, and what it counted so far."""

    __tablename__ = "rehearsals"
    __table_args__ = (Index("ix_rehearsals_state", "state", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), unique=True)
    days: Mapped[int] = mapped_column(Integer)
    live: Mapped[int] = mapped_column(Integer, comment="version compared with; 0: the shipped policy")
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[int] = mapped_column(comment="posts received before it are read")
    run: Mapped[int] = mapped_column(Integer, comment="rises with each asking: an older run changes nothing")
    state: Mapped[str] = mapped_column(String(10))
    cursor: Mapped[int] = mapped_column(comment="sequence of the last post that was counted")
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    found: Mapped[dict[str, Any]] = mapped_column(comment="counts and ids of posts, no texts")
    began_at: Mapped[int | None]
    beat_at: Mapped[int] = mapped_column(comment="last progress")
    leased_until: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(Integer, comment="claims since the last progress")
