"""What every view needs: the parts, the present, and who is asking."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

from flask import current_app, request
from flask_login import current_user

if TYPE_CHECKING:
    from moderation.wiring.web import WebParts
    from review_ui.accounts import DeskUser

PARTS: Final = "moderation.parts"
ZONE: Final = ZoneInfo("Asia/Shanghai")
"""Time zone of every instant on the pages, and of «today»."""


def parts() -> WebParts:
    """The parts that the app was made with."""
    found: WebParts = current_app.extensions[PARTS]
    return found


def now() -> int:
    """The present, UTC microseconds."""
    return parts().clock()


def user() -> DeskUser:
    """Who is logged in; the guard lets nobody else reach a view."""
    return cast("DeskUser", current_user)


def community() -> int:
    """The community whose pages these are."""
    return user().row.community_id


def local(instant: int) -> datetime:
    """An instant in UTC microseconds as local time of the pages."""
    return datetime.fromtimestamp(instant / 1_000_000, UTC).astimezone(ZONE)


def today() -> int:
    """The instant at which the local day began."""
    start = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(start.timestamp()) * 1_000_000


def wants_fragment() -> bool:
    """Tell whether htmx or our own script asks for a part of the page only."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
