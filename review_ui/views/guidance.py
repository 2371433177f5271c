"""口径: how the team reads each clause, typical cases, and who has read what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_security.utils import validate_redirect_url

from moderation.domain.convention import UnknownClauseError
from moderation.domain.guidance import GuidanceError, Side, StaleGuidanceError, UnknownPostError
from review_ui import failures, names
from review_ui.context import community, now, parts, user
from review_ui.guard import EDITORS, READERS, REVIEWERS, seen_by
from review_ui.guidance_form import SIDES, form_of, reason, sent_form
from review_ui.guidance_page import board, clause_shown, guide_of, new_readings
from review_ui.toasts import Toast, keep_toast

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from review_ui.guidance_form import ReadingForm

pages = Blueprint("guidance", __name__)
pages.register_error_handler(UnknownClauseError, lambda _: failures.answer(404))
pages.register_error_handler(UnknownPostError, lambda _: failures.answer(404))
pages.app_context_processor(lambda: {"guide_of": guide_of, "new_readings": new_readings, "case_sides": SIDES})

MOST_TICKS: Final = 100


@pages.get("/guidance")
@seen_by(READERS)
def index() -> str:
    """Every clause by chapter."""
    return render_template("guidance.html", board=board())


@pages.get("/guidance/<clause>")
@seen_by(READERS)
def show(clause: str) -> str | tuple[str, int]:
    """One clause: its reading, cases, versions; who has read it, for those who lead."""
    given = request.args.get("v", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None  # noqa: PLR2004
    page = clause_shown(clause, number)
    return failures.answer(404) if page is None else render_template("reading.html", page=page)


@pages.get("/guidance/<clause>/panel")
@seen_by(READERS)
def panel(clause: str) -> str | tuple[str, int]:
    """The reading of a clause as it stands beside an item."""
    guide = guide_of(clause)
    return failures.answer(404) if guide is None else render_template("parts/guide_text.html", guide=guide)


@pages.get("/guidance/<clause>/edit")
@seen_by(EDITORS)
def edit(clause: str) -> str | tuple[str, int]:
    """The form, filled with the version that holds."""
    page = clause_shown(clause)
    if page is None:
        return failures.answer(404)
    version = page.shown.version
    return _form(clause, form_of(version.reading, version.number))


@pages.post("/guidance/<clause>/edit")
@seen_by(EDITORS)
def save(clause: str) -> str | Response | tuple[str, int]:
    """Keep a new version, or show what is wrong with it."""
    form = sent_form()
    if request.form.get("add"):
        return _form(clause, form)
    try:
        written = parts().guidance.write(
            community(),
            clause,
            form.reading(),
            base=form.base,
            why=form.why,
            by=user().row,
            now=now(),
            en_holds=form.en_holds,
        )
    except GuidanceError as error:
        form.note(error)
        return _form(clause, form), 422
    except StaleGuidanceError:
        problem = str(gettext("您打开之后有人写了新的版本。请看过再改，您写的还在下面。"))
        return _form(clause, form, problem=problem), 409
    keep_toast(Toast(gettext("已保存为第 %(n)s 版，团队会看到有新口径。", n=written.number)))
    return redirect(url_for("guidance.show", clause=clause), 303)


@pages.post("/guidance/read")
@seen_by(REVIEWERS)
def read() -> Response:
    """Tick what was read: ``seen`` holds clause and version, such as 3.1@4."""
    ticked = [one.partition("@") for one in request.form.getlist("seen")[:MOST_TICKS]]
    parts().guidance.read(
        community(),
        [
            (clause, int(number))
            for clause, _, number in ticked
            if number.isascii() and number.isdigit() and len(number) < 10  # noqa: PLR2004
        ],
        user().id,
        now=now(),
    )
    return redirect(_back(url_for("guidance.index")), 303)


@pages.post("/guidance/cases")
@seen_by(EDITORS)
def add_case() -> Response:
    """Make a kept post a typical case of a clause, and go back to it."""
    clause, side = request.form.get("clause", ""), request.form.get("side", "")
    data_id = request.form.get("data_id", "")
    back = _back(url_for("posts.show", data_id=data_id) if data_id else url_for("guidance.index"))
    note = request.form.get("note", "").strip()
    if side not in {one.value for one in Side}:
        side = Side.BORDER.value
    try:
        parts().guidance.add_post(community(), clause, data_id, Side(side), note, by=user().row, now=now())
    except GuidanceError as error:
        keep_toast(Toast(reason(error), "warn"))
    else:
        keep_toast(Toast(gettext("已加为「%(clause)s」的典型案例。", clause=names.clause(clause))))
    return redirect(back, 303)


def _back(default: str) -> str:
    back = request.form.get("back", "")
    return back if back and validate_redirect_url(back) else default


def _form(clause: str, form: ReadingForm, problem: str = "") -> str:
    page = clause_shown(clause)
    return render_template("reading_form.html", clause=clause, form=form, problem=problem, page=page)
