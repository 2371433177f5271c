"""The queue: what is waiting, and the first of it opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from moderation.services.users import Role
from review_ui.context import user
from review_ui.desk_page import listing, open_item, undo_until
from review_ui.guard import EVERYBODY, READERS, seen_by
from review_ui.queries import queue_query

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

pages = Blueprint("desk", __name__)


@pages.get("/")
@seen_by(EVERYBODY)
def home() -> Redirect:
    """Everybody's first page."""
    return redirect(url_for("brands.index" if user().role is Role.BRAND else "desk.queue"))


@pages.get("/queue")
@seen_by(READERS)
def queue() -> str:
    """The list, and on a wide screen its first item."""
    shown = listing(queue_query())
    first = open_item(shown.rows[0].item.id, shown.query) if shown.rows else None
    return render_template("desk.html", listing=shown, subject=first, view="list", undo_until=undo_until())


@pages.get("/queue/counts")
@seen_by(READERS)
def counts() -> Response:
    """The figures of the header; a page asks again and again, and mostly nothing has changed."""
    shown = listing(queue_query())
    response = jsonify(
        queues=dict(shown.page.counts),
        backlog=shown.page.backlog,
        oldest=shown.page.oldest,
        today=shown.today,
        first=shown.rows[0].item.id if shown.rows else None,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
