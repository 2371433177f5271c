"""Posts that are not waiting: what the machine blocked, and any post by its id."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for

from moderation.domain.review import ReviewState
from moderation.services.reading import post_record
from review_ui.context import community, parts, wants_fragment
from review_ui.desk_page import Subject
from review_ui.evidence import case
from review_ui.guard import READERS, seen_by
from review_ui.image_page import images_of
from review_ui.queries import PAGE_SIZE, page

pages = Blueprint("posts", __name__)


@pages.get("/blocked")
@seen_by(READERS)
def blocked() -> str:
    """What the machine blocked by itself."""
    number = page()
    found = parts().queues.blocked(community(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    cases = [case(post, verdict) for post, verdict in found]
    return render_template("blocked.html", cases=cases, page=number, has_more=len(cases) == PAGE_SIZE)


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
    )
    waiting = item is not None and item.state == ReviewState.OPEN.value
    item_url = url_for("items.show", item_id=item.id) if item is not None and waiting else None
    template = "parts/post.html" if wants_fragment() else "post.html"
    return render_template(template, subject=subject, item_url=item_url)
