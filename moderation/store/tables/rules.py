"""Publishing rules, policy versions and own words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.store.tables.base import Base, Id


class PublishingRuleRow(Base):
    """Publishing mode of a board path and scene, over the policy's own."""

    __tablename__ = "publishing_rules"
    __table_args__ = (UniqueConstraint("community_id", "group_path", "scene"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    group_path: Mapped[str] = mapped_column(String(500), default="")
    scene: Mapped[str] = mapped_column(String(20), default="")
    mode: Mapped[str] = mapped_column(String(10))


class PolicyRow(Base):
    """A version of a community's policy: the document as written, and where it is in its life."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("community_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    number: Mapped[int] = mapped_column(Integer, comment="rises by one per community")
    name: Mapped[str] = mapped_column(
        String(60), server_default=text("''"), comment="of the document: no two versions share one"
    )
    origin: Mapped[str] = mapped_column(
        String(60), server_default=text("''"), comment="of a kill switch: off or on, head and clause"
    )
    state: Mapped[str] = mapped_column(String(10))
    document: Mapped[str] = mapped_column(Text, comment="TOML")
    why: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100), comment="who wrote it: a user's name, or a key's")
    created_at: Mapped[int]
    changed_at: Mapped[int]


class PolicyMoveRow(Base):
    """Who moved a policy version where, when and why.  Append-only."""

    __tablename__ = "policy_moves"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[int]


class ShadowRow(Base):
    """Where a policy that runs in the shadow differs from the live one."""

    __tablename__ = "shadow_differences"
    __table_args__ = (Index("ix_shadow_policy", "policy_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    post_id: Mapped[str] = mapped_column(String(32))
    live: Mapped[str] = mapped_column(String(8))
    shadow: Mapped[str] = mapped_column(String(8))
    live_clause: Mapped[str] = mapped_column(String(10))
    shadow_clause: Mapped[str] = mapped_column(String(10))
    at: Mapped[int]


class ShadowCountRow(Base):
    """How many posts a shadow was compared on, and when."""

    __tablename__ = "shadow_counts"

    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), primary_key=True)
    posts: Mapped[int]
    first_at: Mapped[int]
    last_at: Mapped[int]


class LexiconEntryRow(Base):
    """One word of a community's own lists, beside the shipped ones."""

    __tablename__ = "lexicon_entries"
    __table_args__ = (
        UniqueConstraint("community_id", "library", "kind", "word"),
        Index("ix_lexicon_entries_import", "import_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    library: Mapped[str] = mapped_column(String(60))
    word: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(8))
    clause: Mapped[str] = mapped_column(String(10))
    effective_from: Mapped[int | None]
    effective_to: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[int]
    changed_at: Mapped[int]
    import_id: Mapped[int | None] = mapped_column(comment="import that wrote it last; none: added one by one")


class LexiconImportRow(Base):
    """Words that came in together, who sent them, and who took them back.  Stays when its words are gone."""

    __tablename__ = "lexicon_imports"
    __table_args__ = (Index("ix_lexicon_imports_community", "community_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    library: Mapped[str] = mapped_column(String(60))
    author: Mapped[str] = mapped_column(String(100), comment="who sent it: a user's name, or a key's")
    at: Mapped[int]
    words: Mapped[int] = mapped_column(Integer)
    replaced: Mapped[int] = mapped_column(Integer, comment="of those, words that the list had already")
    undone_by: Mapped[str] = mapped_column(String(100), default="")
    undone_at: Mapped[int | None]
    undone: Mapped[dict[str, Any]] = mapped_column(
        comment="how many words were removed, put back, left alone"
    )


class LexiconReplacedRow(Base):
    """A word as it was before an import replaced it."""

    __tablename__ = "lexicon_replaced"
    __table_args__ = (Index("ix_lexicon_replaced_before", "before_import_id"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("lexicon_imports.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[str] = mapped_column(String(8))
    clause: Mapped[str] = mapped_column(String(10))
    effective_from: Mapped[int | None]
    effective_to: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(100))
    before_import_id: Mapped[int | None]


class LexiconTakenBackRow(Base):
    """A word of an import that was taken back: what it had decided can be released."""

    __tablename__ = "lexicon_taken_back"

    import_id: Mapped[int] = mapped_column(ForeignKey("lexicon_imports.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    word: Mapped[str] = mapped_column(String(500), primary_key=True)
