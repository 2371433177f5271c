"""Try a text: it goes the way of every post, and its verdict comes back with the evidence marked."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, url_for

from moderation.domain.post import Submission
from moderation.services.intake import new_post_id
from moderation.services.reading import post_record
from review_ui.context import community, now, parts, wants_fragment
from review_ui.desk_page import Subject
from review_ui.evidence import case
from review_ui.forms import TryForm
from review_ui.guard import REVIEWERS, seen_by

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("tries", __name__)

EXAMPLE: Final = "加薇信领取兼职日结300"
SOURCE: Final = "try"
PATIENCE_SECONDS: Final = 3.0


@pages.get("/try")
@seen_by(REVIEWERS)
def form() -> str:
    """The form with an example in it."""
    return render_template("try.html", form=TryForm(text=EXAMPLE), subject=None)


@pages.post("/try")
@seen_by(REVIEWERS)
def submit() -> str | Response | tuple[str, int]:
    """Keep the text as a post, give its verdict a moment, then show the post."""
    filled = TryForm()
    if not filled.validate():
        return render_template("try.html", form=filled, subject=None), 422
    data_id = f"try-{secrets.token_hex(8)}"
    submit_and_wait(Submission(data_id, filled.text.data or "", title=filled.title.data or "", source=SOURCE))
    return redirect(url_for("tries.show", data_id=data_id), 303)


@pages.get("/try/<data_id>")
@seen_by(REVIEWERS)
def show(data_id: str) -> str | tuple[str, int]:
    """The tried text with its verdict, or a page that asks again until there is one."""
    record = post_record(parts().sessions, community(), data_id)
    if record is None or record.post.source != SOURCE:
        return render_template("try.html", form=TryForm(text=EXAMPLE), subject=None), 404
    subject = Subject(case(record.post, record.verdict), [], record.verdicts, record.decisions)
    if wants_fragment():
        return render_template("parts/tried.html", subject=subject)
    filled = TryForm(text=record.post.text, title=record.post.title)
    return render_template("try.html", form=filled, subject=subject)


def submit_and_wait(post: Submission) -> None:
    """Keep a post and wait a moment for its verdict; the waiter is registered first and misses nothing."""
    present = now()
    post_id = new_post_id(present)
    event = parts().waiters.register(post_id)
    try:
        parts().intake.submit(community(), [post], now=present, ids=[post_id])
        if event is not None:
            event.wait(PATIENCE_SECONDS)
    finally:
        parts().waiters.forget(post_id)
