"""Which community a key speaks for, and what it may do."""

from __future__ import annotations

import hashlib
import secrets
import threading
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from moderation.store import identities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import ApiKeyRow

PREFIX: Final = "mod_live_"
CACHE_SECONDS: Final = 30
"""How long a key may be believed without asking the database: revoking works within this time."""


class Scope(StrEnum):
    """What a key may do."""

    POSTS_WRITE = "posts:write"
    POSTS_READ = "posts:read"
    REPORTS_WRITE = "reports:write"
    BRANDS_READ = "brands:read"
    BRANDS_WRITE = "brands:write"
    POLICY_WRITE = "policy:write"
    PRIVACY = "privacy"
    ADMIN = "admin"


class AccessError(Exception):
    """Nobody we know, or somebody who may not."""


class UnknownKeyError(AccessError):
    """The key is unknown or malformed."""


class RevokedKeyError(AccessError):
    """The key was revoked."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The community that a key speaks for, and what it may do."""

    key_id: int
    community_id: int
    scopes: frozenset[str]

    def may(self, scope: Scope) -> bool:
        """Tell whether a scope is held; ``admin`` holds all."""
        return scope.value in self.scopes or Scope.ADMIN.value in self.scopes


@dataclass(slots=True)
class Keys:
    """Makes, checks and revokes API keys."""

    sessions: Sessions
    clock: Callable[[], int]
    _cache: dict[str, tuple[int, Caller]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create(
        self, community_id: int, *, name: str, scopes: Sequence[Scope] = tuple(Scope)
    ) -> tuple[str, ApiKeyRow]:
        """Make a key; the secret is in this answer and nowhere else."""
        secret = new_secret()
        with self.sessions.write.begin() as session:
            row = identities.add_key(
                session,
                community_id,
                name=name,
                prefix=secret[: len(PREFIX) + 4],
                secret_hash=_hash(secret),
                scopes=[scope.value for scope in scopes],
                now=self.clock(),
            )
        return secret, row

    def check(self, secret: str) -> Caller:
        """Who a secret belongs to.

        Raises:
            UnknownKeyError: no such key.
            RevokedKeyError: it was revoked.
        """
        hashed = _hash(secret)
        now = self.clock()
        with self._lock:
            known = self._cache.get(hashed)
        if known is not None and now - known[0] < CACHE_SECONDS * 1_000_000:
            return known[1]
        with self.sessions.read() as session:
            row = identities.key_by_hash(session, hashed) if looks_genuine(secret) else None
        if row is None:
            message = "this API key is not known"
            raise UnknownKeyError(message)
        if row.revoked_at is not None:
            message = "this API key was revoked"
            raise RevokedKeyError(message)
        caller = Caller(row.id, row.community_id, frozenset(row.scopes))
        with self._lock:
            self._cache[hashed] = (now, caller)
        return caller

    def of(self, community_id: int) -> list[ApiKeyRow]:
        """A community's keys."""
        with self.sessions.read() as session:
            return identities.keys_of(session, community_id)

    def revoke(self, community_id: int, key_id: int) -> bool:
        """Revoke a key; every process believes it for at most ``CACHE_SECONDS`` more."""
        with self.sessions.write.begin() as session:
            done = identities.revoke_key(session, community_id, key_id, now=self.clock())
        with self._lock:
            self._cache.clear()
        return done


def new_secret() -> str:
    """A secret of 256 random bits with a checksum, so that a scanner of leaked secrets can tell it from noise."""
    body = secrets.token_hex(32)
    return f"{PREFIX}{body}{_checksum(body)}"


def looks_genuine(secret: str) -> bool:
    """Tell whether prefix and checksum fit: a typing error costs no query."""
    body = secret.removeprefix(PREFIX)
    return secret.startswith(PREFIX) and len(body) == 64 + 8 and _checksum(body[:64]) == body[64:]


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _hash(secret: str) -> str:
    # A plain hash is right for 256 random bits (ASVS 5.0, 6.5.2): there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()
