"""Try a text: it is scored as a post would be, and nothing of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, url_for

from moderation.domain.post import MAX_TEXT
from moderation.services.trials import new_trial_id
from review_ui.context import now, parts, user, wants_fragment
from review_ui.forms import MAX_TITLE, TryForm
from review_ui.guard import REVIEWERS, seen_by
from review_ui.tried import subject_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from review_ui.subject import Subject

pages = Blueprint("tries", __name__)

EXAMPLE: Final = "加薇信领取兼职日结300"
PATIENCE_SECONDS: Final = 3.0


@pages.get("/try")
@seen_by(REVIEWERS)
def form() -> str:
    """The form with an example in it."""
    return _page(TryForm(text=EXAMPLE))


@pages.post("/try")
@seen_by(REVIEWERS)
def submit() -> str | Response | tuple[str, int]:
    """Have the text scored, give its verdict a moment, then show it."""
    filled = TryForm()
    if not filled.validate():
        return _page(filled), 422
    trial_id = new_trial_id()
    ask_and_wait(trial_id, filled.title.data or "", filled.text.data or "")
    return redirect(url_for("tries.show", trial_id=trial_id), 303)


@pages.get("/try/<trial_id>")
@seen_by(REVIEWERS)
def show(trial_id: str) -> str | tuple[str, int]:
    """One's own tried text with its verdict, or a page that asks again until there is one."""
    row = parts().trials.find(user().id, trial_id, now=now())
    if row is None:
        return _page(TryForm(text=EXAMPLE), gone=True), 404
    subject = subject_of(row)
    if wants_fragment():
        return render_template("parts/tried.html", subject=subject)
    return _page(TryForm(text=row.text, title=row.title), subject)


def _page(filled: TryForm, subject: Subject | None = None, *, gone: bool = False) -> str:
    return render_template(
        "try.html", form=filled, subject=subject, gone=gone, most={"text": MAX_TEXT, "title": MAX_TITLE}
    )


def ask_and_wait(trial_id: str, title: str, text: str) -> None:
    """Ask and wait a moment for the verdict; the waiter is registered first and misses nothing."""
    event = parts().waiters.register(trial_id)
    try:
        parts().trials.ask(
            user().row.community_id, user().id, trial_id=trial_id, title=title, text=text, now=now()
        )
        if event is not None:
            event.wait(PATIENCE_SECONDS)
    finally:
        parts().waiters.forget(trial_id)
