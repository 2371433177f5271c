"""Communities, API keys, users and small facts about the installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from moderation.domain.post import PublishingMode, PublishingRule, Scene
from moderation.store.tables import ApiKeyRow, CommunityRow, MetaRow, PublishingRuleRow, UserRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def community(session: Session, slug: str) -> CommunityRow | None:
    """A community by its slug."""
    return session.scalar(select(CommunityRow).where(CommunityRow.slug == slug))


def add_community(session: Session, *, slug: str, name: str, now: int) -> CommunityRow:
    """Keep a new community."""
    row = CommunityRow(slug=slug, name=name, created_at=now)
    session.add(row)
    session.flush()
    return row


def add_key(
    session: Session,
    community_id: int,
    *,
    name: str,
    prefix: str,
    secret_hash: str,
    scopes: list[str],
    now: int,
) -> ApiKeyRow:
    """Keep a new API key: its hash, never the secret."""
    row = ApiKeyRow(
        community_id=community_id,
        name=name,
        prefix=prefix,
        secret_hash=secret_hash,
        scopes=scopes,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def key_by_hash(session: Session, secret_hash: str) -> ApiKeyRow | None:
    """An API key by the hash of its secret, revoked or not."""
    return session.scalar(select(ApiKeyRow).where(ApiKeyRow.secret_hash == secret_hash))


def keys_of(session: Session, community_id: int) -> list[ApiKeyRow]:
    """A community's keys, oldest first."""
    return list(
        session.scalars(
            select(ApiKeyRow).where(ApiKeyRow.community_id == community_id).order_by(ApiKeyRow.id)
        )
    )


def revoke_key(session: Session, community_id: int, key_id: int, *, now: int) -> bool:
    """Revoke a key; False when the community has no such live key."""
    found = session.scalars(
        update(ApiKeyRow)
        .where(ApiKeyRow.id == key_id, ApiKeyRow.community_id == community_id, ApiKeyRow.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiKeyRow.id)
    )
    return found.first() is not None


def user_by_email(session: Session, email: str) -> UserRow | None:
    """A user by e-mail address, compared in lower case."""
    return session.scalar(select(UserRow).where(UserRow.email == email.strip().lower()))


def user_by_session(session: Session, session_id: str) -> UserRow | None:
    """The active user whose session id this is."""
    return session.scalar(select(UserRow).where(UserRow.session_id == session_id, UserRow.active.is_(True)))


def users_of(session: Session, community_id: int) -> list[UserRow]:
    """A community's users, oldest first."""
    return list(
        session.scalars(select(UserRow).where(UserRow.community_id == community_id).order_by(UserRow.id))
    )


def publishing_rules(session: Session, community_id: int) -> list[PublishingRule]:
    """A community's own publishing rules."""
    rows = session.scalars(select(PublishingRuleRow).where(PublishingRuleRow.community_id == community_id))
    return [
        PublishingRule(PublishingMode(row.mode), row.group_path, Scene(row.scene) if row.scene else None)
        for row in rows
    ]


def set_publishing_rule(session: Session, community_id: int, rule: PublishingRule) -> None:
    """Set the mode of a board path and scene."""
    scene = rule.scene.value if rule.scene else ""
    row = session.scalar(
        select(PublishingRuleRow).where(
            PublishingRuleRow.community_id == community_id,
            PublishingRuleRow.group_path == rule.group,
            PublishingRuleRow.scene == scene,
        )
    )
    if row is None:
        row = PublishingRuleRow(community_id=community_id, group_path=rule.group, scene=scene)
        session.add(row)
    row.mode = rule.mode.value


def get_fact(session: Session, key: str) -> str | None:
    """A small fact about this installation."""
    row = session.get(MetaRow, key)
    return row.value if row else None


def set_fact(session: Session, key: str, value: str) -> None:
    """Set a small fact about this installation."""
    session.merge(MetaRow(key=key, value=value))
