"""团伙: groups of accounts, looked at and handled together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from moderation.services.together import UnknownGroupDecisionError
from review_ui import failures
from review_ui.context import community, now, parts, user, wants_fragment
from review_ui.gang_page import ShownGangs, preview_of, shown_gangs
from review_ui.group_page import said, seen_items, undo_until, undone
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.toasts import keep_toast

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("gangs", __name__)
pages.register_error_handler(UnknownGroupDecisionError, lambda _: failures.answer(404))

DAYS: Final = (7, 14, 30)


@pages.get("/gangs")
@seen_by(READERS)
def index() -> str:
    """The groups of the latest look; htmx asks for the part that changes."""
    template = "parts/gangs.html" if wants_fragment() else "gangs.html"
    return render_template(
        template, shown=shown_gangs(), days=DAYS, handled=parts().together.all_of(community())
    )


@pages.post("/gangs")
@seen_by(EDITORS)
def look() -> Response:
    """Have a worker look now."""
    given = request.form.get("days", "")
    days = int(given) if given in {str(each) for each in DAYS} else DAYS[0]
    parts().gangs.ask(community(), days=days, author=user().row.name[:100], now=now())
    return redirect(url_for("gangs.index"), 303)


@pages.get("/gangs/<key>")
@seen_by(READERS)
def show(key: str) -> str:
    """One group, and what deciding it together would do."""
    return _show(_known(key))


@pages.post("/gangs/<key>/decide")
@seen_by(EDITORS)
def decide(key: str) -> str | Response | tuple[str, int]:
    """Decide the open items that were seen, each by a decision of its own."""
    shown, decision = _known(key), said()
    if isinstance(decision, str):
        return _show(shown, decision), 422
    row = parts().together.decide(
        community(), seen_items(), decision=decision, accounts=shown.gangs[0].body["authors"],
        moderator_id=user().id, now=now(),
    )  # fmt: skip
    return redirect(url_for("gangs.handled", number=row.id), 303)


@pages.get("/gangs/handled/<int:number>")
@seen_by(READERS)
def handled(number: int) -> str:
    """What became of a group."""
    outcome = parts().together.outcome(community(), number)
    return render_template("group.html", outcome=outcome, until=undo_until(outcome))


@pages.post("/gangs/handled/<int:number>/undo")
@seen_by(EDITORS)
def undo(number: int) -> Response:
    """Take the group's decisions back, those that still can be."""
    keep_toast(undone(*parts().together.undo(community(), number, moderator_id=user().id, now=now())))
    return redirect(url_for("gangs.handled", number=number), 303)


def _known(key: str) -> ShownGangs:
    found = shown_gangs(key)
    if not key or not found.gangs:
        abort(404)
    return found


def _show(shown: ShownGangs, problem: str = "") -> str:
    return render_template(
        "gang.html",
        shown=shown,
        gang=shown.gangs[0],
        preview=preview_of(shown),
        problem=problem,
        clause=request.form.get("clause", "3.3"),
        note=request.form.get("note", ""),
    )
