"""Posts that are not waiting: what the machine blocked, and any post by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_babel import gettext

from moderation.domain.review import DecisionKind, NotBlockedError, ReviewState
from moderation.services import second_looks
from moderation.services.reading import post_record
from moderation.store import outcomes
from review_ui.context import community, now, parts, user, wants_fragment
from review_ui.evidence import case
from review_ui.guard import READERS, REVIEWERS, seen_by
from review_ui.image_page import images_of
from review_ui.queries import PAGE_SIZE, page
from review_ui.subject import Subject
from review_ui.toasts import Toast, keep_toast

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("posts", __name__)


@pages.get("/blocked")
@seen_by(READERS)
def blocked() -> str:
    """What the machine blocked by itself."""
    number = page()
    found = parts().queues.blocked(community(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    cases = [case(post, verdict) for post, verdict in found]
    with parts().sessions.read() as session:
        standing = outcomes.standing(session, [post.id for post, _ in found])
    return render_template(
        "blocked.html",
        cases=cases,
        page=number,
        has_more=len(cases) == PAGE_SIZE,
        here="blocked",
        standing=standing,
    )


@pages.post("/posts/<path:data_id>/ask")
@seen_by(REVIEWERS)
def ask(data_id: str) -> Response:
    """Put before a person what a machine blocked; its item is shown."""
    try:
        item_id = second_looks.ask(parts().sessions, community(), data_id, who=user().row.name, now=now())
    except NotBlockedError:
        keep_toast(Toast(gettext("这一条现在没有被机器拦截，或者已经有人定过了。"), "warn"))
        return redirect(url_for("posts.show", data_id=data_id), 303)
    keep_toast(Toast(gettext("这一条已放进队列，等人来定。"), "done"))
    return redirect(url_for("items.show", item_id=item_id), 303)


@pages.get("/posts/<path:data_id>")
@seen_by(READERS)
def show(data_id: str) -> str:
    """One post with its evidence, read-only; an open review item leads to the desk."""
    record = post_record(parts().sessions, community(), data_id)
    if record is None:
        abort(404)
    item = parts().queues.item_of_post(record.post)
    subject = Subject(
        case=case(record.post, record.verdict),
        author_posts=parts().queues.author_posts(record.post),
        verdicts=record.verdicts,
        decisions=record.decisions,
        images=images_of(record.post, record.verdict),
        sweeps=record.sweeps,
    )
    waiting = item is not None and item.state == ReviewState.OPEN.value
    item_url = url_for("items.show", item_id=item.id) if item is not None and waiting else None
    template = "parts/post.html" if wants_fragment() else "post.html"
    return render_template(template, subject=subject, item_url=item_url, here=_here(subject, waiting=waiting))


def _here(subject: Subject, *, waiting: bool) -> str:
    """Which part of the bar a post belongs to as it stands: what people said last counts over the machine."""
    if waiting:
        return "queue"
    decided = subject.last_decision
    blocked = decided[0].kind == DecisionKind.BLOCK.value if decided else bool(subject.blocked_by)
    return "blocked" if blocked else ""
