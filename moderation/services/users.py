"""The people of the review desk: who they are, and their passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.exc import IntegrityError

from moderation.domain.failures import UserError
from moderation.store import identities
from moderation.store.tables import UserRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from moderation.store.engine import Sessions

MIN_PASSWORD: Final = 12
# Argon2id with the parameters of ASVS 5.0 appendix C: 2 passes, 19 MiB, 1 lane.
_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified when the address is unknown, so that an answer takes as long as for a known one.
_nobody: Final = _hasher.hash("nobody has this password")


class Role(StrEnum):
    """What a user may do on the desk."""

    MODERATOR = "moderator"
    SENIOR = "senior"
    ADMIN = "admin"
    BRAND = "brand"
    AUDITOR = "auditor"


class LoginFailedError(Exception):
    """E-mail and password do not belong together."""


class WeakPasswordError(UserError):
    """The password is too short."""


class EmailTakenError(UserError):
    """Another user has this e-mail address."""


class UnknownUserError(UserError):
    """Nobody has this e-mail address."""


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
