"""Posts that belong together by what they show: looked at and decided together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from moderation.groups import UnknownFindingError
from moderation.services.together import UnknownGroupDecisionError
from review_ui import failures
from review_ui.context import community, now, parts, user
from review_ui.finding_page import finding_page
from review_ui.group_page import said, seen_items, undo_until, undone
from review_ui.guard import READERS, REVIEWERS, seen_by
from review_ui.toasts import keep_toast

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("findings", __name__)
for _missing in (UnknownFindingError, UnknownGroupDecisionError):
    pages.register_error_handler(_missing, lambda _: failures.answer(404))


@pages.get("/findings/<int:number>")
@seen_by(READERS)
def show(number: int) -> str:
    """A finding's posts, and what deciding them together would do."""
    return render_template("finding.html", shown=finding_page(number), problem="", note="")


@pages.post("/findings/<int:number>/decide")
@seen_by(REVIEWERS)
def decide(number: int) -> Response | tuple[str, int]:
    """Decide the items that were seen and ticked, each by a decision of its own."""
    decision, seen = said(), seen_items()
    if isinstance(decision, str):
        shown = finding_page(number, ticked=frozenset(item_id for item_id, _ in seen))
        note = request.form.get("note", "")
        return render_template("finding.html", shown=shown, problem=decision, note=note), 422
    row = parts().together.decide_finding(
        community(), number, seen, decision=decision, moderator_id=user().id, now=now()
    )
    return redirect(url_for("findings.handled", number=row.id), 303)


@pages.get("/findings/handled/<int:number>")
@seen_by(READERS)
def handled(number: int) -> str:
    """What became of a finding's posts."""
    outcome = parts().together.outcome(community(), number)
    return render_template(
        "group.html", outcome=outcome, until=undo_until(outcome), finding=outcome.row.body.get("finding")
    )


@pages.post("/findings/handled/<int:number>/undo")
@seen_by(REVIEWERS)
def undo(number: int) -> Response:
    """Take one's decisions back, those that still can be."""
    keep_toast(undone(*parts().together.undo(community(), number, moderator_id=user().id, now=now())))
    return redirect(url_for("findings.handled", number=number), 303)
