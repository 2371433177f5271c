"""What templates may call: names, instants, and texts that show what they hide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import request
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup, escape

from moderation.domain.pictures import UNREAD
from moderation.domain.review import SPOT_CHECK, QueueName
from review_ui import guard, invisible, language, names
from review_ui.context import local, now
from review_ui.toasts import kept_toast

if TYPE_CHECKING:
    from flask import Flask

    from moderation.store.tables import PostRow

STATIC: Final = Path(__file__).parent / "static"
_MICROS: Final = 1_000_000


def install(app: Flask) -> None:
    """Give templates their words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        chips=chips,
        clock=clock,
        day=day,
        exact=exact,
        iso=iso,
        ago=ago,
        percent=percent,
        signed=signed,
        figure=figure,
        in_language=in_language,
        said=said,
    )
    app.jinja_env.globals.update(
        names=names,
        UNREAD=UNREAD,
        SPOT_CHECK=SPOT_CHECK,
        may=guard.may,
        guard=guard,
        queues=list(QueueName),
        lang_attribute=language.lang_attribute,
        other_language=_other_language,
        theme=_theme,
        current_user=current_user,
        kept_toast=kept_toast,
    )
    app.url_defaults(_version_of_file)


def chips(text: str) -> Markup:
    """A text with a small chip in place of each character that shows nothing."""
    parts = [
        Markup('<span class="chip" title="{}">{}</span>').format(_point(char), name) if name else escape(char)
        for char, name in invisible.cut(text)
    ]
    return Markup("").join(parts)


def clock(instant: int) -> str:
    """Local date and time, to the minute; the year only where it is another."""
    at = local(instant)
    return at.strftime("%m-%d %H:%M" if at.year == local(now()).year else "%Y-%m-%d %H:%M")


def exact(instant: int) -> str:
    """Local date and time, to the second: what a short age stands for."""
    return local(instant).strftime("%Y-%m-%d %H:%M:%S")


def day(instant: int) -> str:
    """Local date."""
    return local(instant).strftime("%Y-%m-%d")


def iso(instant: int) -> str:
    """ISO 8601 with the offset, for ``<time datetime>``."""
    return local(instant).isoformat(timespec="seconds")


def ago(instant: int) -> str:
    """How long ago an instant was."""
    return names.ago(max(0, (now() - instant) // _MICROS))


def percent(probability: float) -> str:
    """A probability as a whole percentage, rounded down: 0.997 below a threshold of 0.998 must not read as 100."""
    return f"{int(probability * 100 + 1e-9)}"


def signed(value: float) -> str:
    """A share in [-1, 1] as signed points, with a true minus."""
    points = round(value * 100)
    return f"+{points}" if points > 0 else str(points).replace("-", "−")


def figure(number: float) -> str:
    """A count with thousands apart."""
    return f"{number:,}"


def in_language(text: str) -> str:
    """The Chinese or the English half of a text that gives both: «中文。English.»."""
    chinese, stop, english = text.rpartition("。")
    if not (chinese and english):
        return text
    return chinese + stop if language.is_chinese() else english


def said(post: PostRow) -> str:
    """What a list shows of a post: its text, else its title, else how many images it has."""
    return post.text.strip() or post.title or names.images(len(post.images))


def _point(char: str) -> str:
    return str(gettext("不可见字符 %(point)s", point=f"U+{ord(char):04X}"))


def _other_language() -> tuple[str, str]:
    other = "en" if language.is_chinese() else "zh"
    return other, language.LANGUAGES[other]


def _theme() -> str:
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in {"light", "dark"} else "auto"


def _version_of_file(endpoint: str, values: dict[str, Any]) -> None:
    """Files of ``static/`` are kept by browsers for a year, under an address that changes with them."""
    if endpoint == "static" and "v" not in values:
        try:
            values["v"] = int(os.stat(STATIC / values["filename"]).st_mtime)  # noqa: PTH116 - hot and simple
        except OSError:
            return
