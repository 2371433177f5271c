"""Flask's configuration: cookies, log-in and protection against forged requests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from moderation.wiring.web import WebParts

MAX_BODY: Final = 256 * 1024
"""Largest request body in bytes: a text of 10,000 characters and its form fit well."""

IDLE_LIMIT: Final = timedelta(minutes=60)
"""A session that sees no page for this long has ended."""

SESSION_LIMIT: Final = timedelta(hours=12)
"""A session ends this long after the log-in, whatever happens."""


def configuration(parts: WebParts) -> dict[str, Any]:
    """Everything that Flask and its extensions are told."""
    secure = parts.settings.secure_cookies
    return {
        "SECRET_KEY": parts.secret_key,
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "SESSION_COOKIE_NAME": "__Host-desk" if secure else "desk",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # The limits are checked in `accounts`, which knows that the polling of counts is no sign of life.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": SESSION_LIMIT,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": secure,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        **_security(parts),
    }


def _security(parts: WebParts) -> dict[str, Any]:
    """Flask-Security: log-in with e-mail and password, and the hashes that ``Users.create`` makes."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        # ASVS 5.0 appendix C, the same as moderation.services.access: else every log-in would hash anew.
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__time_cost": 2,
            "argon2__memory_cost": 19 * 1024,
            "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_SALT": parts.secret_key,  # asked for, unused with single hashes
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_USER_TEMPLATE": "login.html",
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_REQUIRES_CONFIRMATION_ERROR_VIEW": None,
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_DEFAULT_REMEMBER_ME": False,
    }
