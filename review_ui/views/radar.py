"""黑话雷达: what rises in blocked posts, and what to make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from moderation.domain.radar import LEAST_AUTHORS, LEAST_SUPPORT
from review_ui.context import community, now, parts, user, wants_fragment
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.radar_page import shown_radar
from review_ui.toasts import Toast, keep_toast

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("radar", __name__)

DAYS: Final = (7, 14, 30)
MOST: Final = 500


@pages.get("/radar")
@seen_by(READERS)
def index() -> str:
    """The latest look; htmx asks for the part that changes."""
    template = "parts/radar.html" if wants_fragment() else "radar.html"
    return render_template(
        template, shown=shown_radar(), days=DAYS, least_support=LEAST_SUPPORT, least_authors=LEAST_AUTHORS
    )


@pages.post("/radar")
@seen_by(EDITORS)
def look() -> Response:
    """Have a worker look now."""
    given = request.form.get("days", "")
    days = int(given) if given in {str(each) for each in DAYS} else DAYS[0]
    parts().radar.ask(community(), days=days, author=user().row.name[:100], now=now())
    return redirect(url_for("radar.index"), 303)


@pages.post("/radar/dismiss")
@seen_by(EDITORS)
def dismiss() -> Response:
    """Keep candidates out of sight: one, or all of an advert."""
    texts = [text[:MOST] for text in request.form.getlist("text")[:MOST] if text]
    if texts:
        parts().radar.dismiss(community(), texts, author=user().row.name[:100], now=now())
        keep_toast(Toast(gettext("已忽略「%(word)s」，以后不再列出。", word="」「".join(texts[:3]))))
    return redirect(url_for("radar.index"), 303)


@pages.post("/radar/restore")
@seen_by(EDITORS)
def restore() -> Response:
    """Show a candidate again."""
    text = request.form.get("text", "")[:MOST]
    if text:
        parts().radar.restore(community(), text)
    return redirect(url_for("radar.index"), 303)
