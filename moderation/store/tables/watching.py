"""What people watch for between policies: emergency words, looks back for slang and groups, and what came of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class EmergencyWordRow(Base):
    """An emergency word: who put it in force, until when, and what it struck.  The word itself is a list entry."""

    __tablename__ = "emergency_words"
    __table_args__ = (Index("ix_emergency_words_community", "community_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    word: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(12))
    clause: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(100), comment="who added it: a user's name, or a key's")
    since: Mapped[int]
    until: Mapped[int | None] = mapped_column(comment="when it expires; none: confirmed")
    confirmed_by: Mapped[str] = mapped_column(String(100), default="")
    confirmed_at: Mapped[int | None]
    withdrawn_by: Mapped[str] = mapped_column(String(100), default="")
    withdrawn_at: Mapped[int | None]
    cursor: Mapped[int] = mapped_column(default=0, comment="sequence of the last post that was looked at")
    before_posts: Mapped[int] = mapped_column(Integer, default=0, comment="posts of the 7 days before")
    before_hits: Mapped[int] = mapped_column(Integer, default=0, comment="of those, struck")
    before_decided: Mapped[int] = mapped_column(Integer, default=0)
    before_blocked: Mapped[int] = mapped_column(Integer, default=0)
    hits: Mapped[int] = mapped_column(Integer, default=0, comment="struck while in force")
    decided: Mapped[int] = mapped_column(Integer, default=0, comment="of those, decided by people")
    blocked: Mapped[int] = mapped_column(Integer, default=0, comment="of those, blocked by people")
    counted_at: Mapped[int | None]


class EmergencyHitRow(Base):
    """A post that an emergency word strikes; ``before``: it came in before the word was in force."""

    __tablename__ = "emergency_hits"

    emergency_id: Mapped[int] = mapped_column(ForeignKey("emergency_words.id"), primary_key=True)
    post_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    before: Mapped[bool] = mapped_column(Boolean)


class EmergencyProlongationRow(Base):
    """An emergency word was prolonged: by whom, when, and until when it holds since."""

    __tablename__ = "emergency_prolongations"
    __table_args__ = (Index("ix_emergency_prolongations_word", "emergency_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    emergency_id: Mapped[int] = mapped_column(ForeignKey("emergency_words.id"))
    author: Mapped[str] = mapped_column(String(100), comment="who prolonged it")
    at: Mapped[int]
    until: Mapped[int] = mapped_column(comment="when it expires since")


class LookRow(Base):
    """The latest look back of a kind, and the next: the row is the job.  ``body`` is what the latest one found."""

    __tablename__ = "looks"
    __table_args__ = (UniqueConstraint("community_id", "kind"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    kind: Mapped[str] = mapped_column(String(10), comment="radar or gangs")
    days: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[int]
    since: Mapped[int | None] = mapped_column(comment="window of the body")
    until: Mapped[int | None]
    done_at: Mapped[int | None]
    again_at: Mapped[int | None] = mapped_column(comment="when to look again by itself")
    leased_until: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    body: Mapped[dict[str, Any]]


class RadarDismissalRow(Base):
    """A candidate of the radar that somebody does not want to see again."""

    __tablename__ = "radar_dismissals"
    __table_args__ = (UniqueConstraint("community_id", "text"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    text: Mapped[str] = mapped_column(String(500))
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[int]


class GroupDecisionRow(Base):
    """The open items of a group decided together: which decisions were made, and why the others were not."""

    __tablename__ = "group_decisions"
    __table_args__ = (Index("ix_group_decisions_community", "community_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    clause: Mapped[str] = mapped_column(String(10))
    accounts: Mapped[list[str]]
    body: Mapped[dict[str, Any]] = mapped_column(comment="decisions made, and items skipped with the reason")
    created_at: Mapped[int]
    undone_at: Mapped[int | None]
