"""Who may call: API keys of communities, and users of the review desk."""

from __future__ import annotations

import hashlib
import secrets
import threading
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.exc import IntegrityError

from moderation.domain.failures import UserError
from moderation.store import identities
from moderation.store.tables import UserRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.store.engine import Sessions
    from moderation.store.tables import ApiKeyRow

PREFIX: Final = "mod_live_"
CACHE_SECONDS: Final = 30
"""How long a key may be believed without asking the database: revoking works within this time."""

MIN_PASSWORD: Final = 12
# Argon2id with the parameters of ASVS 5.0 appendix C: 2 passes, 19 MiB, 1 lane.
_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified when the address is unknown, so that an answer takes as long as for a known one.
_nobody: Final = _hasher.hash("nobody has this password")


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


class Role(StrEnum):
    """What a user may do on the desk."""

    MODERATOR = "moderator"
    SENIOR = "senior"
    ADMIN = "admin"
    BRAND = "brand"
    AUDITOR = "auditor"


class AccessError(Exception):
    """Nobody we know, or somebody who may not."""


class UnknownKeyError(AccessError):
    """The key is unknown or malformed."""


class RevokedKeyError(AccessError):
    """The key was revoked."""


class LoginFailedError(AccessError):
    """E-mail and password do not belong together."""


class WeakPasswordError(UserError):
    """The password is too short."""


class EmailTakenError(UserError):
    """Another user has this e-mail address."""


class UnknownUserError(UserError):
    """Nobody has this e-mail address."""


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


@dataclass(frozen=True, slots=True)
class Users:
    """Makes users and checks their passwords."""

    sessions: Sessions
    clock: Callable[[], int]

    def create(self, community_id: int, *, email: str, name: str, password: str, role: Role) -> UserRow:
        """Make a user.

        Raises:
            WeakPasswordError: the password has fewer than ``MIN_PASSWORD`` characters.
            EmailTakenError: another user has this address.
        """
        _check_strength(password)
        row = UserRow(
            community_id=community_id,
            email=email.strip().lower(),
            name=name,
            password_hash=_hasher.hash(password),
            role=role.value,
            active=True,
            session_id=secrets.token_urlsafe(32),
            created_at=self.clock(),
        )
        try:
            with self.sessions.write.begin() as session:
                session.add(row)
        except IntegrityError as error:
            message = f"there is a user with the e-mail address {row.email} already"
            raise EmailTakenError(message) from error
        return row

    def log_in(self, email: str, password: str) -> UserRow:
        """Check e-mail and password and note the log-in.

        Raises:
            LoginFailedError: they do not belong together, or the user is not active.
        """
        with self.sessions.read() as session:
            row = identities.user_by_email(session, email)
        try:
            _hasher.verify(row.password_hash if row else _nobody, password)
        except VerificationError as error:
            raise LoginFailedError(_LOGIN_FAILED) from error
        if row is None or not row.active:
            raise LoginFailedError(_LOGIN_FAILED)
        with self.sessions.write.begin() as session:
            # Written into the row as it is now: what was read above may have changed meanwhile.
            present = session.get_one(UserRow, row.id)
            present.last_login_at = self.clock()
        return present

    def by_email(self, email: str) -> UserRow | None:
        """A user by e-mail address, active or not."""
        with self.sessions.read() as session:
            return identities.user_by_email(session, email)

    def set_password(self, email: str, password: str) -> None:
        """Give a user a new password and log the user out everywhere.

        Raises:
            WeakPasswordError: the password has fewer than ``MIN_PASSWORD`` characters.
            UnknownUserError: nobody has this address.
        """
        _check_strength(password)
        hashed = _hasher.hash(password)
        with self.sessions.write.begin() as session:
            row = identities.user_by_email(session, email)
            if row is None:
                message = f"there is no user with the e-mail address {email}"
                raise UnknownUserError(message)
            row.password_hash = hashed
            row.session_id = secrets.token_urlsafe(32)

    def keep_hash(self, user_id: int, password_hash: str) -> None:
        """Keep a password's hash made with newer parameters."""
        with self.sessions.write.begin() as session:
            row = session.get(UserRow, user_id)
            if row is not None:
                row.password_hash = password_hash

    def note_login(self, user_id: int) -> None:
        """Note that a user has logged in."""
        with self.sessions.write.begin() as session:
            row = session.get(UserRow, user_id)
            if row is not None:
                row.last_login_at = self.clock()

    def set_locale(self, user_id: int, locale: str) -> None:
        """Remember the language that a user wants."""
        with self.sessions.write.begin() as session:
            row = session.get(UserRow, user_id)
            if row is not None:
                row.locale = locale

    def by_session(self, session_id: str) -> UserRow | None:
        """The active user of a browser session."""
        with self.sessions.read() as session:
            return identities.user_by_session(session, session_id)

    def end_sessions(self, user_id: int) -> None:
        """Log a user out everywhere."""
        with self.sessions.write.begin() as session:
            row = session.get(UserRow, user_id)
            if row is not None:
                row.session_id = secrets.token_urlsafe(32)

    def of(self, community_id: int) -> list[UserRow]:
        """A community's users."""
        with self.sessions.read() as session:
            return identities.users_of(session, community_id)


def _check_strength(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        message = f"a password has at least {MIN_PASSWORD} characters"
        raise WeakPasswordError(message)


_LOGIN_FAILED: Final = "e-mail and password do not belong together"


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
