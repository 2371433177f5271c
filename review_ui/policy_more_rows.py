"""Rows of the policy form for sensitive periods, and for what follows from single clauses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from flask_babel import gettext

from moderation.domain.clause_book import MAX_STRIKES, ClauseChange, Retention, notice_problem
from moderation.domain.convention import clause_exists
from moderation.domain.post import PublishingMode, Scene
from moderation.domain.windows import MAX_DAYS, Window, WindowError
from review_ui import policy_names
from review_ui.context import ZONE, local

if TYPE_CHECKING:
    from review_ui.policy_rows import Row

WINDOW: Final = (
    "name",
    "start",
    "end",
    "review_factor",
    "mode",
    "look_first",
    "groups",
    "scenes",
    "top_clauses",
    "why",
)
CLAUSE: Final = ("number", "strikes", "retention", "notice_zh", "notice_en")
STRICTER: Final = (PublishingMode.PRE_MODERATION, PublishingMode.CLOSED)
_MOMENT: Final = "%Y-%m-%dT%H:%M"
_TYPED: Final = ("name", "start", "end", "groups", "top_clauses", "why")


def window_values(window: Window) -> dict[str, str]:
    """A window as its row shows it; times are local."""
    return {
        "name": window.name,
        "start": _written(window.start),
        "end": _written(window.end),
        "review_factor": f"{window.review_factor:g}",
        "mode": window.mode or "",
        "look_first": "on" if window.look_first else "",
        "groups": "、".join(window.groups),
        "scenes": "、".join(policy_names.scene(one) for one in window.scenes),
        "top_clauses": "、".join(window.top_clauses),
        "why": window.why,
    }


def _written(instant: int) -> str:
    at = local(instant)
    return at.strftime(f"{_MOMENT}:%S" if at.second else _MOMENT)


def windows_of(rows: list[Row]) -> list[Window]:
    """The windows of the rows; one whose name was cleared is taken away."""
    return [found for row in rows if not row.blank(_TYPED) for found in _window(row)]


def _window(row: Row) -> list[Window]:
    if not row.values["name"].strip():
        row.errors["name"] = str(gettext("请写一个名字，例如 高考期间"))
    start, end = _moment(row, "start"), _moment(row, "end")
    factor = row.number("review_factor")
    top = _parts(row.values["top_clauses"])
    scenes = [_scene(one) for one in _parts(row.values["scenes"])]
    unknown = [one for one in top if not clause_exists(one)]
    if unknown:
        row.errors["top_clauses"] = str(gettext("公约里没有条款 %(what)s", what="、".join(unknown)[:100]))
    if None in scenes:
        known = "、".join(policy_names.scene(one) for one in Scene)
        row.errors["scenes"] = str(gettext("场景有：%(names)s", names=known))
    fits = row.choice("mode", ("", *STRICTER))
    if factor == 0:
        row.errors["review_factor"] = str(gettext("要大于 0、不超过 1 的数，例如 0.8"))
    if row.errors or not fits or start is None or end is None:
        return []
    try:
        return [
            Window(
                name=row.values["name"].strip()[:40],
                start=start,
                end=end,
                review_factor=factor or 1.0,
                look_first=bool(row.values["look_first"]),
                mode=PublishingMode(row.values["mode"]) if row.values["mode"] else None,
                groups=tuple(_parts(row.values["groups"])),
                scenes=tuple(one for one in scenes if one),
                top_clauses=tuple(top),
                why=row.values["why"].strip()[:500],
            )
        ]
    except WindowError:
        row.errors["end"] = str(gettext("结束要晚于开始，最长 %(n)s 天", n=MAX_DAYS))
        return []


def clause_values(number: str, change: ClauseChange) -> dict[str, str]:
    """What a community has otherwise for a clause, as its row shows it."""
    given = {name: getattr(change, name) for name in ClauseChange.__slots__}
    return {"number": number} | {name: "" if one is None else str(one) for name, one in given.items()}


def clauses_of(rows: list[Row]) -> dict[str, ClauseChange]:
    """What the rows have otherwise than the shipped book; an empty field is as shipped."""
    found: dict[str, ClauseChange] = {}
    for row in rows:
        number = row.values["number"]
        if not number or row.blank(CLAUSE[1:]):
            continue
        if not clause_exists(number):
            row.errors["number"] = str(gettext("公约里没有这一条"))
        elif number in found:
            row.errors["number"] = str(gettext("与上面一行重复"))
        for name in ("notice_zh", "notice_en"):
            problem = notice_problem(row.values[name].strip()) if row.values[name].strip() else ""
            if problem:
                row.errors[name] = str(
                    gettext("通知里要有 {clause}、{action}、{appeal}：%(problem)s", problem=problem)
                )
        strikes = row.whole("strikes", 0, MAX_STRIKES)
        if row.choice("retention", ("", *Retention)) and not row.errors:
            found[number] = ClauseChange(
                strikes,
                Retention(row.values["retention"]) if row.values["retention"] else None,
                row.values["notice_zh"].strip() or None,
                row.values["notice_en"].strip() or None,
            )
    return found


def _parts(text: str) -> list[str]:
    plain = text.replace("，", "、").replace(",", "、")
    return [part.strip().strip("/") for part in plain.split("、") if part.strip()]


def _scene(text: str) -> Scene | None:
    """A scene by its name on the page, or as documents write it."""
    return next((one for one in Scene if text in (one.value, policy_names.scene(one))), None)


def _moment(row: Row, name: str) -> int | None:
    text = row.values[name].strip()
    try:
        at = datetime.strptime(text, f"{_MOMENT}:%S" if text.count(":") > 1 else _MOMENT).replace(tzinfo=ZONE)
        return int(at.timestamp()) * 1_000_000
    except (ValueError, OverflowError):
        row.errors[name] = str(gettext("请填开始和结束时间，写作 2026-01-31T08:00"))
        return None
