"""回扫: start a sweep, look at what it would change, apply it, take it back, download the receipt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import gettext

from moderation.domain.sweeps import SweepStateError
from moderation.sweeps.judges import UnknownSweepPolicyError
from moderation.sweeps.pages import UnknownSweepError
from moderation.text.entries import EntryError
from review_ui import failures, watch_names
from review_ui.context import community, now, parts, user, wants_fragment
from review_ui.guard import EDITORS, READERS, seen_by
from review_ui.sweep_form import SweepForm, prefilled
from review_ui.sweep_page import ShownSweep, sought
from review_ui.toasts import Toast, keep_toast

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Redirect

    from moderation.sweeps.pages import SweepPage

pages = Blueprint("sweeps", __name__)
pages.register_error_handler(UnknownSweepError, lambda _: failures.answer(404))
pages.app_context_processor(lambda: {"watch_names": watch_names, "sought": sought})

_DAY = 86_400 * 1_000_000


@pages.get("/sweeps")
@seen_by(READERS)
def index() -> str:
    """The form, and every sweep that was made."""
    return _index(prefilled())


@pages.post("/sweeps")
@seen_by(EDITORS)
def start() -> str | Redirect | tuple[str, int]:
    """Have a sweep counted; its page shows how far it is."""
    form, present = SweepForm(), now()
    criteria = form.criteria()
    if criteria is None:
        return _index(form), 422
    try:
        page = parts().sweeps.ask(
            community(), criteria, since=present - int(form.days.data or 7) * _DAY, until=present,
            author=_author(), now=present, why=(form.why.data or "").strip(),
            may_block=bool(form.may_block.data),
        )  # fmt: skip
    except EntryError as error:
        form.note(error)
        return _index(form), 422
    except UnknownSweepPolicyError:
        form.policy.errors = [*form.policy.errors, gettext("没有这个策略版本。")]
        return _index(form), 422
    return redirect(url_for("sweeps.show", sweep_id=page.sweep.id), 303)


@pages.get("/sweeps/<int:sweep_id>")
@seen_by(READERS)
def show(sweep_id: int) -> str:
    """One sweep; htmx asks for the part that changes."""
    shown = ShownSweep(parts().sweeps.page(community(), sweep_id))
    return render_template("parts/sweep.html" if wants_fragment() else "sweep.html", shown=shown)


@pages.post("/sweeps/<int:sweep_id>/apply")
@seen_by(EDITORS)
def apply(sweep_id: int) -> Redirect:
    """Change the posts that still stand as they were seen."""
    return _asked(
        sweep_id, lambda: parts().sweeps.ask_apply(community(), sweep_id, author=_author(), now=now())
    )


@pages.post("/sweeps/<int:sweep_id>/undo")
@seen_by(EDITORS)
def undo(sweep_id: int) -> Redirect:
    """Give posts their former verdicts back."""
    return _asked(
        sweep_id, lambda: parts().sweeps.ask_undo(community(), sweep_id, author=_author(), now=now())
    )


@pages.post("/sweeps/<int:sweep_id>/again")
@seen_by(EDITORS)
def again(sweep_id: int) -> Redirect:
    """Go on with a sweep that stopped half-way."""
    return _asked(sweep_id, lambda: parts().sweeps.ask_again(community(), sweep_id))


@pages.get("/sweeps/<int:sweep_id>/receipt.<any(txt, json):kind>")
@seen_by(READERS)
def receipt(sweep_id: int, kind: str) -> Response:
    """The receipt as a file."""
    found, text = parts().sweeps.receipt(community(), sweep_id)
    body = text if kind == "txt" else json.dumps(found, ensure_ascii=False, indent=1)
    response = Response(body, mimetype="text/plain" if kind == "txt" else "application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=sweep-{sweep_id}.{kind}"
    return response


def _asked(sweep_id: int, ask: Callable[[], SweepPage]) -> Redirect:
    try:
        ask()
    except SweepStateError:
        keep_toast(Toast(gettext("这次回扫现在不能这样做：有人刚刚动过它。"), "warn"))
    return redirect(url_for("sweeps.show", sweep_id=sweep_id), 303)


def _author() -> str:
    return user().row.name[:100]


def _index(form: SweepForm) -> str:
    return render_template(
        "sweeps.html",
        form=form,
        sweeps=parts().sweeps.all_of(community()),
        versions=[row for row, _ in parts().policies.versions(community())],
    )
