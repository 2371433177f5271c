"""Instants as the interface shows them."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(instant: int | None) -> str | None:
    """An instant in UTC microseconds as ISO 8601."""
    return None if instant is None else datetime.fromtimestamp(instant / 1_000_000, UTC).isoformat()
