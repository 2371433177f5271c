"""Backtests of policy versions on the desk: over how many days, and how long they will take."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext

DAYS: Final = (1, 7, 30)


def time_left(seconds: float | None) -> str:
    """A rough time, in words; empty where nothing is known yet."""
    if seconds is None:
        return ""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return str(gettext("大约还要 %(n)s 秒", n=max(1, round(seconds))))
    return str(gettext("大约还要 %(n)s 分钟", n=round(seconds / 60)))
