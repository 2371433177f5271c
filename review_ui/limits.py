"""Limits on failed log-ins, per address and per account.  Kept in Redis; in memory while Redis is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

if TYPE_CHECKING:
    from moderation.wiring.web import WebParts

PER_ADDRESS: Final = "25 per 5 minutes"
PER_ACCOUNT: Final = "25 per hour"


def install(app: Flask, parts: WebParts) -> None:
    """Limit the log-in view."""
    limiter = Limiter(
        get_remote_address,
        storage_uri="redis://",
        storage_options={"connection_pool": parts.redis.connection_pool},  # type: ignore[dict-item]
        in_memory_fallback_enabled=True,
        key_prefix="desk",
        strategy="fixed-window",
    )
    limiter.init_app(app)
    view: Any = app.view_functions["security.login"]
    for limit, key in ((PER_ADDRESS, get_remote_address), (PER_ACCOUNT, _account)):
        view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_failed)(view)
    app.view_functions["security.login"] = view


def _account() -> str:
    return f"account:{request.form.get('email', '').strip().lower()[:254]}"


def _failed(response: Response) -> bool:
    return response.location is None
